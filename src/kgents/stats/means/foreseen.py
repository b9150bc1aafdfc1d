"""What a decision about a mean score comes to under a stated law of the scores: how often which verdict, and how many trials.

The law is replaced by one of at most three scores with the same first five moments (a Gauss rule: what has to be foreseen are
means of functions that are nearly polynomials). For that one the recursion over the counts of each score is exact, but for
states of probability below RARE, which are left out and whose sum is told.

Reference: Golub & Welsch 1969, Calculation of Gauss quadrature rules, Math. Comp. 23.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kgents.stats.boundary import Side
from kgents.stats.lattice import forward, mass
from kgents.stats.means.binary import BinaryRule, binary_rule, log_between
from kgents.stats.means.wealth import AGAINST_SCORES

RARE = 1e-13
NODES = 3
Law = Mapping[float, float]  # probabilities of scores in [0, 1]


@dataclass(frozen=True, slots=True)
class ScoreForecast:
    """Probabilities of the verdicts within the cap, and of the number of trials its mean, sd and 95 % quantile.

    left_out  the probability of all that was not followed
    """

    supported: float
    refuted: float
    open: float
    expected_trials: float
    sd_trials: float
    q95_trials: int
    left_out: float


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


def is_followed(law: Law) -> bool:
    """Whether the recursion follows the decision exactly: not where some scores, but not all, are 0 or 1."""
    return len([x for x in law if x in (0.0, 1.0)]) in (0, len(law))


def foresee_scores(law: Law, target: float, alpha: float, cap: int) -> ScoreForecast:
    """Of a decision by scores at error `alpha` on either side, after at most `cap` scores drawn from a law of at most three.

    Where only some scores are 0 or 1 (`is_followed`), the bets that are placed before the first other one are taken for those
    that are placed then.
    """
    rule = binary_rule(target, round(1 - alpha, 12), cap)
    stops = _Stops(cap)
    if rule is not None and all(x in (0.0, 1.0) for x in law):
        stops.add_rates(rule, law.get(1.0, 0.0))
    elif rule is None or not is_followed(law):
        _follow(stops, law, target, alpha, _Start())
    else:
        for x, chance in law.items():
            sides = (Side.SUPPORTED, Side.REFUTED)
            up, down = (log_between(rule.log_wealth(side, 1, 0), rule.log_wealth(side, 1, 1), x) for side in sides)
            _follow(stops, law, target, alpha, _Start(1, chance, up, down))
    return stops.forecast()


@dataclass(frozen=True, slots=True)
class _Start:
    """After n scores: the probability of it, and the logarithm of what each gambler has."""

    n: int = 0
    mass: float = 1.0
    up: float = 0.0
    down: float = 0.0


class _Stops:
    """With which probability a run ends how after how many scores."""

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self.supported = [0.0] * (cap + 1)
        self.refuted = [0.0] * (cap + 1)
        self.open = self.left_out = 0.0

    def add_rates(self, rule: BinaryRule, rate: float) -> None:
        """Those of the rule for a rate."""
        for row in forward(rule.boundary, rate, self.cap):
            self.supported[row.n] += mass(row.supported)
            self.refuted[row.n] += mass(row.refuted)
            self.open += mass(row.inconclusive)

    def forecast(self) -> ScoreForecast:
        """What it comes to."""
        ended = [up + down for up, down in zip(self.supported, self.refuted, strict=True)]
        mean = math.fsum(n * share for n, share in enumerate(ended)) + self.cap * self.open
        square = math.fsum(n * n * share for n, share in enumerate(ended)) + self.cap**2 * self.open
        reached, quantile = 0.0, self.cap
        for n, share in enumerate(ended):
            if reached < 0.95 <= reached + share:
                quantile = n
            reached += share
        return ScoreForecast(
            math.fsum(self.supported), math.fsum(self.refuted), self.open, mean,
            math.sqrt(max(0.0, square - mean * mean)), quantile, self.left_out,
        )  # fmt: skip


def _follow(stops: _Stops, law: Law, target: float, alpha: float, start: _Start) -> None:
    """Adds how runs end that begin so and go on by bets of fractions."""
    import numpy as np

    scores = np.array(list(law))
    chances, bets = np.array(list(law.values())), np.array(AGAINST_SCORES)
    up = np.log1p(np.outer(scores / target - 1, bets))
    down = np.log1p(np.outer((1 - scores) / (1 - target) - 1, bets))
    threshold = -math.log(alpha)
    counts, masses = np.zeros((1, len(scores))), np.full(1, start.mass)
    for n in range(start.n, stops.cap + 1):
        if n > start.n:
            counts, masses = _stepped(counts, masses, chances, n)
        won = start.up + _mixed(counts @ up) >= threshold
        lost = start.down + _mixed(counts @ down) >= threshold
        stops.supported[n] += float(masses[won].sum())
        stops.refuted[n] += float(masses[lost & ~won].sum())
        going = ~(won | lost)
        kept = going & (masses >= RARE)
        stops.left_out += float(masses[going & ~kept].sum())
        counts, masses = counts[kept], masses[kept]
        if not len(masses):
            break
    stops.open += float(masses.sum())


def _stepped(counts: Any, masses: Any, chances: Any, n: int) -> tuple[Any, Any]:
    """The states after one more score, each once."""
    import numpy as np

    kinds = len(chances)
    after = (counts[:, None, :] + np.eye(kinds)).reshape(-1, kinds)
    key = after[:, 0] * (n + 1) + (after[:, 1] if kinds > 1 else 0)
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return after[first], np.bincount(inverse, weights=np.outer(masses, chances).ravel())


def _mixed(logs: Any) -> Any:
    import numpy as np

    largest = logs.max(axis=1)
    return largest + np.log(np.exp(logs - largest[:, None]).mean(axis=1))
