"""pass@k of one task: the probability that at least one of k candidates is right, 1 − (1 − p)ᵏ at the rate p.

References
[1] Chen et al. 2021, Evaluating Large Language Models Trained on Code (the unbiased estimate from n ≥ k samples).
[2] Girshick, Mosteller & Savage 1946 (unbiased estimation after a stopping rule).
"""

import math

from kgents.stats.boundary import Boundary
from kgents.stats.interval import Interval
from kgents.stats.stopped import reach

_NOTHING = -40.0  # e⁻⁴⁰ is lost beside 1


def pass_at_k(n: int, c: int, k: int) -> float:
    """1 − C(n−c, k)/C(n, k): unbiased where n was fixed beforehand [1]. ValueError unless 1 ≤ k ≤ n and 0 ≤ c ≤ n.

    To the last digits at any n: the quotient is a product of min(k, c) factors, and no more than √(40 n) of them matter.
    """
    if not 0 <= c <= n or not 1 <= k <= n:
        raise ValueError(f"pass@{k} of {c} successes in {n} trials")
    if n - c < k:
        return 1.0
    few, many = min(k, c), max(k, c)
    total = 0.0
    for taken in range(few):
        total += math.log1p(-many / (n - taken))
        if total < _NOTHING:
            return 1.0
    return -math.expm1(total)


def pass_at_k_stopped(boundary: Boundary, n: int, s: int, k: int) -> float | None:
    """The same after a stopping rule: 1 − the share of the paths to (n, s) that begin with k failures [2].

    Unbiased for the design. None where a run of the design may stop on fewer than k failures in a row, for then no
    state tells of k of them.
    """
    if boundary.last_only:
        return pass_at_k(n, s, k) if k <= n else None
    if any(boundary.decide(failures, 0) is not None for failures in range(k)):
        return None
    if s in (0, n) or k > n:
        return float(s > 0)
    p = s / n
    whole = p * reach(boundary, p, n, s, 1, 1) + (1 - p) * reach(boundary, p, n, s, 1, 0)
    if not whole:
        raise ValueError(f"no run of this design passes through {s} successes in {n} trials")
    return 1 - (1 - p) ** k * reach(boundary, p, n, s, k, 0) / whole


def pass_at_k_interval(rate: Interval, k: int) -> Interval:
    """An interval of the rate as one of pass@k, which rises with the rate: whatever held of the one holds of the other.

    Clopper–Pearson and the equal-tailed Beta interval for a fixed n; after a stopping rule only the stage-wise interval
    and the confidence sequence keep their coverage, and the Beta interval its Bayesian reading.
    """
    return Interval(rate.level, at_least_one(rate.low, k), at_least_one(rate.high, k))


def at_least_one(p: float, k: int) -> float:
    """1 − (1 − p)ᵏ, without cancellation."""
    return 1.0 if p >= 1 else -math.expm1(k * math.log1p(-p))
