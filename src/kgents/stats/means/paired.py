"""Two alternatives on the same units, one pair after the other: which is better, and by how much, at every moment."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from kgents.stats.interval import Interval
from kgents.stats.means.sequence import MeanSequence, RatioSequence
from kgents.stats.means.wealth import EVENLY


@dataclass(frozen=True, slots=True)
class PairedMean:
    """What pairs say of the mean of a − b.

    pairs     how many were counted, of all clusters where they come in clusters
    interval  of the mean difference; holds at every moment with probability `level`, both sides together
    p_value   of "the mean difference is 0", anytime-valid: at most p with probability at most p, whenever it is looked at
    verdict   'a' or 'b' where the interval leaves out 0: wrong, over both directions, with probability at most 1 − level;
              'equivalent' where both ends of ±margin are rejected: wrong with probability at most 1 − level; else
              'inconclusive'. The first verdict stays.
    """

    pairs: int
    interval: Interval
    p_value: float
    verdict: str


def paired_mean(differences: Iterable[int], resolution: int, level: float, margin: float | None = None) -> PairedMean:
    """From the differences a − b, integers from −R to R that stand for d/R, in the order in which they came.

    The pairs need the same conditional mean difference: units drawn independently, or in random order from many.
    """
    sequence = MeanSequence(2 * resolution, level, EVENLY)
    return _followed(
        sequence, (partial(sequence.add, difference + resolution) for difference in differences), level, margin
    )


def paired_clusters(
    clusters: Iterable[tuple[int, int]], resolution: int, largest: int, level: float, margin: float | None = None
) -> PairedMean:
    """Of pairs that come in clusters of at most `largest`: from (sum of the differences a − b, number of pairs) of each.

    The mean difference is that over pairs. Clusters need be independent draws, or in random order from many; pairs of one
    cluster need not.
    """
    sequence = RatioSequence(2 * resolution, largest, level, EVENLY)
    steps = (partial(sequence.add_cluster, total + size * resolution, size) for total, size in clusters)
    return _followed(sequence, steps, level, margin)


def _followed(
    sequence: MeanSequence, steps: Iterable[Callable[[], None]], level: float, margin: float | None
) -> PairedMean:
    """What is said after each step, and what of it stays."""
    verdict, largest, within = "inconclusive", 0.0, _Within(margin, -math.log(1 - level))
    for step in steps:
        step()
        largest = max(largest, _both(sequence))
        if verdict == "inconclusive":
            verdict = _verdict(sequence, within)
    low, high = 2 * sequence.low - 1, 2 * sequence.high - 1
    return PairedMean(sequence.n, Interval(level, low, high), math.exp(-largest), verdict)


def _both(sequence: MeanSequence) -> float:
    """The logarithm of the mean of the two e-values of "the difference is 0"."""
    above, below = sequence.log_above(0.5), sequence.log_below(0.5)
    largest = max(above, below)
    return largest + math.log((math.exp(above - largest) + math.exp(below - largest)) / 2)


@dataclass(slots=True)
class _Within:
    """Whether both ends of ±margin have been rejected by now, each at some moment; never without a margin."""

    margin: float | None
    threshold: float
    not_worse: bool = False
    not_better: bool = False

    def look(self, sequence: MeanSequence) -> bool:
        if self.margin is None:
            return False
        self.not_worse = self.not_worse or sequence.log_above((1 - self.margin) / 2) >= self.threshold
        self.not_better = self.not_better or sequence.log_below((1 + self.margin) / 2) >= self.threshold
        return self.not_worse and self.not_better


def _verdict(sequence: MeanSequence, within: _Within) -> str:
    equal = within.look(sequence)
    if sequence.low >= 0.5:
        return "a"
    if sequence.high <= 0.5:
        return "b"
    return "equivalent" if equal else "inconclusive"
