"""`kg experiment history`, `show` and `report`."""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from kgents.cli.complete import ids, kinds, models
from kgents.cli.loop import collect_as_usual, run_loop
from kgents.cli.option_types import JsonOptions, RecordOptions
from kgents.cli.options import check_outputs, option, record_options
from kgents.domain.fact import Verdict
from kgents.domain.ports import Query
from kgents.domain.summary import Status
from kgents.errors import UsageError
from kgents.runner.since import since

if TYPE_CHECKING:
    from kgents.domain.ports import Store
    from kgents.runner.second_half import SecondHalf


_OF_A_FILTER = (
    *("today", "since", "kind", "status", "verdict", "tag", "model", "search"),
    *("fdr", "as_csv", "trials", "full", "outputs"),
)


class HistoryCommand(JsonOptions):
    """All options of `kg experiment history`."""

    today: bool
    since: str | None
    kind: str | None
    status: str | None
    verdict: str | None
    tag: str | None
    model: str | None
    search: str | None
    test: str | None
    limit: int
    fdr: float | None
    series: str | None
    outputs: tuple[Path, ...]
    as_csv: bool
    trials: bool
    full: bool


class ShowCommand(JsonOptions):
    """All options of `kg experiment show`."""

    full: bool
    trials: bool
    stats: bool


@click.command()
@click.option("--today", is_flag=True, help="Since midnight, local time.")
@click.option("--since", default=None, help="2d, 3h, 45m, 1w, or a date.")
@click.option("--kind", default=None, shell_complete=kinds, help="run, generate, parse, laws, …")
@click.option("--status", type=click.Choice([status.value for status in Status]), default=None)
@click.option("--verdict", type=click.Choice([verdict.value for verdict in Verdict]), default=None)
@click.option("--tag", default=None, help="Only experiments with this tag.")
@click.option("--model", default=None, shell_complete=models, help="Only experiments with this model.")
@click.option("--search", default=None, metavar="TEXT", help="Only where the id, the name or the model has this text.")
@click.option("--test", default=None, metavar="TEXT", help="Of suites (pytest): each test whose id has this text.")
@option("--limit", type=int, default=20, show_default=True, help="The newest so many; 0 is all.")
@option("--fdr", type=float, default=None, help="Which verdicts stand together, of which such a share may be wrong.")
@option(
    "--series", default=None, metavar="NAME", help="The decisions of a series, and what they may spend of its error."
)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Write them as a series: .html, .svg or .png.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, a line an experiment.")
@click.option("--trials", is_flag=True, help="With --json: their trials too.")
@click.option("--full", is_flag=True, help="With --json: also what is large of the configuration, not its digest.")
@record_options
def history(**options: Unpack[HistoryCommand]) -> int:
    """Past experiments, newest first.

    \b
    kg experiment history --today
    kg experiment history --since 2d --verdict refuted --json
    kg experiment history --kind run --search nightly
    kg experiment history --fdr 0.05 --tag nightly
    kg experiment history --series nightly
    kg experiment history --limit 0 --csv
    kg experiment history --test test_queue.py::test_pop
    kg experiment history --tag nightly -o nightly.html
    """
    if options["today"] and options["since"]:
        raise UsageError("--today and --since contradict each other", "leave one of them out")
    if options["as_json"] and options["as_csv"]:
        raise UsageError("--json and --csv contradict each other", "leave one of them out")
    if options["limit"] < 0:
        raise UsageError(f"--limit {options['limit']}: 0 (all) or more", "such as --limit 50")
    if options["series"] is not None:
        return run_loop(_shares(options["series"], options))
    if options["fdr"] is not None or options["outputs"]:
        _check_series(options)
    if options["test"] is not None:
        _check_test(options)
    query = _query(options)
    otherwise = options["trials"] or options["test"] is not None or options["fdr"] is not None or options["outputs"]
    if options["as_json"] and not otherwise:
        from kgents.runner.second_half import second_half

        with second_half(options["database"], query, options["full"]) as half:
            return run_loop(_documents(options, query, half))
    return run_loop(_history(options, query))


def _check_test(options: HistoryCommand) -> None:
    if options["kind"] not in (None, "pytest"):
        raise UsageError(f"--test is of suites, and --kind {options['kind']} is not", "leave --kind out")
    for name in ("fdr", "outputs", "trials", "as_csv", "full", "verdict"):
        if options[name]:
            flag = {"outputs": "-o", "as_csv": "--csv"}.get(name, f"--{name}")
            raise UsageError(f"--test and {flag} contradict each other", "--test prints text, or --json")


def _check_series(options: HistoryCommand) -> None:
    if options["fdr"] is not None and not 0 < options["fdr"] < 1:
        raise UsageError(f"--fdr {options['fdr']:g}: between 0 and 1, both excluded", "such as --fdr 0.05")
    for path in options["outputs"]:
        if path.suffix not in (".html", ".svg", ".png"):
            raise UsageError(f"-o {path}: a series is written as .html, .svg or .png", "--csv prints rows")
    for name in ("verdict", "status", "trials", "as_csv", "full"):
        if options[name]:
            asked = "--fdr" if options["fdr"] is not None else "-o"
            raise UsageError(
                f"{asked} and --{name.removeprefix('as_')} contradict each other",
                "a series is chosen before its outcomes: --tag",
            )


