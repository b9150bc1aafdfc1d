"""The direct API: real client libraries against a loopback server that speaks the vendors' protocols."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal

import pytest

from kgents.domain.json import canonical
from kgents.domain.outcome import Cause, Usage
from kgents.domain.ports import HarnessError, Limits, Reply
from kgents.errors import UsageError
from kgents.harness.api import ApiHarness
from kgents.harness.connection import trust
from kgents.harness.formats import CODE
from kgents.harness.pricing import price
from kgents.harness.settings import Settings
from kgents.harness.taxonomy import is_cut_off
from kgents.testing.loopback import Answer, Loopback

KEY = "sk-planted-0123456789abcdef"
MODELS = {
    "anthropic:claude-sonnet-5-5": ("ANTHROPIC", "/v1/messages"),
    "openai:gpt-6.1-terra": ("OPENAI", "/v1/responses"),
    "openai-chat:gpt-6.1-terra": ("OPENAI", "/v1/chat/completions"),
    "google-gla:gemini-3.8-flash": ("GOOGLE", "/v1beta/models/gemini-3.8-flash:generateContent"),
}


class FakeTime:
    """A clock that only its own sleep moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Bench:
    """A server and a harness that asks it."""

    def __init__(self, server: Loopback) -> None:
        self.server, self.time = server, FakeTime()
        self.bill: list[Usage] = []
        self.open: list[ApiHarness] = []

    def harness(self, model: str = "anthropic:claude-sonnet-5-5", **settings: object) -> ApiHarness:
        vendor = MODELS[model][0] if model in MODELS else "OPENAI"
        suffix = "/v1" if vendor == "OPENAI" else ""
        variable = "GOOGLE_GEMINI_BASE_URL" if vendor == "GOOGLE" else f"{vendor}_BASE_URL"
        environment = {f"{vendor}_API_KEY": KEY, variable: self.server.url + suffix}
        given = {"environment": environment, "sleep": self.time.sleep, "spent": self.bill.append, **settings}
        harness = ApiHarness(Settings(model=model, **given), self.time.clock)  # type: ignore[arg-type]
        self.open.append(harness)
        return harness


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


@pytest.fixture
async def bench(server: Loopback) -> AsyncIterator[Bench]:
    server.play(Answer())
    made = Bench(server)
    yield made
    for harness in made.open:
        await harness.aclose()


async def ask(harness: ApiHarness, seed: int = 7, seconds: float = 20) -> Reply:
    return await harness.generate("write add", seed, Limits(seconds))


async def fails(harness: ApiHarness, seconds: float = 20) -> HarnessError:
    with pytest.raises(HarnessError) as caught:
        await ask(harness, seconds=seconds)
    return caught.value


@pytest.mark.parametrize("model", MODELS)
async def test_text_usage_and_cost_of_every_vendor(bench: Bench, model: str) -> None:
    bench.server.play(Answer(cached_tokens=4))
    reply = await ask(bench.harness(model))
    assert reply.text == CODE
    assert (reply.usage.input_tokens, reply.usage.output_tokens, reply.usage.cached_tokens) == (11, 7, 4)
    assert reply.usage.calls == 1
    assert reply.usage.cost_usd is not None
    assert 0 < reply.usage.cost_usd < Decimal("0.001")
    assert bench.bill == [reply.usage]
    assert reply.model == model.partition(":")[2]
    asked = bench.server.calls[0].path.partition("?")[0]
    assert asked.replace("/v1beta/", "/v1/") == MODELS[model][1].replace("/v1beta/", "/v1/")  # by version of the client


