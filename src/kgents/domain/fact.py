"""What can be witnessed: one frozen class per kind of mark, and the registry that reads them back.

An experiment is the fold of its facts:
  Planned → (Started → Finished | Voided)* → Decided → Sealed
with Stopped (interrupted, budget, errors) and Resumed in between, and Warned and Annotated anywhere.
The project's ledger holds what `ledger_fact` has.
Rule: `to_data` gives canonical JSON data (no floats); `from_data` is its inverse.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, cast

from kgents.domain.decision_detail import DecisionDetail
from kgents.domain.json import Json, JsonObject, member, members, nested, optional, pairs
from kgents.domain.ledger_fact import Closed, Erased, Forgotten, Opened, Remembered
from kgents.domain.outcome import Cause, Usage
from kgents.domain.plan import Budget, Plan, budget_from_data, budget_to_data


class Verdict(StrEnum):
    """What an experiment came to."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"
    ESTIMATE = "estimate"


class StopReason(StrEnum):
    """Why a run stopped before it was decided."""

    INTERRUPTED = "interrupted"
    BUDGET_SECONDS = "budget-seconds"
    BUDGET_TOKENS = "budget-tokens"
    BUDGET_USD = "budget-usd"
    ERRORS = "errors"
    FATAL = "fatal"


@dataclass(frozen=True, slots=True)
class Planned:
    """The pre-registration."""

    kind: ClassVar[str] = "experiment.planned"
    plan: Plan

    def to_data(self) -> dict[str, Json]:
        return self.plan.without_names().to_data()

    @staticmethod
    def from_data(data: JsonObject) -> "Planned":
        return Planned(Plan.from_data({name: value for name, value in data.items() if name != "who"}))


@dataclass(frozen=True, slots=True)
class Started:
    """Trial `index` of `arm` was launched; the order of these facts is the order of consumption.

    lease_ms  milliseconds after which the trial is void if nobody told its outcome; None: it is waited for
    """

    kind: ClassVar[str] = "trial.started"
    arm: int
    index: int
    lease_ms: int | None = None

    def to_data(self) -> dict[str, Json]:
        return {"arm": self.arm, "i": self.index, **({} if self.lease_ms is None else {"lease": self.lease_ms})}

    @staticmethod
    def from_data(data: JsonObject) -> "Started":
        return Started(member(data, "arm", int), member(data, "i", int), optional(data, "lease", int))


_NOTHING = Usage()


@dataclass(frozen=True, slots=True)
class Finished:
    """Trial `index` of `arm` came to an end.

    duration_us  wall-clock microseconds
    error        what the world or we said; what the program under test said is a text, in `detail`
    output, candidate, detail  digests of blobs (detail: checks, repairs, metadata and error as JSON)
    """

    kind: ClassVar[str] = "trial.finished"
    arm: int
    index: int
    success: bool | None
    cause: Cause | None = None
    error: str | None = None
    duration_us: int = 0
    confidence: str = "0"
    output: str | None = None
    candidate: str | None = None
    detail: str | None = None
    usage: Usage = Usage()
    score: tuple[int, ...] = ()
    model: str | None = None

    def to_data(self) -> dict[str, Json]:
        data: dict[str, Json] = {"arm": self.arm, "i": self.index, "ok": self.success, "us": self.duration_us}
        others: dict[str, Json] = {
            "cause": self.cause and self.cause.value,
            "error": self.error,
            "conf": self.confidence,
            "out": self.output,
            "code": self.candidate,
            "detail": self.detail,
            "score": list(self.score),
            "model": self.model,
        }
        data.update({key: value for key, value in others.items() if value})
        if self.usage != Usage():
            data["usage"] = usage_to_data(self.usage)
        return data

    @staticmethod
    def from_data(data: JsonObject) -> "Finished":
        return Finished(
            arm=member(data, "arm", int),
            index=member(data, "i", int),
            success=None if data["ok"] is None else member(data, "ok", bool),
            cause=Cause(member(data, "cause", str)) if "cause" in data else None,
            error=optional(data, "error", str),
            duration_us=member(data, "us", int),
            confidence=optional(data, "conf", str) or "0",
            output=optional(data, "out", str),
            candidate=optional(data, "code", str),
            detail=optional(data, "detail", str),
            usage=usage_from_data(nested(data, "usage")) if "usage" in data else _NOTHING,
            score=members(data, "score", int) if "score" in data else (),
            model=optional(data, "model", str),
        )


