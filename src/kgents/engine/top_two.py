"""Arms of which the best is looked for with the fewest trials: only the two that could be it take trials.

The leader has the largest posterior mean, the challenger is most likely to be better than it; whichever of the two has
fewer trials is next, until the posterior probability that the leader is the best reaches the confidence. That is a
statement under uniform priors, not an error rate: looked at after every trial it errs more often than it says.
"""

from collections.abc import Hashable, Sequence
from dataclasses import astuple, dataclass

from kgents.domain.decision_detail import DecisionDetail
from kgents.domain.fact import Decided, Verdict
from kgents.stats import Design, best_at_least, challenger, leader

NAME = "top-two"


@dataclass(slots=True)
class _Arm:
    """What was begun and seen of one arm."""

    launched: int = 0
    trials: int = 0
    successes: int = 0


class TopTwo:
    """Draws from the leader and its challenger; at most the cap of trials from any arm."""

    def __init__(self, design: Design, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._confidence = design.confidence
        self._cap = design.max_trials or 0
        self._arms = [_Arm() for _ in names]

    def propose(self, pending: Sequence[int]) -> tuple[int, int] | None:
        """The leader or the challenger, unless the trials in flight could decide."""
        counts = self._counts()
        if self._settled(counts) or self._could_settle(counts, pending):
            return None
        best = leader(counts)
        for number in sorted((best, challenger(counts, best)), key=lambda arm: (counts[arm][0] + pending[arm], arm)):
            if counts[number][0] + pending[number] < self._cap:
                return number, self._arms[number].launched
        return None

    def launch(self, arm: int, index: int) -> None:
        """Trial `index` of `arm` was launched."""
        self._arms[arm].launched = max(self._arms[arm].launched, index + 1)

    def consume(self, arm: int, index: int, success: bool | None, score: tuple[int, ...]) -> None:
        """Counts an outcome; one that the world spoilt is replaced."""
        if success is not None:
            self._arms[arm].trials += 1
            self._arms[arm].successes += success

    def forgive(self) -> None:
        """Nothing to do: spoilt trials are replaced by later ones."""

    def decision(self) -> Decided | None:
        """The decision, when the leader is probably the best, or both that could be it have had their trials."""
        counts = self._counts()
        best = leader(counts)
        chance = best_at_least(counts, best)
        sure = chance >= self._confidence
        if not sure and not self._used_up(counts, best):
            return None
        status = ["best" if sure and arm == best else "eliminated" if sure else "open" for arm in range(len(counts))]
        text = (
            f"{self._names[best]} is the best with a posterior probability of at least {chance:.4g}"
            if sure
            else f"the best cannot be told; {self._names[best]} leads, with a posterior probability of {chance:.4g} or more"
        )
        detail: DecisionDetail = {
            "status": status,
            "pairs": [],
            "probability_best": f"{chance:.6g}",
            "sentence": f"{text} (Bayesian, uniform priors; no error rate is promised)",
        }
        verdict, reason = (Verdict.SUPPORTED, "posterior") if sure else (Verdict.INCONCLUSIVE, "cap")
        return Decided(verdict, reason, tuple(counts), detail)

    def exhausted(self) -> bool:
        """Spoilt trials are replaced until the run gives up by its own count of errors."""
        return False

    def state(self) -> Hashable:
        """All that was consumed."""
        return tuple(astuple(arm) for arm in self._arms)

    def _counts(self) -> list[tuple[int, int]]:
        return [(arm.trials, arm.successes) for arm in self._arms]

    def _settled(self, counts: Sequence[tuple[int, int]]) -> bool:
        best = leader(counts)
        return best_at_least(counts, best) >= self._confidence or self._used_up(counts, best)

    def _used_up(self, counts: Sequence[tuple[int, int]], best: int) -> bool:
        return counts[best][0] >= self._cap and counts[challenger(counts, best)][0] >= self._cap

    def _could_settle(self, counts: Sequence[tuple[int, int]], pending: Sequence[int]) -> bool:
        """Whether some arm would be the best if all its trials in flight succeed and all others fail."""
        if not any(pending):
            return False
        for best in range(len(counts)):
            luckiest = [
                (n + more, s + more * (arm == best))
                for arm, ((n, s), more) in enumerate(zip(counts, pending, strict=True))
            ]
            if best_at_least(luckiest, best) >= self._confidence or self._used_up(luckiest, best):
                return True
        return False
