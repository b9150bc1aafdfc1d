"""The right to write to an experiment on a server: an advisory lock, which ends with its connection.

The connection may be idle for hours, and servers and balancers cut idle ones: before a transaction it is tried, and where
it is gone the lock is taken anew. Whoever took it in between makes us Busy, and what was written in between does, too:
the writer compares the head of the chain.
"""

import asyncio
import time
from contextlib import suppress

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from kgents.errors import Busy
from kgents.store.driver_errors import errors_translated
from kgents.store.engines import AsyncConnection, AsyncEngine
from kgents.store.patience import asked_again
from kgents.store.server import link_of

IDLE_SECONDS, PING_SECONDS = 1.0, 5.0
_ATTEMPTS, _PAUSE_SECONDS = 16, 0.1
_KEEPALIVE = text(  # a machine that is gone loses its rights after a minute, not after the two hours of TCP
    "SELECT set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false), "
    "set_config('tcp_keepalives_count', '3', false)"
)
_LOCK = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
_LOCK_OF_TRANSACTION = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
_UNLOCK = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")


class ServerLock:
    """One experiment, held on one connection. Behind a pooler the lock belongs to a transaction that stays open, since
    there a session has no process of its own.
    """

    def __init__(self, engine: AsyncEngine, experiment: str) -> None:
        self._engine = engine
        self._experiment = experiment
        self._names = {"name": f"kgents hold {experiment}"}
        self._connection: AsyncConnection | None = None
        self._used = 0.0

    async def take(self) -> None:
        """Takes the lock. Busy where somebody else has it."""
        await asked_again(self._engine, self._take, while_unreachable=False)

    async def confirm(self) -> None:
        """Before a transaction: makes sure that it is still ours, which may need a new connection."""
        if time.monotonic() - self._used < IDLE_SECONDS:
            return
        if self._connection is not None and await alive(self._connection):
            self._used = time.monotonic()
            return
        await self._drop()
        await self._take()

    async def release(self) -> None:
        """Gives the lock back; never fails."""
        if self._connection is not None and not self._pooled:
            with suppress(Exception):
                async with asyncio.timeout(PING_SECONDS):
                    await self._connection.execute(_UNLOCK, self._names)
                    await self._connection.commit()
        await self._drop()

    @property
    def _pooled(self) -> bool:
        link = link_of(self._engine)
        return link is not None and bool(link.pooled)

    async def _take(self) -> None:
        with errors_translated(self._engine.url):
            connection = await self._engine.connect()
            try:
                granted = await self._granted(connection)
            except BaseException:
                await discard(connection)
                raise
        if not granted:
            await discard(connection)
            raise busy(self._experiment)
        self._connection, self._used = connection, time.monotonic()

    async def _granted(self, connection: AsyncConnection) -> bool:
        """Asks for a moment, since the server may not have noticed yet that the process before us was killed."""
        if not self._pooled:
            await connection.execute(_KEEPALIVE)
        for attempt in range(_ATTEMPTS):
            if attempt:
                await asyncio.sleep(_PAUSE_SECONDS)
            lock = _LOCK_OF_TRANSACTION if self._pooled else _LOCK
            granted = bool((await connection.execute(lock, self._names)).scalar())
            if not (granted and self._pooled):
                await connection.commit()
            if granted:
                return True
        return False

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await discard(connection)


async def alive(connection: AsyncConnection) -> bool:
    """Whether the server answers on this connection, within a few seconds. A transaction that is open stays open."""
    try:
        async with asyncio.timeout(PING_SECONDS):
            began = connection.in_transaction()
            await connection.execute(text("SELECT 1"))
            if not began:
                await connection.rollback()
    except (SQLAlchemyError, OSError, TimeoutError):
        return False
    return True


async def discard(connection: AsyncConnection) -> None:
    """Closes a connection for good, whatever state it is in; never fails."""
    with suppress(Exception):
        await connection.invalidate()
    with suppress(Exception):
        await connection.close()


def busy(experiment: str) -> Busy:
    """Another process runs it."""
    return Busy(
        f"another process is running {experiment}", "wait for it, or stop it; its trials are recorded as they end"
    )
