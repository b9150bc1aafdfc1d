"""Limits of the mean of independent numbers from a bounded range, whatever their law: no variance is assumed.

The Bayesian bootstrap gives the n observations exponential weights; with the worst value of the range added as one more
observation, the α-quantile of the weighted mean is a lower limit that holds for every n [1, 2]. For zeros and ones it is
Clopper–Pearson. It is computed, not simulated: Σ Eⱼ(xⱼ − q) is a sum of exponentials, and the probability that it is
below 0 is one integral [3]; for zeros and ones the limit is a quantile of a beta law.

References
[1] Gaffke 2005 (the limit; its coverage is proved for two values, and no law is known that breaks it).
[2] Phan, Thomas & Learned-Miller 2021, Towards Practical Mean Bounds for Small Samples.
[3] Imhof 1961 (inversion of the characteristic function).
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from kgents.stats.beta import quantile

_BISECTIONS = 60
_CLOSE = 1e-12
_NEAR = 1e-11  # of the tail
_STEP = 0.2  # of log t, at first
_FINEST = 0.005
_SMALL = 36.0  # e⁻³⁶ of an integrand adds nothing


def mean_limits(values: Sequence[float], low: float, high: float, level: float) -> tuple[float, float]:
    """Limits of the mean of what `values` (each in [low, high]) are a sample of, the two sides at half the error each.

    ValueError for no values.
    """
    if not values:
        raise ValueError("no values")
    tail = (1 - level) / 2
    width = high - low
    counts = Counter(values)
    above = {(x - low) / width: count for x, count in counts.items()}
    below = {(high - x) / width: count for x, count in counts.items()}
    return low + width * _lower(above, tail), high - width * _lower(below, tail)


def lower_mean(values: Sequence[float], tail: float) -> float:
    """The lower limit of the mean of what `values` (each in [0, 1]) are a sample of, at this error."""
    return _lower(dict(Counter(values)), tail)


def _lower(counts: dict[float, int], tail: float) -> float:
    """The q with P(Σ D x ≤ q) = tail, for Dirichlet weights over the observations and one more of 0."""
    if max(counts) <= 0:
        return 0.0
    if counts.keys() <= {0, 1}:
        return quantile(counts[1], counts.get(0, 0) + 1, tail)
    import numpy as np

    points = np.array([0.0, *counts])
    weights = np.array([1.0, *counts.values()])
    size = float(weights.sum())
    mean = float((points * weights).sum()) / size
    sd = math.sqrt(float((weights * (points - mean) ** 2).sum()) / size / (size + 1))
    return _solve(lambda q: _beneath(points - q, weights) - tail, mean, sd, -tail)


def _solve(wrong: Callable[[float], float], high: float, step: float, at_zero: float) -> float:
    """The zero of a rising function between 0 and `high`: steps downwards, then false position with bisections.

    Far below the zero the integrand oscillates faster than it is sampled, so the steps do not go there.
    """
    at_high = wrong(high)
    low, at_low = high, at_high
    while at_low > 0:
        high, at_high = low, at_low
        low = max(0.0, low - step)
        at_low = wrong(low) if low > 0 else at_zero
    middle = low
    for turn in range(_BISECTIONS):
        middle = (low + high) / 2 if turn % 3 == 2 else low - at_low * (high - low) / (at_high - at_low)
        value = wrong(middle)
        if value <= 0:
            low, at_low = middle, value
        else:
            high, at_high = middle, value
        if high - low < _CLOSE or abs(value) < _NEAR:
            break
    return middle


def _beneath(points: Any, weights: Any) -> float:
    """P(Σ wⱼ-fold exponentials times aⱼ ≤ 0) = ½ − (1/π)∫ sin(Σ w atan(ta)) / (t Π (1 + t²a²)^(w/2)) dt [3].

    By the trapezium rule in log t, whose error falls exponentially with 1/step; the step is halved until nothing changes.
    """
    step = _STEP
    before, after = math.inf, _sum(points, weights, step, 0.0) * step
    while abs(before - after) > _NEAR and step > _FINEST:
        before, step = after, step / 2
        after = before / 2 + _sum(points, weights, 2 * step, step) * step
    return 0.5 - after / math.pi


def _sum(points: Any, weights: Any, step: float, offset: float) -> float:
    """The integrand, times t, added up over log t in steps."""
    import numpy as np

    scale = math.sqrt(float((weights * points**2).sum()))
    total, small = 0.0, 0.0
    at = offset - 8.0 - math.log(float(weights.sum())) / 2
    while small < _SMALL:
        t = np.exp(at + step * np.arange(32)) / scale
        product = np.outer(t, points)
        angle = np.arctan(product) @ weights
        size = np.log1p(product**2) @ weights / 2
        if not total:  # what is before the first step is a geometric series
            total = float(angle[0]) * math.exp(-step) / (1 - math.exp(-step))
        total += float((np.sin(angle) * np.exp(-size)).sum())
        small, at = float(size[-1]), at + 32 * step
    return total
