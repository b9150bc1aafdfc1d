"""Two alternatives on the same units, one pair after the other: which is better, and by how much, at every moment."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from kgents.stats.interval import Interval
from kgents.stats.means.sequence import MeanSequence
from kgents.stats.means.wealth import EVENLY
from kgents.stats.means.zone import Zone


@dataclass(frozen=True, slots=True)
class PairedMean:
    """What pairs say of the mean of a − b.

    pairs     how many were counted
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
    zone = None if margin is None else Zone(margin, 1 - level, resolution, fractions=EVENLY)
    counts: Counter[int] = Counter()
    verdict, largest = "inconclusive", 0.0
    for difference in differences:
        sequence.add(difference + resolution)
        largest = max(largest, _both(sequence))
        counts[difference] += 1
        if verdict == "inconclusive":
            if zone is not None:
                zone.look(counts)
            verdict = _verdict(sequence, zone)
    low, high = 2 * sequence.low - 1, 2 * sequence.high - 1
    return PairedMean(sequence.n, Interval(level, low, high), math.exp(-largest), verdict)


def _both(sequence: MeanSequence) -> float:
    """The logarithm of the mean of the two e-values of "the difference is 0"."""
    above, below = sequence.log_above(0.5), sequence.log_below(0.5)
    largest = max(above, below)
    return largest + math.log((math.exp(above - largest) + math.exp(below - largest)) / 2)


def _verdict(sequence: MeanSequence, zone: Zone | None) -> str:
    if sequence.low >= 0.5:
        return "a"
    if sequence.high <= 0.5:
        return "b"
    return "equivalent" if zone is not None and zone.equivalent else "inconclusive"
