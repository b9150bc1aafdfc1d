"""Limits of the mean of bounded numbers that hold at every moment, by inversion of the e-processes."""

import math
from collections import Counter

from kgents.stats.means.wealth import AGAINST_SCORES, Counts, log_wealth

_BISECTIONS = 50


class MeanSequence:
    """A confidence sequence of the mean of x/R, for integers x from 0 to R that come one by one.

    With probability at least `level` the mean is between `low` and `high` after every number, however it is decided when
    to stop; each side takes half of the error, so `low` alone holds at 1 − (1 − level)/2. The numbers need one and the
    same conditional mean; independence is enough. The limits never move outwards.
    """

    def __init__(self, resolution: int, level: float, fractions: tuple[float, ...] = AGAINST_SCORES) -> None:
        self.resolution = resolution
        self.level = level
        self.n = 0
        self._fractions = fractions
        self._threshold = math.log(2 / (1 - level))
        self._counts: Counter[int] = Counter()
        self._mirrored: Counter[int] = Counter()
        self._low, self._below = 0.0, 0.0  # `_below` is the lower limit of 1 − mean

    @property
    def low(self) -> float:
        """The lower limit: all means up to it are rejected."""
        return self._low

    @property
    def high(self) -> float:
        """The upper limit: all means from it are rejected."""
        return 1 - self._below

    def add(self, x: int) -> None:
        """Takes the next number. ValueError where it is outside 0 … R."""
        if not 0 <= x <= self.resolution:
            raise ValueError(f"{x} is not from 0 to {self.resolution}")
        self.n += 1
        self._counts[x] += 1
        self._mirrored[self.resolution - x] += 1
        self._low = self._raised(self._counts, self._low)
        self._below = self._raised(self._mirrored, self._below)

    def log_above(self, mean: float) -> float:
        """The logarithm of the e-value, at this moment, of "the mean is at most `mean`" (above 0)."""
        return log_wealth(self._counts, self.resolution, mean, self._fractions)

    def log_below(self, mean: float) -> float:
        """The logarithm of the e-value, at this moment, of "the mean is at least `mean`" (below 1)."""
        return log_wealth(self._mirrored, self.resolution, 1 - mean, self._fractions)

    def _raised(self, counts: Counter[int], low: float) -> float:
        """The largest mean that is rejected now, or `low` where that is more.

        At the average of the numbers every bet has lost or drawn, so the limit is below it.
        """
        average = math.fsum(x * count for x, count in counts.items()) / self.n / self.resolution
        if average <= low or (low > 0 and not self._rejected(counts, low)):
            return low
        high = average
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            if self._rejected(counts, middle):
                low = middle
            else:
                high = middle
        return low

    def _rejected(self, counts: Counter[int], mean: float) -> bool:
        return log_wealth(counts, self.resolution, mean, self._fractions) >= self._threshold


def limits(
    counts: Counts, resolution: int, threshold: float, fractions: tuple[float, ...] = AGAINST_SCORES
) -> tuple[float, float]:
    """(low, high) of the means that neither e-process rejects at the logarithm of its threshold, from all numbers at once."""
    if not counts:
        return 0.0, 1.0
    mirrored = {resolution - x: count for x, count in counts.items()}
    return _lowest(counts, resolution, threshold, fractions), 1 - _lowest(mirrored, resolution, threshold, fractions)


def _lowest(counts: Counts, resolution: int, threshold: float, fractions: tuple[float, ...]) -> float:
    high = math.fsum(x * count for x, count in counts.items()) / sum(counts.values()) / resolution
    low = 0.0
    for _ in range(_BISECTIONS if high > 0 else 0):
        middle = (low + high) / 2
        if log_wealth(counts, resolution, middle, fractions) >= threshold:
            low = middle
        else:
            high = middle
    return low