async def _shares(series: str, options: HistoryCommand) -> int:
    from kgents.report.shares import shares
    from kgents.runner.session import session

    values: Mapping[str, object] = options
    for name in _OF_A_FILTER:
        if values[name]:
            flag = {"outputs": "output"}.get(name, name.removeprefix("as_"))
            raise UsageError(f"--series and --{flag} contradict each other", "a series is all of its decisions")
    async with session(options["database"]) as (store, _):
        await shares(store, series, options["limit"] or None, sys.stdout, options["as_json"])
    return 0


def _query(options: HistoryCommand) -> Query:
    from kgents.kinds.registry import kind_called

    kind = options["kind"] or ("pytest" if options["test"] is not None else None)
    return Query(
        since=_since(options, datetime.now(UTC).astimezone()),
        kind=kind and kind_called(kind),
        status=options["status"],
        verdict=options["verdict"],
        tag=options["tag"],
        model=options["model"],
        text=options["search"],
        limit=options["limit"] or None,
    )


async def _documents(options: HistoryCommand, query: Query, half: "SecondHalf | None") -> int:
    from kgents.report.listing import list_json
    from kgents.runner.session import session

    async with session(options["database"]) as (store, _):
        if half is not None:
            await half.write(store, query, options["full"], sys.stdout)
        else:
            await list_json(store, query, sys.stdout, trials=False, full=options["full"])
    return 0


async def _history(options: HistoryCommand, query: Query) -> int:
    from kgents.report.listing import list_csv, list_json, list_text
    from kgents.runner.session import session

    async with session(options["database"]) as (store, _):
        collect_as_usual()
        for path in options["outputs"]:
            await _write_series(store, query, options, path)
        if options["test"] is not None:
            from kgents.report.tests import list_tests

            await list_tests(store, query, options["test"], sys.stdout, options["as_json"])
        elif options["fdr"] is not None:
            from kgents.report.standing import standing

            shown, query = query.limit, replace(query, limit=None)
            await standing(store, query, options["fdr"], shown, sys.stdout, options["as_json"])
        elif options["as_json"]:
            await list_json(store, query, sys.stdout, options["trials"], options["full"])
        elif options["as_csv"]:
            await list_csv(store, query, sys.stdout)
        else:
            await list_text(store, query, sys.stdout, _width())
    return 0


async def _write_series(store: "Store", query: Query, options: HistoryCommand, path: Path) -> None:
    from kgents.report.series import DRAWN, SHARE, read_series, write_series

    alpha = SHARE if options["fdr"] is None else options["fdr"]
    write_series(await read_series(store, query, alpha, min(query.limit or DRAWN, DRAWN)), path)
    click.echo(f"wrote {path}", err=True)


def _width() -> int:
    """Columns of the terminal; where there is none COLUMNS, if somebody set it, else 160: what is piped or saved does not
    depend on a terminal. With LINES beside it COLUMNS was set by readline, which tells children of Python programs 80.
    """
    if sys.stdout.isatty():
        return shutil.get_terminal_size((120, 24)).columns
    told = os.environ.get("COLUMNS", "")
    return int(told) if told.isascii() and told.isdigit() and int(told) and "LINES" not in os.environ else 160


def _since(options: HistoryCommand, now: datetime) -> datetime | None:
    if options["today"]:
        return now.replace(hour=0, minute=0, second=0, microsecond=0)
    return None if options["since"] is None else since("--since", options["since"], now)


@click.command()
@click.argument("reference", default="@latest", metavar="ID", shell_complete=ids)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--full", is_flag=True, help="With --json: also what is large of the configuration, not its digest.")
@click.option("--trials", is_flag=True, help="Every trial, with what was said.")
@click.option("--stats", is_flag=True, help="All figures: every interval, the unbiased rate, the oracle, the sandbox.")
@record_options
def show(reference: str, **options: Unpack[ShowCommand]) -> int:
    """One experiment: by id, unique prefix, name, or @latest.

    \b
    kg experiment show @latest
    kg experiment show exp-01abc --json
    kg experiment show @latest --stats
    """
    return run_loop(_show(reference, options))


async def _show(reference: str, options: ShowCommand) -> int:
    from kgents.report.listing import trials_text
    from kgents.report.write import answer
    from kgents.runner.session import stored

    async with stored(options["database"]) as (store, _):
        summary = await store.summary(await store.resolve(reference))
        suffix = ".json" if options["as_json"] else ".txt"
        await answer(store, summary, suffix, sys.stdout, stats=options["stats"], full=options["full"], headed=True)
        if options["trials"] and not options["as_json"]:
            await trials_text(store, summary, sys.stdout)
    return 0


@click.command()
@click.argument("reference", default="@latest", metavar="ID", shell_complete=ids)
@click.option("-o", "--output", "outputs", multiple=True, required=True, type=click.Path(path_type=Path))
@record_options
def report(reference: str, outputs: tuple[Path, ...], **options: Unpack[RecordOptions]) -> int:
    """Write one experiment to a file; the suffix names the format.

    \b
    kg experiment report @latest -o result.html -o result.junit.xml
    """
    check_outputs(outputs)
    return run_loop(_report(reference, outputs, options))


async def _report(reference: str, outputs: tuple[Path, ...], options: RecordOptions) -> int:
    from kgents.report.write import write
    from kgents.runner.session import stored

    async with stored(options["database"]) as (store, _):
        summary = await store.summary(await store.resolve(reference))
        for path in outputs:
            await write(store, summary, path)
            click.echo(f"wrote {path}", err=True)
    return 0
