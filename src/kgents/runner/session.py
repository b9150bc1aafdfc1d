"""A session: the record, for the time of one command.

Rule: it is opened when it is first asked for, and SQLAlchemy loaded then: what is refused before costs neither.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from kgents.kinds.kind import RunContext
from kgents.runner.settings import ProcessSettings
from kgents.store import load, open_store
from kgents.store.address import check_scheme

if TYPE_CHECKING:
    from kgents.store.sql import SqlStore


class Record:
    """The record; `begin` opens it."""

    def __init__(self, begin: Callable[[], Awaitable["SqlStore"]]) -> None:
        self._begin = begin
        self._store: SqlStore | None = None

    async def opened(self) -> "SqlStore":
        """The store, the same one every time."""
        if self._store is None:
            self._store = await self._begin()
        return self._store

    async def aclose(self) -> None:
        """Closes what has been opened."""
        if self._store is not None:
            await self._store.aclose()


@asynccontextmanager
async def unopened(database: str | None = None) -> AsyncIterator[tuple[Record, RunContext]]:
    """The record that --database, KGENTS_DATABASE_URL or the default names; it is closed in the end."""
    settings = ProcessSettings.read(database)
    check_scheme(settings.database)
    record = Record(partial(open_store, settings.database))
    try:
        yield record, replace(settings.context(), meanwhile=load)
    finally:
        await record.aclose()


@asynccontextmanager
async def session(database: str | None = None) -> AsyncIterator[tuple["SqlStore", RunContext]]:
    """The same, open."""
    async with unopened(database) as (record, context):
        yield await record.opened(), context
