"""`kg experiment open`, `ask` and `tell`: trials that another program runs, in any language."""

import json
import secrets
from typing import TYPE_CHECKING, Unpack

import click

from kgents.cli.complete import ids
from kgents.cli.designs import design_of
from kgents.cli.loop import run_loop
from kgents.cli.option_types import DesignOptions, JsonOptions
from kgents.cli.options import no_user_option, option, record_options
from kgents.errors import UsageError

if TYPE_CHECKING:
    from kgents.domain.outcome import Outcome

OUTCOMES = ("pass", "fail", "void")


class OpenCommand(JsonOptions):
    """All options of `kg experiment open`."""

    target: float
    confidence: float
    max_trials: str | None
    seed: int | None
    name: str | None
    tags: tuple[str, ...]
    no_user: bool


class AskCommand(JsonOptions):
    """All options of `kg experiment ask`."""

    count: int
    lease: float | None


class TellCommand(JsonOptions):
    """All options of `kg experiment tell`."""

    index: int
    outcome: str
    output: str
    error: str | None
    attempt: int | None
    usd: str | None
    tokens: int


@click.command("open")
@click.option("--target", type=float, default=0.9, show_default=True, help="The rate in question.")
@click.option("--confidence", type=float, default=0.95, show_default=True, help="1 − the error on either side.")
@click.option("--max-trials", default=None, help="The cap.  [default: what --target needs, 100 at least]")
@option("--seed", type=int, default=None, help="Root of all seeds.  [default: random, recorded]")
@option("--name", default=None, help="A name to find the experiment by.")
@option("--tag", "tags", multiple=True, help="A tag; repeatable.")
@no_user_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@record_options
def open_(**options: Unpack[OpenCommand]) -> int:
    """Open an experiment whose trials another program runs; its id is printed.

    \b
    kg experiment open --target 0.9 --name queue
    kg experiment ask queue --n 4 --json
    kg experiment tell queue 0 pass
    """
    return run_loop(_open(options))


async def _open(options: OpenCommand) -> int:
    from kgents.kinds.kind import Request
    from kgents.runner.asking import open_told
    from kgents.runner.session import session

    asked: DesignOptions = {
        "target": options["target"], "confidence": options["confidence"], "max_trials": options["max_trials"],
        "n": None, "adaptive": True, "rule": None, "prior": "uniform", "futility": None, "margin": None,
    }  # fmt: skip
    seed = secrets.randbits(48) if options["seed"] is None else options["seed"]
    async with session(options["database"]) as (store, context):
        request = Request(
            "told", {"type": "told"}, design_of(asked), seed, oracle="told", name=options["name"],
            tags=tuple(options["tags"]), with_user=not options["no_user"],
        )  # fmt: skip
        experiment = await open_told(request, store, context)
    click.echo(json.dumps({"id": experiment, "name": options["name"]}) if options["as_json"] else experiment)
    return 0


@click.command()
@click.argument("reference", metavar="ID", shell_complete=ids)
@click.option("--n", "count", type=click.IntRange(min=1), default=1, show_default=True, help="At most so many trials.")
@click.option("--lease", type=float, default=None, help="Seconds until a trial is void if nothing is told of it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@record_options
def ask(reference: str, **options: Unpack[AskCommand]) -> int:
    """Ask which trials to run now: index and seed, one a line; none where more could turn out to be needless.

    \b
    kg experiment ask queue --n 4 --lease 600 --json
    """
    lease = options["lease"]
    if lease is not None and not 0 < lease <= 31_536_000:
        raise UsageError(f"--lease {lease:g}: seconds above 0 and at most a year", "leave it out for no lease")
    return run_loop(_ask(reference, options))


async def _ask(reference: str, options: AskCommand) -> int:
    from kgents.runner.asking import attached
    from kgents.runner.session import stored

    async with stored(options["database"]) as (store, context):
        asking = await attached(reference, store, context)
        asked, over = await asking.ask(options["count"], options["lease"])
    rows = [{"index": trial.index, "seed": trial.seed, "attempt": trial.attempt} for trial in asked]
    if options["as_json"]:
        click.echo(json.dumps({"id": asking.experiment, "done": over, "trials": rows}))
    else:
        for row in rows:
            click.echo(f"{row['index']} {row['seed']}")
    return 0


@click.command()
@click.argument("reference", metavar="ID", shell_complete=ids)
@click.argument("index", type=click.IntRange(min=0))
@click.argument("outcome", type=click.Choice(OUTCOMES))
@click.option("--text", "output", default="", help="What the trial put out; kept with it.")
@click.option("--error", default=None, help="With fail: why, in one line.")
@click.option("--attempt", type=int, default=None, help="Which attempt, as `ask` printed it; a void one is refused.")
@click.option("--usd", default=None, help="What the trial cost.")
@click.option("--tokens", type=click.IntRange(min=0), default=0, help="How many tokens it consumed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@record_options
def tell(reference: str, **options: Unpack[TellCommand]) -> int:
    """Tell what a trial came to: pass, fail, or void (then it is asked anew). Any order, any process; twice is once.

    \b
    kg experiment tell queue 0 pass --text "said yes"
    """
    return run_loop(_tell(reference, options))


async def _tell(reference: str, options: TellCommand) -> int:
    from kgents.report.sentence import sentence
    from kgents.runner.asking import attached
    from kgents.runner.session import stored

    async with stored(options["database"]) as (store, context):
        asking = await attached(reference, store, context)
        over = await asking.tell(options["index"], _outcome(options), options["attempt"])
        summary = await store.summary(asking.experiment)
    verdict = summary.verdict and summary.verdict.value
    if options["as_json"]:
        click.echo(json.dumps({"id": asking.experiment, "done": over, "verdict": verdict}))
    elif over:
        click.echo(sentence(summary))
    return 0


def _outcome(options: TellCommand) -> "Outcome | None":
    from kgents.runner.asking import told

    success = {"pass": True, "fail": False, "void": None}[options["outcome"]]
    return told(success, options["output"], options["error"], options["usd"], options["tokens"])
