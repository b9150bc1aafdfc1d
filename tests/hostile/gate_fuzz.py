"""Hostile requests to the gate: `python tests/hostile/gate_fuzz.py --requests 100000 --seed 1`.

A real gate leads to a real server; other servers listen as an attacker's would. Every connection that this process opens
is counted by host and port, every answer and every request that arrives is searched for the key.
"""

import argparse
import asyncio
import contextlib
import json
import socket
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from kgents.harness import upstream
from kgents.harness.attempts import Attempts
from kgents.harness.gate import Gate, Way
from kgents.harness.limiter import Limiter
from kgents.harness.model_name import ModelName
from kgents.harness.origin import Origin
from kgents.harness.settings import Settings

KEY, PERMIT = "sk-real-4b1f0c9d2e7a6853", "sk-void-7d2a9f"
BODY = json.dumps({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "x"}]}).encode()
ANSWER = json.dumps(
    {"type": "message", "model": "m", "content": [{"type": "text", "text": f"you sent {KEY}"}], "stop_reason": "end_turn",
     "usage": {"input_tokens": 1, "output_tokens": 1}}
).encode()  # fmt: skip
PATHS = (
    "/v1/messages",
    "/v1/messages",
    "/v1/messages",
    "/v1/messages?beta=true",
    f"/v1/messages?key={PERMIT}",
    "/v1/complete",
    "/",
    "*",
)


@dataclass
class Tally:
    """What was seen: connections by origin, statuses told to the client, and every breach as a sentence."""

    connections: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    arrived: int = 0
    breaches: list[str] = field(default_factory=list)


# --- requests -------------------------------------------------------------------------------------------------------


def request(random: Random, evil: int) -> bytes:
    """One request, most of them hostile: target, headers, framing and bytes are each turned against the gate."""
    target = _target(random, evil)
    lines = [
        f"{random.choice(['POST'] * 8 + ['GET', 'CONNECT', 'HEAD', 'post'])} {target} HTTP/1.{random.choice('1110')}"
    ]
    lines += [f"host: {random.choice(['x', f'127.0.0.1:{evil}'])}"]
    lines += [f"{random.choice(['x-api-key', 'x-api-key', 'authorization', 'x-other'])}: {PERMIT}"]
    body, framing = _framed(random, evil)
    lines += framing + random.sample(_extra(evil), random.choice((0, 0, 1, 1, 2, 4)))
    end = random.choice(["\r\n"] * 12 + ["\n", "\r"])
    raw = (end.join(lines) + end + end).encode("latin-1") + body
    return _mutated(random, raw) if random.random() < 0.25 else raw


def _target(random: Random, evil: int) -> str:
    there = random.choice([f"127.0.0.1:{evil}", f"localhost:{evil}", f"user:{PERMIT}@127.0.0.1:{evil}", "evil.invalid"])
    path = random.choice(PATHS)
    hostile = [
        f"@{there}{path}", f":{evil}{path}", f"//{there}{path}", f"http://{there}{path}", f"https://{there}{path}",
        f"/\\{there}{path}", f"/{there}{path}", f"/%2f{there}{path}", f"/v1/..//{there}{path}", f"/.{path}", f"/..{path}",
        f"/v1/%2e%2e{path}", "/v1%2Fmessages", f"/v1/messages#@{there}", f"/v1/messages%23@{there}", f"/v1/messages;@{there}",
        f"/v1/messages?next=//{there}", f"/v1/messages?a=%0d%0aHost:%20{there}", f"/v1/messages%0d%0aHost:{there}",
        "/v1/messages\tHTTP/1.1", "/v1/messages HTTP/1.1 ", there, f".{there}{path}", f"{path}@{there}", f"/%40{there}{path}",
        "/v1/messages%00", "/v1/messag%65s", "/v1/./messages", "/V1/MESSAGES", "/v1/messages/", f"file://{path}",
        f"\\\\{there}{path}", "/v1/mess\xe4ges", f"http:{path}", f"///{there}{path}", f"/v1/messages?{'a=1&' * 30}",
    ]  # fmt: skip
    return random.choice(hostile) if random.random() < 0.6 else path


def _extra(evil: int) -> list[str]:
    there = f"127.0.0.1:{evil}"
    return [
        f"host: {there}", f"x-forwarded-host: {there}", f"forwarded: host={there}", f"x-original-url: http://{there}/",
        "proxy-connection: keep-alive", "connection: x-api-key, host", "connection: upgrade", "upgrade: h2c",
        "content-length: 5", "content-length: 0005", "transfer-encoding: chunked", "transfer-encoding: identity",
        "transfer-encoding : chunked", "expect: 100-continue", f" folded: {there}", f"x: a\rhost: {there}", f"x: {KEY[:6]}",
        "x-http-method-override: GET", f"location: http://{there}/", "te: trailers", f":authority: {there}", "x" * 70_000,
        f"x-rewrite-url: @{there}/v1/messages", f"authorization: Bearer {PERMIT}", "cookie: a=b",
    ]  # fmt: skip


