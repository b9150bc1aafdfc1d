"""Servers that something is wrong with: each is named by its cause, with the remedy, for as few calls as possible."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from kgents.domain.outcome import Cause
from kgents.domain.ports import HarnessError, Limits
from kgents.harness.api import ApiHarness
from kgents.harness.limiter import Limiters
from kgents.harness.settings import Settings
from kgents.harness.signs import SIGNS, remedy, sign_of, with_remedy
from kgents.testing.loopback import FAULTS, Answer, Loopback


async def _no_sleep(seconds: float) -> None:
    """Pauses between attempts take no time here."""


@asynccontextmanager
async def coder(url: str, proven: bool = False, style: str | None = None) -> AsyncIterator[ApiHarness]:
    """A model at an address that was never asked before, or has answered before."""
    settings = Settings(model="openai:x", base_url=url, limiters=Limiters(proven), sleep=_no_sleep, prompt_style=style)
    harness = ApiHarness(settings)
    await harness.honoured()
    try:
        yield harness
    finally:
        await harness.aclose()


async def wrong(harness: ApiHarness, seconds: float = 20) -> HarnessError:
    with pytest.raises(HarnessError) as caught:
        await harness.generate("write add", 7, Limits(seconds))
    return caught.value


@pytest.mark.parametrize("style", [None, "completion"])
@pytest.mark.parametrize(
    ("fault", "cause", "words", "calls"),
    [
        ("html", Cause.UNREACHABLE, "a page of HTML. Is this the address of the API? Most end in /v1. (--base-url)", 1),
        ("empty", Cause.UNREACHABLE, "an empty answer. Is this the address of the API?", 1),
        ("foreign", Cause.UNREACHABLE, "not an answer of this API", 1),
        ("cut", Cause.UNREACHABLE, "the answer broke off", 4),
        ("500", Cause.UNREACHABLE, "HTTP 500: scripted error 500 (4 times). The server's own log says why.", 4),
        ("429", Cause.RATE_LIMIT, "HTTP 429: scripted error 429. Ask less at once: --concurrency", 4),
        ("401", Cause.AUTH, "HTTP 401: scripted error 401. Check the key (none was sent: --api-key-env NAME).", 1),
        ("404", Cause.HARNESS_MISSING, "HTTP 404: scripted error 404. Check --model and --base-url.", 1),
    ],
)
async def test_the_first_question_names_the_cause_and_the_remedy(
    model_server: Loopback, fault: str, cause: Cause, words: str, calls: int, style: str | None
) -> None:
    """A wrong address is asked once; what may pass is asked again, and then the run ends all the same."""
    model_server.play(FAULTS[fault])
    async with coder(model_server.url + "/v1", style=style) as harness:
        error = await wrong(harness)
    assert (error.cause, len(model_server.calls)) == (cause, calls)
    assert words in error.message
    assert model_server.url in error.message or cause in (Cause.AUTH, Cause.HARNESS_MISSING)


@pytest.mark.parametrize("style", [None, "completion"])
async def test_nobody_listens(style: str | None) -> None:
    """What is wrong, where, and what to look at."""
    async with coder("http://127.0.0.1:1/v1", style=style) as harness:
        error = await wrong(harness)
    told = "no answer from http://127.0.0.1:1/v1: connection refused. Is the server running? (--base-url)"
    assert (error.cause, error.message, error.usage.calls) == (Cause.UNREACHABLE, told, 1)


async def test_a_server_that_hangs_is_given_up_at_the_third_question(model_server: Loopback) -> None:
    """One question may wait for a model to load; three that nobody answers are a server that does not work."""
    model_server.play(FAULTS["hanging"])
    async with coder(model_server.url + "/v1") as harness:
        causes = [(await wrong(harness, 0.2)).cause for _ in range(3)]
    assert causes == [Cause.MODEL_TIMEOUT, Cause.MODEL_TIMEOUT, Cause.UNREACHABLE]


async def test_a_server_that_has_answered_before_is_asked_again(model_server: Loopback) -> None:
    """On resume, and in the midst of a run, an error of the network is one of the world that may pass."""
    model_server.play(FAULTS["html"])
    async with coder(model_server.url + "/v1", proven=True) as harness:
        error = await wrong(harness)
    assert (error.cause, len(model_server.calls)) == (Cause.NETWORK, 4)


async def test_the_first_question_goes_alone_until_it_is_answered(model_server: Loopback) -> None:
    """Of four questions at once, one is sent; when it is answered, the others follow together."""
    model_server.play(Answer(status=503, retry_after="0"), Answer(latency=0.05), Answer(latency=0.2))
    async with coder(model_server.url + "/v1") as harness:
        await asyncio.gather(*(harness.generate("write add", seed, Limits(20)) for seed in range(4)))
    gaps = [later.at - model_server.calls[1].at for later in model_server.calls[2:]]
    assert len(gaps) == 3
    assert min(gaps) >= 0.05
    assert max(gaps) - min(gaps) < 0.2  # nobody waited for another's answer


async def test_a_wrong_key_costs_one_call(model_server: Loopback) -> None:
    """The others are cancelled while they wait for their turn."""
    model_server.play(FAULTS["401"])
    async with coder(model_server.url + "/v1") as harness:
        tasks = [asyncio.ensure_future(harness.generate("write add", seed, Limits(20))) for seed in range(4)]
        done, waiting = await asyncio.wait(tasks, return_when="FIRST_COMPLETED")
        assert [task.exception().cause for task in done] == [Cause.AUTH]  # type: ignore[union-attr]
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)
    assert len(model_server.calls) == 1


def test_every_remedy_is_found_again_in_what_was_recorded() -> None:
    """A record of errors is enough to name the remedy, with the variable of the key that was named then."""
    for sign in SIGNS:
        for cause in sign.causes:
            text = with_remedy(cause, f"openai:x: {sign.words or 'HTTP 418'}", "MY_KEY")
            assert sign_of(cause, text) is sign
            assert remedy(cause, text) == sign.remedy.format(key="MY_KEY")
            assert with_remedy(cause, text) == text


def test_a_long_error_leaves_room_for_its_remedy() -> None:
    """The record cuts errors at 300 characters."""
    text = with_remedy(Cause.AUTH, "HTTP 401: " + 500 * "x", "KEY")
    assert len(text) == 300
    assert text.endswith(". Check KEY.")
