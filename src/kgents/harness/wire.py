"""What models say on the wire: Anthropic Messages, OpenAI Responses and Chat Completions, Gemini; whole or streamed.

Rule: an answer that does not say why it ended is not whole, and no answer. Input tokens include the cached ones.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """One answer: its text, why it ended in the vendor's word, which model, and tokens.

    written_tokens  of the input, went into the provider's cache, at a price of their own
    """

    text: str
    stop: str
    model: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    written_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Protocol:
    """One way to speak: how events become an answer, and where a request names its tools."""

    read: Callable[[list[Data]], ReadAnswer]
    tools: tuple[str, ...]


class WireError(ValueError):
    """The other side reports an error inside of an answer of status 200."""


def read_answer(protocol: Protocol, body: bytes) -> ReadAnswer:
    """The answer in a body. WireError: an error was reported in it; ValueError: it is no whole answer."""
    events = list(_events(body))
    for event in events:
        if event.get("type") in ("error", "response.failed") or event.get("error"):
            raise WireError(json.dumps(event)[:2000])
    try:
        return protocol.read(events)
    except (KeyError, TypeError, IndexError, AttributeError, StopIteration) as error:
        raise ValueError(f"not an answer of this API ({type(error).__name__}: {error})") from error


def without_tools(protocol: Protocol, body: bytes) -> tuple[bytes, int]:
    """The request with no tool in it, and how many were taken out; ValueError where it is not JSON."""
    data = json.loads(body)
    taken = sum(_size(data.pop(name)) for name in protocol.tools if data.get(name))
    for name in protocol.tools:
        data.pop(name, None)
    inputs = data.get("input")
    if isinstance(inputs, list):
        kept = [item for item in inputs if item.get("type") != "additional_tools"]
        taken += sum(_size(item.get("tools")) for item in inputs if item not in kept)
        data["input"] = kept
    return (json.dumps(data).encode() if data != json.loads(body) else body), taken


def _size(tools: Any) -> int:
    """How many tools there are in a list of them or of groups of them."""
    if not isinstance(tools, list):
        return 0
    groups = ("tools", "functionDeclarations")
    return sum(next((_size(tool[key]) for key in groups if key in tool), 1) for tool in tools)


def _events(body: bytes) -> Iterable[Data]:
    """The JSON objects of a body: one, or one for each server-sent event."""
    text = body.decode("utf-8")
    if text.lstrip()[:1] in ("{", "["):
        event = json.loads(text)
        yield from event if isinstance(event, list) else [event]
        return
    for block in text.replace("\r\n", "\n").split("\n\n"):
        data = "\n".join(line[5:].lstrip(" ") for line in block.split("\n") if line.startswith("data:"))
        if data and data != "[DONE]":
            yield json.loads(data)


def _anthropic(events: list[Data]) -> ReadAnswer:
    if events[0].get("type") == "message":
        message, usage, stop = events[0], dict(events[0]["usage"]), events[0]["stop_reason"]
        text = "".join(part.get("text", "") for part in message["content"] if part["type"] == "text")
    else:
        message = next(event["message"] for event in events if event["type"] == "message_start")
        last = next(event for event in reversed(events) if event["type"] == "message_delta")
        usage, stop = {**message["usage"], **_given(last.get("usage"))}, last["delta"]["stop_reason"]
        deltas = (event["delta"] for event in events if event["type"] == "content_block_delta")
        text = "".join(delta["text"] for delta in deltas if delta["type"] == "text_delta")
    cached = usage.get("cache_read_input_tokens") or 0
    written = usage.get("cache_creation_input_tokens") or 0
    read = usage["input_tokens"] + cached + written
    return ReadAnswer(text, str(stop or _open()), message["model"], read, usage["output_tokens"], cached, written)


_ITEM = "response.output_item.done"


def _responses(events: list[Data]) -> ReadAnswer:
    ends = ("response.completed", "response.incomplete")
    response = next((event["response"] for event in events if event.get("type") in ends), events[0])
    if response.get("object") != "response" or response.get("status") not in ("completed", "incomplete"):
        _open()
    items = response["output"] or [event["item"] for event in events if event.get("type") == _ITEM]
    parts = [part for item in items if item["type"] == "message" for part in item["content"]]
    refused = any(part["type"] == "refusal" for part in parts)
    stop = "refusal" if refused else (response.get("incomplete_details") or {}).get("reason") or "stop"
    usage = response["usage"]
    cached = (usage.get("input_tokens_details") or {}).get("cached_tokens") or 0
    text = "".join(part.get("text", "") for part in parts)
    return ReadAnswer(text, stop, response["model"], usage["input_tokens"], usage["output_tokens"], cached)


def _chat(events: list[Data]) -> ReadAnswer:
    choices = [event["choices"][0] for event in events if event.get("choices")]
    stop = next((choice["finish_reason"] for choice in reversed(choices) if choice.get("finish_reason")), None)
    parts = [choice.get("message") or choice.get("delta") or {} for choice in choices]
    usage: Data = next((event["usage"] for event in reversed(events) if event.get("usage")), {})
    cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
    refused = "".join(part.get("refusal") or "" for part in parts)
    tokens = usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0)
    text = "".join(part.get("content") or "" for part in parts)
    return ReadAnswer(
        text, "refusal" if refused else str(stop or _open()), str(events[0].get("model", "")), *tokens, cached
    )


def _gemini(events: list[Data]) -> ReadAnswer:
    blocked = next((event["promptFeedback"].get("blockReason") for event in events if "promptFeedback" in event), None)
    candidates = [event["candidates"][0] for event in events if event.get("candidates")]
    stop = blocked or next((part["finishReason"] for part in reversed(candidates) if part.get("finishReason")), None)
    parts = [part for candidate in candidates for part in (candidate.get("content") or {}).get("parts") or ()]
    usage: Data = next((event["usageMetadata"] for event in reversed(events) if event.get("usageMetadata")), {})
    wrote = usage.get("candidatesTokenCount", 0) + usage.get("thoughtsTokenCount", 0)
    text = "".join(part.get("text", "") for part in parts if not part.get("thought"))
    model = str(events[0].get("modelVersion", ""))
    cached = usage.get("cachedContentTokenCount") or 0
    return ReadAnswer(text, str(stop or _open()), model, usage.get("promptTokenCount", 0), wrote, cached)


def _given(usage: Data | None) -> dict[str, Any]:
    return {name: value for name, value in (usage or {}).items() if value is not None}


def _open() -> str:
    raise ValueError("the answer does not say why it ended: it is not whole")


ANTHROPIC = Protocol(_anthropic, ("tools", "tool_choice", "mcp_servers"))
RESPONSES = Protocol(_responses, ("tools", "tool_choice", "parallel_tool_calls"))
CHAT = Protocol(_chat, ("tools", "tool_choice", "parallel_tool_calls", "functions", "function_call"))
GEMINI = Protocol(_gemini, ("tools", "toolConfig"))
