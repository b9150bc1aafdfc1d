"""Where the writer's transactions run, one after another on a connection that is kept.

A file of SQLite gets a thread of its own in which a whole transaction is one step.
"""

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from kgents.errors import MachineExhausted
from kgents.store.driver_errors import BUSY_SECONDS
from kgents.store.engines import AsyncConnection, AsyncEngine
from kgents.store.file_engine import FileEngine
from kgents.store.server import link_of
from kgents.store.server_lock import IDLE_SECONDS, alive, discard
from kgents.store.steps import Steps

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
    if isinstance(engine, FileEngine) and engine.url.database != ":memory:":
        return _InThread(engine.sync_engine)
    return _OnLoop(engine)


class _InThread:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._given_up = threading.Event()
        self._thread: Steps | None = None
        self._connection: Connection | None = None

    async def run(self, work: Callable[[Connection], T]) -> T:
        if self._thread is None:
            self._thread = Steps("record")
        return await self._thread.done(lambda: self._transaction(work))

    def _transaction(self, work: Callable[[Connection], T]) -> T:
        """The driver begins and commits, which costs a tenth of what SQLAlchemy's own transaction does."""
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(transaction="none")
            # It asks again and again for a lock that somebody holds, so that it can be told to stop asking.
            self._driven("PRAGMA", lambda driver: driver.execute(f"PRAGMA busy_timeout={_ASK_AGAIN_MS}"))
        self._begin()
        try:
            result = work(self._connection)
            self._driven("COMMIT", lambda driver: driver.commit())
        except BaseException:
            self._driven("ROLLBACK", lambda driver: driver.rollback())
            raise
        finally:
            if self._connection.in_transaction():  # it was asked something: for SQLAlchemy that began one
                self._connection.rollback()
        return result

    def _begin(self) -> None:
        """Begins with the write lock, as soon as nobody else has it, or gives up."""
        end = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                return self._driven("BEGIN", lambda driver: driver.execute("BEGIN IMMEDIATE"))
            except OperationalError as wrong:
                if "locked" not in str(wrong.orig) or self._given_up.is_set() or time.monotonic() > end:
                    raise

    def _driven(self, what: str, step: Callable[[sqlite3.Connection], object]) -> None:
        """Has the driver do something. Errors are those of SQLAlchemy."""
        assert self._connection is not None
        driver: Any = self._connection.connection.driver_connection
        try:
            step(driver)
        except sqlite3.Error as wrong:
            raise DBAPIError.instance(what, None, wrong, sqlite3.Error, dialect=self._connection.dialect) from wrong

    def give_up(self) -> None:
        self._given_up.set()

    async def drop(self) -> None:
        if self._thread is not None:
            thread, self._thread = self._thread, None
            with suppress(MachineExhausted):
                await thread.done(self._close)
            thread.end()

    def _close(self) -> None:
        """Closes the connection, which is not like the others any more."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                connection.detach()
            with suppress(Exception):
                connection.close()


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
