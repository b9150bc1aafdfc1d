"""From a URL to an engine, and from an engine to sessions and transactions: the one place that knows drivers.

Rule: a password never leaves `address`, `trouble` and this module.
"""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, StaticPool, create_engine, event, text

from kgents.errors import StoreUnavailable
from kgents.store.address import VARIABLE, get_url
from kgents.store.driver_errors import BUSY_SECONDS, errors_translated
from kgents.store.engines import AsyncConnection, AsyncEngine
from kgents.store.file_engine import FileEngine
from kgents.store.listing import UNHEX, unhex
from kgents.store.server import server_engine

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")


def get_engine(text: str) -> AsyncEngine:
    """The engine of a URL; for a file its folder is made. Nothing is connected yet."""
    url = get_url(text)
    if url.get_backend_name() != "sqlite":
        return server_engine(url)
    if is_file(url):
        make_file(Path(str(url.database)))
    return file_engine(url, timeout=BUSY_SECONDS)


def get_reading_engine(text: str, followed: bool = False) -> AsyncEngine | None:
    """An engine that never writes, not even files beside the database. None where there is no file at all.

    followed  others may write while it reads, unless nobody can: the file is then not taken for still
    """
    url = get_url(text)
    if url.get_backend_name() != "sqlite":
        return server_engine(url)
    if not is_file(url):
        return get_engine(text)
    path = Path(str(url.database))
    if not path.is_file():
        return None
    may_change = followed and os.access(path.parent, os.W_OK)
    return reading_engine(path, still=not may_change and not journal_of(path))


def journal_of(path: Path) -> int:
    """How many bytes of a file of SQLite still stand in its journal: more than 0 while somebody writes, or was killed."""
    journal = path.with_name(path.name + "-wal")
    return journal.stat().st_size if journal.is_file() else 0


def reading_engine(path: Path, still: bool) -> AsyncEngine:
    """An engine that only reads this file, which may be where nothing can be written. `still`: nobody writes to it."""
    import sqlite3

    address = f"file:{quote(str(path.absolute()))}?{'immutable=1' if still else 'mode=ro'}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, check_same_thread=False)
        connection.execute("PRAGMA query_only=ON")
        return connection

    engine = create_engine(URL.create("sqlite+pysqlite", database=str(path)), creator=connect)
    listen(engine, prepared=False)
    return FileEngine(engine)


def file_engine(url: URL, **options: Any) -> FileEngine:
    """An engine for a database of SQLite whose connections may write; the options are those of the driver."""
    pool = {} if is_file(url) else {"poolclass": StaticPool}  # what is in memory is there for one connection alone
    engine = create_engine(url, connect_args={**options, "check_same_thread": False}, **pool)
    listen(engine)
    return FileEngine(engine)


def is_file(url: URL) -> bool:
    """Whether this is a database of SQLite in a file."""
    return url.get_backend_name() == "sqlite" and bool(url.database) and url.database != ":memory:"


def make_file(path: Path) -> None:
    """Makes the file and its folder where they are missing, for their owner alone."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as wrong:
        message = f"the folder of {path} cannot be made: {wrong.strerror}"
        raise StoreUnavailable(message, f"name another file: {VARIABLE}") from wrong
    with suppress(OSError):  # said by the database, which cannot open it either
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def listen(engine: Engine, prepared: bool = True) -> None:
    """Has every connection of SQLite prepared (where it may write), and begins its transactions."""
    event.listen(engine, "connect", _prepare if prepared else _plain)
    event.listen(engine, "begin", _begin)


def _plain(connection: Any, record: Any) -> None:
    connection.isolation_level = None
    connection.create_function(UNHEX, 1, unhex, deterministic=True)


def _prepare(connection: Any, record: Any) -> None:
    """Our transactions, not the driver's; WAL; every commit reaches the disk; what is deleted is overwritten."""
    _plain(connection, record)
    try:
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={BUSY_SECONDS * 1000}", *PRAGMAS):
            _set(cursor, pragma)
        cursor.close()
    except BaseException:
        connection.close()  # the pool forgets one whose preparation failed
        raise


def _set(cursor: Any, pragma: str) -> None:
    """Sets a pragma. The switch to WAL answers at once where another process makes the same file, whatever the busy time."""
    end, pause = time.monotonic() + BUSY_SECONDS, 0.001
    while True:
        try:
            cursor.execute(f"PRAGMA {pragma}")
        except Exception as wrong:
            if "locked" not in str(wrong) or time.monotonic() > end:
                raise
        else:
            return
        time.sleep(pause)
        pause = min(2 * pause, 0.05)


def _begin(connection: Any) -> None:
    match connection.get_execution_options().get("transaction", "reads"):
        case "writes":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        case "reads":
            connection.exec_driver_sql("BEGIN")


@asynccontextmanager
async def get_async_session(engine: AsyncEngine) -> AsyncIterator["AsyncSession"]:
    """A session for those who query the record themselves; it only reads."""
    from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

    with errors_translated(engine.url):
        if not isinstance(engine, FileEngine):
            async with AsyncSession(engine, expire_on_commit=False) as session:
                yield session
            return
        own = create_async_engine(engine.url.set(drivername="sqlite+aiosqlite"))
        listen(own.sync_engine, prepared=False)
        try:
            async with AsyncSession(own, expire_on_commit=False) as session:
                await session.execute(text("PRAGMA query_only=ON"))
                yield session
        finally:
            await own.dispose()


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that writes, from its beginning: on SQLite it has the write lock at once."""
    with errors_translated(engine.url):
        async with engine.connect() as plain:
            connection = await plain.execution_options(transaction="writes")
            async with connection.begin():
                yield connection