@pytest.mark.parametrize("model", MODELS)
async def test_what_is_asked_for_is_what_is_said_to_be_honoured(bench: Bench, model: str) -> None:
    """Every setting is either in the request or named as not honoured; nothing else is believed."""
    harness = bench.harness(model, temperature=0.59375, max_output_tokens=4321, system="Be brief.")
    await ask(harness, seed=2**62 + 123_456_789)
    honoured, body = await harness.honoured(), bench.server.calls[0].body.decode()
    assert "Be brief." in body
    assert "write add" in body
    assert ("0.59375" in body) == honoured["temperature"]
    assert ("4321" in body) == honoured["max_tokens"] is True
    assert ("123456789" in body) == honoured["seed"] == (model.startswith(("openai-chat", "google")))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("answer", "cause", "calls"),
    [
        (Answer(status=401), Cause.AUTH, 1),
        (Answer(status=403), Cause.AUTH, 1),
        (Answer(status=402), Cause.QUOTA, 1),
        (Answer(status=429, code="insufficient_quota"), Cause.QUOTA, 1),
        (Answer(status=404), Cause.HARNESS_MISSING, 1),
        (Answer(status=429), Cause.RATE_LIMIT, 4),
        (Answer(status=500), Cause.UNKNOWN, 4),
        (Answer(status=503), Cause.OVERLOADED, 4),
        (Answer(status=529), Cause.OVERLOADED, 4),
        (Answer(status=400), Cause.UNKNOWN, 1),
        (Answer(status=400, message="prompt is too long: 9 tokens > 8 maximum"), Cause.CONTEXT_LENGTH, 1),
        (Answer(stop="refusal"), Cause.REFUSAL, 1),
        (Answer(text=""), Cause.MALFORMED, 1),
        (Answer(cut=0), Cause.NETWORK, 4),
        (Answer(cut=25), Cause.NETWORK, 4),
        (Answer(body=b"{not json"), Cause.NETWORK, 4),
        (Answer(body=b"<html>proxy</html>"), Cause.NETWORK, 4),
    ],
    ids=lambda value: value.value if isinstance(value, Cause) else None,
)
async def test_every_fault_has_its_cause_and_is_asked_again_only_where_that_helps(
    bench: Bench, model: str, answer: Answer, cause: Cause, calls: int
) -> None:
    bench.server.play(answer)
    error = await fails(bench.harness(model))
    assert (error.cause, len(bench.server.calls)) == (cause, calls)
    assert error.usage.calls == calls == len(bench.bill)
    assert KEY not in repr(error) + str(error) + error.output


async def test_a_slow_answer_is_a_time_out_of_unknown_cost_and_not_asked_again(bench: Bench) -> None:
    bench.server.play(Answer(latency=30))
    harness = bench.harness()
    await harness.honoured()
    error = await fails(harness, seconds=0.2)
    assert error.cause is Cause.MODEL_TIMEOUT
    assert error.usage == Usage(cost_usd=None, calls=1) == bench.bill[0]


async def test_nobody_listening_is_the_network(bench: Bench) -> None:
    environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": "http://127.0.0.1:9"}
    error = await fails(bench.harness(environment=environment))
    assert error.cause is Cause.NETWORK
    assert error.usage == Usage(calls=4)


async def test_the_pause_is_what_the_other_side_asks_for_up_to_a_minute(bench: Bench) -> None:
    bench.server.play(Answer(status=429, retry_after="7"), Answer(status=429, retry_after="600"), Answer())
    reply = await ask(bench.harness())
    assert bench.time.slept == [7.0, 60.0]
    assert reply.usage.calls == 3
    assert reply.metadata == {"attempts": 3, "host": bench.server.url}
    assert [usage.calls for usage in bench.bill] == [1, 1, 1]


async def test_without_a_wish_the_pause_is_drawn_from_the_seed(bench: Bench) -> None:
    bench.server.play(Answer(status=500))
    await fails(bench.harness())
    first, bench.time.slept = bench.time.slept, []
    await fails(bench.harness())
    assert first == bench.time.slept
    assert len(first) == 3
    assert all(0 <= pause <= bound for pause, bound in zip(first, [1, 2, 4], strict=True))


async def test_what_failed_attempts_cost_is_on_the_bill(bench: Bench) -> None:
    """A cut connection may have been paid for: then the cost of the whole question is unknown, not zero."""
    bench.server.play(Answer(cut=25), Answer())
    reply = await ask(bench.harness())
    assert reply.usage == Usage(11, 7, None, 2)


async def test_a_cancelled_attempt_is_on_the_bill(bench: Bench) -> None:
    bench.server.play(Answer(latency=30))
    harness = bench.harness()
    await harness.honoured()
    task = asyncio.create_task(ask(harness))
    while not bench.server.calls:  # noqa: ASYNC110 (the server is another thread)
        await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert bench.bill == [Usage(cost_usd=None, calls=1)]


