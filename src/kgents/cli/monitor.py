"""`kg experiment monitor`."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Unpack

import click

from kgents.cli.loop import run_loop
from kgents.cli.option_types import JsonOptions
from kgents.cli.options import option, record_options
from kgents.errors import UsageError
from kgents.runner.since import since

if TYPE_CHECKING:
    from kgents.domain.ports import Store
    from kgents.domain.summary import Summary

FALLEN = 10  # the exit code of an alarm: that of "refuted"


class MonitorCommand(JsonOptions):
    """All options of `kg experiment monitor`."""

    tag: str | None
    rate: float | None
    run_length: float
    since: str | None


@click.command()
@click.argument("name", required=False, metavar="[SERIES]")
@click.option("--tag", default=None, help="The experiments with this tag, instead of a series.")
@option("--rate", type=float, default=None, help="What the rate, or mean score, was at least.  [default: their target]")
@option(
    "--run-length", type=float, default=10_000, show_default=True, help="Trials to a false alarm, on average at least."
)
@click.option("--since", default=None, help="Only experiments since then: 2d, 3h, 45m, 1w, or a date.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@record_options
def monitor(name: str | None, **options: Unpack[MonitorCommand]) -> int:
    """Whether, and since when, the rate of a series has fallen: over all of its recorded trials, as one sequence.

    Exit code 10: an alarm. One is raised after --run-length trials on average, at least, as long as the rate has not fallen.

    \b
    kg experiment monitor nightly
    kg experiment monitor --tag nightly --rate 0.9 --since 2w
    """
    if (name is None) == (options["tag"] is None):
        raise UsageError("which experiments?", "name a series, or --tag TAG: kg experiment monitor nightly")
    if not 1 < options["run_length"] < float("inf"):
        raise UsageError(
            f"--run-length {options['run_length']:g}: a number of trials above 1", "such as --run-length 10000"
        )
    return run_loop(_monitor(name, options))


async def _monitor(name: str | None, options: MonitorCommand) -> int:
    from kgents.report.monitoring import monitored
    from kgents.runner.session import session

    async with session(options["database"]) as (store, _):
        summaries = await _chosen(store, name, options)
        if not summaries:
            raise UsageError("no experiment is about one rate or score there", "kg experiment history")
        monitoring = await monitored(store, summaries, options["rate"], options["run_length"])
    sys.stdout.write(monitoring.to_json() if options["as_json"] else monitoring.to_text())
    return FALLEN if monitoring.alarm is not None else 0


async def _chosen(store: "Store", name: str | None, options: MonitorCommand) -> "list[Summary]":
    """Those with one arm and a rate or a score, oldest first."""
    from kgents.domain.ports import Query
    from kgents.report.monitoring import has_one_rate

    if name is not None:
        summaries = [await store.summary(opened.experiment) for opened in await store.shares(name)]
    else:
        summaries = [summary async for summary in store.history(Query(tag=options["tag"], limit=None))][::-1]
    text = options["since"]
    first = None if text is None else since("--since", text, datetime.now(UTC).astimezone())
    return [
        summary for summary in summaries if has_one_rate(summary) and (first is None or summary.created_at >= first)
    ]
