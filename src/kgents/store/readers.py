"""Queries whose rows are read as they are asked for.

Rule: what reads is an iterator and no generator: a loop that ends closes all its generators at once, and of two of which
one closes the other one then fails.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Select

from kgents.store.driver_errors import errors_translated
from kgents.store.engines import AsyncConnection, AsyncEngine
from kgents.store.patience import asked_again


class Readers:
    """The connections on which something of one database is being read."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._closing: dict[AsyncConnection, asyncio.Future[None] | None] = {}

    async def connect(self) -> AsyncConnection:
        """A connection that is closed with all others, unless it was let go before."""
        connection = await asked_again(self.engine, self._connected, while_unreachable=False)
        self._closing[connection] = None
        return connection

    async def _connected(self) -> AsyncConnection:
        with errors_translated(self.engine.url):
            return await self.engine.connect()

    async def let_go(self, connection: AsyncConnection) -> None:
        """Closes it once, whoever asks first: its reader, or `aclose`; a reader that nobody holds any more asks in a task."""
        closing = self._closing.get(connection)
        if closing is None:
            closing = self._closing[connection] = asyncio.ensure_future(connection.close())
        try:
            await asyncio.shield(closing)
        finally:
            self._closing.pop(connection, None)

    async def aclose(self) -> None:
        """Closes what somebody began to read and did not read to its end."""
        for connection in list(self._closing):
            with suppress(Exception):
                await self.let_go(connection)


class Pages:
    """The rows of a query, page by page."""

    def __init__(self, readers: Readers, statement: Select[Any]) -> None:
        self._readers = readers
        self._statement = statement.execution_options(yield_per=500)
        self._connection: AsyncConnection | None = None
        self._pages: AsyncIterator[Sequence[Any]] | None = None
        self._over = False

    def __aiter__(self) -> "Pages":
        return self

    async def __anext__(self) -> Sequence[Any]:
        if self._over:
            raise StopAsyncIteration
        try:
            with errors_translated(self._readers.engine.url):
                if self._pages is None:
                    self._connection = await self._readers.connect()
                    self._pages = (await self._connection.stream(self._statement)).partitions()
                return await anext(self._pages)
        except BaseException:
            await self.aclose()
            raise

    async def aclose(self) -> None:
        """Ends reading."""
        self._over = True
        connection, self._connection = self._connection, None
        if connection is not None:
            await self._readers.let_go(connection)


class Rows:
    """What stands on pages, one after another."""

    def __init__(self, pages: "Pages | AsyncGenerator[Sequence[Any]]") -> None:
        self._pages = pages
        self._page: Sequence[Any] = ()
        self._next = 0

    def __aiter__(self) -> "Rows":
        return self

    async def __anext__(self) -> Any:
        while self._next == len(self._page):
            self._page, self._next = await anext(self._pages), 0
        self._next += 1
        return self._page[self._next - 1]

    async def aclose(self) -> None:
        """Ends reading."""
        await self._pages.aclose()
