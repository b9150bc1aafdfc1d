"""The gate: the one way out of the void, between an agent CLI and the server of its model.

It hands on the requests that ask a model, without any tool in them; puts the real key where the CLI sent a pass that is
good for one trial; asks again, waits and pays as for a model behind an API; and reads from every answer what it cost.
Rule: the CLI never holds the key, and nothing that is not a question to a model gets out.
"""

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from kgents.domain.outcome import Cause, Usage
from kgents.harness import wire
from kgents.harness.attempts import FREE, UNKNOWN, Attempts, Failed, redirected
from kgents.harness.exchange import Exchange, Request
from kgents.harness.model_name import ModelName
from kgents.harness.origin import Origin, origin_of
from kgents.harness.pricing import price
from kgents.harness.signs import FOREIGN, broken, no_answer, unread, unsent
from kgents.harness.targets import Refused, Target, target_of
from kgents.harness.taxonomy import cause_of_status, cause_of_text, is_cut_off, is_refusal, is_retried
from kgents.harness.upstream import Response, Unsent, send

_HOP = {"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "expect", "keep-alive", "te",
        "upgrade", "proxy-authorization", "proxy-connection", "trailer", "forwarded", "via"}  # fmt: skip
_CREDENTIALS = ("authorization", "x-api-key", "x-goog-api-key")  # headers in which a pass becomes the key
_PASSING = (Cause.RATE_LIMIT, Cause.OVERLOADED, Cause.NETWORK, Cause.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Passed:
    """One answer that went through."""

    response: Response
    answer: wire.ReadAnswer
    usage: Usage


@dataclass(frozen=True, slots=True)
class Way:
    """Where the gate leads: the model, the server, the path that goes before every target, and the pass the CLI shows."""

    name: ModelName
    origin: Origin
    prefix: str
    permit: str
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def to(cls, name: ModelName, url: str, permit: str, environment: Mapping[str, str]) -> Self:
        """The way to an address of http or https. ValueError where it is none."""
        return cls(name, origin_of(url), urlsplit(url).path.rstrip("/"), permit, environment)

    @property
    def url(self) -> str:
        """The address without the target, to be shown."""
        return f"{self.origin}{self.prefix}"

    def key(self, text: str) -> str:
        """A text with the key in place of the pass."""
        return text.replace(self.permit, self.name.key or "")

    def pass_(self, body: bytes) -> bytes:
        """What goes back to the CLI: with the pass in place of the key, should the server repeat it."""
        key = (self.name.key or "").encode()
        return body.replace(key, self.permit.encode()) if key else body


class Gate:
    """Open for one trial, on a listening socket of 127.0.0.1 that may lie in another network namespace.

    failed   done as soon as a question has failed for good: the CLI has nothing to hope for
    asked    whether the CLI has put a question yet
    answers  what the model said, in order;  tools: how many were taken out of requests
    """

    def __init__(
        self, way: Way, attempts: Attempts, seconds: float, jitter: Random, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._way, self._attempts, self._seconds, self._jitter, self._clock = way, attempts, seconds, jitter, clock
        self.failed: asyncio.Future[Failed] = asyncio.get_running_loop().create_future()
        self.asked = False
        self.answers: list[wire.ReadAnswer] = []
        self.tools = 0
        self._spent = Usage()
        self._open = 0  # attempts that are with the server now
        self._held = 0.0
        self._holding: float | None = None
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def open(self, listener: socket.socket) -> Self:
        """Begins to listen."""
        self._server = await asyncio.start_server(self._talk, sock=listener, limit=1 << 20)
        return self

    @property
    def usage(self) -> Usage:
        """What all attempts consumed; one that is still with the server has an unknown price."""
        return self._spent + Usage(cost_usd=None, calls=self._open) if self._open else self._spent

    @property
    def held_seconds(self) -> float:
        """How long the CLI was kept waiting by our own limiter and pauses."""
        return self._held + (0.0 if self._holding is None else self._clock() - self._holding)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    # one connection of the CLI

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        exchange = Exchange(reader, writer)
        try:
            while await self._exchange(exchange):
                pass
        except (OSError, EOFError, ValueError, asyncio.CancelledError):
            pass
        finally:
            self._talks.discard(task)
            writer.close()

    async def _exchange(self, exchange: Exchange) -> bool:
        try:
            request = await exchange.request()
            if request is None:
                return False
            response = await self._respond(request)
        except Refused as refused:
            response = _closed(refused.status, str(refused))
        return await exchange.respond(response) and response.status != 400

    async def _respond(self, request: Request) -> Response:
        target = target_of(self._way.name.vendor, request.method, request.target)
        shown = [value for name, value in (*request.headers, *target.query) if name in (*_CREDENTIALS, "key")]
        if not any(self._way.permit in value for value in shown):
            raise Refused(403, "this gate is not yours")
        try:
            body, tools = wire.without_tools(target.protocol, request.body)
        except (ValueError, AttributeError, TypeError, RecursionError) as error:
            raise Refused(400, f"not a request of this API: {error}") from error
        self.tools += tools
        self.asked = True
        try:
            passed = await self._ask(target, request.headers, body)
        except Failed as failed:
            if not self.failed.done():
                self.failed.set_result(failed)
            return _closed(400, self._way.pass_(failed.message.encode()).decode())
        self.answers.append(passed.answer)
        return replace(passed.response, body=self._way.pass_(passed.response.body))

    # one question to the server

    async def _ask(self, target: Target, headers: Sequence[tuple[str, str]], body: bytes) -> Passed:
        way = self._way
        sent = [
            (name, way.key(value) if name in _CREDENTIALS else value) for name, value in headers if name not in _HOP
        ]
        path = way.prefix + target.text(way.key)

        async def once() -> Passed:
            self._hold(False)
            self._open += 1
            usage = UNKNOWN
            try:
                passed = await self._once(target.protocol, path, sent, body)
                usage = passed.usage
            except Failed as failed:
                usage = failed.usage
                raise
            finally:
                self._open -= 1
                self._spent += usage
                self._hold(True)
            return passed

        self._hold(True)
        try:
            passed, _ = await self._attempts.ask(once, len(body), self._seconds, self._jitter)
        finally:
            self._hold(False)
        return passed

    async def _once(self, protocol: wire.Protocol, path: str, headers: list[tuple[str, str]], body: bytes) -> Passed:
        try:
            response = await send(self._way.origin, path, headers, body, self._way.environment)
        except Unsent as error:
            raise Failed(Cause.NETWORK, no_answer(self._way.url, unsent(error)), FREE, again=True) from error
        except (OSError, EOFError, ValueError) as error:
            raise Failed(Cause.NETWORK, no_answer(self._way.url, broken(error)), UNKNOWN, again=True) from error
        if response.status != 200:
            raise _refused(response, self._way.url)
        try:
            answer = wire.read_answer(protocol, response.body)
        except wire.WireError as error:
            cause = cause_of_text(str(error))
            raise Failed(cause, _message(str(error).encode()), UNKNOWN, cause in _PASSING) from error
        except ValueError as error:
            words = unread(response.body) or f"{FOREIGN} ({_line(error)[:80]})"
            raise Failed(Cause.NETWORK, no_answer(self._way.url, words), UNKNOWN, again=True) from error
        return _judged(Passed(response, answer, self._usage(answer)))

    def _usage(self, answer: wire.ReadAnswer) -> Usage:
        tokens = (answer.input_tokens, answer.output_tokens, answer.cached_tokens, answer.written_tokens)
        name = self._way.name
        cost = None if name.own_url else price(name.vendor, answer.model or name.model, *tokens)
        return Usage(answer.input_tokens, answer.output_tokens, cost, 1, answer.cached_tokens)

    def _hold(self, on: bool) -> None:
        if on and self._holding is None:
            self._holding = self._clock()
        elif not on and self._holding is not None:
            self._held += self._clock() - self._holding
            self._holding = None


def _judged(passed: Passed) -> Passed:
    answer = passed.answer
    if is_refusal(answer.stop):
        raise Failed(Cause.REFUSAL, f"the model refused ({answer.stop})", passed.usage)
    if not answer.text.strip():
        cause = Cause.TRUNCATED if is_cut_off(answer.stop) else Cause.MALFORMED
        raise Failed(cause, f"the answer has no text ({answer.stop})", passed.usage)
    return passed


def _refused(response: Response, url: str) -> Failed:
    if 300 <= response.status < 400:
        return redirected(response.status, response.headers.get("location", "nowhere"))
    body = response.body.decode("utf-8", "replace")
    cause = cause_of_status(response.status, body)
    again = is_retried(cause, response.status)
    message = f"HTTP {response.status}: {unread(response.body) or _message(response.body)}"
    message = no_answer(url, message) if again else message
    return Failed(cause, message, FREE, again, retry_after(response.headers))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the other side asks for: a number, milliseconds, or a date; None where it says nothing."""
    if "retry-after-ms" in headers:
        with contextlib.suppress(ValueError):
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
    text = headers.get("retry-after", "")
    with contextlib.suppress(ValueError):
        return max(0.0, float(text))
    from email.utils import parsedate_to_datetime

    with contextlib.suppress(ValueError, TypeError):
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    return None


def _message(body: bytes) -> str:
    """The vendor's sentence, out of the shapes vendors put it in."""
    try:
        data = json.loads(body)
    except ValueError:
        return body[:200].decode("utf-8", "replace")
    while isinstance(data, dict | list) and data:
        inner = data[0] if isinstance(data, list) else data.get("error") or data.get("response") or data.get("message")
        if inner is None:
            break
        data = inner
    return str(data)[:200]


def _closed(status: int, message: str) -> Response:
    return Response(status, {}, json.dumps({"type": "error", "error": {"type": "void", "message": message}}).encode())


def _line(error: Exception) -> str:
    return " ".join((str(error) or type(error).__name__).split())[:200]
