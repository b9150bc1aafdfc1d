"""A version of an agent CLI that nobody has tried is asked once against a server of our own, before the first trial.

Rule: what the contract test wants of every version, as far as one question shows it: the question arrives word for word,
nothing of this machine or its user is in it, no tool is offered, and the answer comes back as the model gave it. It costs
nothing, and neither a key nor anything else leaves the machine.
"""

import asyncio
import json
import secrets
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kgents.domain.ports import Harness, HarnessError, Limits, Reply
from kgents.harness import formats
from kgents.harness.exchange import Exchange, Request
from kgents.harness.model_name import BASE_URLS
from kgents.harness.settings import Settings
from kgents.harness.targets import Refused
from kgents.harness.upstream import Response

SECONDS = 20.0
_PROMPT = 'Say only the word of today.\n\n@cache\n/help $HOME !ls "quoted" \\n {x} é\n  indented <tag> &amp; # '
_PATHS = {"openai": "/v1", "openai-chat": "/v1"}
_SHORTEST = 5  # characters of a name that is looked for: shorter ones are parts of words
_COMMON = {"/root", "localhost"}


@dataclass(slots=True)
class Stage:
    """A server that answers every question with one text, and keeps what it was asked."""

    text: str
    asked: list[Request] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers one connection."""
        exchange = Exchange(reader, writer)
        with suppress(OSError, EOFError, ValueError, Refused):
            while (request := await exchange.request()) is not None and await exchange.respond(self._answer(request)):
                pass
        writer.close()

    def _answer(self, request: Request) -> Response:
        path, data = request.target.partition("?")[0], _json(request.body)
        if formats.format_of(path) is None:
            return Response(404, {}, b"{}")
        self.asked.append(request)
        answer, model = formats.Answer(self.text), str(data.get("model") or path.rpartition("/")[2].partition(":")[0])
        if data.get("stream") is True or path.endswith(":streamGenerateContent"):
            return Response(200, {"content-type": "text/event-stream"}, formats.streamed(answer, path, model))
        return Response(200, {}, formats.whole(answer, path, model))


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """How a version did: `fault` is what it did that it must not, None where it kept the contract."""

    fault: str | None

    @property
    def passed(self) -> bool:
        """Whether it kept the contract."""
        return self.fault is None


async def rehearse(make: Callable[[Settings], Harness], settings: Settings, vendor: str, model: str) -> Rehearsal:
    """How a CLI does when it is asked once.

    make           a new harness with these settings
    vendor, model  that the run asks
    """
    stage = Stage(f"word {secrets.token_hex(8)}")
    prompt = _PROMPT + secrets.token_hex(8)
    server = await asyncio.start_server(stage.talk, "127.0.0.1", 0)
    harness = make(staged(settings, vendor, model, server.sockets[0].getsockname()[1]))
    try:
        reply = await harness.generate(prompt, 0, Limits(SECONDS))
    except HarnessError as wrong:
        return Rehearsal(f"failed: {wrong.message}")
    finally:
        await harness.aclose()
        server.close()
    return Rehearsal(broken(reply, stage, prompt, traces(settings)))


def staged(settings: Settings, vendor: str, model: str, port: int) -> Settings:
    """The settings of a run, with a server of our own in the place of the vendor's, no key, and no bill."""
    address = {BASE_URLS[vendor]: f"http://127.0.0.1:{port}{_PATHS.get(vendor, '')}"}
    asked = Settings(model=f"{vendor}:{model}", system=settings.system, attempts=1, executables=settings.executables)
    return replace(asked, environment={**settings.environment, **address})


def broken(reply: Reply, stage: Stage, prompt: str, private: Iterable[str]) -> str | None:
    """Which promise was broken, if any, by what was asked and answered."""
    if reply.text.strip() != stage.text:
        return f"gave another answer than the model: {reply.text[:80]!r}"
    if len(stage.asked) != 1:
        return f"put {len(stage.asked)} questions for one"
    (request,) = stage.asked
    texts = list(_texts(_json(request.body)))
    if not any(prompt in text for text in texts):
        return "did not hand on the question word for word"
    told = next((word for word in private if any(word in text for text in texts)), None)
    return None if told is None else f"told the model of this machine: {told!r}"


def traces(settings: Settings) -> list[str]:
    """What only this machine knows: its home, working directory, user and host, as far as they are long enough to tell."""
    home = settings.environment.get("HOME", "")
    names = (str(Path.cwd()), home, settings.environment.get("USER", ""), socket.gethostname())
    return [name for name in names if len(name) >= _SHORTEST and name not in _COMMON]


def _json(body: bytes) -> dict[str, object]:
    try:
        data = json.loads(body)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _texts(data: Any) -> Iterator[str]:
    """Every string in JSON data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for value in data.values() if isinstance(data, dict) else data:
            yield from _texts(value)
