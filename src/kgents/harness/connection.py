"""One model, reached through pydantic-ai: how it is built, asked once, and what its errors mean.

Rule: this is the only file that imports pydantic-ai, and only inside functions that run in a thread first; the client
never retries, so that every attempt is seen and paid for knowingly.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from kgents.domain.meter import waits
from kgents.domain.outcome import Cause, Usage
from kgents.domain.ports import Reply
from kgents.harness import chat_answers
from kgents.harness.attempts import FREE, UNKNOWN, Failed, redirected
from kgents.harness.completions import complete
from kgents.harness.credentials import is_vendors
from kgents.harness.model_name import ModelName, without_user
from kgents.harness.origin import origin_of
from kgents.harness.signs import FOREIGN, HTML, broken, no_answer, unread, unsent
from kgents.harness.taxonomy import cause_of_status, is_cut_off, is_retried, refused_option
from kgents.harness.turns import Turns, sent

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelResponse
    from pydantic_ai.models import Model

RAISE_CAP = "raise --max-output-tokens"
_POOL = 16  # connections; beyond, another pool is made


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a model is asked; None is the vendor's default. `is_completion`: for the rest of the prompt, not an answer."""

    temperature: float | None = None
    max_output_tokens: int | None = None
    system: str | None = None
    top_p: float | None = None
    is_completion: bool = False


class Connection:
    """A model that can be asked."""

    def __init__(
        self, name: ModelName, model: "Model", http: Any, sampling: Sampling, honoured: Mapping[str, bool]
    ) -> None:
        self.honoured = honoured
        self._name, self._model, self._http, self._sampling = name, model, http, sampling
        self._turns = Turns()

    @property
    def host(self) -> str:
        """The server that is asked; empty where the vendor's library finds it itself."""
        return "" if self._http is None else str(origin_of(str(self._model.base_url)))

    @property
    def _url(self) -> str:
        """The address that is asked, as it may be shown."""
        return without_user(str(self._model.base_url or self._name))

    async def ask(self, prompt: str, seed: int) -> Reply:
        """Asks once; raises Failed."""
        settings: Any = _settings(self._sampling, seed, self.honoured)
        try:
            async with self._turns.turn():
                response = await self._answer(prompt, settings)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            raise failure(error, self._url) from error
        return _reply(response, self._name)

    async def _answer(self, prompt: str, settings: Any) -> "ModelResponse":
        """An answer to the prompt, or what follows it."""
        from pydantic_ai.direct import model_request
        from pydantic_ai.messages import ModelRequest

        if self._sampling.is_completion:
            return await complete(self._model, prompt, settings)
        request = ModelRequest.user_text_prompt(prompt, instructions=self._sampling.system)
        return await model_request(self._model, [request], model_settings=settings)

    async def aclose(self) -> None:
        """Lets go of the connections."""
        if self._http is not None:
            await self._http.aclose()


def connect(name: ModelName, sampling: Sampling) -> Connection:
    """Imports the client and builds the model (1 to 3 seconds the first time: call it in a thread). Raises Failed."""
    try:
        honoured = asyncio.run(_honoured(name, sampling))
        model, http = _model(name, None)
    except ImportError as error:
        raise Failed(
            Cause.HARNESS_MISSING, f"the client of {name.vendor} is not installed: {error}", Usage()
        ) from error
    except Exception as error:
        raise _not_built(name, error) from error
    return Connection(name, model, http, sampling, honoured)


def _not_built(name: ModelName, error: Exception) -> Failed:
    """The client refuses its settings: mostly a key or an address that is not there."""
    message = str(error)
    cause = Cause.AUTH if "key" in message.lower() or "token" in message.lower() else Cause.HARNESS_MISSING
    return Failed(cause, f"{name}: {message}", Usage())


def _model(name: ModelName, transport: Any) -> tuple["Model", Any]:
    """A model and its HTTP client; the client is None where the vendor's library insists on its own."""
    from pydantic_ai.models import infer_model
    from pydantic_ai.providers import infer_provider_class

    http = None if name.key is None else _http(name, transport)

    def provider(vendor: str) -> Any:
        options: dict[str, Any] = {"api_key": name.key, "base_url": name.base_url, "http_client": http}
        chosen = {option: value for option, value in options.items() if value is not None}
        return infer_provider_class(vendor)(**chosen)

    return infer_model(str(name), provider), http


