"""One HTTP request with the standard library alone: what the gate sends on to a model's server.

Rule: nothing is asked again here; a body that is not whole is an error, never half an answer.
"""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

LARGEST = 64_000_000  # bytes of a body
_CONNECT_SECONDS = 10.0


class Unsent(OSError):
    """Nobody is there: the request did not leave."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def send(
    url: str, headers: Sequence[tuple[str, str]], body: bytes, environment: Mapping[str, str] = {}
) -> Response:
    """Posts a body. Raises Unsent where nobody listens, OSError or EOFError or ValueError where the answer is broken.

    environment  its HTTPS_PROXY, HTTP_PROXY and NO_PROXY are heeded
    """
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    proxy = _proxy(parts.scheme, host, environment)
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            reader, writer = await _connect(host, parts.port or (443 if secure else 80), secure, proxy)
    except (OSError, EOFError, TimeoutError) as error:
        raise Unsent(str(error) or type(error).__name__) from error
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [f"POST {url if proxy and not secure else target} HTTP/1.1", f"host: {parts.netloc.rpartition('@')[2]}"]
        lines += [f"{name}: {value}" for name, value in headers]
        lines += [f"content-length: {len(body)}", "accept-encoding: identity", "connection: close", "", ""]
        writer.write("\r\n".join(lines).encode("latin-1") + body)
        await writer.drain()
        return await _response(reader)
    finally:
        writer.close()


def _proxy(scheme: str, host: str, environment: Mapping[str, str]) -> str | None:
    names = {name.lower(): value for name, value in environment.items() if name.lower().endswith("_proxy")}
    found = names.get(f"{scheme}_proxy")
    direct = ["localhost", "127.0.0.1", "::1", *(name.strip() for name in names.get("no_proxy", "").split(","))]
    skipped = any(name == "*" or host == name or host.endswith("." + name.lstrip(".")) for name in direct if name)
    return None if skipped else found


async def _connect(
    host: str, port: int, secure: bool, proxy: str | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if proxy is None:
        return await asyncio.open_connection(host, port, ssl=_trust() if secure else None)
    via = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    reader, writer = await asyncio.open_connection(via.hostname, via.port or 8080)
    if secure:
        writer.write(f"CONNECT {host}:{port} HTTP/1.1\r\nhost: {host}:{port}\r\n\r\n".encode("latin-1"))
        said = await reader.readuntil(b"\r\n\r\n")
        if said.split(b" ", 2)[1] != b"200":
            writer.close()
            raise ConnectionError(f"the proxy says {said.splitlines()[0].decode('latin-1')}")
        await writer.start_tls(_trust(), server_hostname=host)
    return reader, writer


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


async def _response(reader: asyncio.StreamReader) -> Response:
    head = b""
    while not head or head.split(b" ", 2)[1].startswith(b"1"):
        head = await reader.readuntil(b"\r\n\r\n")
    first, headers = head_of(head)
    return Response(int(first.split(" ", 2)[1]), headers, await body_of(reader, headers, to_end=True))


def head_of(head: bytes) -> tuple[str, dict[str, str]]:
    """The first line and the headers, names in lower case."""
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return first, {name.strip().lower(): value.strip() for name, _, value in pairs}


async def body_of(reader: asyncio.StreamReader, headers: Mapping[str, str], to_end: bool = False) -> bytes:
    """A body as its headers delimit it; EOFError where it is cut, ValueError where it is too large or no HTTP."""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return await _chunks(reader)
    if "content-length" in headers:
        size = int(headers["content-length"])
        if not 0 <= size <= LARGEST:
            raise ValueError(f"a body of {size} bytes")
        return await reader.readexactly(size)
    return await reader.read(LARGEST) if to_end else b""


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while size := int((await reader.readuntil(b"\n")).split(b";")[0], 16):
        if not 0 < size <= LARGEST - len(body):
            raise ValueError("a body that does not end")
        body += await reader.readexactly(size)
        await reader.readuntil(b"\n")
    while (await reader.readuntil(b"\n")).strip():
        pass
    return bytes(body)
