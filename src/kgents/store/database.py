"""From a URL to an engine, and from an engine to sessions and transactions: the one place that knows drivers.

Rule: a password never leaves `address`, `trouble` and this module.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from kgents.errors import StoreUnavailable
from kgents.store.address import VARIABLE, connection_options, get_url
from kgents.store.trouble import BUSY_SECONDS, explained

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")


def get_engine(text: str) -> AsyncEngine:
    """The engine of a URL; for a file its folder is made. Nothing is connected yet."""
    url = get_url(text)
    if url.get_backend_name() != "sqlite":
        url, options = connection_options(url)
        return create_async_engine(url, pool_pre_ping=True, pool_size=4, connect_args=options)
    if url.database and url.database != ":memory:":
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as wrong:
            message = f"the folder of {url.database} cannot be made: {wrong.strerror}"
            raise StoreUnavailable(message, f"name another file: {VARIABLE}") from wrong
    engine = create_async_engine(url, connect_args={"timeout": BUSY_SECONDS})
    listen(engine.sync_engine)
    return engine


def listen(engine: Engine) -> None:
    """Has every connection of SQLite prepared, and begins its transactions."""
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)


def _prepare(connection: Any, record: Any) -> None:
    """Our transactions, not the driver's; WAL; every commit reaches the disk; what is deleted is overwritten."""
    connection.isolation_level = None
    try:
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={BUSY_SECONDS * 1000}", *PRAGMAS):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
    except BaseException:
        connection.close()  # the pool forgets one whose preparation failed
        raise


def _begin(connection: Any) -> None:
    match connection.get_execution_options().get("transaction", "reads"):
        case "writes":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        case "reads":
            connection.exec_driver_sql("BEGIN")


@asynccontextmanager
async def get_async_session(engine: AsyncEngine) -> AsyncIterator["AsyncSession"]:
    """A session for those who query the record themselves; it only reads."""
    from sqlalchemy.ext.asyncio import AsyncSession

    with explained(engine.url):
        async with AsyncSession(engine, expire_on_commit=False) as session:
            yield session


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that writes, from its beginning: on SQLite it has the write lock at once."""
    with explained(engine.url):
        async with engine.connect() as plain:
            connection = await plain.execution_options(transaction="writes")
            async with connection.begin():
                yield connection
