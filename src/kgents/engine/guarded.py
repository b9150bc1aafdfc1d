"""Arms that are decided twice over the same trials: is the rate of successes high enough, and is the rate of harm low
enough. Each question has its own boundary, and an arm runs until both are decided.

The harm of a trial is the first integer of its score (1: harm, 0: none). Each question's errors are those of its own
design, because the outcomes behind its decision are not looked at for it. Together: supported if both are (that is wrong
with the error of one of them at most), refuted if one is (with the sum of both: plans give each half of the error).
"""

from collections.abc import Hashable, Sequence
from dataclasses import replace

from kgents.domain.decision_detail import DecisionDetail
from kgents.domain.fact import Decided, Verdict
from kgents.engine.independent import Independent
from kgents.stats import Design


class Guarded:
    """Two deciders that share their trials: one of successes, one of trials without harm."""

    def __init__(self, design: Design, harmless: float, arms: int) -> None:
        self._rate = Independent(design, arms)
        self._guard = Independent(replace(design, target=harmless), arms)
        self._both = (self._rate, self._guard)

    def propose(self, pending: Sequence[int]) -> tuple[int, int] | None:
        """A trial that one of the questions still needs, whatever the trials in flight come to."""
        return self._rate.propose(pending) or self._guard.propose(pending)

    def launch(self, arm: int, index: int) -> None:
        """Trial `index` of `arm` was launched."""
        for decider in self._both:
            decider.launch(arm, index)

    def consume(self, arm: int, index: int, success: bool | None, score: tuple[int, ...]) -> None:
        """Gives the outcome to the questions that are open for this arm."""
        harmless = None if success is None else not (score and score[0])
        for decider, outcome in ((self._rate, success), (self._guard, harmless)):
            if decider.open(arm):
                decider.consume(arm, index, outcome, ())

    def forgive(self) -> None:
        """Lets a fixed design replace what was spoilt so far."""
        for decider in self._both:
            decider.forgive()

    def decision(self) -> Decided | None:
        """The joint decision; the counts are those of the successes, the other question is in the detail."""
        first, second = self._rate.decision(), self._guard.decision()
        if first is None or second is None:
            return None
        detail: DecisionDetail = {
            **first.detail,
            "guard": [
                [n, harmless, verdict, reason]
                for (n, harmless), (verdict, reason) in zip(second.counts, self._guard.verdicts(), strict=True)
            ],
            "rate": [list(pair) for pair in self._rate.verdicts()],
        }
        return Decided(_joint(first.verdict, second.verdict), first.reason, first.counts, detail)

    def exhausted(self) -> bool:
        """Whether every trial of a fixed design was spoilt."""
        return self._rate.exhausted()

    def state(self) -> Hashable:
        """All that was consumed."""
        return self._rate.state(), self._guard.state()


def _joint(rate: Verdict, guard: Verdict) -> Verdict:
    if Verdict.REFUTED in (rate, guard):
        return Verdict.REFUTED
    if rate is Verdict.ESTIMATE:
        return guard
    return rate if rate is guard else Verdict.INCONCLUSIVE
