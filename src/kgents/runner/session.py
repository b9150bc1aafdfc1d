"""A session: the record, open for the time of one command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kgents.kinds.kind import RunContext
from kgents.runner.settings import Settings
from kgents.store import open_store
from kgents.store.sql import SqlStore


@asynccontextmanager
async def session(database: str | None = None) -> AsyncIterator[tuple[SqlStore, RunContext]]:
    """Opens the record that --database, KGENTS_DATABASE_URL or the default names, and closes it."""
    settings = Settings.read(database)
    store = await open_store(settings.database)
    try:
        yield store, settings.context()
    finally:
        await store.aclose()
