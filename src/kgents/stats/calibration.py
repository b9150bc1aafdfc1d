"""The least strict boundaries whose exact errors keep the promise, looking after every trial.

A family of boundaries is a pair of functions from a strictness to integers. For either side the error is a decreasing
step function of that side's strictness, and it depends on the other side, which takes paths away. So the two are found
in turn until neither moves; what is returned keeps both promises exactly.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from kgents.stats.lattice import NUMPY_FROM

ROUNDS = 6
LIMIT = 60.0  # strictness beyond which nothing is ever reached: e⁻⁶⁰
CLOSE = 0.995  # with caps above FINE, an error this near to the promise is near enough
FINE = 3000

Integers = Callable[[float, int], list[int]]
At = Callable[[float], list[int]]
Errs = Callable[[list[int], list[int]], float]


@dataclass(frozen=True, slots=True)
class Family:
    """`upper(x, cap)` and `lower(x, cap)`: the integers at strictness x; `least` is the smallest x considered."""

    upper: Integers
    lower: Integers
    least: float


def calibrate(family: Family, cap: int, low: float, high: float, confidence: float) -> tuple[float, float]:
    """Strictnesses (upper, lower) with P(SUPPORTED) ≤ α at the rate `low` and P(REFUTED) ≤ α at the rate `high`."""
    alpha = 1 - confidence
    upper = _Side(lambda x: family.upper(x, cap), lambda u, other: error(u, other, cap, low, True), family.least, alpha)
    lower = _Side(
        lambda x: family.lower(x, cap), lambda d, other: error(other, d, cap, high, False), family.least, alpha
    )
    for _ in range(ROUNDS):
        before = upper.integers, lower.integers
        upper.settle(lower.integers, cap > FINE)
        lower.settle(upper.integers, cap > FINE)
        if before == (upper.integers, lower.integers):
            break
    while upper.strictness < LIMIT and upper.errs(upper.integers, lower.integers) > alpha:
        upper.strictness += 0.01
        upper.integers = upper.at(upper.strictness)
    return upper.strictness, lower.strictness


class _Side:
    """One side of the boundary while it is looked for: the least strictness that keeps the promise."""

    def __init__(self, at: At, errs: Errs, least: float, alpha: float) -> None:
        self.at = at
        self.errs = errs
        self.alpha = alpha
        self.least = least
        self.strictness = least
        self.integers = at(least)
        self._below: tuple[float, list[int]] | None = None

    def settle(self, other: list[int], roughly: bool) -> None:
        """Finds it, given the integers of the other side."""
        if self._settled(other):
            return
        low, low_integers = self.least, self.at(self.least)
        low_error = self.errs(low_integers, other)
        if low_error <= self.alpha:
            self.strictness, self.integers, self._below = low, low_integers, None
            return
        high, high_integers, high_error = self._enough(max(self.strictness, self.least + 1), other)
        while low_integers != high_integers and not (roughly and high_error >= CLOSE * self.alpha):
            middle = low + _share(low_error, high_error, self.alpha) * (high - low)
            if not low < middle < high:
                break
            integers = self.at(middle)
            if integers == low_integers:
                low = middle
            elif integers == high_integers:
                high = middle
            elif (wrong := self.errs(integers, other)) > self.alpha:
                low, low_integers, low_error = middle, integers, wrong
            else:
                high, high_integers, high_error = middle, integers, wrong
        self.strictness, self.integers, self._below = high, high_integers, (low, low_integers)

    def _settled(self, other: list[int]) -> bool:
        """Whether what was found against another opponent still is the least: it keeps the promise, the next does not."""
        if self._below is None:
            return False
        return self.errs(self._below[1], other) > self.alpha >= self.errs(self.integers, other)

    def _enough(self, high: float, other: list[int]) -> tuple[float, list[int], float]:
        while True:
            found = self.at(high)
            wrong = self.errs(found, other)
            if wrong <= self.alpha or high > LIMIT:
                return high, found, wrong
            high += 1.0


def error(upper: list[int], lower: list[int], cap: int, p: float, supported: bool) -> float:
    """The exact probability, at the rate p, to stop on one side before or at the cap."""
    if cap >= NUMPY_FROM:
        return _error_array(upper, lower, cap, p, supported)
    q, total, masses, first = 1 - p, 0.0, [1.0], 0
    for n in range(cap + 1):
        while masses and first <= lower[n]:
            total += 0.0 if supported else masses[0]
            masses, first = masses[1:], first + 1
        while masses and first + len(masses) > upper[n]:
            total += masses[-1] if supported else 0.0
            masses.pop()
        if not masses:
            break
        masses = [q * masses[0], *(q * b + p * a for a, b in pairwise(masses)), p * masses[-1]]
    return total


def _error_array(upper: list[int], lower: list[int], cap: int, p: float, supported: bool) -> float:
    import numpy as np

    q, total, masses, first = 1 - p, 0.0, np.ones(1), 0
    for n in range(cap + 1):
        cut, top = lower[n] - first + 1, upper[n] - first
        if top < len(masses):
            total += float(masses[top:].sum()) if supported else 0.0
            masses = masses[:top]
        if cut > 0:
            total += 0.0 if supported else float(masses[:cut].sum())
            masses, first = masses[cut:], first + cut
        if not len(masses):
            break
        new = np.empty(len(masses) + 1)
        np.multiply(masses, q, out=new[:-1])
        new[-1] = 0.0
        new[1:] += p * masses
        masses = new
    return total


def _share(low_error: float, high_error: float, alpha: float) -> float:
    """Where between the two the promise is met, if the logarithm of the error is linear; kept off the ends."""
    if high_error <= 0:
        return 0.5
    slope = math.log(low_error) - math.log(high_error)
    share = (math.log(low_error) - math.log(alpha)) / slope if slope > 0 else 0.5
    return min(0.75, max(0.25, share))