async def test_the_budget_is_asked_before_each_attempt(bench: Bench) -> None:
    seen: list[Usage] = []

    def may_spend(spent: Usage) -> bool:
        seen.append(spent)
        return spent.calls < 2

    bench.server.play(Answer(status=500))
    error = await fails(bench.harness(may_spend=may_spend))
    assert error.cause is Cause.CANCELLED
    assert [spent.calls for spent in seen] == [0, 1, 2]
    assert len(bench.server.calls) == error.usage.calls == 2


async def test_a_rate_limit_holds_back_everyone_with_the_same_key(bench: Bench) -> None:
    first = bench.harness()
    bench.server.play(Answer(status=429, retry_after="9"), Answer())
    await ask(first)
    slept = sum(bench.time.slept)
    second = bench.harness(limiters=first._settings.limiters)
    assert second._attempts._limiter is first._attempts._limiter
    assert slept == 9
    assert first._attempts._limiter.window == 2


async def test_a_server_of_ones_own(bench: Bench) -> None:
    """--base-url: any model name, no key needed, Chat Completions, a price that nobody knows."""
    harness = bench.harness("llama3:8b", base_url=bench.server.url + "/v1", environment={})
    reply = await ask(harness)
    assert bench.server.calls[0].path == "/v1/chat/completions"
    assert bench.server.calls[0].data["model"] == "llama3:8b"
    assert reply.usage.cost_usd is None
    assert KEY not in str(bench.server.calls[0].headers)


async def test_the_key_is_nowhere_even_if_the_server_repeats_it(bench: Bench) -> None:
    bench.server.play(Answer(status=400, message=f"bad key {KEY}"))
    harness = bench.harness()
    error = await fails(harness)
    assert KEY not in f"{error!r} {error} {error.message} {harness.describe()} {harness!r} {harness._name!r}"
    assert "[redacted]" in error.message
    bench.server.play(Answer(text=f"your key is {KEY}"))
    assert KEY not in (await ask(harness)).text


async def test_the_remedy_is_named(bench: Bench) -> None:
    bench.server.play(Answer(status=401))
    assert "ANTHROPIC_API_KEY" in (await fails(bench.harness())).message


async def test_an_unread_answer_counts_as_drift_of_nothing(bench: Bench) -> None:
    """The model that answered is the one the server names."""
    bench.server.play(Answer(model="claude-sonnet-5-5-20261001"))
    assert (await ask(bench.harness())).model == "claude-sonnet-5-5-20261001"


async def test_two_hundred_at_once_share_one_connection_set_up(bench: Bench) -> None:
    harness = bench.harness()
    replies = await asyncio.gather(*(ask(harness, seed) for seed in range(200)))
    assert {reply.text for reply in replies} == {CODE}
    assert len(bench.server.calls) == 200


def test_what_is_planned_is_canonical_and_holds_no_password() -> None:
    settings = Settings(model="m", base_url="http://localhost:1/v1?x=1", temperature=0.5, system="s")
    described = ApiHarness(settings).describe()
    assert canonical(described)
    assert described["base_url"] == "http://localhost:1/v1"
    assert described["temperature"] == "0.5"
    for user in ("user:hidden", "hidden"):
        with pytest.raises(UsageError, match="password") as caught:
            ApiHarness(Settings(model="m", base_url=f"http://{user}@localhost:1/v1"))
        assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("model", "known"), [("anthropic:claude-sonnet-5-5", True), ("anthropic:no-such", False), ("x", False)]
)
def test_an_unknown_price_is_unknown(model: str, known: bool) -> None:
    vendor, _, name = model.partition(":")
    found = price(vendor, name, 1000, 1000)
    assert (found is not None and found > 0) is known


def test_certificates_are_believed_only_where_some_are_shown() -> None:
    """A server of plain HTTP shows none: those of the system are not read for it, and nothing is believed blindly."""
    plain, secure, vendors = (trust(url) for url in ("http://127.0.0.1:1/v1", "https://127.0.0.1:1/v1", None))
    assert {context.verify_mode for context in (plain, secure, vendors)} == {ssl.CERT_REQUIRED}
    assert all(context.check_hostname for context in (plain, secure, vendors))
    assert (plain.get_ca_certs(), secure.get_ca_certs() != [], vendors.get_ca_certs() != []) == ([], True, True)


