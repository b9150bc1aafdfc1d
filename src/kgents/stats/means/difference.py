"""Which of two alternatives has the higher mean on the same inputs, and by how much: by betting, after every pair.

A difference of two numbers in [0, 1] lies in [−1, 1]. For each claim there is a gambler who bets against its opposite, with
the wealth of a mixture of fractions that is fixed before the first pair; whoever has won 1/α times his stake once has shown
his side, wrongly with probability α at most, whatever the law of the pairs and whenever one looks (Ville; the bets:
Waudby-Smith & Ramdas 2024). It takes only that each pair has the same mean difference given those before.
"""

from collections.abc import Hashable

from kgents.stats.interval import Interval
from kgents.stats.means.against import AgainstTarget
from kgents.stats.means.wealth import PAIRED

SUPPORTED, REFUTED = "supported", "refuted"


class Difference:
    """Pairs of integers from 0 to R, which stand for x/R and y/R, against a mean of x/R − y/R of 0 and of ±margin.

    above, below  the mean difference is above 0, below 0: each shown once, by now
    not_worse     it is above −margin; not_better: below +margin; beyond: above +margin; False without a margin
    """

    def __init__(self, resolution: int, alpha: float, margin: float | None = None) -> None:
        """`margin` in (0, 1), as a share of the range."""
        self._resolution = resolution
        self._sides = AgainstTarget(2 * resolution, 0.5, alpha, PAIRED)
        ends = () if margin is None else ((1 - margin) / 2, (1 + margin) / 2)
        self._ends = tuple(AgainstTarget(2 * resolution, end, alpha, PAIRED) for end in ends)
        self.above = self.below = self.not_worse = self.not_better = self.beyond = False

    @property
    def n(self) -> int:
        """How many pairs came."""
        return self._sides.n

    @property
    def mean(self) -> float:
        """The average difference as a share of the range; 0 before the first pair."""
        return 2 * self._sides.mean - 1 if self.n else 0.0

    @property
    def equivalent(self) -> bool:
        """Whether the mean difference was shown to be inside ±margin: wrong with probability α at most (Schuirmann 1987)."""
        return self.not_worse and self.not_better

    def add(self, x: int, y: int) -> None:
        """Takes the next pair. ValueError where a number is outside 0 … R."""
        if not (0 <= x <= self._resolution and 0 <= y <= self._resolution):
            raise ValueError(f"{x} and {y} are not both from 0 to {self._resolution}")
        for gamblers in (self._sides, *self._ends):
            gamblers.add(x - y + self._resolution)
        verdict = self._sides.verdict
        self.above, self.below = self.above or verdict == SUPPORTED, self.below or verdict == REFUTED
        if self._ends:
            lower, upper = (end.verdict for end in self._ends)
            self.not_worse = self.not_worse or lower == SUPPORTED
            self.not_better = self.not_better or upper == REFUTED
            self.beyond = self.beyond or upper == SUPPORTED

    def state(self) -> Hashable:
        """All that the pairs came to: equal for equal pairs in any order in which the same was shown."""
        shown = self.above, self.below, self.not_worse, self.not_better, self.beyond
        return tuple(sorted(self._sides.counts.items())), shown

    def distance(self, most: int) -> int:
        """The least number of further pairs after which anything more can be shown, or `most`: none is fewer."""
        return min(gamblers.distance(most) for gamblers in (self._sides, *self._ends))

    def interval(self) -> Interval:
        """The mean differences that no gambler has rejected by now: each end errs with α, at every moment."""
        limits = self._sides.interval()
        return Interval(limits.level, 2 * limits.low - 1, 2 * limits.high - 1)
