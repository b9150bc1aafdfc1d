"""What a comparison of two mean scores comes to under stated laws: how often which is called better, or both equivalent.

Arms do not depend on each other, so the law of the difference of a pair is that of x − y. It is replaced by one of at most
three differences with the same first five moments; for that one the recursion over the counts of each difference, and over
which one-sided claims were shown by now, is exact, but for states of probability below RARE, whose sum is told.
"""

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from kgents.stats.means.counts import length, mixed, stepped
from kgents.stats.means.foreseen import Law, reduced
from kgents.stats.means.wealth import PAIRED

RARE = 1e-12
_NOTHING, _NOT_WORSE, _NOT_BETTER = 0, 1, 2  # what was shown by now, as bits


@dataclass(frozen=True, slots=True)
class PairsForecast:
    """Probabilities of what is said within the cap, and of the number of pairs its mean, sd and 95 % quantile.

    left_out  the probability of all that was not followed
    """

    first: float
    second: float
    equivalent: float
    open: float
    expected_pairs: float
    sd_pairs: float
    q95_pairs: int
    left_out: float


def difference_law(a: Law, b: Law) -> Law:
    """The law of (1 + x − y)/2 for independent scores x and y of these laws, with every value once."""
    law: defaultdict[float, float] = defaultdict(float)
    for x, p in a.items():
        for y, q in b.items():
            law[round((1 + x - y) / 2, 12)] += p * q
    return dict(law)


def foresee_pairs(a: Law, b: Law, alpha: float, cap: int, margin: float | None = None) -> PairsForecast:
    """Of two arms at error `alpha` for each claim, after at most `cap` pairs; `margin` as a share of the range."""
    import numpy as np

    law = reduced(difference_law(a, b))
    scores, chances = np.array(list(law)), np.array(list(law.values()))
    gamblers = _Gamblers(scores, alpha, margin)
    counts, masses = np.zeros((1, len(scores))), np.zeros((1, 4))
    masses[0, _NOTHING] = 1.0
    said, left_out = np.zeros((3, cap + 1)), 0.0
    for n in range(1, cap + 1):
        counts, masses = _stepped(counts, masses, chances, n)
        above, below = gamblers.sides(counts)
        said[0, n], said[1, n] = masses[above].sum(), masses[below & ~above].sum()
        going = ~(above | below)
        counts, masses = counts[going], masses[going]
        gamblers.show(counts, masses)
        said[2, n] = masses[:, _NOT_WORSE | _NOT_BETTER].sum()
        masses[:, _NOT_WORSE | _NOT_BETTER] = 0.0
        whole = masses.sum(axis=1)
        kept = whole >= RARE
        left_out += float(whole[~kept].sum())
        counts, masses = counts[kept], masses[kept]
        if not len(masses):
            break
    return _forecast(said, float(masses.sum()), left_out)


class _Gamblers:
    """Who bets on the differences, and what each has where they came so often."""

    def __init__(self, scores: Any, alpha: float, margin: float | None) -> None:
        self._threshold = -math.log(alpha)
        self._sides = _gains(scores, 0.5), _gains(1 - scores, 0.5)
        low = None if margin is None else (1 - margin) / 2
        self._ends = None if low is None else (_gains(scores, low), _gains(1 - scores, low))

    def sides(self, counts: Any) -> tuple[Any, Any]:
        """Where the mean difference is shown to be above 0, and below."""
        above, below = (mixed(counts @ gains) >= self._threshold for gains in self._sides)
        return above, below

    def show(self, counts: Any, masses: Any) -> None:
        """Moves the masses to what is shown of the margin now, or was before."""
        for gains, bit in zip(self._ends or (), (_NOT_WORSE, _NOT_BETTER), strict=False):
            now = mixed(counts @ gains) >= self._threshold
            for before in range(4):
                if not before & bit:
                    masses[now, before | bit] += masses[now, before]
                    masses[now, before] = 0.0


def _gains(scores: Any, mean: float) -> Any:
    """The logarithm of what a bet of every fraction on more than this mean is multiplied by, for each score."""
    import numpy as np

    return np.log1p(np.outer(scores / mean - 1, np.array(PAIRED)))


def _stepped(counts: Any, masses: Any, chances: Any, n: int) -> tuple[Any, Any]:
    """The states after one more pair, each once, and what was shown in each."""
    import numpy as np

    after, inverse = stepped(counts, n)
    moved = (masses[:, None, :] * chances[:, None]).reshape(-1, masses.shape[1])
    return after, np.stack([np.bincount(inverse, weights=column, minlength=len(after)) for column in moved.T], axis=1)


def _forecast(said: Any, left: float, left_out: float) -> PairsForecast:
    """The figures, from the probability of each word after so many pairs."""
    first, second, equivalent = (math.fsum(row) for row in said)
    ended = said.sum(axis=0)
    ended[-1] += left
    return PairsForecast(first, second, equivalent, left, *length(list(ended)), left_out)
