"""The gate against a program that wants the key: what is sent as bytes, and where it arrives."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from gate_fuzz import BODY, KEY, PERMIT, Tally, campaign, everything, gate_to, servers

Send = Callable[[bytes], Awaitable[bytes]]


@asynccontextmanager
async def hostile(status: str = "200 OK") -> AsyncIterator[tuple[Send, int, Tally]]:
    """A way to send bytes to a gate, the attacker's port, and what was seen; the server answers with a status."""
    tally = Tally()
    async with servers(tally, lambda: status) as (good, evil), gate_to(good, tally) as port:

        async def send(raw: bytes) -> bytes:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(raw)
            writer.write_eof()
            answer = await everything(reader)
            writer.close()
            return answer

        yield send, evil, tally


def post(target: str, *more: str, body: bytes = BODY, framing: str | None = None) -> bytes:
    """A request that would be good, but for what is put into it."""
    framing = f"content-length: {len(body)}" if framing is None else framing
    lines = [f"POST {target} HTTP/1.1", "host: gate", f"x-api-key: {PERMIT}", *([framing] if framing else []), *more]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


@pytest.mark.parametrize(
    "target",
    [
        "@127.0.0.1:{evil}/v1/messages", "user@127.0.0.1:{evil}/v1/messages", ":{evil}/v1/messages",
        "//127.0.0.1:{evil}/v1/messages", "///127.0.0.1:{evil}/v1/messages", "http://127.0.0.1:{evil}/v1/messages",
        "HTTPS://127.0.0.1:{evil}/v1/messages", "127.0.0.1:{evil}", "*", "/v1/../v1/messages", "/./v1/messages",
        "/v1/%2e%2e/v1/messages", "/v1%2fmessages", "/v1%5cmessages", "/v1\\messages", "/%2f127.0.0.1:{evil}/v1/messages",
        "/v1/messages%0d%0ahost:%20127.0.0.1:{evil}", "/v1/messages%00", "/v1/messages#@127.0.0.1:{evil}",
        "/v1/messages%23", "/v1//messages", "/v1/messages%25", "/v1/messages%", "/v1/messages%zz", "/v1/mess\xe4ges",
        "/v1/messages?x=%0d%0ahost:y", "/v1/messages?a#b", "/v1/messages?" + "a=1&" * 40, "/v1/messages?next=//127.0.0.1",
        "/v1/messages;/../x@127.0.0.1",
    ],
)  # fmt: skip
async def test_a_target_that_is_not_plain_is_refused(target: str) -> None:
    """Absolute, with a user, an empty or a dot segment, anything encoded that has a meaning: 400, and nobody is asked."""
    async with hostile() as (send, evil, tally):
        answer = await send(post(target.format(evil=evil)))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert not tally.connections
    assert not tally.breaches


@pytest.mark.parametrize(
    "raw",
    [
        post("/v1/messages", "host: 127.0.0.1"),
        post("/v1/messages", "Host: gate"),
        post("/v1/messages", f"content-length: {len(BODY) - 1}"),
        post("/v1/messages", "transfer-encoding: chunked"),
        post("/v1/messages", framing="transfer-encoding: identity"),
        post("/v1/messages", framing="content-length: -1"),
        post("/v1/messages", framing="content-length: +9"),
        post("/v1/messages", "x: a\rhost: b"),
        post("/v1/messages", "transfer-encoding : chunked"),
        post("/v1/messages", "x: \0"),
        post("/v1/messages", "x: " + "y" * 400_000),
        post("/v1/messages").replace(b"host: gate\r\n", b""),
        post("/v1/messages", body=b"[" * 100_000),
        post("/v1/messages", body=b"[]"),
        post("/v1/messages", body=b'"tools"'),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n",
    ],
    ids=lambda raw: repr(raw[:90]),
)
async def test_a_request_that_can_be_read_in_two_ways_is_refused(raw: bytes) -> None:
    """Two hosts, two lengths, broken headers, no HTTP, no request of the API: 400, and nobody is asked."""
    async with hostile() as (send, _, tally):
        answer = await send(raw)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert not tally.connections


async def test_the_key_stands_in_no_header_but_those_of_credentials() -> None:
    """A pass elsewhere stays a pass, also in the path; headers that name other hosts decide nothing."""
    async with hostile() as (send, evil, tally):
        there = f"127.0.0.1:{evil}"
        more = [
            f"x-forwarded-host: {there}",
            f"cookie: {PERMIT}",
            f"x-note: {PERMIT}",
            f"connection: x-api-key, {there}",
        ]
        answer = await send(post(f"/v1/messages?beta=true&note={PERMIT}", *more))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert (tally.arrived, len(tally.connections)) == (1, 1)
    assert not tally.breaches


async def test_a_server_that_repeats_the_key_does_not_tell_it_to_the_program() -> None:
    """What the server of the model sends back passes with the pass in place of the key."""
    async with hostile() as (send, _, _tally):
        answer = await send(post("/v1/messages"))
    assert KEY.encode() not in answer
    assert f"you sent {PERMIT}".encode() in answer


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_a_redirection_is_not_followed(status: str) -> None:
    """Where the server sends elsewhere, nobody else is asked, and the run is told why it ends."""
    async with hostile(status) as (send, _, tally):
        answer = await send(post("/v1/messages"))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"redirection" in answer
    assert len(tally.connections) == 1
    assert not tally.breaches


async def test_requests_follow_each_other_on_one_connection() -> None:
    """Pipelined requests are answered in order; a smuggled one ends the connection."""
    async with hostile() as (send, evil, tally):
        answer = await send(
            post("/v1/messages") + post("/v1/messages") + post(f"@127.0.0.1:{evil}/v1/messages") + post("/")
        )
    assert answer.count(b"HTTP/1.1 200 ") == 2
    assert answer.count(b"HTTP/1.1 ") == 3
    assert (tally.arrived, tally.breaches) == (2, [])


async def test_fuzzed_requests_reach_one_host() -> None:
    """The first 1 500 requests of the campaign (python tests/hostile/gate_fuzz.py puts 100 000)."""
    tally = await campaign(1_500, seed=1)
    assert tally.breaches == []
    assert len(tally.connections) == 1
    assert tally.arrived >= 30
    assert tally.statuses["400"] >= 500
