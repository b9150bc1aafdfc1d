"""Is a mean difference inside ±margin: two one-sided tests by betting, after every pair.

Not worse than −margin, and not better than +margin: for each there is a gambler who bets against the opposite, with the
wealth of a mixture of fractions fixed beforehand. Whoever has won 1/α times his stake once has shown his side, wrongly with
probability α at most, whenever one looks (Ville). Both together are equivalence, with error α: outside the zone one of the
two is wrong (Schuirmann 1987, two one-sided tests; the bets: Waudby-Smith & Ramdas 2024). One alone is non-inferiority.
A third gambler bets that the mean difference is above +margin.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from kgents.stats.means.wealth import PAIRED, log_wealth


@dataclass(slots=True)
class Zone:
    """Differences d/R in [−1, 1], of integers d from −R to R, in the order in which they came.

    not_worse   the mean difference is above −margin: shown once, by now
    not_better  it is below +margin
    beyond      it is above +margin
    fractions   of the bets
    """

    margin: float
    alpha: float
    resolution: int = 1
    not_worse: bool = False
    not_better: bool = False
    beyond: bool = False
    fractions: tuple[float, ...] = PAIRED

    @property
    def equivalent(self) -> bool:
        """Whether both have been shown."""
        return self.not_worse and self.not_better

    def look(self, counts: Mapping[int, int]) -> None:
        """Takes what came by now: how often each difference."""
        threshold = -math.log(self.alpha)
        self.not_worse = self.not_worse or self._above(counts) >= threshold
        self.not_better = self.not_better or self._below(counts) >= threshold
        self.beyond = self.beyond or self._above(counts, -1) >= threshold

    def distance(self, counts: Mapping[int, int], most: int) -> int:
        """The least number of further pairs after which it can be `equivalent`, or `most`: none is fewer."""
        threshold = -math.log(self.alpha)
        for more in range(0 if self.equivalent else 1, most):
            best = {**counts, self.resolution: counts.get(self.resolution, 0) + more}
            worst = {**counts, -self.resolution: counts.get(-self.resolution, 0) + more}
            if (self.not_worse or self._above(best) >= threshold) and (
                self.not_better or self._below(worst) >= threshold
            ):
                return more
        return most

    def distance_of_one(self, counts: Mapping[int, int], most: int) -> int:
        """The least number of further pairs after which it can be known whether it is below or above +margin, or `most`."""
        threshold = -math.log(self.alpha)
        for more in range(0 if self.not_better or self.beyond else 1, most):
            best = {**counts, self.resolution: counts.get(self.resolution, 0) + more}
            worst = {**counts, -self.resolution: counts.get(-self.resolution, 0) + more}
            if max(self._above(best, -1), self._below(worst)) >= threshold:
                return more
        return most

    def _above(self, counts: Mapping[int, int], sign: int = 1) -> float:
        """The logarithm of the e-value of "the mean difference is at most −margin", with sign −1 "at most +margin"."""
        places = {difference + self.resolution: count for difference, count in counts.items()}
        return log_wealth(places, 2 * self.resolution, (1 - sign * self.margin) / 2, self.fractions)

    def _below(self, counts: Mapping[int, int]) -> float:
        """The logarithm of the e-value of "the mean difference is at least +margin"."""
        places = {self.resolution - difference: count for difference, count in counts.items()}
        return log_wealth(places, 2 * self.resolution, (1 - self.margin) / 2, self.fractions)
