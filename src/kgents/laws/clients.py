"""What a probe can ask: functions, objects with `generate`, and clients like OpenAI's and Anthropic's, async or not.

Rule: whatever a client raises is a fact about the world (HarnessError), with a cause that says whether to try again.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from kgents.domain.outcome import Cause, Usage
from kgents.domain.ports import HarnessError, Limits, Reply
from kgents.errors import KgentsError, UsageError

Asked = Callable[[str, int, Limits], Awaitable[Reply]]
FATAL = (Cause.AUTH, Cause.QUOTA, Cause.CONTEXT_LENGTH, Cause.HARNESS_MISSING)
_KINDS = "a function of a prompt (and a seed), an object with generate, or a client like openai.OpenAI()"
_MAX_TOKENS = 4096
_CAUSES = (
    ("authentication", Cause.AUTH), ("permission", Cause.AUTH), ("ratelimit", Cause.RATE_LIMIT), ("quota", Cause.QUOTA),
    ("overloaded", Cause.OVERLOADED), ("internalserver", Cause.OVERLOADED), ("timeout", Cause.MODEL_TIMEOUT),
    ("connect", Cause.NETWORK),
)  # fmt: skip


def client_of(model: Any, name: str | None = None) -> Asked:
    """How to ask a model. `name` is the model's name, which clients of an API need. UsageError for what cannot be asked."""
    completions = getattr(getattr(model, "chat", None), "completions", None)
    for create, read, more in (
        (getattr(completions, "create", None), _openai, {}),
        (getattr(getattr(model, "messages", None), "create", None), _anthropic, {"max_tokens": _MAX_TOKENS}),
    ):
        if callable(create):
            if not name:
                raise UsageError("name: a client of an API has to be told which model to ask", 'name="…"')
            return _api(create, read, {"model": name, **more})
    if callable(getattr(model, "generate", None)):
        return _function(model.generate, "model.generate")
    if callable(model):
        return _function(model, "model")
    raise UsageError(f"model: {type(model).__name__} cannot be asked", f"give {_KINDS}")


def _function(call: Callable[..., Any], parameter: str) -> Asked:
    """A function of a prompt; of a prompt and a seed; or of a prompt, a seed and limits (a Harness)."""
    count = _positional(call, parameter)

    async def ask(prompt: str, seed: int, limits: Limits) -> Reply:
        return await _guarded(lambda: call(*(prompt, seed, limits)[:count]), parameter)

    return ask


def _positional(call: Callable[..., Any], parameter: str) -> int:
    """How many of prompt, seed and limits a function takes."""
    try:
        parameters = inspect.signature(call).parameters.values()
    except (TypeError, ValueError):
        return 1
    if any(one.kind is one.VAR_POSITIONAL for one in parameters):
        return 2
    places = [one for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    needed = [one for one in parameters if one.default is one.empty and one.kind is not one.VAR_KEYWORD]
    if not places or len(needed) > 3 or any(one.kind is one.KEYWORD_ONLY for one in needed):
        raise UsageError(f"{parameter}: a call needs {len(needed)} arguments", f"give {_KINDS}")
    takes_seed = len(places) > 1 and (len(needed) > 1 or places[1].name == "seed")
    takes_limits = len(needed) == 3 or (len(places) > 2 and places[2].name == "limits")
    return 3 if takes_seed and takes_limits else 2 if takes_seed else 1


def _api(create: Callable[..., Any], read: Callable[[Any], Reply], options: dict[str, object]) -> Asked:
    async def ask(prompt: str, seed: int, limits: Limits) -> Reply:
        async def call() -> Reply:
            messages = [{"role": "user", "content": prompt}]
            reply = await asyncio.to_thread(create, messages=messages, **options)
            return read(await reply if inspect.isawaitable(reply) else reply)

        return await _guarded(call, "model")

    return ask


async def _guarded(call: Callable[[], Any], parameter: str) -> Reply:
    """The reply of a call, or HarnessError with the cause of what it raised."""
    try:
        reply = call()
        reply = await reply if inspect.isawaitable(reply) else reply
    except KgentsError:
        raise
    except Exception as wrong:
        raise HarnessError(_cause(wrong), f"{type(wrong).__name__}: {wrong}"[:500], Usage(calls=1)) from wrong
    if isinstance(reply, Reply):
        return reply
    if not isinstance(reply, str):
        raise UsageError(f"{parameter}: it gives {type(reply).__name__}, not a text", "return the text of the answer")
    return Reply(reply, Usage(calls=1))


def _cause(wrong: Exception) -> Cause:
    names = " ".join(kind.__name__.lower() for kind in type(wrong).__mro__)
    return next((cause for word, cause in _CAUSES if word in names), Cause.UNKNOWN)


def _openai(reply: Any) -> Reply:
    usage = getattr(reply, "usage", None)
    text = reply.choices[0].message.content or ""
    return Reply(text, _spent(usage, "prompt_tokens", "completion_tokens"))


def _anthropic(reply: Any) -> Reply:
    text = "".join(getattr(block, "text", "") or "" for block in reply.content)
    return Reply(text, _spent(getattr(reply, "usage", None), "input_tokens", "output_tokens"))


def _spent(usage: Any, into: str, out: str) -> Usage:
    """Tokens as the client reports them; the price is not known."""
    return Usage(getattr(usage, into, 0) or 0, getattr(usage, out, 0) or 0, None, 1)
