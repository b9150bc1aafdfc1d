"""The summary of an experiment: the fold of its marks that history and the store's projection show.

Rule: `Summary` is computed from marks alone; whatever a database says can be checked against it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kgents.domain.fact import (
    Decided,
    Finished,
    Planned,
    Resumed,
    Sealed,
    Started,
    Stopped,
    StopReason,
    Verdict,
    Voided,
    Warned,
)
from kgents.domain.mark import Mark
from kgents.domain.outcome import Fault, Usage
from kgents.domain.plan import Errors, Plan


class Status(StrEnum):
    """Where an experiment stands."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


_STOPPED = {
    StopReason.INTERRUPTED: Status.INTERRUPTED,
    StopReason.ERRORS: Status.FAILED,
    StopReason.FATAL: Status.FAILED,
}


@dataclass(slots=True)
class Tally:
    """Finished trials of one arm: valid ones (by the declared policy), successes, and those spoilt by others."""

    trials: int = 0
    successes: int = 0
    errors: int = 0
    uncounted: int = 0

    @property
    def finished(self) -> int:
        """All finished trials, counted or not."""
        return self.trials + self.uncounted


@dataclass(slots=True)
class Summary:
    """What can be said of an experiment from its marks. Times are aware, UTC; `head` is the id of the last mark."""

    plan: Plan
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    status: Status = Status.PENDING
    verdict: Verdict | None = None
    decision: Decided | None = None
    stop: Stopped | None = None
    tallies: list[Tally] = field(default_factory=list)
    duration_us: int = 0
    confidence: float = 0.0
    confidence_squared: float = 0.0
    usage: Usage = Usage()
    warnings: list[Warned] = field(default_factory=list)
    size: int = 0
    head: str = ""

    @staticmethod
    def begin(mark: Mark) -> "Summary":
        """The summary after the first mark, which has to be a plan."""
        entry = mark.entry
        if not isinstance(entry.fact, Planned):
            raise ValueError(f"the chain of an experiment begins with its plan, not with {mark.kind}")
        plan = entry.fact.plan
        tallies = [Tally() for _ in plan.arms]
        return Summary(plan, entry.at, entry.at, tallies=tallies, size=1, head=mark.id)

    def add(self, mark: Mark) -> None:
        """Folds the next mark in."""
        entry = mark.entry
        self.size, self.head, self.updated_at = mark.seq + 1, mark.id, entry.at
        match entry.fact:
            case Started():
                self.status, self.started_at = Status.RUNNING, self.started_at or entry.at
            case Finished() as trial:
                self._finish(trial)
            case Voided(usage=usage):
                self.usage += usage
            case Warned() as warning:
                self.warnings.append(warning)
            case Stopped() as stop:
                self.stop, self.status = stop, _STOPPED.get(stop.reason, Status.STOPPED)
            case Resumed():
                self.stop, self.status = None, Status.RUNNING
            case Decided() as decision:
                self.decision, self.verdict = decision, decision.verdict
            case Sealed():
                self.status, self.completed_at = Status.COMPLETED, entry.at
            case _:
                pass

    def _finish(self, trial: Finished) -> None:
        tally = self.tallies[trial.arm]
        success = counted(trial, self.plan.errors)
        if trial.success is None:
            tally.errors += 1
        if success is None:
            tally.uncounted += 1
        else:
            tally.trials += 1
            tally.successes += success
            value = float(trial.confidence)
            self.confidence += value
            self.confidence_squared += value * value
        self.duration_us += trial.duration_us
        self.usage += trial.usage


def counted(trial: Finished, errors: Errors) -> bool | None:
    """How a trial counts under the declared policy: as a success, as a failure, or (None) not at all."""
    if trial.success is not None or trial.cause is None:
        return trial.success
    return False if errors is Errors.COUNT and trial.cause.fault is Fault.WORLD else None
