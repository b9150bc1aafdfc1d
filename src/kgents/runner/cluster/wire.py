"""What crosses the wire: JSON texts. No class of ours is pickled, so that other versions of Python or of a library on a
worker cannot corrupt anything; another version of kgents is refused.
"""

import json
from collections.abc import Mapping

from kgents.domain.fact import usage_from_data, usage_to_data
from kgents.domain.json import JsonObject
from kgents.domain.outcome import Cause, Check, Outcome
from kgents.runner.cluster.messages import OutcomeData


def write(message: Mapping[str, object]) -> str:
    """A message as text; halves of surrogate pairs, which a program may print, are escaped."""
    return json.dumps(message, separators=(",", ":"))


def read(text: str) -> JsonObject:
    """The message in a text. ValueError where there is none."""
    message = json.loads(text)
    if not isinstance(message, dict):
        raise ValueError("a message is a JSON object")
    return message


def outcome_to_data(outcome: Outcome) -> OutcomeData:
    """JSON data of an outcome."""
    return {
        "success": outcome.success,
        "error": outcome.error,
        "output": outcome.output,
        "candidate": outcome.candidate,
        "confidence": outcome.confidence,
        "seconds": outcome.seconds,
        "cause": None if outcome.cause is None else outcome.cause.value,
        "repairs": list(outcome.repairs),
        "checks": [(check.name, check.passed, check.detail) for check in outcome.checks],
        "usage": usage_to_data(outcome.usage),
        "score": list(outcome.score),
        "metadata": dict(outcome.metadata),
    }


def outcome_of(data: OutcomeData) -> Outcome:
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
