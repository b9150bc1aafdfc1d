"""Where the writer's transactions run, one after another on a connection that is kept.

A file of SQLite gets a thread of its own in which a whole transaction is one step; by the asynchronous driver every
statement of it would be handed from thread to thread several times.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, RootTransaction, create_engine, event
from sqlalchemy.exc import OperationalError

from kgents.errors import MachineExhausted, exhausted
from kgents.store.async_engine import AsyncConnection, AsyncEngine
from kgents.store.database import listen
from kgents.store.driver_errors import BUSY_SECONDS
from kgents.store.server import link_of
from kgents.store.server_lock import IDLE_SECONDS, alive, discard

T = TypeVar("T")
_ASK_AGAIN_MS = 200


class Transactions(Protocol):
    """One at a time; a connection is made when the first one needs it."""

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Does the work in a transaction that writes, and commits. Errors are those of the database."""
        ...

    async def drop(self) -> None:
        """Gives the connection up; never fails."""
        ...

    def give_up(self) -> None:
        """Waits no longer for anybody: what waits now, and whatever is asked for from now on, fails."""
        ...


def transactions(engine: AsyncEngine) -> Transactions:
    """As suits the database of this engine."""
    url = engine.url
    if url.get_backend_name() == "sqlite" and url.database != ":memory:":
        sync = create_engine(url.set(drivername="sqlite+pysqlite"), connect_args={"timeout": BUSY_SECONDS})
        listen(sync)
        event.listen(sync, "connect", _impatient)
        return _InThread(sync)
    return _OnLoop(engine)


class _InThread:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._given_up = threading.Event()
        self._thread: ThreadPoolExecutor | None = None
        self._connection: Connection | None = None

    async def run(self, work: Callable[[Connection], T]) -> T:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="record")
        return await self._put(self._thread, self._transaction, work)

    async def _put(self, thread: ThreadPoolExecutor, step: Callable[..., T], *arguments: object) -> T:
        """Has the thread do a step. MachineExhausted where the system starts no thread: then it will never be done."""
        try:
            doing = asyncio.get_running_loop().run_in_executor(thread, step, *arguments)
        except RuntimeError as wrong:
            self._thread = None
            thread.shutdown(wait=False, cancel_futures=True)
            lacking = exhausted(wrong)
            if lacking is None:
                raise
            raise lacking from wrong
        return await doing

    def _transaction(self, work: Callable[[Connection], T]) -> T:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(transaction="writes")
        with self._begin(self._connection):
            return work(self._connection)

    def _begin(self, connection: Connection) -> RootTransaction:
        """A transaction that has the write lock, as soon as nobody else has it, or gives up."""
        end = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                return connection.begin()
            except OperationalError as wrong:
                if "locked" not in str(wrong.orig) or self._given_up.is_set() or time.monotonic() > end:
                    raise

    def give_up(self) -> None:
        self._given_up.set()

    async def drop(self) -> None:
        if self._thread is not None:
            thread, self._thread = self._thread, None
            with suppress(MachineExhausted):
                await self._put(thread, self._close)
            thread.shutdown()

    def _close(self) -> None:
        with suppress(Exception):
            if self._connection is not None:
                self._connection.close()
        self._connection = None
        with suppress(Exception):
            self._engine.dispose()


class _OnLoop:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None
        self._used = 0.0

    async def run(self, work: Callable[[Connection], T]) -> T:
        connection = await self._ready()
        async with connection.begin():
            result = await connection.run_sync(work)
        self._used = time.monotonic()
        return result

    async def _ready(self) -> AsyncConnection:
        """The connection; one that was idle is tried first, since servers and balancers cut idle ones."""
        idle = time.monotonic() - self._used > IDLE_SECONDS
        if self._connection is not None and idle and not await alive(self._connection):
            await self.drop()
        if self._connection is None:
            self._connection = await (await self._engine.connect()).execution_options(transaction="writes")
        return self._connection

    async def drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await discard(connection)

    def give_up(self) -> None:
        link = link_of(self._engine)
        if link is not None:
            link.abandon()


def _impatient(connection: Any, record: Any) -> None:
    """Has a connection ask again and again for a lock that somebody holds, so that it can be told to stop asking."""
    connection.execute(f"PRAGMA busy_timeout={_ASK_AGAIN_MS}")
