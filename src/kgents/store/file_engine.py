"""An engine of SQLite with the surface of SQLAlchemy's asynchronous one: each step of a connection is done in a thread.

What the store asks of a connection is all there is, and neither greenlets nor another driver are loaded for it.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Dialect, Engine, Pool
from sqlalchemy.exc import ResourceClosedError

from kgents.errors import MachineExhausted, exhausted

T = TypeVar("T")
_MOST_THREADS = 1000  # one for each connection in use: whoever waits for a lock holds one up
_PAGE = 500  # rows that are read in one step


async def in_thread(threads: ThreadPoolExecutor, step: Callable[..., T], *arguments: object) -> T:
    """Has a thread do a step. MachineExhausted where the system starts no thread: then it will never be done."""
    try:
        doing = asyncio.get_running_loop().run_in_executor(threads, step, *arguments)
    except RuntimeError as wrong:
        lacking = exhausted(wrong)
        if lacking is None:
            raise
        threads.shutdown(wait=False, cancel_futures=True)
        raise lacking from wrong
    return await doing


class FileEngine:
    """Connections to a database of SQLite; `sync_engine` is SQLAlchemy's own, which makes and keeps them."""

    def __init__(self, engine: Engine) -> None:
        self.sync_engine = engine
        self._threads: ThreadPoolExecutor | None = None

    @property
    def url(self) -> URL:
        """Where the database is."""
        return self.sync_engine.url

    @property
    def dialect(self) -> Dialect:
        """Of SQLite."""
        return self.sync_engine.dialect

    @property
    def pool(self) -> Pool:
        """The connections that are open."""
        return self.sync_engine.pool

    def connect(self) -> "FileConnection":
        """A connection once it is awaited or entered."""
        return FileConnection(self)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator["FileConnection"]:
        """A connection in a transaction that is committed at the end of the block."""
        async with self.connect() as connection, connection.begin():
            yield connection

    async def done(self, step: Callable[..., T], *arguments: object) -> T:
        """What a step comes to that was done in a thread."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_MOST_THREADS, thread_name_prefix="record")
        try:
            return await in_thread(self._threads, step, *arguments)
        except MachineExhausted:
            self._threads = None
            raise

    async def dispose(self) -> None:
        """Closes all connections that nobody uses."""
        await self.done(self.sync_engine.dispose)
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=False)


class FileConnection:
    """One connection; its steps are done one after another, also where nobody waits for one any more."""

    def __init__(self, engine: FileEngine) -> None:
        self.engine = engine
        self._plain: Connection | None = None
        self._in_step = threading.Lock()

    def __await__(self) -> Generator[Any, Any, "FileConnection"]:
        return self._connected().__await__()

    async def __aenter__(self) -> "FileConnection":
        return await self._connected()

    async def __aexit__(self, *wrong: object) -> None:
        await self.close()

    async def _connected(self) -> "FileConnection":
        try:
            await self.engine.done(self._connect)
        except asyncio.CancelledError:
            await self.close()
            raise
        return self

    def _connect(self) -> None:
        with self._in_step:
            self._plain = self.engine.sync_engine.connect()

    @property
    def dialect(self) -> Dialect:
        """Of SQLite."""
        return self.engine.dialect

    async def run_sync(self, work: Callable[..., T], *arguments: object) -> T:
        """Does work on the plain connection, in one step."""

        def step() -> T:
            with self._in_step:
                if self._plain is None:
                    raise ResourceClosedError("This Connection is closed")
                return work(self._plain, *arguments)

        return await self.engine.done(step)

    async def execute(self, statement: Any, parameters: Any = None) -> Any:
        """The result of a statement, all of whose rows have been read."""
        return await self.run_sync(lambda plain: _read(plain.execute(statement, parameters)))

    async def exec_driver_sql(self, statement: str, parameters: Any = None) -> Any:
        """The result of a statement in the words of SQLite."""
        return await self.run_sync(lambda plain: _read(plain.exec_driver_sql(statement, parameters)))

    async def stream(self, statement: Any) -> "Rows":
        """The rows of a query, which are read page by page."""
        return Rows(self, (await self.run_sync(Connection.execute, statement)).partitions(_PAGE))

    async def execution_options(self, **options: Any) -> "FileConnection":
        """Sets options of this connection."""
        assert self._plain is not None
        self._plain.execution_options(**options)
        return self

    def begin(self) -> AbstractAsyncContextManager[None]:
        """A transaction for the time of a block; it is rolled back where the block fails."""
        return self._transaction()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[None]:
        transaction = await self.run_sync(Connection.begin)
        try:
            yield
        except BaseException:
            await asyncio.shield(self.run_sync(lambda plain: transaction.rollback()))
            raise
        await self.run_sync(lambda plain: transaction.commit())

    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._plain is not None and self._plain.in_transaction()

    async def commit(self) -> None:
        """Makes durable what was done."""
        await self.run_sync(Connection.commit)

    async def rollback(self) -> None:
        """Forgets what was done since the last commit."""
        await self.run_sync(Connection.rollback)

    async def invalidate(self) -> None:
        """Has the connection of the driver closed instead of kept."""
        await self.run_sync(Connection.invalidate)

    async def close(self) -> None:
        """Gives the connection back, once its last step is done."""
        await asyncio.shield(self.engine.done(self._close))

    def _close(self) -> None:
        with self._in_step:
            plain, self._plain = self._plain, None
            if plain is not None:
                plain.close()


class Rows:
    """The rows of a query that is being read."""

    def __init__(self, connection: FileConnection, pages: Any) -> None:
        self._connection = connection
        self._pages = pages

    async def partitions(self) -> AsyncIterator[Sequence[Any]]:
        """Page by page."""
        while page := await self._connection.run_sync(lambda plain: next(self._pages, None)):
            yield page

    async def __aiter__(self) -> AsyncIterator[Any]:
        async for page in self.partitions():
            for row in page:
                yield row


def _read(result: Any) -> Any:
    return result.freeze()() if result.returns_rows else result
