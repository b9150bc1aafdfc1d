"""What model APIs say, as bytes: Anthropic Messages, OpenAI Completions, Chat Completions, Responses, Gemini generateContent.

Rule: shapes are those of the vendors' references, whole and streamed, so that their own clients accept them.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

CODE = "```python\ndef add(a, b):\n    return a + b\n```"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server does with one request.

    text, stop      what the model says and why it ended: stop, length, refusal
    status          of HTTP; from 400 up the body is an error of the vendor's shape with `code` and `message`
    retry_after     the header, in seconds or as a date
    location        the header of a redirection
    latency         seconds before anything is sent
    cut             close the connection after this many bytes of the body
    body            sent as it is, instead of what the vendor would send
    model           the model the server claims to be; else the one it was asked for
    """

    text: str = CODE
    stop: str = "stop"
    input_tokens: int = 11
    output_tokens: int = 7
    cached_tokens: int = 0
    status: int = 200
    code: str = ""
    message: str = ""
    retry_after: str | None = None
    location: str | None = None
    latency: float = 0.0
    cut: int | None = None
    body: bytes | None = None
    model: str | None = None


FAULTS: Mapping[str, Answer] = {
    "html": Answer(body=b"<html><body>It works!</body></html>"),
    "empty": Answer(body=b""),
    "foreign": Answer(body=b'{"choices": []}'),
    "cut": Answer(cut=25),
    "hanging": Answer(latency=3600),
    "500": Answer(status=500),
    "429": Answer(status=429, retry_after="0"),
    "401": Answer(status=401),
    "404": Answer(status=404),
    "truncated": Answer(text="def add(a", stop="length", output_tokens=56),
    "chat markers": Answer(text="<|im_start|>assistant\nSure!<|im_end|>"),
}  # servers that something is wrong with, by name

Events = Sequence[tuple[str | None, Mapping[str, object]]]
Format = Callable[[Answer, str], tuple[Mapping[str, object], Events]]


def format_of(path: str) -> Format | None:
    """The wire format that a path of an API speaks; None where it is no call of a model."""
    if path.endswith("/messages"):
        return anthropic_messages
    if path.endswith("/responses"):
        return openai_responses
    if path.endswith("/chat/completions"):
        return openai_chat
    if path.endswith("/completions"):
        return openai_completions
    return gemini if path.endswith((":generateContent", ":streamGenerateContent")) else None


def whole(answer: Answer, path: str, model: str) -> bytes:
    """The body of an answer that is not streamed, or of an error."""
    if answer.body is not None:
        return answer.body
    if answer.status >= 400:
        return json.dumps(error(answer, path)).encode()
    style = format_of(path)
    assert style is not None, path
    return json.dumps(style(answer, answer.model or model)[0]).encode()


def streamed(answer: Answer, path: str, model: str) -> bytes:
    """The body of a streamed answer as server-sent events."""
    if answer.body is not None:
        return answer.body
    style = format_of(path)
    assert style is not None, path
    events = style(answer, answer.model or model)[1]
    text = "".join((f"event: {name}\n" if name else "") + f"data: {json.dumps(data)}\n\n" for name, data in events)
    return (text + ("data: [DONE]\n\n" if style in (openai_chat, openai_completions) else "")).encode()


_ANTHROPIC_STOP = {"stop": "end_turn", "length": "max_tokens", "refusal": "refusal"}
_CHAT_STOP = {"stop": "stop", "length": "length", "refusal": "content_filter"}
_GEMINI_STOP = {"stop": "STOP", "length": "MAX_TOKENS", "refusal": "SAFETY"}