def _http(name: ModelName, transport: Any) -> Any:
    """A client that asks the server that the key is bound to and no other, and follows no redirection."""
    from urllib.request import getproxies

    import httpx2

    if transport is None and not getproxies():  # the client heeds proxies only where it makes the transport
        transport = _spread(trust(name.base_url))
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=_POOL)
    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(600, connect=10),
        transport=transport,
        limits=limits,
        event_hooks={"request": [partial(_only_there, name)], "response": [_not_elsewhere, chat_answers.read]},
    )


async def _only_there(name: ModelName, request: Any) -> None:
    """Raises where a library would send the key to another server than the one it is bound to."""
    origin = origin_of(str(request.url))
    right = is_vendors(name.vendor, origin) if name.base_url is None else origin == origin_of(name.base_url)
    if not right:
        raise Failed(Cause.HARNESS_MISSING, f"{origin} is not where the key of {name} may go", Usage())


async def _not_elsewhere(response: Any) -> None:
    """Raises where the server sends elsewhere: the request holds a key, and is meant for this server only."""
    if response.has_redirect_location:
        raise redirected(response.status_code, response.headers["location"])


def trust(url: str | None) -> ssl.SSLContext:
    """Whose certificates are believed: nobody's where none is shown. Reading those of a system takes long."""
    import httpx2

    if url is not None and origin_of(url).scheme == "http":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx2.create_ssl_context()


def _spread(believed: ssl.SSLContext) -> Any:
    """A transport of several pools: a pool looks at all of its connections for each request, so it is kept small."""
    import httpx2

    class Spread(httpx2.AsyncBaseTransport):
        """Hands each request to the first pool that is not busy; further pools are made when they are needed."""

        def __init__(self) -> None:
            self._pools: list[tuple[httpx2.AsyncHTTPTransport, list[int]]] = []

        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            """Counts what a pool has in hand until the answer begins."""
            pool, busy = next((pool for pool in self._pools if pool[1][0] < _POOL), None) or self._new()
            busy[0] += 1
            sent()
            try:
                response = await pool.handle_async_request(request)
                waits(False)
                return response
            finally:
                busy[0] -= 1

        def _new(self) -> "tuple[httpx2.AsyncHTTPTransport, list[int]]":
            limits = httpx2.Limits(max_connections=None, max_keepalive_connections=_POOL)
            self._pools.append((httpx2.AsyncHTTPTransport(verify=believed, limits=limits), [0]))
            return self._pools[-1]

        async def aclose(self) -> None:
            for pool, _ in self._pools:
                await pool.aclose()

    return Spread()


# --- what is sent ---------------------------------------------------------------------------------------------------

_MARKS: Mapping[str, object] = {"seed": 70_417_083, "temperature": 0.59375, "max_tokens": 48_611, "top_p": 0.84375}


async def _honoured(name: ModelName, sampling: Sampling) -> dict[str, bool]:
    """Which settings requests to this model carry: one request with telling values is built, looked at and not sent."""
    if sampling.is_completion:
        return dict.fromkeys(_MARKS, True)
    import httpx2
    from pydantic_ai.direct import model_request
    from pydantic_ai.messages import ModelRequest

    seen: list[str] = []

    def capture(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.content.decode("utf-8", "replace"))
        return httpx2.Response(400, json={})

    model, http = _model(name, httpx2.MockTransport(capture))
    if http is None:
        return dict.fromkeys(_MARKS, True)
    settings: Any = {**_MARKS, "max_retries": 0}
    try:
        await model_request(model, [ModelRequest.user_text_prompt("")], model_settings=settings)
    except Exception as error:
        if not seen:
            raise Failed(Cause.HARNESS_MISSING, f"{name}: {error}", Usage()) from error
    await http.aclose()
    return {setting: str(mark) in "".join(seen) for setting, mark in _MARKS.items()}


def _settings(sampling: Sampling, seed: int, honoured: Mapping[str, bool]) -> dict[str, object]:
    """What is sent along: only what this model takes, so that nothing is believed to be set that is not."""
    asked = {
        "temperature": sampling.temperature,
        "max_tokens": sampling.max_output_tokens,
        "top_p": sampling.top_p,
        "seed": seed & 0x7FFF_FFFF,
    }
    sent = {setting: value for setting, value in asked.items() if value is not None and honoured.get(setting)}
    return {**sent, "max_retries": 0}


