"""What counts of a run that is not decided: its trials in launch order, up to the first one without an outcome.

Trials that ended early wait for those launched before them: what finishes first is no fair sample where failures are
slower than successes.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

from kgents.domain.fact import Fact, Finished, Planned, Started
from kgents.domain.outcome import Cause, Fault
from kgents.domain.plan import Errors

Key = tuple[int, int]  # (arm, index)


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

    def add(self, trial: Finished, errors: Errors) -> None:
        """Counts a trial under the declared policy."""
        success = counted(trial.success, trial.cause, errors)
        self.errors += trial.success is None
        self.uncounted += success is None
        self.trials += success is not None
        self.successes += success is True


@dataclass(slots=True)
class Totals:
    """Tallies by arm, and sums over all arms: wall-clock microseconds, confidence and its square of counted trials."""

    tallies: list[Tally]
    duration_us: int = 0
    confidence: float = 0.0
    confidence_squared: float = 0.0

    @staticmethod
    def of(arms: int) -> "Totals":
        """Nothing yet, of so many arms."""
        return Totals([Tally() for _ in range(arms)])

    @property
    def finished(self) -> int:
        """Trials of all arms, counted or not."""
        return sum([tally.trials + tally.uncounted for tally in self.tallies])

    def add(self, trial: Finished, errors: Errors) -> None:
        """Counts a trial under the declared policy."""
        self.tallies[trial.arm].add(trial, errors)
        self.duration_us += trial.duration_us
        if counted(trial.success, trial.cause, errors) is not None:
            value = float(trial.confidence)
            self.confidence += value
            self.confidence_squared += value * value


@dataclass(slots=True)
class Prefix:
    """The complete prefix of the launch order.

    totals   what it adds up to
    waiting  trials behind it, in launch order: the outcome, or None where there is none yet; empty in a prefix that was
             read from a projection, which keeps the totals alone
    """

    totals: Totals
    waiting: "OrderedDict[Key, Finished | None]" = field(default_factory=OrderedDict)

    def launch(self, key: Key) -> None:
        """A trial was launched; one that is launched again after it was lost keeps its place."""
        self.waiting.setdefault(key)

    def finish(self, trial: Finished, errors: Errors) -> None:
        """Takes an outcome, and counts all that wait for no other any more."""
        self.waiting[trial.arm, trial.index] = trial
        while self.waiting and (outcome := next(iter(self.waiting.values()))) is not None:
            self.totals.add(outcome, errors)
            self.waiting.popitem(last=False)


def prefix_of(facts: Iterable[Fact]) -> Prefix:
    """The prefix of a record that begins with its plan."""
    prefix, errors = Prefix(Totals([])), Errors.EXCLUDE
    for fact in facts:
        match fact:
            case Planned(plan):
                prefix, errors = Prefix(Totals.of(len(plan.arms))), plan.errors
            case Started(arm, index):
                prefix.launch((arm, index))
            case Finished() as trial:
                prefix.finish(trial, errors)
    return prefix


def counted(success: bool | None, cause: Cause | None, errors: Errors) -> bool | None:
    """How a trial counts under the declared policy: as a success, as a failure, or (None) not at all."""
    if success is not None or cause is None:
        return success
    return False if errors is Errors.COUNT and cause.fault is Fault.WORLD else None
