"""An agent CLI in the void, asked through the gate.

Rule: a trial is one fresh void, one fresh process, one pass; what the gate saw decides what an error is and what the
trial cost. Waiting for the limiter or for a retry does not count against `limits.seconds`, and neither does the start of
the CLI before its first question, up to `START_SECONDS`.
"""

import asyncio
import math
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from kgents.domain.json import JsonObject
from kgents.domain.outcome import Cause, Tier, Usage
from kgents.domain.ports import HarnessError, Limits, Reply
from kgents.errors import HarnessUnavailable, UsageError
from kgents.harness.accounts import limiter_of
from kgents.harness.agents.agent import Agent, Errand, Unreadable
from kgents.harness.agents.naming import named
from kgents.harness.attempts import Attempts, Failed
from kgents.harness.command import tail
from kgents.harness.gate import Gate, Way
from kgents.harness.model_name import without_user
from kgents.harness.origin import origin_of
from kgents.harness.rehearsal import Rehearsal, rehearse
from kgents.harness.secret import Secrets
from kgents.harness.settings import Settings
from kgents.harness.signs import with_remedy
from kgents.harness.void import Void
from kgents.sandbox.awake import AwakeTimeout
from kgents.sandbox.process import Ended

_VERSION = re.compile(r"\d+(?:\.\d+)+")
_VERSION_SECONDS = 30.0
_VERSIONS: dict[tuple[str, int], str] = {}
_REHEARSED: dict[tuple[str, int], Rehearsal] = {}
START_SECONDS = 30.0  # that a CLI may need before it asks anything; they are not the model's
_TICK = 0.25  # seconds between looks at the clock, once the time seems to be over


class VoidHarness:
    """Asks an agent CLI."""

    tier = Tier.EMPIRICAL
    keeps_limit = True

    def __init__(self, agent: Agent, settings: Settings) -> None:
        path = settings.executables.get(agent.name)
        if path is None:
            raise HarnessUnavailable(f"--harness {agent.name}: {agent.name} is not on the PATH", agent.install)
        for option in ("temperature", "top_p", "max_output_tokens"):
            if getattr(settings, option) is not None:
                flag = "--" + option.replace("_", "-")
                raise UsageError(f"{flag}: {agent.name} has no such setting", f"leave {flag} out, or ask by --model")
        self._agent, self._settings, self._path = agent, settings, path
        self._name, self._variable = named(agent, settings)
        self._upstream = self._name.base_url or UPSTREAMS[self._name.vendor]
        self._attempts = Attempts(settings, limiter_of(self._name, settings, time.monotonic))
        self._secrets = Secrets(settings.environment)
        self._version: asyncio.Task[str] | None = None
        self._rehearsal: Rehearsal | None = None

    def describe(self) -> JsonObject:
        url = self._name.base_url
        options = {
            "system": self._settings.system,
            "base_url": without_user(url) if url and self._name.own_url else None,
            "host": str(origin_of(self._upstream)),
            "key": self._name.variable or None,
            "version": self._version.result() if self._version is not None and self._version.done() else None,
            "contract": "kept here" if self._rehearsal is not None and self._rehearsal.passed else None,
        }
        facts: JsonObject = {"harness": self._agent.name, "model": str(self._name), "attempts": self._settings.attempts}
        named = {name: value for name, value in options.items() if value is not None}
        return {**facts, "cache": "none", "tools": "none", **named}

    async def honoured(self) -> Mapping[str, bool]:
        """No setting of an API reaches a model through an agent; its version is known, and tried, from here on."""
        await self.rehearsed()
        return {"seed": False, "temperature": False, "max_tokens": False, "top_p": False}

    async def version(self) -> str:
        """The version that the CLI says it has, asked once; empty where it says none."""
        if self._version is None:
            self._version = asyncio.create_task(version_of(self._path, self._settings.environment))
        return await asyncio.shield(self._version)

    async def rehearsed(self) -> None:
        """Tries a version that did not pass the contract test, once, against a server of our own."""
        if await self.version() not in self._agent.proven:
            name = self._name
            self._rehearsal = await rehearsal_of(self._agent, self._path, self._settings, name.vendor, name.model)

    def doubt(self) -> str | None:
        """What is to be said of the version in use, where it kept no contract; ask `rehearsed` first."""
        version = self._version.result() if self._version is not None and self._version.done() else ""
        if self._rehearsal is not None and self._rehearsal.passed:
            return None
        return doubt(self._agent, version, self._rehearsal)

    async def generate(self, prompt: str, seed: int, limits: Limits, *, trial: int = 0) -> Reply:
        del trial
        permit = self._agent.permit + secrets.token_hex(20)
        way = Way.to(self._name, self._upstream, permit, self._settings.environment)
        version = await self.version()
        try:
            async with (
                Void(self._settings.environment) as void,
                Gate(way, self._attempts, limits.seconds, Random(seed)) as gate,
            ):
                ended = await self._run(void, gate, prompt, permit, limits)
                return self._reply(ended, gate, {"cli": version, "void": str(void.level)})
        except OSError as error:
            raise HarnessError(Cause.HARNESS_CRASH, f"{self._agent.name} could not be started: {error}") from error

    async def aclose(self) -> None:
        if self._version is not None:
            self._version.cancel()
            await asyncio.gather(self._version, return_exceptions=True)

    async def _run(self, void: Void, gate: Gate, prompt: str, permit: str, limits: Limits) -> Ended | None:
        """How the CLI ended; None where it was ended, because the time was over or a question had failed for good."""
        listener = await void.enter(prompt.encode("utf-8", "surrogateescape"), limits.output_bytes)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        await gate.open(listener)
        errand = Errand(url, permit, self._name, self._variable, void.home, void.work, self._settings.system)
        start = self._agent.start(errand)
        running = void.start([self._path, *start.words], start.environment)
        ends: set[asyncio.Future[Any]] = {running, gate.failed}
        async with AwakeTimeout(math.inf) as awake:
            left, started = limits.seconds, 0.0
            while left > 0 and not running.done() and not gate.failed.done():
                await asyncio.wait(ends, timeout=max(left, _TICK), return_when="FIRST_COMPLETED")
                if not gate.asked:
                    started = min(awake.seconds, START_SECONDS)
                left = limits.seconds + started + gate.held_seconds - awake.seconds
        return running.result() if running.done() and not gate.failed.done() else None

    def _reply(self, ended: Ended | None, gate: Gate, metadata: dict[str, object]) -> Reply:
        if gate.failed.done():
            raise self._error(gate.failed.result(), gate)
        if ended is None:
            calls = f"after {gate.usage.calls} calls" if gate.usage.calls else "and asked nothing"
            raise self._error(Failed(Cause.MODEL_TIMEOUT, f"no answer in time, {calls}", gate.usage), gate)
        try:
            text = ended.stdout.decode("utf-8", "replace") if ended.cut else self._agent.read(ended)
        except Unreadable as error:
            message = f"ended with status {ended.status} and no answer: {error}{tail(ended)}"
            raise self._error(Failed(Cause.HARNESS_CRASH, message, gate.usage), gate, ended) from error
        if not gate.answers:
            message = f"ended with status {ended.status} and asked no model{tail(ended)}"
            raise self._error(Failed(Cause.HARNESS_CRASH, message, gate.usage), gate, ended)
        last = gate.answers[-1]
        more = {"attempts": gate.usage.calls, "tools_removed": gate.tools}
        counts: dict[str, object] = {name: value for name, value in more.items() if value > (name == "attempts")}
        counts["host"] = str(origin_of(self._upstream))
        text = self._secrets.redact(text)
        return Reply(text, gate.usage, last.model or self._name.model, last.stop, {**metadata, **counts})

    def _error(self, failed: Failed, gate: Gate, ended: Ended | None = None) -> HarnessError:
        message = with_remedy(failed.cause, f"{self._agent.name}, {self._name}: {failed.message}", self._variable)
        output = "" if ended is None else ended.stdout.decode("utf-8", "replace")
        usage = gate.usage if gate.usage.calls else Usage()
        return HarnessError(failed.cause, self._secrets.redact(message), usage, self._secrets.redact(output))


