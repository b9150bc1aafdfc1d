"""One HTTP request to one server, by h11: what the gate sends on to the server of a model.

Rule: the server is an origin that was parsed before any request was seen; nothing in a target, a header or an answer
changes it, and a redirection is an answer like any other. Nothing is asked again here; a body that is not whole is an
error, never half an answer.
"""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import h11

from kgents.domain.meter import waits
from kgents.harness.origin import Origin

LARGEST = 64_000_000  # bytes of a body
_CONNECT_SECONDS = 10.0
_HEAD_BYTES = 1 << 18
_CHUNK = 1 << 16


class Unsent(OSError):
    """Nobody is there: the request did not leave."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def send(
    origin: Origin,
    target: str,
    headers: Sequence[tuple[str, str]],
    body: bytes,
    environment: Mapping[str, str] = {},
) -> Response:
    """Posts a body. Raises Unsent where nobody listens, OSError or EOFError or ValueError where the answer is broken.

    target       origin-form: a path, and a query where there is one
    environment  its HTTPS_PROXY, HTTP_PROXY and NO_PROXY are heeded
    """
    proxy = _proxy(origin, environment)
    http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD_BYTES)
    asked = f"{origin}{target}" if proxy and origin.scheme == "http" else target
    try:
        request = _request(http, asked, origin, headers, body)
    except h11.LocalProtocolError as error:
        raise ValueError(f"not a request of HTTP/1.1: {error}") from error
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            reader, writer = await _connect(origin, proxy)
    except (OSError, EOFError, TimeoutError) as error:
        raise Unsent(str(error) or type(error).__name__) from error
    try:
        writer.write(request)
        await writer.drain()
        return await _response(http, reader)
    except h11.ProtocolError as error:
        raise ValueError(f"not HTTP/1.1: {error}") from error
    finally:
        writer.close()


def _request(
    http: h11.Connection, target: str, origin: Origin, headers: Sequence[tuple[str, str]], body: bytes
) -> bytes:
    own = [("content-length", str(len(body))), ("accept-encoding", "identity"), ("connection", "close")]
    pairs = [("host", origin.authority), *headers, *own]
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
    head = h11.Request(method="POST", target=target, headers=encoded)
    return (http.send(head) or b"") + (http.send(h11.Data(data=body)) or b"") + (http.send(h11.EndOfMessage()) or b"")


def _proxy(origin: Origin, environment: Mapping[str, str]) -> str | None:
    names = {name.lower(): value for name, value in environment.items() if name.lower().endswith("_proxy")}
    proxy = names.get(f"{origin.scheme}_proxy")
    direct = ["localhost", "127.0.0.1", "::1", *(name.strip() for name in names.get("no_proxy", "").split(","))]
    skipped = any(
        name == "*" or origin.host == name or origin.host.endswith("." + name.lstrip(".")) for name in direct if name
    )
    return None if skipped else proxy


async def _connect(origin: Origin, proxy: str | None) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    secure = origin.scheme == "https"
    if proxy is None:
        return await asyncio.open_connection(origin.host, origin.port, ssl=_trust() if secure else None)
    via = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    reader, writer = await asyncio.open_connection(via.hostname, via.port or 8080)
    if secure:
        authority = f"[{origin.host}]:{origin.port}" if ":" in origin.host else f"{origin.host}:{origin.port}"
        writer.write(f"CONNECT {authority} HTTP/1.1\r\nhost: {authority}\r\n\r\n".encode("latin-1"))
        head = await reader.readuntil(b"\r\n\r\n")
        if head.split(b" ", 2)[1:2] != [b"200"]:
            writer.close()
            raise ConnectionError(f"the proxy says {head.splitlines()[0].decode('latin-1')}")
        await writer.start_tls(_trust(), server_hostname=origin.host)
    return reader, writer


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


async def _response(http: h11.Connection, reader: asyncio.StreamReader) -> Response:
    head, body = None, bytearray()
    while not isinstance(event := await _event(http, reader), h11.EndOfMessage):
        match event:
            case h11.Response():
                head = event
            case h11.Data():
                body += event.data
            case h11.InformationalResponse():
                pass
            case _:
                raise EOFError("the answer was cut off")
        if len(body) > LARGEST:
            raise ValueError(f"a body of more than {LARGEST} bytes")
    if head is None:
        raise EOFError("no answer came")
    headers = {name.decode("ascii"): value.decode("latin-1") for name, value in head.headers}
    return Response(head.status_code, headers, bytes(body))


async def _event(
    http: h11.Connection, reader: asyncio.StreamReader
) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
    while (event := http.next_event()) is h11.NEED_DATA:
        http.receive_data(await reader.read(_CHUNK))
        waits(False)
    return event
