"""The gate: what gets through, what it costs, what becomes of faults; without any CLI, by plain HTTP."""

import asyncio
import json
import socket
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any
from urllib.error import HTTPError

import pytest

from kgents.domain.meter import open_meter
from kgents.domain.outcome import Cause, Usage
from kgents.harness.attempts import Attempts, Failed
from kgents.harness.formats import CODE
from kgents.harness.gate import Gate, Way, retry_after
from kgents.harness.ledger import Ledger
from kgents.harness.limiter import Limiter
from kgents.harness.model_name import ModelName
from kgents.harness.settings import Settings
from kgents.testing.loopback import Answer, Loopback

KEY, PERMIT = "sk-planted-0123456789abcdef", "sk-void-0123"
PATHS = {
    "anthropic:claude-sonnet-5-5": ("/v1/messages", "x-api-key"),
    "openai:gpt-6.1-terra": ("/v1/responses", "authorization"),
    "openai-chat:gpt-6.1-terra": ("/v1/chat/completions", "authorization"),
    "google:gemini-3.8-flash": ("/v1beta/models/gemini-3.8-flash:generateContent", "x-goog-api-key"),
}
STREAMED = {"/v1beta/models/gemini-3.8-flash:generateContent": "/v1beta/models/gemini-3.8-flash:streamGenerateContent"}


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


@dataclass
class Bench:
    """A gate that leads to the server."""

    server: Loopback
    bill: list[Usage] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    now: float = 1000.0

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def through(
        self, model: str, what: Callable[[Gate, str], Awaitable[Any]], own_url: bool = False, **more: Any
    ) -> Any:
        settings = Settings(**{"sleep": self.sleep, "spent": self.bill.append, **more})
        vendor, _, name = model.partition(":")
        way = Way.to(ModelName(vendor, name, KEY, self.server.url, own_url), self.server.url, PERMIT, {})
        async with Gate(
            way, Attempts(settings, Limiter(clock=lambda: self.now, sleep=self.sleep)), 20, Random(1)
        ) as gate:
            listener = socket.create_server(("127.0.0.1", 0))
            await gate.open(listener)
            return await what(gate, f"http://127.0.0.1:{listener.getsockname()[1]}")


@pytest.fixture
def bench(server: Loopback) -> Bench:
    server.play(Answer())
    return Bench(server)


async def post(url: str, header: str, body: bytes, permit: str = PERMIT) -> tuple[int, bytes]:
    value = f"Bearer {permit}" if header == "authorization" else permit
    request = urllib.request.Request(url, body, {header: value, "content-type": "application/json"})

    def ask() -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.status, response.read()
        except HTTPError as error:
            with error:
                return error.code, error.read()

    return await asyncio.to_thread(ask)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", PATHS)
async def test_an_answer_goes_through_as_it_is_and_is_read(bench: Bench, model: str, stream: bool) -> None:
    path, header = PATHS[model]
    path = STREAMED.get(path, path) if stream else path
    bench.server.play(Answer(cached_tokens=4, model="claude-sonnet-5-5-20261001" if "claude" in model else None))

    async def ask(gate: Gate, url: str) -> tuple[int, bytes, Gate]:
        return *await post(url + path, header, json.dumps({"model": "m", "stream": stream}).encode()), gate

    status, body, gate = await bench.through(model, ask)
    assert status == 200
    assert CODE in body.decode().replace("\\n", "\n")
    said = gate.answers[0]
    assert (said.text, said.input_tokens, said.output_tokens, said.cached_tokens) == (CODE, 11, 7, 4)
    assert said.model.startswith(("claude-sonnet-5-5-2", "m", "gemini"))
    assert gate.usage.calls == 1
    assert bench.bill == [gate.usage]
    assert bench.server.calls[0].path == path
    assert KEY in bench.server.calls[0].headers[header]
    assert PERMIT not in str(bench.server.calls[0].headers)


