"""Limits of the mean of bounded numbers that hold at every moment, by inversion of the e-processes."""

import math
from collections import Counter

from kgents.stats.means.wealth import AGAINST_SCORES, Counts, log_mixed, log_wealth

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
        self._take(x, self.resolution - x)

    def _take(self, index: int, mirrored: int) -> None:
        """Counts what came, under its key and that of what is the same from the other end."""
        self._counts[index] += 1
        self._mirrored[mirrored] += 1
        self._low = self._raised(self._counts, self._low)
        self._below = self._raised(self._mirrored, self._below)

    def log_above(self, mean: float) -> float:
        """The logarithm of the e-value, at this moment, of "the mean is at most `mean`" (above 0)."""
        return self._wealth(self._counts, mean)

    def log_below(self, mean: float) -> float:
        """The logarithm of the e-value, at this moment, of "the mean is at least `mean`" (below 1)."""
        return self._wealth(self._mirrored, 1 - mean)

    def _raised(self, counts: Counter[int], low: float) -> float:
        """The largest mean that is rejected now, or `low` where that is more.

        At the average of the numbers every bet has lost or drawn, so the limit is below it.
        """
        average = self._average(counts)
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
        return self._wealth(counts, mean) >= self._threshold

    def _average(self, counts: Counter[int]) -> float:
        return math.fsum(x * count for x, count in counts.items()) / self.n / self.resolution

    def _wealth(self, counts: Counter[int], mean: float) -> float:
        return log_wealth(counts, self.resolution, mean, self._fractions)


class RatioSequence(MeanSequence):
    """The same of E S/E T, for clusters that are drawn independently: each of T numbers x, of which S is the sum of x/R.

    E S/E T is m where the mean of S + m (L − T) is m L, L at least every T: the bets are placed on these, in [0, L]. `n` counts
    the numbers of all clusters.
    """

    def __init__(
        self, resolution: int, largest: int, level: float, fractions: tuple[float, ...] = AGAINST_SCORES
    ) -> None:
        """`largest`: the most numbers that a cluster can have."""
        super().__init__(resolution, level, fractions)
        self._largest = largest
        self.clusters = 0

    def add_cluster(self, total: int, size: int) -> None:
        """Takes the next cluster, so many numbers with this sum. ValueError where no cluster can have it."""
        if not (1 <= size <= self._largest and 0 <= total <= size * self.resolution):
            raise ValueError(f"{total} is no sum of {size} numbers up to {self.resolution}, {self._largest} at most")
        self.n += size
        self.clusters += 1
        self._take(self._key(total, size), self._key(size * self.resolution - total, size))

    def _key(self, total: int, size: int) -> int:
        return total * (self._largest + 1) + size

    def _average(self, counts: Counter[int]) -> float:
        return sum(key // (self._largest + 1) * count for key, count in counts.items()) / self.n / self.resolution

    def _wealth(self, counts: Counter[int], mean: float) -> float:
        parts = ((*divmod(key, self._largest + 1), count) for key, count in counts.items())
        ratios = [((total / self.resolution / mean - size) / self._largest, count) for total, size, count in parts]
        return log_mixed(ratios, self._fractions)


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
