"""Records as wholes, for the faces: what one is, its schema, copies of it, and what is remembered in it.

Rule: the store is loaded where it is needed, not where a command is read.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgents.domain.words import number
from kgents.errors import KgentsError
from kgents.runner.session import session
from kgents.runner.settings import ProcessSettings
from kgents.store.address import check_scheme

if TYPE_CHECKING:
    from kgents.store.crystals import Crystals
    from kgents.store.sql import SqlStore
    from kgents.store.status import Status


def address(database: str | None) -> str:
    """Of the record that --database, the environment or the default names. UsageError for what is none."""
    named = ProcessSettings.read(database).database
    check_scheme(named)
    return named


def shown(database: str) -> str:
    """An address without its password."""
    from kgents.store.address import get_url

    try:
        url = get_url(database)
        return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)
    except KgentsError as wrong:
        return f"not a database: {wrong.message}"


def refuse_missing(database: str | None) -> None:
    """UsageError where there is no record yet."""
    from kgents.store.status import refuse_missing

    refuse_missing(ProcessSettings.read(database).database)


async def status(database: str | None) -> "Status":
    """Where a record is, its schema, and how much is in it; nothing is written."""
    named = address(database)
    from kgents.store.status import status_of

    return await status_of(named)


async def upgraded(database: str | None) -> tuple[str | None, str]:
    """(schema before, None where there was none; schema now)."""
    named = address(database)
    from kgents.store.status import bring_up_to_date

    return await bring_up_to_date(named)


async def resolved(reference: str, database: str) -> str:
    """The experiment that a reference stands for, in a record that is only read."""
    from kgents.store.reading import open_reading

    store = await open_reading(database)
    try:
        return await store.resolve(reference)
    finally:
        await store.aclose()


@asynccontextmanager
async def remembered(database: str | None) -> AsyncIterator["Crystals"]:
    """What a record remembers."""
    from kgents.store.crystals import Crystals

    async with session(database) as (store, _):
        yield Crystals(store)


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of a copy: in words; experiments that are in both with other marks; problems of the copy."""

    outcome: str
    different: list[str]
    problems: list[str]


async def copied(source: str, target: str) -> Copied:
    """Copies every experiment of one record to another, and verifies that one."""
    for named in (source, target):
        check_scheme(named)
    from kgents.store.status import refuse_missing, refuse_same
    from kgents.store.whole_copy import copy_all, is_empty
    from kgents.store.witness import verify

    refuse_same(source, target)
    refuse_missing(source)
    async with session(source) as (old, _), session(target) as (new, _):
        different: list[str] = []
        if await is_empty(new):
            outcome = f"{await copy_all(old, new)} logs copied"
        else:
            outcome, different = await _merged(old, new)
        problems = [problem async for checked in verify(new) for problem in checked.problems]
    return Copied(outcome, different, problems)


async def _merged(old: "SqlStore", new: "SqlStore") -> tuple[str, list[str]]:
    from kgents.store.merge import merge

    merged = await merge(old, new)
    there = f", {merged.there} were there already" if merged.there else ""
    outcome = f"{number(merged.experiments, 'experiment')} and {number(merged.crystals, 'crystal')} copied{there}"
    return outcome, merged.different
