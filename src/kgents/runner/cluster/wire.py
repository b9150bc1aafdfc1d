"""What crosses the wire: JSON texts. No class of ours is pickled, so that other versions of Python or of a library on a
worker cannot corrupt anything; another version of kgents is refused.
"""

import json
from collections.abc import Mapping
from typing import Any

from kgents.domain.fact import usage_from_data, usage_to_data
from kgents.domain.outcome import Cause, Check, Outcome


def write(message: Mapping[str, Any]) -> str:
    """A message as text; halves of surrogate pairs, which a program may print, are escaped."""
    return json.dumps(message, separators=(",", ":"))


def read(text: str) -> dict[str, Any]:
    """The message in a text. ValueError where there is none."""
    message = json.loads(text)
    if not isinstance(message, dict):
        raise ValueError("a message is a JSON object")
    return message


def outcome_to_data(outcome: Outcome) -> dict[str, Any]:
    """JSON data of an outcome."""
    plain = {
        name: getattr(outcome, name) for name in ("success", "error", "output", "candidate", "confidence", "seconds")
    }
    return {
        **plain,
        "cause": None if outcome.cause is None else outcome.cause.value,
        "repairs": list(outcome.repairs),
        "checks": [[check.name, check.passed, check.detail] for check in outcome.checks],
        "usage": usage_to_data(outcome.usage),
        "score": list(outcome.score),
        "metadata": dict(outcome.metadata),
    }


def outcome_of(data: Mapping[str, Any]) -> Outcome:
    """The outcome in JSON data. KeyError, TypeError or ValueError where there is none."""
    return Outcome(
        success=data["success"],
        cause=None if data["cause"] is None else Cause(data["cause"]),
        error=data["error"],
        output=data["output"],
        candidate=data["candidate"],
        confidence=data["confidence"],
        repairs=tuple(data["repairs"]),
        checks=tuple(Check(name, passed, detail) for name, passed, detail in data["checks"]),
        usage=usage_from_data(data["usage"]),
        score=tuple(data["score"]),
        metadata=data["metadata"],
        seconds=data["seconds"],
    )
