"""One request with the standard library: TLS, proxies, every way a body may end, and what is not HTTP."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kgents.harness import upstream
from kgents.harness.origin import origin_of
from kgents.harness.upstream import Response, Unsent, send

Said = list[bytes]


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., "asyncio.Future[tuple[int, Said]]"]]:
    """`await serve(answer, context)` gives a port and the list of what was received on it."""
    servers = []

    async def start(answer: bytes, context: ssl.SSLContext | None = None) -> tuple[int, Said]:
        received: Said = []

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            received.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(answer)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)
        servers.append(server)
        return server.sockets[0].getsockname()[1], received

    yield start  # type: ignore[misc]
    for server in servers:
        server.close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost and its key, signed by itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")]),
    )
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), today, today + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.DNSName("models.test")]), False)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def tls(authority: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """What a server needs; the client trusts it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    upstream._trust.cache_clear()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    return context


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"content-length: 4\r\n\r\ngood",
        OK + b"Transfer-Encoding: chunked\r\n\r\n3;x=y\r\ngoo\r\n1\r\nd\r\n0\r\nTrailer: t\r\n\r\n",
        OK + b"\r\ngood",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"content-length: 4\r\n\r\ngood",
    ],
    ids=["length", "chunks", "end", "continue"],
)
async def test_a_body_however_it_is_delimited(serve, answer: bytes) -> None:  # type: ignore[no-untyped-def]
    port, received = await serve(answer)
    response = await send(origin_of(f"http://127.0.0.1:{port}"), "/v1/m?a=b", [("x-key", "k")], b"{}")
    assert (response.status, response.body) == (200, b"good")
    head = received[0].decode()
    assert head.startswith("POST /v1/m?a=b HTTP/1.1\r\n")
    assert f"host: 127.0.0.1:{port}\r\n" in head
    assert "x-key: k\r\n" in head
    assert "content-length: 2\r\n" in head


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"content-length: 9\r\n\r\ngood",
        OK + b"content-length: -1\r\n\r\n",
        OK + b"content-length: 99999999999\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\n9\r\ngood",
        OK + b"transfer-encoding: chunked\r\n\r\nzz\r\n",
        OK,
        b"",
        b"hello\r\n\r\n",
        b"HTTP/1.1 maybe\r\n\r\n",
    ],
)
async def test_what_is_cut_or_no_http_is_an_error(serve, answer: bytes) -> None:  # type: ignore[no-untyped-def]
    port, _ = await serve(answer)
    with pytest.raises((OSError, EOFError, ValueError, IndexError)) as caught:
        await send(origin_of(f"http://127.0.0.1:{port}"), "/", [], b"{}")
    assert not isinstance(caught.value, Unsent)


async def test_nobody_there_is_unsent() -> None:
    with pytest.raises(Unsent):
        await send(origin_of("http://127.0.0.1:9"), "/", [], b"{}")


async def test_tls_is_verified(serve, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    port, _ = await serve(OK + b"content-length: 4\r\n\r\ngood", tls)
    assert (await send(origin_of(f"https://localhost:{port}"), "/", [], b"{}")).body == b"good"
    with pytest.raises(Unsent, match=r"127\.0\.0\.1"):
        await send(origin_of(f"https://127.0.0.1:{port}"), "/", [], b"{}")  # another name than the certificate's
    monkeypatch.delenv("SSL_CERT_FILE")
    upstream._trust.cache_clear()
    with pytest.raises(Unsent, match="certificate"):
        await send(origin_of(f"https://localhost:{port}"), "/", [], b"{}")
    upstream._trust.cache_clear()


async def _tunnel(port: int, seen: list[str], refuse: bool = False) -> asyncio.Server:
    """A proxy that connects everybody to one port."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append((await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[0])
        if refuse or not seen[-1].startswith("CONNECT"):
            writer.write(b"HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n")
            await writer.drain()
            writer.close()
            return
        there, back = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        await asyncio.gather(_pump(reader, back), _pump(there, writer))

    return await asyncio.start_server(talk, "127.0.0.1", 0)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


async def test_a_proxy_is_heeded(serve, tls: ssl.SSLContext) -> None:  # type: ignore[no-untyped-def]
    port, _ = await serve(OK + b"content-length: 4\r\n\r\ngood", tls)
    seen: list[str] = []
    proxy = await _tunnel(port, seen)
    address = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"

    async def ask(**environment: str) -> Response:
        return await send(origin_of("https://models.test"), "/v1", [], b"{}", environment)

    assert (await ask(HTTPS_PROXY=address)).body == b"good"
    assert seen == ["CONNECT models.test:443 HTTP/1.1"]
    with pytest.raises(Unsent):
        await ask(HTTPS_PROXY=address, NO_PROXY=".test")
    assert (await send(origin_of("http://models.test"), "/", [], b"{}", {"http_proxy": address})).status == 407
    assert seen[1:] == ["POST http://models.test/ HTTP/1.1"]
    proxy.close()
    refusing = await _tunnel(port, seen, refuse=True)
    with pytest.raises(Unsent, match="407"):
        await ask(https_proxy=f"http://127.0.0.1:{refusing.sockets[0].getsockname()[1]}")
    refusing.close()
    upstream._trust.cache_clear()
