"""What a command shows when it is done: the answer on stdout, files, the exit code."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgents.cli.option_types import OutputOptions
from kgents.domain.fact import Stopped, StopReason, Verdict
from kgents.domain.summary import Summary
from kgents.errors import StoreUnavailable, UsageError
from kgents.report.clean import clean

if TYPE_CHECKING:
    from kgents.store.sql import SqlStore

EXIT = {Verdict.SUPPORTED: 0, Verdict.ESTIMATE: 0, Verdict.REFUTED: 10, Verdict.INCONCLUSIVE: 11}


async def present(store: "SqlStore", summary: Summary, options: OutputOptions) -> int:
    """Prints the answer and writes the files; then what was learned is kept. Returns the exit code, that of a mistake where a
    file could not be written."""
    from kgents.report.write import answer, write

    unwritten: list[UsageError] = []
    for path in options["outputs"]:
        try:
            await write(store, summary, path)
        except UsageError as wrong:  # which hides no verdict
            unwritten.append(wrong)
    if options["as_json"]:
        await answer(store, summary, ".json", sys.stdout)
    elif options["as_jsonl"]:
        from kgents.report.events import done, write_event

        write_event(sys.stdout, done(summary))
    else:
        await answer(store, summary, ".txt", sys.stdout, stats=options["stats"])
    await _tell_github(store, summary, options["annotate"])
    await _remember(store, summary)
    for each in unwritten:
        click.echo(clean(f"error: {each.message}"), err=True)
        click.echo(clean(f"hint: {each.hint}"), err=True)
    if unwritten:
        return UsageError.exit_code
    if options.get("exit_codes") == "bisect":
        return bisect_code(summary)
    return exit_code(summary, options["fail_on"])


async def _tell_github(store: "SqlStore", summary: Summary, annotate: str | None) -> None:
    """Prints an annotation where that is asked for, and appends to the summary of the job where there is one."""
    from kgents.report.github import VARIABLE

    path = os.environ.get(VARIABLE)
    if not annotate and not path:
        return
    from kgents.kinds.config import config_of
    from kgents.report.completing import complete
    from kgents.report.github import annotation
    from kgents.report.markdown import markdown

    data = await complete(store, summary, await config_of(store, summary.plan))
    if annotate:
        click.echo(annotation(summary, data), err=True)
    if path:
        _append(Path(path), VARIABLE, markdown(summary, data) + "\n")


def _append(path: Path, variable: str, text: str) -> None:
    """Adds to a file; where that cannot be done it is a warning, since the verdict was printed."""
    try:
        with path.open("a", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as wrong:
        click.echo(f"warning: {variable} {path}: {wrong.strerror}", err=True)


async def _remember(store: "SqlStore", summary: Summary) -> None:
    """Keeps a crystal; where the database refuses it, that is a warning, since the verdict stands and was printed."""
    from kgents.runner.notes import remember

    try:
        await remember(store, summary)
    except StoreUnavailable as wrong:
        click.echo(f"warning: what was learned is not in kg brain: {wrong.message}", err=True)


def exit_code(summary: Summary, fail_on: str) -> int:
    """The exit code of the contract for what an experiment came to."""
    words = set(fail_on.split(","))
    if summary.stop is not None:
        return _stopped(summary.stop, words)
    code = EXIT[summary.verdict] if summary.verdict is not None else 1
    names = {10: "refuted", 11: "inconclusive"}
    return code if code not in names or names[code] in words else 0


def bisect_code(summary: Summary) -> int:
    """What `git bisect run` understands: good, bad, or not to be told."""
    return {Verdict.SUPPORTED: 0, Verdict.REFUTED: 1}.get(summary.verdict, 125) if summary.verdict else 125


def _stopped(stop: Stopped, words: set[str]) -> int:
    match stop.reason:
        case StopReason.INTERRUPTED:
            return 130
        case StopReason.ERRORS | StopReason.FATAL:
            return 12
        case _:
            return 11 if "inconclusive" in words else 0
