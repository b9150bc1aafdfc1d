"""The engine of a Postgres: how long it may take to answer, and whether a pooler stands before it."""

import asyncio
import weakref
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import URL, event
from sqlalchemy.util import await_only

from kgents.store.address import connection_options
from kgents.store.engines import AsyncEngine

_ISOLATION = "READ COMMITTED"  # whatever the server, the database or the role has as its default
_UNHURRIED_SECONDS = 86_400.0  # of a migration, which may rewrite every row


@dataclass(slots=True)
class Link:
    """What is known of the way to a server, and the connections that are open or being made.

    url     as it was asked for, with all its options
    pooled  whether statements of one session may be run by several servers' processes; None: not known yet
    """

    url: URL
    retry_seconds: float
    pooled: bool | None = None
    abandoned: bool = False
    _drivers: "weakref.WeakSet[Any]" = field(default_factory=weakref.WeakSet)
    _coming: set[asyncio.Future[Any]] = field(default_factory=set)

    async def connect(self, made: Callable[..., Awaitable[Any]], *address: Any, **options: Any) -> Any:
        """A connection of the driver. ConnectionError once the server was given up, also while it is being made."""
        if self.abandoned:
            raise ConnectionAbortedError("given up")
        coming = asyncio.ensure_future(made(*address, **options))
        self._coming.add(coming)
        try:
            return await coming
        except asyncio.CancelledError:
            if self.abandoned:
                raise ConnectionAbortedError("given up") from None
            raise
        finally:
            self._coming.discard(coming)

    def opened(self, connection: Any, record: Any) -> None:
        """Remembers a connection of the driver (an event of SQLAlchemy)."""
        self._drivers.add(connection.driver_connection)

    def abandon(self) -> None:
        """Closes every connection without waiting for anything; whoever waits for an answer is told so."""
        self.abandoned = True
        for coming in self._coming:
            coming.cancel()
        for driver in list(self._drivers):
            driver.terminate()


_links: "weakref.WeakKeyDictionary[Any, Link]" = weakref.WeakKeyDictionary()


def link_of(engine: AsyncEngine) -> Link | None:
    """What is known of the way to the server of this engine; None for SQLite."""
    return _links.get(engine.sync_engine)


def server_engine(url: URL, unhurried: bool = False) -> AsyncEngine:
    """An engine for this URL; nothing is connected yet. `unhurried`: statements may take a day."""
    from kgents.store.async_engine import create_async_engine

    asked, (url, options, retry_seconds) = url, connection_options(url)
    if unhurried:
        options["command_timeout"] = _UNHURRIED_SECONDS
    engine = create_async_engine(url, pool_pre_ping=True, pool_size=4, connect_args=options, isolation_level=_ISOLATION)
    link = _links[engine.sync_engine] = Link(asked, retry_seconds)

    def connecting(dialect: Any, record: Any, arguments: Any, parameters: dict[str, object]) -> None:
        made = partial(link.connect, dialect.loaded_dbapi.asyncpg.connect)
        if link.pooled is None:
            link.pooled = await_only(_is_pooled(made, parameters))
        parameters["async_creator_fn"] = made
        if link.pooled:
            parameters.update(_NAMELESS)

    event.listen(engine.sync_engine, "do_connect", connecting)
    event.listen(engine.sync_engine, "connect", link.opened)
    return engine


# A pooler in transaction mode (pgbouncer) gives each transaction to any process of the server: statements prepared
# under a name are lost, or somebody else's. SQLAlchemy's cache of them and asyncpg's are both off, and none has a name.
_NAMELESS = {
    "statement_cache_size": 0,
    "prepared_statement_cache_size": 0,
    "prepared_statement_name_func": lambda: "",
}


async def _is_pooled(made: Callable[..., Awaitable[Any]], parameters: dict[str, object]) -> bool:
    """Whether the process that answers is another than the one that greeted us: poolers greet with a number of their own."""
    own = ("prepared_statement_cache_size", "prepared_statement_name_func", "async_creator_fn")
    plain = {name: value for name, value in parameters.items() if name not in own}
    connection = await made(**{**plain, "statement_cache_size": 0})
    try:
        async with connection.transaction():  # one process for the whole of it
            return bool(await connection.fetchval("SELECT pg_backend_pid()") != connection.get_server_pid())
    finally:
        connection.terminate()
