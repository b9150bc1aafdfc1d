"""Is a mean above a target, within a cap: by the rule for a rate while every number is the least or the greatest, then by bets.

Each mean m has one e-process on each side, which makes the means that are not rejected a confidence sequence. On the side
of "supported", B, whose chance at m is P: up to the target all is bet on B where P > α/2, else half of it, and the other
half by fractions from the first number on (B alone would say little of such m). Above the target all is bet by fractions.
What is bet on B is bet by fractions once a number in between has come. There is a verdict where the target, and with it
every mean on the other side of it, is rejected.
"""

import math
from collections import Counter

from kgents.stats.boundary import Side
from kgents.stats.interval import Interval
from kgents.stats.means.against import AgainstTarget, mixed
from kgents.stats.means.binary import BinaryRule, log_between, log_sum
from kgents.stats.means.wealth import AGAINST_SCORES, log_wealth

SCANNED = 20  # cells of 0 … 1, and of what is beyond the target, in which the least mean not rejected is looked for
_BISECTIONS = 35  # of the cell in which it is


class AgainstTargetWithin(AgainstTarget):
    """As AgainstTarget, with fewer numbers where they are all 0 or R: as many as successes and failures need."""

    def __init__(self, resolution: int, rule: BinaryRule, fractions: tuple[float, ...] = AGAINST_SCORES) -> None:
        super().__init__(resolution, rule.target, 1 - rule.design.confidence, fractions)
        self._rule = rule
        self._ones = 0
        self._left: tuple[int, int, float] | None = None  # numbers, those that are R, and the first in between as x/R
        self._since: Counter[int] = Counter()  # what came then

    def add(self, x: int) -> None:
        """Takes the next number. ValueError where it is outside 0 … R."""
        before = self.n
        super().add(x)
        if self._left is not None:
            self._since[x] += 1
        elif 0 < x < self.resolution:
            self._left = before, self._ones, x / self.resolution
            self._leave()
        else:
            self._ones += x == self.resolution

    def _leave(self) -> None:
        """The first number in between has come."""
        self._above = [self._begun(Side.SUPPORTED, self.target)] * len(self._fractions)
        self._below = [self._begun(Side.REFUTED, self.target)] * len(self._fractions)

    @property
    def verdict(self) -> str | None:
        """'supported' (above the target), 'refuted' (not above it), or None by now."""
        if self._left is not None:
            verdict = self._reached()
            return verdict if verdict is not None and self._rejects_all(Side(verdict)) else None
        side = self._rule.boundary.decide(self.n, self._ones)
        return None if side is None or side is Side.INCONCLUSIVE else side.value

    def _reached(self) -> str | None:
        """The verdict by the target alone."""
        return super().verdict

    def distance(self, most: int) -> int:
        """The least number of further numbers after which there can be a verdict, or `most`."""
        if self._left is not None:
            return super().distance(most)
        most = min(most, max(1, self._rule.boundary.distance(self.n, self._ones)))
        return next((more for more in range(1, most) if self._may_be_over(more)), most)

    def _may_be_over(self, more: int) -> bool:
        """Whether numbers of which one that is nearly 0 or R ends the rule for a rate can bring a verdict."""
        best, worst = self._gains(self.resolution), self._losses(0)
        for left in range(1, more + 1):
            n, rest = self.n + left, more - left
            for side, gains, ones in ((Side.SUPPORTED, best, left), (Side.REFUTED, worst, 0)):
                begun = self._rule.log_wealth(side, n, self._ones + ones)
                if mixed([begun + rest * gain for gain in gains]) >= self._threshold:
                    return True
        return False

    def interval(self) -> Interval:
        """The means that are not rejected by now: level 1 − 2α, each side α, at every moment."""
        level = 1 - 2 * self.alpha
        if not self.n:
            return Interval(level, 0.0, 1.0)
        low, high = self._limit(Side.SUPPORTED), 1 - self._limit(Side.REFUTED)
        verdict = self.verdict
        if verdict is not None:  # the bisection is rounded
            low, high = (max(low, self.target), high) if verdict == "supported" else (low, min(high, self.target))
        return Interval(level, low, high)

    def _rejects_all(self, side: Side) -> bool:
        """Whether the target is rejected on a side, and what is beyond it."""
        return all(self._rejected(side, mean) for mean in reversed(self._beyond(side)))

    def _beyond(self, side: Side) -> list[float]:
        """Means beyond the target that are looked at for a verdict, as seen from that side, up to nearly the target."""
        last = self.target if side is Side.SUPPORTED else 1 - self.target
        return [last * cell / SCANNED for cell in range(1, SCANNED)]

    def _limit(self, side: Side) -> float:
        """The least mean that is not rejected on a side, seen from that side: of 1 − mean on that of "refuted"."""
        scanned = sorted({*(cell / SCANNED for cell in range(1, SCANNED)), *self._beyond(side)})
        found = next((place for place, mean in enumerate(scanned) if not self._rejected(side, mean)), len(scanned))
        low, high = [0.0, *scanned][found], [*scanned, 1.0][found]
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            low, high = (middle, high) if self._rejected(side, middle) else (low, middle)
        return low

    def _rejected(self, side: Side, share: float) -> bool:
        return self.log_value(side, share if side is Side.SUPPORTED else 1 - share) >= self._threshold

    def log_value(self, side: Side, mean: float) -> float:
        """The logarithm of the e-value of "the mean is `mean`", in (0, 1), of the gambler on a side."""
        beyond = mean > self.target if side is Side.SUPPORTED else mean < self.target
        if beyond:
            return self._by_fractions(side, mean, self.counts)
        on_verdict = self._begun(side, mean) + self._log_since(side, mean)
        if self._rule.log_chance(side, mean, 0, 0) > math.log(self.alpha / 2):
            return on_verdict
        return log_sum((on_verdict, self._by_fractions(side, mean, self.counts))) - math.log(2)

    def _log_since(self, side: Side, mean: float) -> float:
        """What the bets after the first number in between won against a mean up to the target."""
        return self._by_fractions(side, mean, self._since)

    def _by_fractions(self, side: Side, mean: float, counts: Counter[int]) -> float:
        if not counts:
            return 0.0
        if side is Side.SUPPORTED:
            return log_wealth(counts, self.resolution, mean, self._fractions)
        mirrored = {self.resolution - x: count for x, count in counts.items()}
        return log_wealth(mirrored, self.resolution, 1 - mean, self._fractions)

    def _begun(self, side: Side, mean: float) -> float:
        """What was won by bets on a verdict: up to now, or up to the first number in between."""
        begun = self._rule.log_chance(side, mean, 0, 0)
        if self._left is None:
            return self._rule.log_chance(side, mean, self.n, self._ones) - begun
        n, ones, share = self._left
        zero, one = (self._rule.log_chance(side, mean, n + 1, ones + more) for more in (0, 1))
        return log_between(zero, one, share) - begun