@pytest.mark.parametrize("model", PATHS)
@pytest.mark.parametrize(
    ("answer", "cause", "calls"),
    [
        (Answer(status=401), Cause.AUTH, 1),
        (Answer(status=402), Cause.QUOTA, 1),
        (Answer(status=404), Cause.HARNESS_MISSING, 1),
        (Answer(status=429), Cause.RATE_LIMIT, 4),
        (Answer(status=500), Cause.UNKNOWN, 4),
        (Answer(status=529), Cause.OVERLOADED, 4),
        (Answer(status=400, message="prompt is too long: 9 tokens > 8 maximum"), Cause.CONTEXT_LENGTH, 1),
        (Answer(stop="refusal"), Cause.REFUSAL, 1),
        (Answer(text=""), Cause.MALFORMED, 1),
        (Answer(cut=0), Cause.NETWORK, 4),
        (Answer(cut=25), Cause.NETWORK, 4),
        (Answer(body=b"{not json"), Cause.NETWORK, 4),
        (Answer(body=b"<html>proxy</html>"), Cause.NETWORK, 4),
        (Answer(body=b'data: {"type": "error", "error": {"type": "overloaded_error"}}\n\n'), Cause.OVERLOADED, 4),
    ],
    ids=lambda value: value.value if isinstance(value, Cause) else None,
)
async def test_every_fault_has_its_cause(bench: Bench, model: str, answer: Answer, cause: Cause, calls: int) -> None:
    bench.server.play(answer)
    path, header = PATHS[model]

    async def ask(gate: Gate, url: str) -> tuple[Failed, Usage]:
        status, body = await post(url + path, header, b'{"stream": true}')
        assert status == 400
        assert KEY.encode() not in body
        return await gate.failed, gate.usage

    failed, usage = await bench.through(model, ask)
    assert (failed.cause, len(bench.server.calls)) == (cause, calls)
    assert usage.calls == calls == len(bench.bill) == failed.usage.calls
    paid = cause in (Cause.REFUSAL, Cause.MALFORMED)
    assert (usage.input_tokens > 0) == paid


async def test_the_bill_is_on_the_tab_of_the_trial_that_opened_the_gate(bench: Bench) -> None:
    """Though it is another task that asks."""
    meter = open_meter()

    async def ask(gate: Gate, url: str) -> Usage:
        await post(url + "/v1/messages", "x-api-key", b"{}")
        return gate.usage

    assert await bench.through("anthropic:claude-sonnet-5-5", ask, spent=Ledger().spent) == meter.usage
    assert meter.usage.calls == 1


async def test_nothing_else_gets_out(bench: Bench) -> None:
    """No other path, no other method, nobody without the pass."""

    async def ask(gate: Gate, url: str) -> list[int]:
        path, header = PATHS["anthropic:claude-sonnet-5-5"]
        found = [(await post(url + path, header, b"{}", "another-pass"))[0]]
        found.append((await post(url + "/v1/telemetry", header, b"{}"))[0])
        found.append((await post(url + path, header, b"not json"))[0])
        return found

    assert await bench.through("anthropic:claude-sonnet-5-5", ask) == [403, 404, 400]
    assert bench.server.requests == []
    assert bench.bill == []


async def test_tools_are_taken_out_and_counted(bench: Bench) -> None:
    tools = [{"name": "a"}, {"type": "namespace", "tools": [{"name": "b"}, {"name": "c"}]}]
    request = {"input": [{"type": "additional_tools", "tools": tools}, {"role": "user"}], "tools": [{"name": "d"}]}

    async def ask(gate: Gate, url: str) -> int:
        await post(url + "/v1/responses", "authorization", json.dumps({**request, "tool_choice": "auto"}).encode())
        return gate.tools

    assert await bench.through("openai:gpt-6.1-terra", ask) == 4
    assert bench.server.calls[0].data == {"input": [{"role": "user"}]}


async def test_a_budget_that_is_used_up_lets_nothing_through(bench: Bench) -> None:
    async def ask(gate: Gate, url: str) -> Failed:
        await post(url + "/v1/messages", "x-api-key", b"{}")
        return await gate.failed

    failed = await bench.through("anthropic:claude-sonnet-5-5", ask, may_spend=lambda spent: False)
    assert failed.cause is Cause.CANCELLED
    assert bench.server.requests == []


async def test_a_price_that_is_not_known_stays_unknown(bench: Bench) -> None:
    async def ask(gate: Gate, url: str) -> Usage:
        await post(url + "/v1/messages", "x-api-key", b"{}")
        return gate.usage

    assert (await bench.through("anthropic:claude-sonnet-5-5", ask)).cost_usd is None  # the model is called m
    bench.server.play(Answer(model="claude-sonnet-5-5"))
    assert (await bench.through("anthropic:claude-sonnet-5-5", ask)).cost_usd == Decimal("0.000092")
    assert (await bench.through("anthropic:claude-sonnet-5-5", ask, own_url=True)).cost_usd is None


async def test_a_pause_is_ours_and_not_the_programs(bench: Bench) -> None:
    bench.server.play(Answer(status=429, retry_after="7"), Answer(status=429, retry_after="600"), Answer())

    async def ask(gate: Gate, url: str) -> tuple[int, int]:
        return (await post(url + "/v1/messages", "x-api-key", b"{}"))[0], gate.usage.calls

    assert await bench.through("anthropic:claude-sonnet-5-5", ask) == (200, 3)
    assert bench.slept == [7.0, 60.0]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after": "-1"}, 0.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds
