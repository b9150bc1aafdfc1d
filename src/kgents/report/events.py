"""A run as events, one JSON object a line: planned, trial, warning, decision, done.

Rule: a field has the name that it has in the JSON document of the experiment; `mark` is the id of the witnessed fact.
"""

from collections.abc import Mapping
from typing import Literal, TextIO, TypeAlias, TypedDict

from kgents.domain.fact import Decided, Finished, Planned, Warned
from kgents.domain.mark import Mark
from kgents.domain.plan import Plan
from kgents.domain.seeds import seed_data
from kgents.domain.summary import Summary
from kgents.engine.run import Run
from kgents.report.document import usage_data
from kgents.report.document_types import EndedTrial, HeadData, StopData
from kgents.report.layout import flat


class PlannedEvent(TypedDict):
    """The plan, before the first trial."""

    event: Literal["planned"]
    id: str
    name: str | None
    tags: list[str]
    kind: str
    arms: list[str]
    model: str | None
    oracle: str | None
    evidence_tier: str
    rule: str
    target: float | None
    confidence: float
    max_trials: int | None
    boundary_digest: str
    seed: int | str


class TrialEvent(EndedTrial):
    """A trial that ended."""

    event: Literal["trial"]
    id: str


class Withdrawn(TypedDict, total=False):
    """Absent of what still holds."""

    withdrawn: bool


class WarningEvent(Withdrawn):
    """A warning, or that an earlier one of this code is withdrawn."""

    event: Literal["warning"]
    id: str
    code: str
    text: str


class ArmCounts(TypedDict):
    """What an arm was decided by."""

    name: str
    trials_total: int
    trials_success: int


class DecisionEvent(TypedDict):
    """The verdict."""

    event: Literal["decision"]
    id: str
    verdict: str
    reason: str
    arms: list[ArmCounts]


class DoneEvent(TypedDict):
    """The end of the run."""

    event: Literal["done"]
    id: str
    status: str
    verdict: str | None
    stopped: StopData | None
    witness_head: HeadData


Event: TypeAlias = PlannedEvent | TrialEvent | WarningEvent | DecisionEvent


class EventLines:
    """Writes an event when its mark is durable."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def observe(self, mark: Mark, run: Run) -> None:
        """Writes the event, if the mark is one."""
        event = event_of(mark, run.plan)
        if event is not None:
            write_event(self._stream, {**event, "timestamp": mark.at, "mark": mark.id})


def event_of(mark: Mark, plan: Plan) -> Event | None:
    """What a mark says to somebody who follows the run; None for marks of bookkeeping."""
    match mark.entry.fact:
        case Planned():
            return _planned(plan)
        case Finished() as trial:
            return _trial(trial, plan)
        case Warned(code, text):
            withdrawn = Withdrawn() if text else Withdrawn(withdrawn=True)
            return {"event": "warning", "id": plan.experiment, "code": code, "text": text, **withdrawn}
        case Decided() as decision:
            return {
                "event": "decision",
                "id": plan.experiment,
                "verdict": decision.verdict.value,
                "reason": decision.reason,
                "arms": [
                    {"name": name, "trials_total": trials, "trials_success": successes}
                    for name, (trials, successes) in zip(plan.arms, decision.counts, strict=True)
                ],
            }
    return None


def _planned(plan: Plan) -> PlannedEvent:
    design = plan.design
    return {
        "event": "planned",
        "id": plan.experiment,
        "name": plan.name,
        "tags": list(plan.tags),
        "kind": plan.kind,
        "arms": list(plan.arms),
        "model": plan.model,
        "oracle": plan.oracle,
        "evidence_tier": plan.tier.value,
        "rule": design.rule.value,
        "target": design.target,
        "confidence": design.confidence,
        "max_trials": design.max_trials,
        "boundary_digest": plan.boundary_digest,
        "seed": seed_data(plan.seed),
    }


def _trial(trial: Finished, plan: Plan) -> TrialEvent:
    return {
        "event": "trial",
        "id": plan.experiment,
        "arm": plan.arms[trial.arm] or None,
        "index": trial.index,
        "success": trial.success is True,
        "counted": trial.success is not None,
        "cause": trial.cause and trial.cause.value,
        "error": trial.error,
        "duration_ms": trial.duration_us / 1000,
        "confidence": float(trial.confidence),
        "usage": usage_data(trial.usage),
        "seed": seed_data(plan.seed_of(trial.arm, trial.index)),
    }


def done(summary: Summary) -> DoneEvent:
    """The last event."""
    stop = summary.stop
    return {
        "event": "done",
        "id": summary.plan.experiment,
        "status": summary.status.value,
        "verdict": summary.verdict and summary.verdict.value,
        "stopped": None if stop is None else {"reason": stop.reason.value, "text": stop.text},
        "witness_head": {"size": summary.size, "hash": summary.head},
    }


def write_event(stream: TextIO, event: Mapping[str, object]) -> None:
    """One line."""
    stream.write(flat(event) + "\n")
    stream.flush()
