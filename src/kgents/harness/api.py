"""The direct API: a question to a model, asked again where that may help, with every attempt on the bill.

Rule: an answer is an independent draw: nothing is cached and nothing is shared but the limiter of the key. A question
may take `limits.seconds` an attempt; waiting for the limiter or for a retry is not counted.
"""

import asyncio
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from random import Random

from kgents.domain.json import JsonObject
from kgents.domain.outcome import Tier
from kgents.domain.ports import HarnessError, Limits, Reply
from kgents.harness.accounts import limiter_of
from kgents.harness.attempts import Attempts, Failed
from kgents.harness.completions import STOPS
from kgents.harness.connection import Connection, Sampling, connect
from kgents.harness.model_name import VENDORS, without_user
from kgents.harness.model_of import model_of
from kgents.harness.secret import Secrets
from kgents.harness.settings import Settings
from kgents.harness.signs import UNSENT, with_remedy


class ApiHarness:
    """A model behind an API."""

    tier = Tier.EMPIRICAL
    keeps_limit = True

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        # what is not honoured we say ourselves; here, because a filter set in a thread may be undone by another
        warnings.filterwarnings("ignore", category=UserWarning, module="pydantic_ai")
        self._settings = settings
        self._name = model_of(settings)
        self._sampling = Sampling(
            settings.temperature,
            settings.max_output_tokens,
            settings.system,
            settings.top_p,
            settings.prompt_style is not None,
        )
        self._secrets = Secrets(settings.environment)
        self._attempts = Attempts(settings, limiter_of(self._name, settings, clock))
        self._connecting: asyncio.Task[Connection] | None = None

    def describe(self) -> JsonObject:
        settings = self._settings
        options = {
            "base_url": settings.base_url and without_user(settings.base_url),
            "key": self._name.variable or None,
            "temperature": None if settings.temperature is None else str(settings.temperature),
            "top_p": None if settings.top_p is None else str(settings.top_p),
            "max_output_tokens": settings.max_output_tokens,
            "system": settings.system,
            "prompt_style": settings.prompt_style,
            "stop": list(STOPS) if settings.prompt_style is not None else None,
        }
        named = {name: value for name, value in options.items() if value is not None}
        return {"harness": "api", "model": str(self._name), "attempts": settings.attempts, "cache": "none", **named}

    async def honoured(self) -> Mapping[str, bool]:
        """Which of seed, temperature, top_p and max_tokens the requests to this model carry. Raises HarnessError."""
        return (await self._connected()).honoured

    async def generate(self, prompt: str, seed: int, limits: Limits, *, trial: int = 0) -> Reply:
        del trial
        connection = await self._connected()
        ask = partial(connection.ask, prompt, seed)
        try:
            reply, spent = await self._attempts.ask(ask, len(prompt), limits.seconds, Random(seed))
        except Failed as failed:
            raise self._error(failed) from failed
        metadata: dict[str, object] = {"host": connection.host} if connection.host else {}
        metadata |= {"attempts": spent.calls + 1} if spent.calls else {}
        return replace(reply, text=self._secrets.redact(reply.text), usage=spent + reply.usage, metadata=metadata)

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
            raise self._error(failed) from failed

    def _error(self, failed: Failed) -> HarnessError:
        variable = self._name.variable or (
            UNSENT if self._name.own_url else next(iter(VENDORS[self._name.vendor]), "the key")
        )
        message = failed.message
        if str(self._name) not in message and not message.startswith("no answer from "):
            message = f"{self._name}: {message}"
        text = with_remedy(failed.cause, message, variable)
        return HarnessError(failed.cause, self._secrets.redact(text), failed.usage)