async def rehearsal_of(agent: Agent, path: str, settings: Settings, vendor: str, model: str) -> Rehearsal:
    """How the CLI at this path does in a rehearsal; asked once."""
    key = (path, _changed(path))
    if key not in _REHEARSED:
        located = replace(settings, executables={agent.name: path})
        _REHEARSED[key] = await rehearse(lambda own: VoidHarness(agent, own), located, vendor, model)
    return _REHEARSED[key]


def doubt(agent: Agent, version: str, rehearsal: Rehearsal | None = None) -> str | None:
    """What is to be said of a version that did not pass the contract test: older, newer, or none that is known.

    rehearsal  how it did here; None where it was not tried
    """
    if version in agent.proven:
        return None
    proven = ", ".join(agent.proven)
    if not version:
        doubt = f"{agent.name} says no version: its isolation was tested with {proven}"
    else:
        age = "newer" if _numbers(version) > max(map(_numbers, agent.proven)) else "older"
        doubt = f"{agent.name} {version} is {age} than {proven}, with which its isolation was tested"
    if rehearsal is None:
        return doubt
    return f"{doubt}; it kept the contract here" if rehearsal.passed else f"{doubt}, and it {rehearsal.fault}"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


UPSTREAMS: Mapping[str, str] = {
    "anthropic": "https://api.anthropic.com",
    "openai": "https://api.openai.com/v1",
    "openai-chat": "https://api.openai.com/v1",
    "google": "https://generativelanguage.googleapis.com",
}


async def version_of(path: str, environment: Mapping[str, str]) -> str:
    """What `--version` says, asked once in the void; empty where nothing is said in time."""
    key = (path, _changed(path))
    if key not in _VERSIONS:
        _VERSIONS[key] = await _ask_version(path, environment)
    return _VERSIONS[key]


def _changed(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0


async def _ask_version(path: str, environment: Mapping[str, str]) -> str:
    async with Void(environment) as void:
        try:
            (await void.enter(b"", 10_000)).close()
            ended = await asyncio.wait_for(void.start([path, "--version"], {}), _VERSION_SECONDS)
        except (OSError, TimeoutError):
            return ""
    match = _VERSION.search(ended.stdout.decode("utf-8", "replace"))
    return match[0] if match else ""
