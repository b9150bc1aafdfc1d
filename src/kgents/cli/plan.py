"""`kg experiment plan`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import click

from kgents.cli.complete import models
from kgents.cli.designs import check_confidence, design_of, rate_of
from kgents.cli.examples import meant
from kgents.cli.generate import described
from kgents.cli.generation_options import question_options
from kgents.cli.loop import run_loop
from kgents.cli.option_types import JsonOptions, SeriesOptions
from kgents.cli.options import check_series, design_options, option, record_options, series_of, series_option
from kgents.cli.texts import read_spec_text
from kgents.domain.notice import tell
from kgents.errors import UsageError
from kgents.kinds.generate.options import QuestionOptions
from kgents.stats import Design, Rule

if TYPE_CHECKING:
    from kgents.domain.series import SeriesShare
    from kgents.report.planned_scores import NamedLaw

MOST_WITHIN = 500  # pairs of a comparison within a margin that are foreseen


class PlanCommand(SeriesOptions, QuestionOptions, JsonOptions):
    """All options of `kg experiment plan`."""

    compare: bool
    score_law: str | None
    against: str | None
    from_: str | None
    score_range: str
    power: float | None
    at: float | None
    model: str | None
    prompt: bool
    spec: str | None
    exclude: tuple[str, ...]
    svg: Path | None


@click.command()
@design_options
@option("--compare", is_flag=True, help="A comparison of two arms, of at most --max-trials pairs.")
@series_option
@option("--score-law", default=None, metavar="LAW", help="Of a mean score: beta:8,2, or 0=0.1,0.5=0.2,1=0.7.")
@option(
    "--from", "from_", default=None, metavar="@ID", help="Of a mean score: the law is that of a stored run's scores."
)
@option("--against", default=None, metavar="LAW", help="With --compare: the law of the other arm's scores, or @ID.")
@option(
    "--score-range", default="0,1", show_default=True, metavar="LOW,HIGH", help="With --score-law: what a score can be."
)
@option("--power", type=float, default=None, help="With --at: find the cap with this chance of the right verdict.")
@option("--at", type=float, default=None, help="The true rate for --power.")
@option("--model", default=None, shell_complete=models, help="Expected cost and time from the history of this model.")
@option("--prompt", is_flag=True, help="Print what a coder would be asked for --spec, and nothing else.")
@option("--spec", default=None, help="With --prompt: TEXT, @FILE, or - for stdin.")
@option("--entry-point", default=None, help="With --prompt: the function in question.")
@question_options
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), default=None, help="Draw the boundary there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@record_options
def plan(**options: Unpack[PlanCommand]) -> int:
    """What a design costs and how often it errs, exactly, before a single trial is run.

    \b
    kg experiment plan --target 0.9 --confidence 0.95 --max-trials 200
    kg experiment plan --target 0.8 --power 0.9 --at 0.9
    kg experiment plan --target 0.9 --model anthropic:claude-sonnet-5-5 --svg boundary.svg
    kg experiment plan --compare --confidence 0.95 --max-trials 100
    kg experiment plan --compare --margin 0.1 --max-trials 200
    kg experiment plan --score-law beta:8,2 --target 0.7
    kg experiment plan --compare --score-law beta:8,2 --against beta:6,4 --margin 0.1
    kg experiment plan --prompt --spec "def add(a, b): return a + b"
    """
    if options["prompt"] or options["spec"] is not None:
        return _prompt(options)
    of_scores = options["score_law"] is not None or options["from_"] is not None
    if options["against"] is not None and not (options["compare"] and of_scores):
        raise UsageError("--against is the law of a second arm", "--compare --score-law beta:8,2 --against beta:6,4")
    if options["compare"]:
        return run_loop(_score_pairs(options) if of_scores else _comparison(options))
    if of_scores:
        return run_loop(_scores(options))
    if (options["power"] is None) != (options["at"] is None):
        raise UsageError("--power and --at go together", "such as --power 0.9 --at 0.95")
    if options["prior"] == "history":
        raise UsageError(
            "--prior history belongs to a run, whose spec and model it looks up", "give plan the numbers: --prior a,b"
        )
    fixed = options["n"] is not None
    if fixed and options["power"] is not None:
        raise UsageError("--power finds the cap of --adaptive; --n fixes it", "leave one of them out")
    options["adaptive"] = options["adaptive"] or not fixed
    return run_loop(_plan(design_of(options), options, series_of(options)))


async def _scores(options: PlanCommand) -> int:
    """Prints what a decision about a mean score comes to under a law of the scores."""
    from kgents.cli.command import betting
    from kgents.report.planned_scores import planned_scores

    for name in ("n", "power", "at", "model", "svg", "series"):
        if options[name] is not None:
            raise UsageError(f"a plan of scores and --{name} contradict each other", f"leave --{name} out")
    rate_of(options)
    law = await _law(options)
    options["adaptive"] = True
    design = design_of(betting(options, law.low, law.high))
    planned = planned_scores(design, law)
    click.echo(json.dumps(planned.to_data(), indent=2) if options["as_json"] else planned.to_text())
    return 0


async def _score_pairs(options: PlanCommand) -> int:
    """Prints what a comparison of two mean scores comes to under laws of the scores."""
    from kgents.cli.compare import margin_share
    from kgents.report.planned_score_pairs import planned_score_pairs

    confidence = await _confidence(options)
    first, second = await _law(options), await _other_law(options)
    if second is not None and (first.low, first.high) != (second.low, second.high):
        raise UsageError("--against: its scores have another range", "compare scores of one range")
    margin = margin_share(options["margin"], first.low, first.high)
    design = Design(Rule.ANYTIME, 0.5, confidence, _pairs(options), futility=0.0, margin=margin)
    planned = planned_score_pairs(design, first, second)
    click.echo(json.dumps(planned.to_data(), indent=2) if options["as_json"] else planned.to_text())
    return 0


async def _law(options: PlanCommand) -> "NamedLaw":
    """The law of --score-law or --from."""
    typed, stored = options["score_law"], options["from_"]
    if typed is not None and stored is not None:
        raise UsageError("--score-law and --from contradict each other", "each says what the law is")
    return await _law_of(stored, options) if stored is not None else _typed_law(typed or "", options)


async def _other_law(options: PlanCommand) -> "NamedLaw | None":
    """The law of --against, typed or that of a stored run."""
    text = options["against"]
    if text is None:
        return None
    return await _law_of(text, options) if text.startswith("@") else _typed_law(text, options)


async def _law_of(reference: str, options: PlanCommand) -> "NamedLaw":
    from kgents.report.planned_scores import recorded_law
    from kgents.runner.session import session

    async with session(options["database"]) as (store, _):
        return await recorded_law(store, reference)


def _typed_law(text: str, options: PlanCommand) -> "NamedLaw":
    from kgents.kinds.command.score import LAST_LINE, reader_of
    from kgents.report.planned_scores import law_of

    reader = reader_of(LAST_LINE, options["score_range"])
    return law_of(text, reader.low, reader.high)


async def _confidence(options: PlanCommand) -> float:
    """That of a comparison: as asked for, or what the next share of a series leaves. UsageError for what has no meaning there."""
    for name in ("n", "target", "rule", "futility", "power", "at", "model", "svg"):
        if options[name] is not None:
            raise UsageError(f"--compare and --{name} contradict each other", "leave one of them out")
    check_confidence(options["confidence"])
    series = options["series"]
    if series is None:
        return options["confidence"]
    check_series(series)
    return 1 - (await _share_of(series, options)).error


def _pairs(options: PlanCommand) -> int:
    cap = str(options["max_trials"] or 100)
    if not cap.isdecimal():
        raise UsageError(f"--max-trials {cap}: from 1 to 100000 pairs", meant("max-trials", None))
    return int(cap)


async def _comparison(options: PlanCommand) -> int:
    """Prints what a comparison of two arms comes to."""
    from kgents.cli.compare import design_of as comparison_of
    from kgents.cli.compared import PairsOptions
    from kgents.engine.compare import duel_of
    from kgents.report.planned_pairs import pairs_data, pairs_text, zone_data, zone_text

    confidence, margin = await _confidence(options), options["margin"]
    asked: PairsOptions = {"confidence": confidence, "max_trials": _pairs(options), "margin": margin}
    duel = duel_of(comparison_of(asked), 2)
    if margin is not None:
        if duel.max_pairs > MOST_WITHIN:
            raise UsageError(f"--margin: exact up to --max-trials {MOST_WITHIN}", f"--max-trials {MOST_WITHIN}")
        click.echo(json.dumps(zone_data(duel, margin), indent=2) if options["as_json"] else zone_text(duel, margin))
        return 0
    click.echo(json.dumps(pairs_data(duel), indent=2) if options["as_json"] else pairs_text(duel))
    return 0


def _prompt(options: PlanCommand) -> int:
    """Prints the question for a spec."""
    if options["spec"] is None or not options["prompt"]:
        raise UsageError("--prompt and --spec go together", "such as --prompt --spec @spec.py")
    from kgents.kinds.confinement import environment_of
    from kgents.kinds.generate.program import with_pairs
    from kgents.kinds.generate.question import parted, question_of
    from kgents.kinds.generate.request import shown_pairs

    spec = read_spec_text(options["spec"])
    described(options)
    spec, description = parted(spec, options.get("describe"))
    visible = environment_of({"allow_weak_sandbox": False}, [spec]).visible
    count = options.get("show_examples")
    if count:
        description = with_pairs(description, shown_pairs(spec, options.get("entry_point"), count))
    asked = question_of(
        spec,
        {
            "entry_point": options.get("entry_point"),
            "describe": description,
            "show_body": options.get("show_body", False),
            "prompt_style": options.get("prompt_style"),
        },
        visible,
    )
    click.echo(asked.prompt, nl=not asked.prompt.endswith("\n"))
    if asked.note:
        click.echo(f"note: {asked.note}", err=True)
    return 0


async def _plan(design: Design, options: PlanCommand, series: str | None) -> int:
    from kgents.report.planning import plan_data, plan_text, sized

    if series is not None:
        design = await _next_of(series, design, options)
    chosen = sized(design, options["power"], options["at"])
    past = await _past(options["model"], options["database"])
    if options["model"] is not None and past is None:
        tell("bill", f"the price of {options['model']} is not known, and no run of it is on record", "note")
    if options["svg"] is not None:
        _draw(chosen, options["svg"])
    if options["as_json"]:
        click.echo(json.dumps(plan_data(chosen, past), indent=2))
    else:
        click.echo(plan_text(chosen, past))
    return 0


async def _next_of(series: str, design: Design, options: PlanCommand) -> Design:
    """The design at the confidence of the next share of a series."""
    from kgents.runner.series import at_share

    return at_share(design, await _share_of(series, options), options["max_trials"] is None)


async def _share_of(series: str, options: PlanCommand) -> "SeriesShare":
    """The next share of a series."""
    from kgents.runner.series import next_share
    from kgents.runner.session import session

    async with session(options["database"]) as (store, _):
        return next_share(series, options["confidence"], await store.shares(series))


async def _past(model: str | None, database: str | None) -> Any:
    """What is known of the model; where none is named, nothing of the record is loaded."""
    if model is None:
        return None
    from kgents.runner.bill import listed, per_trial
    from kgents.runner.session import session

    async with session(database) as (store, _):
        past = await per_trial(model, store)
    return (listed(model) or past) if past is None or past.usd is None else past


def _draw(design: Design, path: Path) -> None:
    from kgents.report.pictures import path as drawn_path
    from kgents.report.pictures import standalone
    from kgents.stats import boundary

    if design.rule is Rule.FIXED:
        raise UsageError(
            "--svg draws a boundary; a fixed number of trials has none", "leave it out, or plan --adaptive"
        )
    try:
        drawn = drawn_path("boundary", boundary(design), design.target or 0.5, (), False)
        path.write_text(standalone(drawn) + "\n", encoding="utf-8")
    except OSError as wrong:
        raise UsageError(f"--svg {path}: {wrong.strerror}", "give a file that can be written") from wrong