def anthropic_messages(answer: Answer, model: str) -> tuple[Mapping[str, object], Events]:
    """Messages."""
    usage = {
        "input_tokens": answer.input_tokens - answer.cached_tokens,
        "output_tokens": answer.output_tokens,
        "cache_read_input_tokens": answer.cached_tokens,
        "cache_creation_input_tokens": 0,
    }
    stop = _ANTHROPIC_STOP[answer.stop]
    content = [{"type": "text", "text": answer.text}] if answer.text else []
    message = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": model, "stop_reason": stop,
        "stop_sequence": None, "usage": usage, "content": content,
    }  # fmt: skip
    block = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": answer.text}}
    start = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    end = {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": usage}
    data: list[Mapping[str, object]] = [
        {"type": "message_start", "message": {**message, "content": [], "stop_reason": None}},
        *([start, block, {"type": "content_block_stop", "index": 0}] if answer.text else []),
        end,
        {"type": "message_stop"},
    ]
    return message, [(str(event["type"]), event) for event in data]


def openai_responses(answer: Answer, model: str) -> tuple[Mapping[str, object], Events]:
    """Responses."""
    refused = {"type": "refusal", "refusal": answer.text or "I can't help with that."}
    part = refused if answer.stop == "refusal" else {"type": "output_text", "text": answer.text, "annotations": []}
    item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]}
    cut = answer.stop == "length"
    response = {
        "id": "resp_1", "object": "response", "created_at": 1700000000, "model": model, "output": [item],
        "status": "incomplete" if cut else "completed", "error": None, "metadata": {}, "instructions": None,
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None, "parallel_tool_calls": False,
        "tool_choice": "auto", "tools": [], "temperature": None, "top_p": None,
        "usage": {
            "input_tokens": answer.input_tokens, "output_tokens": answer.output_tokens,
            "total_tokens": answer.input_tokens + answer.output_tokens,
            "input_tokens_details": {"cached_tokens": answer.cached_tokens},
            "output_tokens_details": {"reasoning_tokens": 0},
        },
    }  # fmt: skip
    position = {"output_index": 0, "content_index": 0, "item_id": "msg_1"}
    blank = {"type": "output_text", "text": "", "annotations": []}
    data: list[Mapping[str, object]] = [
        {"type": "response.created", "response": {**response, "status": "in_progress", "output": [], "usage": None}},
        {"type": "response.output_item.added", "output_index": 0,
         "item": {**item, "status": "in_progress", "content": []}},
        {"type": "response.content_part.added", **position, "part": blank},
        {"type": "response.output_text.delta", **position, "delta": answer.text, "logprobs": []},
        {"type": "response.output_text.done", **position, "text": answer.text, "logprobs": []},
        {"type": "response.content_part.done", **position, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.incomplete" if cut else "response.completed", "response": response},
    ]  # fmt: skip
    return response, [(str(event["type"]), {**event, "sequence_number": i}) for i, event in enumerate(data)]


def openai_chat(answer: Answer, model: str) -> tuple[Mapping[str, object], Events]:
    """Chat Completions."""
    usage = {
        "prompt_tokens": answer.input_tokens, "completion_tokens": answer.output_tokens,
        "total_tokens": answer.input_tokens + answer.output_tokens,
        "prompt_tokens_details": {"cached_tokens": answer.cached_tokens},
    }  # fmt: skip
    stop = _CHAT_STOP[answer.stop]
    common = {"id": "chatcmpl-1", "created": 1700000000, "model": model}
    message = {"role": "assistant", "content": answer.text or None, "refusal": None}
    completion = {**common, "object": "chat.completion", "usage": usage,
                  "choices": [{"index": 0, "finish_reason": stop, "logprobs": None, "message": message}]}  # fmt: skip
    chunk = {**common, "object": "chat.completion.chunk"}
    first = {"index": 0, "delta": {"role": "assistant", "content": answer.text}, "finish_reason": None}
    last = {"index": 0, "delta": {}, "finish_reason": stop}
    events = [{**chunk, "choices": [first]}, {**chunk, "choices": [last]}, {**chunk, "choices": [], "usage": usage}]
    return completion, [(None, event) for event in events]


def openai_completions(answer: Answer, model: str) -> tuple[Mapping[str, object], Events]:
    """Completions: what follows a text, without a chat."""
    chat, _ = openai_chat(answer, model)
    choice = {"index": 0, "finish_reason": _CHAT_STOP[answer.stop], "logprobs": None, "text": answer.text}
    completion = {**chat, "id": "cmpl-1", "object": "text_completion", "choices": [choice]}
    return completion, [(None, completion)]


def gemini(answer: Answer, model: str) -> tuple[Mapping[str, object], Events]:
    """The generateContent of Gemini; its stream is one event here."""
    content = {"role": "model", "parts": [{"text": answer.text}] if answer.text else []}
    response = {
        "candidates": [{"content": content, "finishReason": _GEMINI_STOP[answer.stop], "index": 0}],
        "usageMetadata": {
            "promptTokenCount": answer.input_tokens, "candidatesTokenCount": answer.output_tokens,
            "totalTokenCount": answer.input_tokens + answer.output_tokens,
            "cachedContentTokenCount": answer.cached_tokens,
        },
        "modelVersion": model, "responseId": "r1",
    }  # fmt: skip
    return response, [(None, response)]


_ANTHROPIC_ERRORS = {
    400: "invalid_request_error", 401: "authentication_error", 402: "billing_error", 403: "permission_error",
    404: "not_found_error", 413: "request_too_large", 429: "rate_limit_error", 529: "overloaded_error",
}  # fmt: skip
_OPENAI_ERRORS = {
    400: ("invalid_request_error", ""), 401: ("invalid_request_error", "invalid_api_key"),
    404: ("invalid_request_error", "model_not_found"), 429: ("requests", "rate_limit_exceeded"),
}  # fmt: skip
_GEMINI_ERRORS = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE",
}  # fmt: skip


def error(answer: Answer, path: str) -> Mapping[str, object]:
    """An error in the vendor's shape."""
    message = answer.message or f"scripted error {answer.status}"
    style = format_of(path)
    if style is anthropic_messages:
        kind = answer.code or _ANTHROPIC_ERRORS.get(answer.status, "api_error")
        return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
    if style is gemini:
        kind = answer.code or _GEMINI_ERRORS.get(answer.status, "INTERNAL")
        return {"error": {"code": answer.status, "message": message, "status": kind}}
    kind, code = _OPENAI_ERRORS.get(answer.status, ("server_error", ""))
    kind, code = (answer.code, answer.code) if answer.code else (kind, code)
    return {"error": {"message": message, "type": kind, "param": None, "code": code or None}}
