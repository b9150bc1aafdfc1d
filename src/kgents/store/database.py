"""From a URL to an engine: the one place that knows drivers, and how their errors are said.

Rule: a password never leaves this module.
"""

import importlib.util
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, exc
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from kgents.errors import StoreUnavailable, UsageError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

VARIABLE = "--database / KGENTS_DATABASE_URL"
BUSY_SECONDS = 60
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")


def get_url(text: str) -> URL:
    """The URL with our driver in it. UsageError for one that means nothing."""
    try:
        url = make_url(text)
    except exc.ArgumentError:
        raise UsageError(
            f"{VARIABLE}: this is not a database URL", "sqlite:///FILE or postgresql://USER@HOST/NAME"
        ) from None
    match url.get_backend_name():
        case "sqlite":
            return url.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgres":
            if importlib.util.find_spec("asyncpg") is None:
                raise UsageError("the driver of Postgres is missing", "pip install 'kgents[postgres]'")
            return url.set(drivername="postgresql+asyncpg")
        case other:
            raise UsageError(f"{VARIABLE}: {other} is not supported", "sqlite:///FILE or postgresql://USER@HOST/NAME")


def get_engine(text: str) -> AsyncEngine:
    """The engine of a URL; for a file its folder is made. Nothing is connected yet."""
    url = get_url(text)
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, pool_pre_ping=True, pool_size=4)
    if url.database and url.database != ":memory:":
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as wrong:
            message = f"the folder of {url.database} cannot be made: {wrong.strerror}"
            raise StoreUnavailable(message, f"name another file: {VARIABLE}") from wrong
    engine = create_async_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(connection: Any, record: Any) -> None:
    """Our transactions, not the driver's; WAL; every commit reaches the disk; what is deleted is overwritten."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (f"busy_timeout={BUSY_SECONDS * 1000}", *PRAGMAS):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Any) -> None:
    writes = connection.get_execution_options().get("writes", False)
    if writes == "lazily":  # the driver begins with the first statement that writes
        return
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@asynccontextmanager
async def get_async_session(engine: AsyncEngine) -> AsyncIterator["AsyncSession"]:
    """A session for those who query the record themselves; it only reads."""
    from sqlalchemy.ext.asyncio import AsyncSession

    async with AsyncSession(engine, expire_on_commit=False) as session:
        yield session


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that writes, from its beginning: on SQLite it has the write lock at once."""
    with explained(engine.url):
        async with engine.connect() as plain:
            connection = await plain.execution_options(writes=True)
            async with connection.begin():
                yield connection


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Says errors of the database in our words."""
    try:
        yield
    except (exc.SQLAlchemyError, OSError) as wrong:
        raise _said(wrong, url) from wrong
    except Exception as wrong:
        if type(wrong).__module__.startswith("asyncpg"):
            raise _said(wrong, url) from wrong
        raise


_SQLITE = {
    "disk is full": "the disk is full",
    "readonly database": "the file or its folder is read-only",
    "unable to open": "the file cannot be opened",
    "not a database": "the file is not a database",
    "malformed": "the file is damaged",
    "disk I/O error": "the disk cannot be read or written",
    "database is locked": f"another process has kept it locked for more than {BUSY_SECONDS} s",
}


def _said(wrong: BaseException, url: URL) -> StoreUnavailable:
    cause = getattr(wrong, "orig", None) or wrong
    where = (
        url.database
        if url.get_backend_name() == "sqlite"
        else f"{url.host or 'localhost'}:{url.port or 5432}/{url.database}"
    )
    text = str(cause).splitlines()[0] if str(cause) else type(cause).__name__
    if url.password:
        text = text.replace(str(url.password), "***")
    reason = next((said for sign, said in _SQLITE.items() if sign in text), text)
    return StoreUnavailable(f"the database {where}: {reason}", f"what was stored stays; check {VARIABLE}, kg doctor")