@pytest.mark.parametrize("model", MODELS)
async def test_a_redirection_is_not_followed(bench: Bench, model: str) -> None:
    """A server that sends elsewhere ends the run after one request, and nobody else is asked."""
    with Loopback([Answer()]) as elsewhere:
        bench.server.play(Answer(status=307, location=f"{elsewhere.url}{MODELS[model][1]}"))
        error = await fails(bench.harness(model))
        assert (error.cause, elsewhere.requests, len(bench.server.calls)) == (Cause.HARNESS_MISSING, [], 1)
        assert "a redirection to http://127.0.0.1" in error.message


def chat(usage: object = None, **choice: object) -> Answer:
    """An answer of Chat Completions with these fields of its choice, word for word."""
    whole = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": CODE}, **choice}
    data = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [whole], "usage": usage}
    return Answer(body=json.dumps(data).encode())


CHAT = "openai-chat:gpt-6.1-terra"


@pytest.mark.parametrize("finish", ["", None, "stop", "eos_token"])
@pytest.mark.parametrize(
    "usage",
    [
        None,
        {"prompt_tokens": None, "completion_tokens": None, "total_tokens": None},
        {"prompt_tokens": -1, "completion_tokens": 5, "total_tokens": 4},
    ],
)
@pytest.mark.filterwarnings("error")
async def test_empty_fields_are_no_network_error(bench: Bench, finish: str | None, usage: object) -> None:
    """An answer with an empty reason or uncounted tokens is an answer, and its price is unknown."""
    bench.server.play(chat(usage, finish_reason=finish))
    reply = await ask(bench.harness(CHAT))
    assert (reply.text, reply.usage.cost_usd, len(bench.server.calls)) == (CODE, None, 1)


@pytest.mark.parametrize(
    ("code", "cause", "calls"),
    [(502, Cause.OVERLOADED, 4), (429, Cause.RATE_LIMIT, 4), (401, Cause.AUTH, 1), (402, Cause.QUOTA, 1)],
)
@pytest.mark.parametrize("inside", [False, True], ids=["whole", "choice"])
async def test_an_error_inside_of_an_answer_is_the_servers(
    bench: Bench, code: int, cause: Cause, calls: int, inside: bool
) -> None:
    """An error object in an answer of status 200 has its own cause and message, retried only where that may help."""
    report = {"code": code, "message": "Provider returned error"}
    whole = Answer(body=json.dumps({"error": report}).encode())
    bench.server.play(chat(error=report, finish_reason="error") if inside else whole)
    error = await fails(bench.harness(CHAT))
    assert (error.cause, len(bench.server.calls)) == (cause, calls)
    assert "Provider returned error" in error.message


async def test_the_words_of_a_refusal_are_quoted(bench: Bench) -> None:
    """A `refusal` field is a refusal with its words."""
    bench.server.play(chat(message={"role": "assistant", "content": None, "refusal": "I cannot help with that"}))
    error = await fails(bench.harness(CHAT))
    assert (error.cause, "I cannot help with that" in error.message) == (Cause.REFUSAL, True)


@pytest.mark.parametrize("finish", ["length", "max_tokens", "model_context_window_exceeded"])
async def test_every_word_for_a_cut_answer_is_known(bench: Bench, finish: str) -> None:
    """What a server calls it when tokens ran out; the answer is judged all the same."""
    bench.server.play(chat({"prompt_tokens": 1, "completion_tokens": 5, "total_tokens": 6}, finish_reason=finish))
    reply = await ask(bench.harness(CHAT))
    assert is_cut_off(reply.stop)


async def test_an_answer_cut_off_before_its_text_is_truncated(bench: Bench) -> None:
    """An empty answer that ended at the cap names the option that raises it."""
    bench.server.play(chat(finish_reason="length", message={"role": "assistant", "content": ""}))
    error = await fails(bench.harness(CHAT))
    assert (error.cause, "--max-output-tokens" in error.message) == (Cause.TRUNCATED, True)


async def test_a_refused_setting_is_named_with_its_option(bench: Bench) -> None:
    """A refused temperature is asked once and named."""
    bench.server.play(Answer(status=400, message="'temperature' does not support 0.2 with this model: unsupported"))
    error = await fails(bench.harness(CHAT, temperature=0.2))
    assert (error.cause, len(bench.server.calls)) == (Cause.OPTION_REFUSED, 1)
    assert "--temperature is refused" in error.message
