"""E-processes of one rate against a limit: what a mixture of bets on one side has won after s of n, in any order.

The mixture is uniform over the rates on its side of the limit. At the limit the e-value of any moment has expectation 1 at
most, and it is ever at least 1/α with probability at most α, however one stops (Ville; Robbins 1970).
"""

import math

from kgents.stats.beta import above, below


def log_rate_above(n: int, s: int, limit: float) -> float:
    """The logarithm of the e-value of "the rate is at most `limit`" (in (0, 1)): it is large where the rate is above."""
    return _likelihood(n, s, limit) + _log(above(s + 1, n - s + 1, limit)) - math.log1p(-limit)


def log_rate_below(n: int, s: int, limit: float) -> float:
    """The logarithm of the e-value of "the rate is at least `limit`" (in (0, 1)): it is large where the rate is below."""
    return _likelihood(n, s, limit) + _log(below(s + 1, n - s + 1, limit)) - math.log(limit)


def _likelihood(n: int, s: int, limit: float) -> float:
    """log of B(s + 1, n − s + 1) / (tˢ (1 − t)ⁿ⁻ˢ)."""
    beta = math.lgamma(s + 1) + math.lgamma(n - s + 1) - math.lgamma(n + 2)
    return beta - s * math.log(limit) - (n - s) * math.log1p(-limit)


def _log(tail: float) -> float:
    return math.log(tail) if tail > 0 else -math.inf