# --- what comes back ------------------------------------------------------------------------------------------------


def _reply(response: "ModelResponse", name: ModelName) -> Reply:
    usage = Usage(
        response.usage.input_tokens,
        response.usage.output_tokens,
        _cost(response, name),
        1,
        response.usage.cache_read_tokens,
    )
    stop = str((response.provider_details or {}).get("finish_reason") or response.finish_reason or "")
    if response.finish_reason == "content_filter":
        words = (response.provider_details or {}).get("refusal")
        raise Failed(Cause.REFUSAL, f"the model refused ({_line_of(words) if words else stop})", usage)
    text = response.text
    if not text or not text.strip():
        if is_cut_off(stop):
            raise Failed(Cause.TRUNCATED, f"the answer was cut off before its text ({stop}); {RAISE_CAP}", usage)
        raise Failed(Cause.MALFORMED, f"the answer has no text ({stop or 'no reason given'})", usage)
    return Reply(text, usage, response.model_name or str(name), stop)


def _cost(response: "ModelResponse", name: ModelName) -> Decimal | None:
    """The price by genai-prices; None where it is not known, as on a server of the user's own."""
    if name.own_url or not (response.usage.input_tokens or response.usage.output_tokens):
        return None
    try:
        return Decimal(response.cost().total_price)
    except (LookupError, ValueError, AssertionError):
        return None


def failure(error: Exception, url: str) -> Failed:
    """What an error of the client means."""
    from pydantic_ai import exceptions

    ours = _own(error)
    if ours is not None:
        return ours
    if isinstance(error, exceptions.ModelHTTPError):
        return _http_failure(error, url)
    if isinstance(error, exceptions.ModelConnectionError):
        if error.phase in ("pool", "connect"):
            return Failed(Cause.NETWORK, no_answer(url, unsent(error)), FREE, again=True)
        return Failed(Cause.NETWORK, no_answer(url, broken(error)), UNKNOWN, again=True)
    if isinstance(error, exceptions.ModelRequestTimeout | TimeoutError):
        return Failed(Cause.MODEL_TIMEOUT, _line(error), UNKNOWN)
    if isinstance(error, exceptions.UserError):
        return Failed(Cause.HARNESS_MISSING, _line(error), Usage())
    if isinstance(error, exceptions.ContentFilterError):
        return Failed(Cause.REFUSAL, f"the model refused: {_line(error)}", UNKNOWN)
    return Failed(Cause.NETWORK, no_answer(url, f"{FOREIGN} ({_line(error)[:80]})"), UNKNOWN, again=True)


_UNANSWERED = (Cause.UNKNOWN, Cause.RATE_LIMIT, Cause.OVERLOADED)


def _own(error: BaseException | None) -> Failed | None:
    """What our own hook raised, out of the errors that a client wrapped it in."""
    while error is not None and not isinstance(error, Failed):
        error = error.__cause__ or error.__context__
    return error


def _http_failure(error: Any, url: str) -> Failed:
    body = str(error.body)
    cause = cause_of_status(error.status_code, body)
    again = is_retried(cause, error.status_code)
    refused = f"{refused_option(body)} is refused: " if cause is Cause.OPTION_REFUSED else ""
    message = f"HTTP {error.status_code}: {refused}{_message(error.body)}"
    if cause in _UNANSWERED or unread(body.encode()) == HTML:
        message = no_answer(url, message)
    return Failed(cause, message, UNKNOWN if cause is Cause.REFUSAL else FREE, again, error.retry_after)


def _message(body: object) -> str:
    """The vendor's sentence, out of the shapes vendors put it in."""
    match body:
        case {"error": inner}:
            return _message(inner)
        case {"message": str(message)}:
            return message[:200]
        case [first, *_]:
            return _message(first)
        case str() if unread(body.encode()) == HTML:
            return HTML
    return str(body)[:200]


def _line(error: Exception) -> str:
    return _line_of(str(error) or type(error).__name__)


def _line_of(text: str) -> str:
    return " ".join(text.split())[:200]
