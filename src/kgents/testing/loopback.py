"""A model server on the loopback interface that says what a script tells it to.

    with Loopback([Answer(status=429, retry_after="2"), Answer(text="hello")]) as server:
        ...  # any client, at server.url; what it sent is in server.requests

Rule: it speaks real HTTP on a real socket, in a thread of its own; the last answer of a script repeats for ever.
"""

import asyncio
import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from kgents.harness.formats import FAULTS, Answer, format_of, streamed, whole

__all__ = ["FAULTS", "Answer", "Loopback", "Request"]


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent: names of headers in lower case; `at` is the monotonic second of its arrival."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float

    @property
    def data(self) -> Any:
        """The body as JSON; an empty object where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return {}

    @property
    def is_call(self) -> bool:
        """Whether this asks a model for an answer."""
        return self.method == "POST" and format_of(self.path.partition("?")[0]) is not None


class Loopback:
    """The server: a context manager; `url` has no path and no slash at its end."""

    def __init__(self, script: Sequence[Answer] = (Answer(),)) -> None:
        if not script:
            raise ValueError("a script holds at least one answer")
        self.requests: list[Request] = []
        self.url = ""
        self._script = list(script)
        self._next = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="loopback", daemon=True)
        self._ready = threading.Event()

    @property
    def calls(self) -> list[Request]:
        """The requests that asked a model for an answer."""
        return [request for request in self.requests if request.is_call]

    def play(self, *script: Answer) -> None:
        """Goes on with another script, and forgets what was received."""
        self._script, self._next = list(script), 0
        self.requests.clear()

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._connection, "127.0.0.1", 0, backlog=1024))
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.001))
        self._loop.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await _read(reader, writer)) is not None:
                self.requests.append(request)
                if not await self._answer(request, writer):
                    break
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        """Sends the next answer; False where the connection is to be cut."""
        path = request.path.partition("?")[0]
        if not request.is_call:
            await _send(writer, 200 if path.endswith("/count_tokens") else 404, b'{"input_tokens": 11}', {})
            return True
        answer = self._script[min(self._next, len(self._script) - 1)]
        self._next += 1
        if answer.latency:
            await asyncio.sleep(answer.latency)
        asked = request.data
        model = asked.get("model") or path.rpartition("/")[2].partition(":")[0]
        stream = answer.status < 400 and (asked.get("stream") is True or path.endswith(":streamGenerateContent"))
        body = (streamed if stream else whole)(answer, path, model)
        optional = {"retry-after": answer.retry_after, "location": answer.location}
        headers = {name: value for name, value in optional.items() if value is not None}
        headers["content-type"] = "text/event-stream" if stream else "application/json"
        await _send(writer, answer.status, body, headers, answer.cut)
        return answer.cut is None


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request | None:
    """The next request of a connection; None at its end."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
    }
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = await _chunks(reader)
    else:
        body = await reader.readexactly(int(headers.get("content-length") or 0))
    return Request(method, path, headers, body, time.monotonic())


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


async def _send(
    writer: asyncio.StreamWriter, status: int, body: bytes, headers: Mapping[str, str], cut: int | None = None
) -> None:
    lines = [f"HTTP/1.1 {status} {'OK' if status == 200 else 'Scripted'}", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + (body if cut is None else body[:cut]))
    await writer.drain()
