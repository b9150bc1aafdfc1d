"""Answers of a candidate to several calls, and when to stop asking."""

from dataclasses import dataclass, field
from typing import Any

from kgents.sandbox.inside.protocol import Ended

SLOW = 30  # calls that take too long, after which no more of a batch are tried


@dataclass(slots=True)
class Batch:
    """Answers to calls, in order: {"value": …, "args": …} or {"raised": [name, bases, text]}; `load` where loading failed."""

    answers: list[Any] = field(default_factory=list)
    load: Any = None
    fault: str | None = None  # timeout, died, mismatch (the caller stopped it)
    ended: Ended = field(default_factory=Ended)


class Patience:
    """Ends a batch when too many of its calls took too long."""

    def __init__(self) -> None:
        self._slow = 0

    def __call__(self, index: int, answer: Any) -> bool:
        self._slow += slow(answer)
        return self._slow >= SLOW


def slow(answer: Any) -> bool:
    """Whether a call took longer than it was given."""
    return isinstance(answer, dict) and "raised" in answer and answer["raised"][0] == "_CallTimeout"
