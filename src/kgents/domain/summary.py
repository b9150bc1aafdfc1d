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
from kgents.domain.outcome import Usage
from kgents.domain.plan import Plan
from kgents.domain.prefix import Prefix, Tally, Totals


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
class Summary:
    """What can be said of an experiment from its marks. Times are aware, UTC; `head` is the id of the last mark.

    totals  of all trials that finished
    prefix  of the trials that count while nothing is decided; None once it is
    """

    plan: Plan
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    status: Status = Status.PENDING
    verdict: Verdict | None = None
    decision: Decided | None = None
    stop: Stopped | None = None
    totals: Totals = field(default_factory=lambda: Totals([]))
    prefix: Prefix | None = None
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
        arms = len(plan.arms)
        prefix = Prefix(Totals.of(arms))
        before = [Warned(str(code), str(text)) for code, text in plan.facts.get("warnings", ())]  # known with the plan
        return Summary(
            plan, entry.at, entry.at, totals=Totals.of(arms), prefix=prefix, size=1, head=mark.id, warnings=before
        )

    @property
    def tallies(self) -> list[Tally]:
        """By arm, of all trials that finished: what budgets and bills count."""
        return self.totals.tallies

    @property
    def duration_us(self) -> int:
        """Microseconds of all trials that finished together."""
        return self.totals.duration_us

    @property
    def counted(self) -> Totals:
        """Of the trials that count: all once it is decided, before that the complete prefix of the launch order."""
        return self.totals if self.prefix is None else self.prefix.totals

    @property
    def counts(self) -> tuple[int, int]:
        """(trials, successes) that count, of all arms together: of the decision where there is one."""
        if self.decision is not None:
            return sum([n for n, _ in self.decision.counts]), sum([s for _, s in self.decision.counts])
        tallies = self.counted.tallies
        return sum([tally.trials for tally in tallies]), sum([tally.successes for tally in tallies])

    @property
    def seconds(self) -> float:
        """From its beginning to its end, or to what was recorded last."""
        return max(0.0, ((self.completed_at or self.updated_at) - self.created_at).total_seconds())

    def add(self, mark: Mark) -> None:
        """Folds the next mark in."""
        entry = mark.entry
        self.size, self.head, self.updated_at = mark.seq + 1, mark.id, entry.at
        match entry.fact:
            case Started(arm, index):
                self.status, self.started_at = Status.RUNNING, self.started_at or entry.at
                if self.prefix is not None:
                    self.prefix.launch((arm, index))
            case Finished() as trial:
                self._finish(trial)
            case Voided(usage=usage):
                self.usage += usage
            case Warned() as warning:
                self._warn(warning)
            case Stopped() as stop:
                self.stop, self.status = stop, _STOPPED.get(stop.reason, Status.STOPPED)
            case Resumed():
                self.stop, self.status = None, Status.RUNNING
            case Decided() as decision:
                self.decision, self.verdict, self.prefix = decision, decision.verdict, None
            case Sealed():
                self.status, self.completed_at = Status.COMPLETED, entry.at
            case _:
                pass

    def _warn(self, warning: Warned) -> None:
        """Takes a warning, or (without a text) the withdrawal of one."""
        if warning.text:
            self.warnings.append(warning)
        else:
            self.warnings = [earlier for earlier in self.warnings if earlier.code != warning.code]

    def _finish(self, trial: Finished) -> None:
        self.totals.add(trial, self.plan.errors)
        self.usage += trial.usage
        if self.prefix is not None:
            self.prefix.finish(trial, self.plan.errors)
