"""A way to a server that can be cut or frozen at a chosen moment: what networks and balancers do to a connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from sqlalchemy.engine import make_url


class Way:
    """A socket in a folder through which a Postgres is reached.

    cut_after   once the server has answered a message that holds these bytes, the answer is lost with the connection
    cut_before  a message that holds these bytes is lost with the connection: the server never has it
    thawed      while it is cleared nothing passes in either direction
    """

    def __init__(self, server: str) -> None:
        self._url = make_url(server)
        self._target = f"{self._url.query['host']}/.s.PGSQL.5432"
        self.cut_after: bytes | None = None
        self.cut_before: bytes | None = None
        self.cuts = 0
        self.thawed = asyncio.Event()
        self.thawed.set()
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def url(self, folder: Path) -> str:
        """Of the database, by this way."""
        return self._url.set(query={"host": str(folder)}).render_as_string(hide_password=False)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        there_reader, there_writer = await asyncio.open_unix_connection(self._target)
        self._writers += [writer, there_writer]
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        armed = asyncio.Event()
        back = asyncio.create_task(self._answers(there_reader, writer, armed))
        with suppress(OSError):
            while data := await reader.read(65536):
                await self.thawed.wait()
                if self.cut_after is not None and self.cut_after in data:
                    self.cut_after = None
                    armed.set()
                if self.cut_before is not None and self.cut_before in data:
                    self.cut_before = None
                    self.cuts += 1
                    writer.close()
                    break
                there_writer.write(data)
                await there_writer.drain()
        there_writer.close()
        await back

    async def _answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, armed: asyncio.Event) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                await self.thawed.wait()
                if armed.is_set():
                    self.cuts += 1
                    break
                writer.write(data)
                await writer.drain()
        writer.close()

    async def close(self) -> None:
        """Ends every connection, and waits until none is left."""
        self.thawed.set()
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(writer.wait_closed() for writer in self._writers), return_exceptions=True)


@asynccontextmanager
async def way_to(server: str, folder: Path) -> AsyncIterator[Way]:
    """Opens such a way while the block runs."""
    way = Way(server)
    listener = await asyncio.start_unix_server(way.serve, folder / ".s.PGSQL.5432")
    try:
        yield way
    finally:
        listener.close()
        await way.close()
