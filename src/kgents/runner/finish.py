"""From the outcome of a trial to the fact that is witnessed, and the texts that the fact refers to.

Rule: every text is redacted first; what a candidate may have said goes into blobs, which can be erased, and only what
the world or we said (an error of the network, say) into the mark.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from kgents.domain.fact import Finished
from kgents.domain.mark import digest
from kgents.domain.outcome import Outcome
from kgents.domain.ports import Slot

Redact = Callable[[str], str]
ERROR_CHARACTERS = 300


def finished(slot: Slot, outcome: Outcome, seconds: float, redact: Redact) -> tuple[Finished, list[bytes], str | None]:
    """The fact, its blobs, and the error in one line for those who watch."""
    blobs: list[bytes] = []

    def keep(content: str | None) -> str | None:
        if not content:
            return None
        blobs.append(redact(content).encode("utf-8", "surrogatepass"))
        return digest(blobs[-1])

    error = outcome.error and redact(outcome.error[:ERROR_CHARACTERS])
    fact = Finished(
        arm=slot.arm,
        index=slot.index,
        success=outcome.success,
        cause=outcome.cause,
        error=error if outcome.success is None else None,
        duration_us=round(seconds * 1e6),
        confidence=f"{outcome.confidence:.4g}",
        output=keep(outcome.output),
        candidate=keep(outcome.candidate),
        detail=keep(_detail(outcome, error if outcome.success is not None else None, redact)),
        usage=outcome.usage,
        score=outcome.score,
        model=_model(outcome),
    )
    return fact, blobs, error


def _model(outcome: Outcome) -> str | None:
    model = outcome.metadata.get("model")
    return model if isinstance(model, str) and outcome.usage.calls else None


def _detail(outcome: Outcome, error: str | None, redact: Redact) -> str | None:
    detail = {
        "checks": [[check.name, check.passed, check.detail] for check in outcome.checks],
        "error": error,
        "repairs": list(outcome.repairs),
        "metadata": dict(outcome.metadata),
    }
    detail = {name: value for name, value in detail.items() if value}
    return json.dumps(_clean(detail, redact), sort_keys=True, separators=(",", ":")) if detail else None


def _clean(data: Any, redact: Redact) -> Any:
    """JSON data in which every string is redacted."""
    match data:
        case str():
            return redact(data)
        case Mapping():
            return {key: _clean(value, redact) for key, value in data.items()}
        case list() | tuple():
            return [_clean(value, redact) for value in data]
        case _:
            return data
