"""`kg experiment plan`."""

import json
from pathlib import Path
from typing import Any

import click

from kgents.cli.complete import models
from kgents.cli.generate import described, question_options
from kgents.cli.loop import run_loop
from kgents.cli.options import design_of, design_options, option, record_options
from kgents.cli.texts import read_spec_text
from kgents.errors import UsageError
from kgents.stats import Design, Rule


@click.command()
@design_options
@option("--compare", is_flag=True, help="A comparison of two arms, of at most --max-trials pairs.")
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
def plan(**options: Any) -> int:
    """What a design costs and how often it errs, exactly, before a single trial is run.

    \b
    kg experiment plan --target 0.9 --confidence 0.95 --max-trials 200
    kg experiment plan --target 0.8 --power 0.9 --at 0.9
    kg experiment plan --target 0.9 --model anthropic:claude-sonnet-5-5 --svg boundary.svg
    kg experiment plan --compare --confidence 0.95 --max-trials 100
    kg experiment plan --prompt --spec "def add(a, b): return a + b"
    """
    if options["prompt"] or options["spec"] is not None:
        return _prompt(options)
    if options["compare"]:
        return _comparison(options)
    if (options["power"] is None) != (options["at"] is None):
        raise UsageError("--power and --at go together", "such as --power 0.9 --at 0.95")
    if options["prior"] == "history":
        raise UsageError(
            "--prior history belongs to a run, whose spec and model it looks up", "give plan the numbers: --prior a,b"
        )
    fixed = options["n"] is not None
    if fixed and options["power"] is not None:
        raise UsageError("--power finds the cap of --adaptive; --n fixes it", "leave one of them out")
    design = design_of({**options, "adaptive": options["adaptive"] or not fixed})
    return run_loop(_plan(design, options))


def _comparison(options: dict[str, Any]) -> int:
    """Prints what a comparison of two arms comes to."""
    from kgents.cli.compare import design_of as comparison_of
    from kgents.engine.compare import duel_of
    from kgents.report.planned_pairs import pairs_data, pairs_text

    for name in ("n", "target", "rule", "futility", "margin", "power", "at", "model", "svg"):
        if options[name] is not None:
            raise UsageError(f"--compare and --{name} contradict each other", "leave one of them out")
    cap = str(options["max_trials"] or 100)
    if not cap.isdecimal():
        raise UsageError(f"--max-trials {cap}: from 1 to 100000 pairs")
    duel = duel_of(comparison_of({**options, "max_trials": int(cap)}), 2)
    click.echo(json.dumps(pairs_data(duel), indent=2) if options["as_json"] else pairs_text(duel))
    return 0


def _prompt(options: dict[str, Any]) -> int:
    """Prints the question for a spec."""
    if options["spec"] is None or not options["prompt"]:
        raise UsageError("--prompt and --spec go together", "such as --prompt --spec @spec.py")
    from kgents.kinds.confinement import environment_of
    from kgents.kinds.generate.question import parted, question_of

    spec = read_spec_text(options["spec"])
    described(options)
    spec, given = parted(spec, options)
    asked = question_of(spec, given, environment_of({}, [spec]).visible)
    click.echo(asked.prompt)
    if asked.note:
        click.echo(f"note: {asked.note}", err=True)
    return 0


async def _plan(design: Design, options: dict[str, Any]) -> int:
    from kgents.report.planning import plan_data, plan_text, sized

    chosen = sized(design, options["power"], options["at"])
    past = await _past(options["model"], options["database"])
    if options["svg"] is not None:
        _draw(chosen, options["svg"])
    if options["as_json"]:
        click.echo(json.dumps(plan_data(chosen, past), indent=2))
    else:
        click.echo(plan_text(chosen, past))
    return 0


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
