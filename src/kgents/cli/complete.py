"""What a shell may put where a word is to be completed: ids and names, models, suites, kinds.

Rule: completion never fails and says nothing; where something cannot be read there is nothing to complete.
"""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from kgents.errors import UsageError

if TYPE_CHECKING:
    from kgents.report.row import Row

NEWEST = 50  # experiments that are offered

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _quietly(words: Callable[[click.Context], list[tuple[str, str]]]) -> Complete:
    """A completion from (word, help) pairs: those that begin with what was typed; none where anything goes wrong."""

    @wraps(words)
    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        try:
            offered = words(ctx)
        except Exception:  # noqa: BLE001 - a shell that waits for words has no use for a reason
            return []
        return [CompletionItem(word, help=told) for word, told in offered if word.startswith(incomplete)]

    return complete


@_quietly
def ids(ctx: click.Context) -> list[tuple[str, str]]:
    """@latest, and ids and names of the newest experiments."""
    rows = _newest(ctx)
    return [
        ("@latest", "the newest"),
        *((row.id, row.what) for row in rows),
        *((row.name, row.what) for row in rows if row.name),
    ]


@_quietly
def models(ctx: click.Context) -> list[tuple[str, str]]:
    """Models that were asked before, vendors, and the simulation."""
    from kgents.harness.model_name import VENDORS

    used = dict.fromkeys(row.model for row in _newest(ctx) if row.model and " | " not in row.model)
    known = [(f"{vendor}:", "") for vendor in VENDORS]
    return [*((model, "asked before") for model in used), ("simulated", "a simulation"), *known]


@_quietly
def suites(ctx: click.Context) -> list[tuple[str, str]]:
    """Suites that are known by name, and files of tasks here."""
    from pathlib import Path

    from kgents.kinds.suite.files.suite import KNOWN

    files = [str(path) for path in sorted(Path().glob("*.jsonl*"))]
    return [(name, "") for name in (*KNOWN, *files)]


@_quietly
def kinds(ctx: click.Context) -> list[tuple[str, str]]:
    """Kinds, called as their commands."""
    from kgents.kinds.registry import kinds_called

    return [(name, "") for name in kinds_called()]


def _newest(ctx: click.Context) -> list["Row"]:
    from kgents.cli.loop import run_loop

    return run_loop(_rows(ctx.params.get("database")))


async def _rows(database: str | None) -> list["Row"]:
    """The newest experiments; none where there is no database yet: looking for words makes none."""
    from kgents.domain.ports import Query
    from kgents.kinds.config import readable_config
    from kgents.report.row import row_of
    from kgents.runner.records import refuse_missing
    from kgents.runner.session import session

    try:
        refuse_missing(database)
    except UsageError:
        return []
    async with session(database) as (store, _):
        listed = [each async for each in store.listing(Query(limit=NEWEST))]
    return [row_of(each.summary, readable_config(each.config)) for each in listed]