def _framed(random: Random, evil: int) -> tuple[bytes, list[str]]:
    body = BODY if random.random() < 0.8 else bytes(random.randrange(256) for _ in range(random.randrange(60)))
    smuggled = f"POST @127.0.0.1:{evil}/v1/messages HTTP/1.1\r\nhost: y\r\nx-api-key: {PERMIT}\r\n\r\n".encode()
    match random.randrange(6):
        case 0:
            chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
            return chunked + smuggled, ["transfer-encoding: chunked"]
        case 1:
            return body + smuggled, [f"content-length: {len(body)}"]
        case 2:
            return b"0\r\n\r\n" + smuggled, ["transfer-encoding: chunked", f"content-length: {len(smuggled) + 5}"]
        case 3:
            return body, [f"content-length: {random.choice([-1, len(body) + 9, 10**12, ''])}"]
    return body, [f"content-length: {len(body)}"]


def _mutated(random: Random, raw: bytes) -> bytes:
    data = bytearray(raw)
    for _ in range(random.choice((1, 1, 2, 5))):
        at = random.randrange(min(len(data), 300))
        match random.randrange(4):
            case 0:
                data[at] = random.randrange(256)
            case 1:
                del data[at]
            case 2:
                data[at:at] = random.choice([b"\r\n", b"\n", b"\0", b" ", b"@", b"//", b"%2f", b"http://"])
            case 3:
                del data[at:]
        if not data:
            break
    return bytes(data)


# --- servers --------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def servers(tally: Tally, status: Callable[[], str]) -> AsyncIterator[tuple[int, int]]:
    """The vendor's port, whose answers have these statuses and name the attacker's, and the attacker's."""

    async def vendor(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raw = await reader.read(1 << 20)
        tally.arrived += 1
        line, _, rest = raw.decode("latin-1").partition("\r\n")
        if line not in ("POST /v1/messages HTTP/1.1", "POST /v1/messages?beta=true HTTP/1.1") and not line.startswith(
            "POST /v1/messages?"
        ):
            tally.breaches.append(f"the vendor was asked {line!r}")
        head = rest.partition("\r\n\r\n")[0].split("\r\n")
        names = [name.partition(":")[0].lower() for name in head if KEY in name]
        if any(name not in ("x-api-key", "authorization", "x-goog-api-key") for name in names):
            tally.breaches.append(f"the key stood in {names}")
        if sum(name.lower().startswith("host:") for name in head) != 1:
            tally.breaches.append("not one Host header")
        there = f"location: http://127.0.0.1:{ports[1]}/v1/messages\r\n"
        writer.write(f"HTTP/1.1 {status()}\r\n{there}content-length: {len(ANSWER)}\r\n\r\n".encode() + ANSWER)
        writer.close()

    async def attacker(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tally.breaches.append(f"the attacker received {(await reader.read(4096))!r}")
        writer.close()

    servers = [await asyncio.start_server(each, "127.0.0.1", 0) for each in (vendor, attacker)]
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    try:
        yield ports[0], ports[1]
    finally:
        for server in servers:
            server.close()


@asynccontextmanager
async def gate_to(good: int, tally: Tally) -> AsyncIterator[int]:
    """The port of a gate that leads to a port; every connection that it opens is counted."""
    before = upstream._connect

    async def counted(origin: Origin, proxy: str | None) -> Any:
        tally.connections[str(origin)] += 1
        return await before(origin, proxy)

    way = Way.to(ModelName("anthropic", "m", KEY, None), f"http://127.0.0.1:{good}", PERMIT, {})
    upstream._connect = counted
    try:
        async with Gate(way, Attempts(Settings(attempts=1), Limiter()), 20, Random(1)) as gate:
            listener = socket.create_server(("127.0.0.1", 0))
            await gate.open(listener)
            yield listener.getsockname()[1]
    finally:
        upstream._connect = before


async def campaign(requests: int, seed: int, at_once: int = 8) -> Tally:
    """Puts so many requests to one gate."""
    random, tally = Random(seed), Tally()
    answers = ["200 OK"] * 3 + ["302 Found", "307 Moved", "308 Moved", "401 No"]
    async with servers(tally, lambda: random.choice(answers)) as (good, evil), gate_to(good, tally) as port:
        numbers = iter(range(requests))
        await asyncio.gather(*(_client(numbers, port, evil, random, tally) for _ in range(at_once)))
    return tally


async def everything(reader: asyncio.StreamReader) -> bytes:
    """What comes until the end, also where the connection is reset because more was sent than was read."""
    answer = b""
    with contextlib.suppress(OSError):
        while chunk := await reader.read(1 << 16):
            answer += chunk
    return answer


async def _client(numbers: Any, port: int, evil: int, random: Random, tally: Tally) -> None:
    for _ in numbers:
        raw = request(random, evil)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        answer = b""
        try:
            writer.write(raw)
            writer.write_eof()
            answer = await everything(reader)
        except OSError:
            pass
        finally:
            writer.close()
        tally.statuses[answer[9:12].decode("latin-1") or "closed"] += 1
        if KEY.encode() in answer:
            tally.breaches.append(f"the client was told the key: {answer[:200]!r} after {raw[:200]!r}")


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun = time.process_time()
    tally = asyncio.run(campaign(options.requests, options.seed))
    sys.stdout.write(
        f"{options.requests} requests, {tally.arrived} got out, to {dict(tally.connections)}; told {dict(tally.statuses)};"
        f" {len(tally.breaches)} breaches; {time.process_time() - begun:.1f} s CPU\n"
    )
    for breach in tally.breaches[:20]:
        sys.stdout.write(f"  {breach}\n")
    sys.exit(bool(tally.breaches))


if __name__ == "__main__":
    main()
