"""The server's half of HTTP/1.1 on one connection, by h11: whole requests come in, whole responses go out.

Rule: a request that two readers could read in two ways is refused with 400 and ends the connection.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import h11

from kgents.harness.targets import Refused
from kgents.harness.upstream import LARGEST, Response

_HEAD_BYTES = 1 << 16
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Request:
    """One request with its whole body: names of headers in lower case, repeated ones repeated."""

    method: str
    target: str
    headers: Sequence[tuple[str, str]]
    body: bytes


class Exchange:
    """One connection of a client: `request` and `respond` in turn."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD_BYTES)
        self._head_only = False

    async def request(self) -> Request | None:
        """The next request; None at the end. Raises Refused where it is not plain HTTP, OSError."""
        self._head_only = False
        try:
            head = await self._event()
            if not isinstance(head, h11.Request):
                return None
            self._head_only = head.method == b"HEAD"
            headers = [(name.decode("ascii"), value.decode("latin-1")) for name, value in head.headers]
            _check(headers)
            if self._http.they_are_waiting_for_100_continue:
                await self._send(h11.InformationalResponse(status_code=100, headers=[]))
            return Request(head.method.decode("ascii"), head.target.decode("ascii"), headers, await self._body())
        except h11.RemoteProtocolError as error:
            raise Refused(400, f"not a request of HTTP/1.1: {error}") from error

    async def respond(self, response: Response) -> bool:
        """Sends a response; whether another request may follow."""
        if self._http.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return False
        kind = response.headers.get("content-type", "application/json")
        headers = [("content-type", kind), ("content-length", str(len(response.body)))]
        await self._send(h11.Response(status_code=response.status, headers=headers))
        if response.body and not self._head_only:
            await self._send(h11.Data(data=response.body))
        await self._send(h11.EndOfMessage())
        if {self._http.our_state, self._http.their_state} != {h11.DONE}:
            return False
        self._http.start_next_cycle()
        return True

    async def _body(self) -> bytes:
        body = bytearray()
        while isinstance(event := await self._event(), h11.Data):
            body += event.data
            if len(body) > LARGEST:
                raise Refused(400, f"a body of more than {LARGEST} bytes")
        if not isinstance(event, h11.EndOfMessage):
            raise EOFError("the request was cut off")
        return bytes(body)

    async def _event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(_CHUNK))
        return event

    async def _send(self, event: h11.Event) -> None:
        self._writer.write(self._http.send(event) or b"")
        await self._writer.drain()


def _check(headers: Sequence[tuple[str, str]]) -> None:
    """What h11 lets pass and another reader could read otherwise."""
    names = [name for name, _ in headers]
    if names.count("host") > 1:
        raise Refused(400, "two Host headers")
    if "content-length" in names and "transfer-encoding" in names:
        raise Refused(400, "two lengths of one body")
