"""What a decision about a mean score comes to under a stated law of the scores: how often which verdict, and how many trials.

The law is replaced by one of at most three scores with the same first five moments (a Gauss rule: what has to be foreseen are
means of functions that are nearly polynomials). That one is followed over the counts of each score (followed.py, or bets of
fractions alone where there is no rule for a rate), but for states of probability below RARE, which are left out and whose sum
is told.

Reference: Golub & Welsch 1969, Calculation of Gauss quadrature rules, Math. Comp. 23.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from kgents.stats.means.binary import binary_rule
from kgents.stats.means.counts import mixed, stepped
from kgents.stats.means.followed import ScoreForecast, Stops, follow
from kgents.stats.means.wealth import AGAINST_SCORES

NODES = 3
Law = Mapping[float, float]  # probabilities of scores in [0, 1]


def beta_law(a: float, b: float) -> Law:
    """The scores of the Gauss rule of Beta(a, b). ValueError unless both are above 0 and finite."""
    if not (0 < a < math.inf and 0 < b < math.inf):
        raise ValueError(f"Beta({a:g}, {b:g}): both above 0")
    moments = [1.0]
    for order in range(2 * NODES):
        moments.append(moments[-1] * (a + order) / (a + b + order))
    return _gauss(moments)


def reduced(law: Law) -> Law:
    """A law of at most three scores with the same first five moments."""
    if len(law) <= NODES:
        return law
    return _gauss([math.fsum(p * x**order for x, p in law.items()) for order in range(2 * NODES + 1)])


def _gauss(moments: Sequence[float]) -> Law:
    """Nodes and weights from the moments 0 to 2 NODES, by the Cholesky factor of their Hankel matrix."""
    import numpy as np

    hankel = np.array([[moments[i + j] for j in range(NODES + 1)] for i in range(NODES + 1)])
    upper = np.linalg.cholesky(hankel + np.eye(NODES + 1) * 1e-16).T
    ratio = [upper[i, i + 1] / upper[i, i] for i in range(NODES)]
    middle = [ratio[0], *(ratio[i] - ratio[i - 1] for i in range(1, NODES))]
    beside = [upper[i + 1, i + 1] / upper[i, i] for i in range(NODES - 1)]
    nodes, vectors = np.linalg.eigh(np.diag(middle) + np.diag(beside, 1) + np.diag(beside, -1))
    return {min(1.0, max(0.0, float(x))): float(v) ** 2 for x, v in zip(nodes, vectors[0], strict=True)}


def foresee_scores(law: Law, target: float, alpha: float, cap: int) -> ScoreForecast:
    """Of a decision by scores at error `alpha` on either side, after at most `cap` scores drawn from a law of at most three."""
    rule = binary_rule(target, round(1 - alpha, 12), cap)
    stops = Stops(cap)
    if rule is None:
        _bet_on_all(stops, law, target, alpha)
    else:
        follow(stops, law, rule, alpha)
    return stops.forecast()


def _bet_on_all(stops: Stops, law: Law, target: float, alpha: float) -> None:
    """How runs end that are decided by bets of fractions from the first score on."""
    import numpy as np

    scores, chances, bets = np.array(list(law)), np.array(list(law.values())), np.array(AGAINST_SCORES)
    up = np.log1p(np.outer(scores / target - 1, bets))
    down = np.log1p(np.outer((1 - scores) / (1 - target) - 1, bets))
    threshold = -math.log(alpha)
    counts: Any = np.zeros((1, len(scores)))
    masses: Any = np.ones(1)
    for n in range(1, stops.cap + 1):
        weights = np.outer(masses, chances).ravel()
        counts, inverse = stepped(counts, n)
        masses = np.bincount(inverse, weights=weights)
        won, lost = mixed(counts @ up) >= threshold, mixed(counts @ down) >= threshold
        going = stops.end(n, masses, won, lost & ~won, np.zeros_like(won))
        counts, masses = counts[going], masses[going]
        if not len(masses):
            break


__all__ = ["Law", "ScoreForecast", "beta_law", "foresee_scores", "reduced"]
