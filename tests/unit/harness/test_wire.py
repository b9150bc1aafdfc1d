"""What is read from the wire, in the shapes that the loopback server does not speak."""

import json
from decimal import Decimal
from typing import Any

import pytest

from kgents.harness.pricing import price
from kgents.harness.wire import ANTHROPIC, CHAT, GEMINI, RESPONSES, ReadAnswer, WireError, read_answer, without_tools


def read(path: str, *events: dict[str, Any]) -> ReadAnswer:
    endings = {"/messages": ANTHROPIC, "/responses": RESPONSES, "/chat/completions": CHAT, "Content": GEMINI}
    protocol = next(spoken for ending, spoken in endings.items() if path.partition("?")[0].endswith(ending))
    body = "".join(f": a comment\r\nevent: x\r\ndata: {json.dumps(event)}\r\n\r\n" for event in events)
    return read_answer(protocol, body.encode())


def test_tokens_that_went_into_the_cache_have_their_own_price() -> None:
    usage = {
        "input_tokens": 10,
        "cache_read_input_tokens": 4000,
        "cache_creation_input_tokens": 2000,
        "output_tokens": 1,
    }
    said = read(
        "/v1/messages?beta=true",
        {"type": "ping"},
        {"type": "message_start", "message": {"type": "message", "model": "claude-sonnet-5-5", "usage": usage}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "hm"}},
        {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "an"}},
        {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "swer"}},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn"},
            "usage": {"output_tokens": 70, "input_tokens": None},
        },
        {"type": "message_stop"},
    )
    assert said == ReadAnswer("answer", "end_turn", "claude-sonnet-5-5", 6010, 70, 4000, 2000)
    known = price("anthropic", said.model, said.input_tokens, 70, 4000, 2000)
    plain = price("anthropic", said.model, 10, 70)
    read_, written = price("anthropic", said.model, 4000, 0, 4000), price("anthropic", said.model, 2000, 0, 0, 2000)
    assert known is not None
    assert plain is not None
    assert read_ is not None
    assert written is not None
    assert known == plain + read_ + written
    full = price("anthropic", said.model, 2000, 0)
    assert full is not None
    assert written > full > read_ > Decimal(0)


def test_a_response_whose_items_came_before_it() -> None:
    content = [{"type": "output_text", "text": "answer"}]
    usage = {"input_tokens": 3, "output_tokens": 2}
    response = {"object": "response", "status": "completed", "model": "m", "output": [], "usage": usage}
    said = read(
        "/responses",
        {"type": "response.output_item.done", "item": {"type": "reasoning", "summary": []}},
        {"type": "response.output_item.done", "item": {"type": "message", "content": content}},
        {"type": "response.completed", "response": response},
    )
    assert said == ReadAnswer("answer", "stop", "m", 3, 2)


def test_gemini_in_pieces_with_thoughts() -> None:
    said = read(
        "/v1beta/models/g:streamGenerateContent?alt=sse",
        {"candidates": [{"content": {"parts": [{"text": "hm", "thought": True}]}}], "modelVersion": "g-1"},
        {"candidates": [{"content": {"parts": [{"text": "an"}]}}]},
        {"candidates": [{"content": {"parts": [{"text": "swer"}]}, "finishReason": "STOP"}],
         "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 2, "thoughtsTokenCount": 9}},
    )  # fmt: skip
    assert said == ReadAnswer("answer", "STOP", "g-1", 5, 11)
    blocked = read("/x:generateContent", {"promptFeedback": {"blockReason": "SAFETY"}, "modelVersion": "g-1"})
    assert (blocked.text, blocked.stop) == ("", "SAFETY")


@pytest.mark.parametrize(
    ("path", "event"),
    [
        ("/chat/completions", {"choices": [{"delta": {"content": "half an ans"}}], "model": "m"}),
        ("/messages", {"type": "message_start", "message": {"usage": {}, "model": "m"}}),
        ("/responses", {"type": "response.created", "response": {"object": "response", "status": "in_progress"}}),
        ("/x:generateContent", {"candidates": [{"content": {"parts": [{"text": "half"}]}}]}),
        ("/messages", {"anything": "else"}),
    ],
)
def test_what_is_not_whole_is_no_answer(path: str, event: dict[str, Any]) -> None:
    with pytest.raises(ValueError) as caught:
        read(path, event)
    assert not isinstance(caught.value, WireError)


def test_an_error_inside_an_answer_is_told_apart() -> None:
    for event in (
        {"type": "error", "error": {"type": "overloaded_error"}},
        {"type": "response.failed"},
        {"error": "no"},
    ):
        with pytest.raises(WireError):
            read("/messages", event)


def test_a_request_without_tools_stays_as_it_is() -> None:
    body = b'{"model":  "m", "messages": []}'
    assert without_tools(ANTHROPIC, body) == (body, 0)
