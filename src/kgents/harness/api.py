"""The direct API: a question to a model, asked again where that may help, with every attempt on the bill.

Rule: an answer is an independent draw: nothing is cached and nothing is shared but the limiter of the key. A question
may take `limits.seconds` an attempt; waiting for the limiter or for a retry is not counted.
"""

import asyncio
import importlib.util
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from itertools import count
from random import Random
from typing import Any

from kgents.domain.outcome import Cause, Tier, Usage
from kgents.domain.ports import HarnessError, Limits, Reply
from kgents.errors import UsageError
from kgents.harness.choice import EXTRA
from kgents.harness.connection import Connection, Failed, Sampling, connect
from kgents.harness.limiter import Limiter
from kgents.harness.model_name import VENDORS, ModelName, resolve, without_user
from kgents.harness.secret import Secrets
from kgents.harness.settings import Settings

LONGEST_PAUSE = 60.0  # seconds, also where the other side asks for more
_FIRST_PAUSE = 1.0
_ANSWER_TOKENS = 1000  # what an answer is taken for by the limiter, until it is there


class ApiHarness:
    """A model behind an API."""

    tier = Tier.EMPIRICAL

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        if settings.model is None:
            raise UsageError("--harness api: which model?", "name it: --model anthropic:claude-sonnet-5-5")
        if importlib.util.find_spec("pydantic_ai") is None:
            raise UsageError(f"--model {settings.model}: the client is not installed", EXTRA)
        self._settings = settings
        self._name = resolve(settings.model, settings.base_url, settings.environment)
        self._sampling = Sampling(settings.temperature, settings.max_output_tokens, settings.system)
        self._secrets = Secrets(settings.environment)
        self._limiter = settings.limiters.of(_account(self._name), lambda: self._new_limiter(clock))
        self._connecting: asyncio.Task[Connection] | None = None

    def _new_limiter(self, clock: Callable[[], float]) -> Limiter:
        settings = self._settings
        return Limiter(settings.requests_per_minute, settings.tokens_per_minute, clock=clock, sleep=settings.sleep)

    def describe(self) -> Mapping[str, Any]:
        settings = self._settings
        given = {
            "base_url": settings.base_url and without_user(settings.base_url),
            "temperature": None if settings.temperature is None else str(settings.temperature),
            "max_output_tokens": settings.max_output_tokens,
            "system": settings.system,
        }
        named = {name: value for name, value in given.items() if value is not None}
        return {"harness": "api", "model": str(self._name), "attempts": settings.attempts, "cache": "none", **named}

    async def honoured(self) -> Mapping[str, bool]:
        """Which of seed, temperature and max_tokens the requests to this model carry. Raises HarnessError."""
        return (await self._connected()).honoured

    async def generate(self, prompt: str, seed: int, limits: Limits, *, trial: int = 0) -> Reply:
        del trial
        connection = await self._connected()
        spent, jitter = Usage(), Random(seed)
        for attempt in count(1):
            if not self._settings.may_spend(spent):
                raise self._error(Failed(Cause.CANCELLED, "the budget is reached", Usage()), spent)
            try:
                reply = await self._attempt(connection, prompt, seed, limits)
            except Failed as failed:
                spent += failed.usage
                if not failed.again or attempt >= self._settings.attempts:
                    raise self._error(failed, spent) from failed
                await self._settings.sleep(_pause(failed, attempt, jitter))
            else:
                return self._finished(reply, spent)
        raise AssertionError("count(1) does not end")

    async def aclose(self) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
            done = await asyncio.gather(self._connecting, return_exceptions=True)
            for connection in done:
                if isinstance(connection, Connection):
                    await connection.aclose()

    async def _connected(self) -> Connection:
        """The connection, made once, in a thread: the client takes seconds to import."""
        if self._connecting is None:
            self._connecting = asyncio.create_task(asyncio.to_thread(connect, self._name, self._sampling))
        try:
            return await asyncio.shield(self._connecting)
        except Failed as failed:
            raise self._error(failed, Usage()) from failed

    async def _attempt(self, connection: Connection, prompt: str, seed: int, limits: Limits) -> Reply:
        """Asks once, within the limits of the key; whatever comes of it is on the bill. Raises Failed."""
        expected = len(prompt) // 4 + (self._settings.max_output_tokens or _ANSWER_TOKENS)
        usage = Usage(cost_usd=None, calls=1)
        async with self._limiter.ticket(expected) as ticket:
            try:
                async with asyncio.timeout(limits.seconds):
                    reply = await connection.ask(prompt, seed)
                usage = reply.usage
                self._limiter.succeeded()
            except TimeoutError as error:
                said = f"no answer within {limits.seconds:g} s"
                raise Failed(Cause.MODEL_TIMEOUT, said, usage) from error
            except Failed as failed:
                usage = failed.usage
                if failed.cause is Cause.RATE_LIMIT:
                    self._limiter.limited(min(failed.after or _FIRST_PAUSE, LONGEST_PAUSE))
                raise
            finally:
                ticket.tokens = usage.input_tokens + usage.output_tokens or expected
                self._settings.spent(usage)
        return reply

    def _finished(self, reply: Reply, spent: Usage) -> Reply:
        metadata = {"attempts": spent.calls + 1} if spent.calls else {}
        return replace(reply, text=self._secrets.redact(reply.text), usage=spent + reply.usage, metadata=metadata)

    def _error(self, failed: Failed, spent: Usage) -> HarnessError:
        remedy = _remedy(failed.cause, self._name)
        said = f"{self._name}: {failed.said}" if str(self._name) not in failed.said else failed.said
        return HarnessError(failed.cause, self._secrets.redact(f"{said}{remedy}"), spent)


def _pause(failed: Failed, attempt: int, jitter: Random) -> float:
    """Seconds to wait: what the other side asked for, else anything up to a bound that doubles (full jitter)."""
    if failed.after is not None:
        return min(failed.after, LONGEST_PAUSE)
    return jitter.uniform(0, min(LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (attempt - 1)))


def _account(name: ModelName) -> str:
    """Who is asked with which key, without the key."""
    return sha256(f"{name.vendor.partition('-')[0]}|{name.base_url}|{name.key}".encode()).hexdigest()


def _remedy(cause: Cause, name: ModelName) -> str:
    variable = next(iter(VENDORS[name.vendor]), "the key")
    match cause:
        case Cause.AUTH:
            return f". Check {variable}."
        case Cause.QUOTA:
            return f". Add credit to the account of {variable}, or use another key."
        case Cause.HARNESS_MISSING:
            return ". Check --model and --base-url."
    return ""


def price(model: str, input_tokens: int, output_tokens: int) -> Decimal | None:
    """What a question costs in dollars by genai-prices; None where the model's price is not known."""
    try:
        from genai_prices import Usage as Tokens
        from genai_prices import calc_price
    except ImportError:
        return None
    vendor, _, name = model.partition(":")
    try:
        found = calc_price(
            Tokens(input_tokens=input_tokens, output_tokens=output_tokens),
            name,
            provider_id=vendor.removesuffix("-chat").removesuffix("-responses"),
        )
    except (LookupError, ValueError):
        return None
    return Decimal(found.total_price)
