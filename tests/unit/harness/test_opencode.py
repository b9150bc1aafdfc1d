"""What is read from the events of opencode."""

import json

import pytest

from kgents.harness.agents.agent import Unreadable
from kgents.harness.agents.opencode import AGENT
from kgents.sandbox.process import Ended


def said(*events: dict[str, object]) -> Ended:
    return Ended(0, "\n".join(json.dumps(event) for event in events).encode(), b"")


def text(words: str) -> dict[str, object]:
    return {"type": "text", "part": {"text": words}}


def test_turns_are_joined_by_line_breaks() -> None:
    """A fence that begins a turn begins a line; breaks that are there are not doubled."""
    answer = AGENT.read(said(text("I look first."), {"type": "step"}, text("Here:\n"), text("```python\nx = 1\n```")))
    assert answer == "I look first.\nHere:\n```python\nx = 1\n```"
    assert AGENT.read(said(text("one"))) == "one"


def test_an_error_without_a_text_is_told() -> None:
    """The words of opencode itself."""
    with pytest.raises(Unreadable, match="no credit"):
        AGENT.read(said({"type": "error", "error": {"message": "no credit"}}))
