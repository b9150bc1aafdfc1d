"""Is the second arm not worse than the first by the margin or more? Decided by betting, after every pair, up to the cap.

Supported: its rate is above that of the first less the margin. Refuted: it is not. Each is wrong with probability at most
1 − confidence, whenever one looks; which of the two is better is not asked.
"""

from collections.abc import Sequence

from kgents.domain.decision_detail import DecisionDetail
from kgents.domain.fact import Decided, Verdict
from kgents.domain.words import percent
from kgents.engine.compare import Compare, Pair
from kgents.stats import Design

NAME = "not worse"


class NotWorse(Compare):
    """Two arms, the first of which is the baseline."""

    def __init__(self, design: Design, names: Sequence[str]) -> None:
        if len(names) != 2 or design.margin is None:
            raise ValueError("non-inferiority is of two arms, by a margin")
        super().__init__(design, names)
        self._design = design

    def decision(self) -> Decided | None:
        """Supported, refuted, or inconclusive at the cap."""
        (pair,) = self._pairs.values()
        if pair.verdict is None:
            return None
        verdict = {NAME: Verdict.SUPPORTED, "worse": Verdict.REFUTED}.get(pair.verdict, Verdict.INCONCLUSIVE)
        known = verdict is not Verdict.INCONCLUSIVE
        status = ["baseline", pair.verdict] if known else ["open", "open"]
        detail: DecisionDetail = {"status": status, "pairs": self.standing(), "sentence": self._claim(verdict)}
        return Decided(verdict, "boundary" if known else "cap", self._counts, detail)

    def _distance(self, pair: Pair, most: int) -> int:
        assert pair.zone is not None
        most = min(most, self._duel.max_pairs - pair.pairs)
        return pair.zone.distance_of_one(pair.counts(), most)

    def _judged(self, pair: Pair) -> str | None:
        assert pair.zone is not None
        pair.zone.look(pair.counts())
        if pair.zone.not_better:
            return NAME
        if pair.zone.beyond:
            return "worse"
        return "inconclusive" if pair.pairs >= self._duel.max_pairs else None

    def _claim(self, verdict: Verdict) -> str:
        (first, second), margin = self._names, self._design.margin
        error = f"error at most {percent(self._duel.alpha)}"
        match verdict:
            case Verdict.SUPPORTED:
                return f"supported: {second} is not worse than {first} by {margin:g} or more; {error}"
            case Verdict.REFUTED:
                return f"refuted: {second} is worse than {first} by more than {margin:g}; {error}"
        return (
            f"inconclusive: whether {second} is worse than {first} by {margin:g} or more stays open; the cap is reached"
        )
