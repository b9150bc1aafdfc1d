"""A session: the record, for the time of one command.

Rule: it is opened when it is first asked for, and SQLAlchemy loaded then: what is refused before costs neither.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from kgents.errors import UnknownExperiment
from kgents.kinds.kind import RunContext
from kgents.runner.settings import ProcessSettings
from kgents.store import load, open_store
from kgents.store.address import check_scheme, is_missing

if TYPE_CHECKING:
    from kgents.store.sql import SqlStore


class Record:
    """The record; `begin` opens it.

    database  its URL, where it may not be there yet
    """

    def __init__(self, begin: Callable[[], Awaitable["SqlStore"]], database: str | None = None) -> None:
        self._begin = begin
        self._database = database
        self._store: SqlStore | None = None

    async def opened(self) -> "SqlStore":
        """The store, the same one every time."""
        if self._store is None:
            self._store = await self._begin()
        return self._store

    def check_stored(self) -> None:
        """UnknownExperiment where there is no record yet in which an experiment could be found."""
        if self._database is not None:
            check_stored(self._database)

    async def aclose(self) -> None:
        """Closes what has been opened."""
        if self._store is not None:
            await self._store.aclose()


@asynccontextmanager
async def unopened(database: str | None = None) -> AsyncIterator[tuple[Record, RunContext]]:
    """The record that --database, KGENTS_DATABASE_URL or the default names; it is closed in the end."""
    settings = ProcessSettings.read(database)
    check_scheme(settings.database)
    record = Record(partial(open_store, settings.database), settings.database)
    try:
        yield record, replace(settings.context(), meanwhile=load)
    finally:
        await record.aclose()


@asynccontextmanager
async def session(database: str | None = None) -> AsyncIterator[tuple["SqlStore", RunContext]]:
    """The same, open."""
    async with unopened(database) as (record, context):
        yield await record.opened(), context


@asynccontextmanager
async def stored(database: str | None = None) -> AsyncIterator[tuple["SqlStore", RunContext]]:
    """The same, of a record that there is: none is made to look for an experiment in it. UnknownExperiment."""
    check_stored(ProcessSettings.read(database).database)
    async with session(database) as (store, context):
        yield store, context


def check_stored(database: str) -> None:
    """UnknownExperiment where the file of the record is not there yet."""
    if is_missing(database):
        raise UnknownExperiment("there are no experiments yet", 'kg experiment generate --spec "…"')
