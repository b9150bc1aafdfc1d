"""Whether a sequence of outcomes could have come in any order: against a rate that changes.

`drift` is exact, where one known rule stopped the sequence; `change` is an e-value, whatever stopped it.

If trials are independent with one rate, all paths to the state (n, s) that the stopping rule allows are equally likely,
whatever the rate. The statistic is the largest distance of the path from the straight line to its end (CUSUM); the
p-value is the share of the allowed paths that stray as far, counted on the lattice. So the error is exact, also after a
stopping rule.

References
[1] Page 1954 (CUSUM).  [2] Fisher 1935 (permutations as the reference).
[3] Ramdas, Ruf, Larsson & Koolen 2022, Testing exchangeability: fork-convexity, supermartingales and e-processes (a fixed
    alternative over the largest likelihood of one rate); Krichevsky & Trofimov 1981 (the mixture of rates).
"""

import math
from collections.abc import Sequence
from itertools import accumulate

from kgents.stats.boundary import Boundary
from kgents.stats.stopped import reach

LONGEST = 20_000  # trials; of a longer path the share of successes in its first half is compared instead


def drift(boundary: Boundary | None, path: Sequence[int]) -> float:
    """The p-value of "the rate did not change" for a path of 1 (success) and 0.

    `found` is the rule that stopped it, None for a fixed number of trials.
    """
    n, s = len(path), sum(path)
    if s in (0, n):
        return 1.0
    if n > LONGEST and boundary is None:
        return _halves(path, n, s)
    sums = list(accumulate(path, initial=0))
    strayed = max(abs(n * k - m * s) for m, k in enumerate(sums))
    free = boundary or Boundary(None, list(range(1, n + 2)), [-1] * (n + 1), [None] * (n + 1))
    p = s / n
    whole = reach(_open_at(free, n), p, n, s, 0, 0)
    within = reach(_banded(free, n, s, strayed), p, n, s, 0, 0)
    return min(1.0, max(0.0, 1 - within / whole)) if whole else 1.0


def change(path: Sequence[int], cap: int | None) -> float:
    """The logarithm of an e-value against "the rate did not change" [3].

    The likelihood if the rate changed once, at a time drawn uniformly from 1 … cap (without a cap: after k trials with
    probability 1/(k (k + 1))), with a Beta(½, ½) before and another after it; over the largest likelihood of one rate.
    The first, over the likelihood of the true rate, is a martingale, whatever decides when this sequence goes on, as long
    as that does not look ahead. So whenever a run stops, it is 1/α or more with a probability of at most α.
    """
    n, s = len(path), sum(path)
    if not n:
        return 0.0
    whole = (s * math.log(s / n) if s else 0.0) + ((n - s) * math.log((n - s) / n) if n > s else 0.0)
    last = n - 1 if cap is None else min(n - 1, cap)
    logs = [
        _mixed(k, before) + _mixed(n - k, s - before) - (math.log(k * (k + 1)) if cap is None else math.log(cap))
        for k, before in enumerate(accumulate(path[:last]), 1)
    ]
    never = 1 / n if cap is None else max(0, cap - n + 1) / cap  # so far
    if never:
        logs.append(_mixed(n, s) + math.log(never))
    top = max(logs)
    return top + math.log(math.fsum(math.exp(value - top) for value in logs)) - whole


def _mixed(n: int, s: int) -> float:
    """The logarithm of the probability of a sequence with s successes of n, when the rate is Beta(½, ½)."""
    return math.lgamma(s + 0.5) + math.lgamma(n - s + 0.5) - math.lgamma(n + 1) - math.log(math.pi)


def _open_at(boundary: Boundary, n: int) -> Boundary:
    """The rule before n trials; at n nothing stops."""
    upper, lower = [*boundary.upper[:n], n + 1], [*boundary.lower[:n], -1]
    return Boundary(None, upper, lower, [*boundary.futile[:n], None])


def _banded(boundary: Boundary, n: int, s: int, strayed: int) -> Boundary:
    """Stops too where the path is as far from the line as `strayed` (times n)."""
    open_ = _open_at(boundary, n)
    upper = [min(open_.upper[m], -((-m * s - strayed) // n)) for m in range(n)]
    lower = [max(open_.lower[m], (m * s - strayed) // n) for m in range(n)]
    return Boundary(None, [*upper, open_.upper[n]], [*lower, open_.lower[n]], open_.futile)


def _halves(path: Sequence[int], n: int, s: int) -> float:
    """Fisher's exact test of the first half: the hypergeometric probabilities no larger than the observed one."""
    import numpy as np

    first = n // 2
    observed = sum(path[:first])
    least, most = max(0, s - (n - first)), min(first, s)
    k = np.arange(least + 1, most + 1, dtype=float)
    ratios = (first - k + 1) * (s - k + 1) / (k * (n - first - s + k))
    logs = np.concatenate(([0.0], np.cumsum(np.log(ratios))))
    weights = np.exp(logs - logs.max())
    counted = weights[weights <= weights[observed - least] * (1 + 1e-9)].sum()
    return min(1.0, float(counted / weights.sum()))
