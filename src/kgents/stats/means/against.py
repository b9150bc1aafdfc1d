"""Is a mean above a target: two gamblers, one on either side, and the first who has won 1/α times his stake decides."""

import math
from collections import Counter

from kgents.stats.interval import Interval
from kgents.stats.means.sequence import limits
from kgents.stats.means.wealth import AGAINST_SCORES


class AgainstTarget:
    """Numbers x/R, integers x from 0 to R, that come one by one, against a target mean in (0, 1).

    P(ever "supported") ≤ α where the mean is not above the target, P(ever "refuted") ≤ α where it is not below, whatever
    the law of the numbers, if each has the same mean given those before (Ville). No bet depends on the number it is
    placed on: what each gambler stakes on which fraction is fixed before the first.
    """

    def __init__(
        self, resolution: int, target: float, alpha: float, fractions: tuple[float, ...] = AGAINST_SCORES
    ) -> None:
        """`fractions` of the largest bet, among which each gambler divides his stake evenly."""
        self.resolution = resolution
        self._fractions = fractions
        self.target = target
        self.alpha = alpha
        self.counts: Counter[int] = Counter()
        self._above = [0.0] * len(fractions)
        self._below = [0.0] * len(fractions)
        self._threshold = -math.log(alpha)

    @property
    def n(self) -> int:
        """How many numbers came."""
        return self.counts.total()

    @property
    def mean(self) -> float:
        """Their average; 0 before the first."""
        return math.fsum(x * count for x, count in self.counts.items()) / self.n / self.resolution if self.n else 0.0

    def add(self, x: int) -> None:
        """Takes the next number. ValueError where it is outside 0 … R."""
        if not 0 <= x <= self.resolution:
            raise ValueError(f"{x} is not from 0 to {self.resolution}")
        self.counts[x] += 1
        self._above = [log + gain for log, gain in zip(self._above, self._gains(x), strict=True)]
        self._below = [log + gain for log, gain in zip(self._below, self._losses(x), strict=True)]

    @property
    def verdict(self) -> str | None:
        """'supported' (above the target), 'refuted' (not above it), or None by now."""
        if mixed(self._above) >= self._threshold:
            return "supported"
        return "refuted" if mixed(self._below) >= self._threshold else None

    def distance(self, most: int) -> int:
        """The least number of further numbers after which there can be a verdict, or `most`."""
        best, worst = self._gains(self.resolution), self._losses(0)
        for more in range(1, most):
            up = [log + more * gain for log, gain in zip(self._above, best, strict=True)]
            down = [log + more * gain for log, gain in zip(self._below, worst, strict=True)]
            if max(mixed(up), mixed(down)) >= self._threshold:
                return more
        return most

    def interval(self) -> Interval:
        """The means that neither gambler has rejected by now: level 1 − 2α, each side α, at every moment."""
        low, high = limits(self.counts, self.resolution, self._threshold, self._fractions)
        return Interval(1 - 2 * self.alpha, low, high)

    def _gains(self, x: int) -> list[float]:
        ratio = x / self.resolution / self.target - 1
        return [math.log1p(bet * ratio) for bet in self._fractions]

    def _losses(self, x: int) -> list[float]:
        ratio = (self.resolution - x) / self.resolution / (1 - self.target) - 1
        return [math.log1p(bet * ratio) for bet in self._fractions]


def mixed(logs: list[float]) -> float:
    """The logarithm of the average of what has these logarithms."""
    largest = max(logs)
    return largest + math.log(math.fsum(math.exp(value - largest) for value in logs) / len(logs))