@dataclass(frozen=True, slots=True)
class Voided:
    """Trial `index` of `arm` was cancelled in flight; it may have cost something, it says nothing."""

    kind: ClassVar[str] = "trial.voided"
    arm: int
    index: int
    usage: Usage = Usage()

    def to_data(self) -> dict[str, Json]:
        return {"arm": self.arm, "i": self.index, "usage": usage_to_data(self.usage)}

    @staticmethod
    def from_data(data: JsonObject) -> "Voided":
        return Voided(member(data, "arm", int), member(data, "i", int), usage_from_data(nested(data, "usage")))


@dataclass(frozen=True, slots=True)
class Warned:
    """The evidence is suspicious: `code` is for programs, `text` for people."""

    kind: ClassVar[str] = "experiment.warned"
    code: str
    text: str

    def to_data(self) -> dict[str, Json]:
        return {"code": self.code, "text": self.text}

    @staticmethod
    def from_data(data: JsonObject) -> "Warned":
        return Warned(member(data, "code", str), member(data, "text", str))


@dataclass(frozen=True, slots=True)
class Stopped:
    """The run stopped undecided; it can be resumed."""

    kind: ClassVar[str] = "experiment.stopped"
    reason: StopReason
    text: str = ""

    def to_data(self) -> dict[str, Json]:
        return {"reason": self.reason.value, "text": self.text}

    @staticmethod
    def from_data(data: JsonObject) -> "Stopped":
        return Stopped(StopReason(member(data, "reason", str)), member(data, "text", str))


@dataclass(frozen=True, slots=True)
class Resumed:
    """The run goes on; the budget may have been raised, the plan cannot be."""

    kind: ClassVar[str] = "experiment.resumed"
    budget: Budget = Budget()

    def to_data(self) -> dict[str, Json]:
        return {"budget": budget_to_data(self.budget)}

    @staticmethod
    def from_data(data: JsonObject) -> "Resumed":
        return Resumed(budget_from_data(nested(data, "budget")))


@dataclass(frozen=True, slots=True)
class Decided:
    """The verdict, the reason (boundary, cap, futility, fixed, elimination, …), and the counts it was reached at.

    counts  per arm (trials, successes) that were consumed, in trial order
    detail  what the layout adds: the best arm, pairwise results, e-values
    """

    kind: ClassVar[str] = "experiment.decided"
    verdict: Verdict
    reason: str
    counts: tuple[tuple[int, int], ...]
    detail: DecisionDetail = field(default_factory=DecisionDetail)

    def to_data(self) -> dict[str, Json]:
        return {
            "verdict": self.verdict.value,
            "reason": self.reason,
            "counts": [list(pair) for pair in self.counts],
            "detail": cast(JsonObject, dict(self.detail)),
        }

    @staticmethod
    def from_data(data: JsonObject) -> "Decided":
        verdict, detail = Verdict(member(data, "verdict", str)), cast(DecisionDetail, nested(data, "detail"))
        return Decided(verdict, member(data, "reason", str), pairs(data, "counts"), detail)


@dataclass(frozen=True, slots=True)
class Sealed:
    """Nothing will follow but annotations."""

    kind: ClassVar[str] = "experiment.sealed"

    def to_data(self) -> dict[str, Json]:
        return {}

    @staticmethod
    def from_data(data: JsonObject) -> "Sealed":
        return Sealed()


@dataclass(frozen=True, slots=True)
class Annotated:
    """A remark by a person or a tool."""

    kind: ClassVar[str] = "experiment.annotated"
    text: str

    def to_data(self) -> dict[str, Json]:
        return {"text": self.text}

    @staticmethod
    def from_data(data: JsonObject) -> "Annotated":
        return Annotated(member(data, "text", str))


Fact = (
    Planned | Started | Finished | Voided | Warned | Stopped | Resumed | Decided | Sealed | Annotated
    | Opened | Closed | Erased | Remembered | Forgotten
)  # fmt: skip

_KINDS: dict[str, type[Fact]] = {fact.kind: fact for fact in Fact.__args__}


def read_fact(kind: str, data: JsonObject) -> Fact:
    """The fact of this kind; a kind we do not know is a ValueError."""
    if kind not in _KINDS:
        raise ValueError(f"unknown kind of mark: {kind}")
    return _KINDS[kind].from_data(data)


def usage_to_data(usage: Usage) -> dict[str, Json]:
    """Usage as canonical JSON data."""
    return {
        "in": usage.input_tokens,
        "out": usage.output_tokens,
        "usd": None if usage.cost_usd is None else str(usage.cost_usd),
        "calls": usage.calls,
        "cached": usage.cached_tokens,
    }


def usage_from_data(data: JsonObject) -> Usage:
    """The inverse of `usage_to_data`."""
    cost = None if data["usd"] is None else Decimal(member(data, "usd", str))
    read, written = member(data, "in", int), member(data, "out", int)
    return Usage(read, written, cost, member(data, "calls", int), member(data, "cached", int))
