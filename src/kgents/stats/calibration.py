"""The least strict boundaries whose exact errors keep the promise, looking after every trial.

A family of boundaries is a pair of functions from a strictness to integers. For either side the error is a decreasing
step function of that side's strictness, and it depends on the other side, which takes paths away. First both sides are
moved at once, along the logarithms of their errors, until both are near; then, where the cap is small enough for it, each
is set in turn to the least strictness that keeps its promise, until neither moves. What is returned keeps both exactly.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from kgents.stats.crossing import crossing

ROUNDS = 6
LIMIT = 600.0  # strictness beyond which nothing is ever reached: e⁻⁶⁰⁰
FINE = 500  # trials; with caps above it an error this close to the promise is near enough:
CLOSE = 0.998
AIM = 0.9992
STEP = 1e-3  # of strictness: what is between two steps of the error is not to be had
PASSES = 40

At = Callable[[float], list[int]]


@dataclass(frozen=True, slots=True)
class Family:
    """`upper(x)` and `lower(x)`: the integers at strictness x; below `least` of either side no x is considered."""

    upper: At
    lower: At
    least_upper: float
    least_lower: float


def calibrate(family: Family, cap: int, low: float, high: float, confidence: float) -> tuple[float, float]:
    """Strictnesses (upper, lower) with P(SUPPORTED) ≤ α at the rate `low` and P(REFUTED) ≤ α at the rate `high`."""
    alpha = 1 - confidence
    upper = _Side(family.upper, family.least_upper, alpha)
    lower = _Side(family.lower, family.least_lower, alpha)

    def errors() -> tuple[float, float]:
        up, down = crossing(upper.integers, lower.integers, cap, low)
        return up, down if low == high else crossing(upper.integers, lower.integers, cap, high)[1]

    _approach(upper, lower, errors)
    if cap <= FINE:
        _settle(
            (upper, lambda u: crossing(u, lower.integers, cap, low)[0]),
            (lower, lambda d: crossing(upper.integers, d, cap, high)[1]),
        )
    wrong = errors()
    while max(wrong) > alpha and max(upper.strictness, lower.strictness) < LIMIT:
        for side, value in zip((upper, lower), wrong, strict=True):
            side.move(side.strictness + (0.01 if value > alpha else 0.0))
        wrong = errors()
    return upper.strictness, lower.strictness


class _Side:
    """One side of the boundary while it is looked for."""

    def __init__(self, at: At, least: float, alpha: float) -> None:
        self.at = at
        self.alpha = alpha
        self.least = least
        self.strictness = least
        self.integers = at(least)
        self.below: tuple[float, list[int]] | None = None
        self._range = [least, LIMIT]  # too low; enough
        self._seen: tuple[float, float] | None = None
        self._slope = 1.0

    def move(self, strictness: float) -> None:
        """To another strictness."""
        self.strictness = min(LIMIT, max(self.least, strictness))
        self.integers = self.at(self.strictness)

    def near(self, error: float) -> bool:
        """Whether the error keeps the promise and is close to it, or as close as it can be."""
        if error > self.alpha:
            return False
        return error >= CLOSE * self.alpha or self.strictness == self.least or self._range[1] - self._range[0] < STEP

    def follow(self, error: float) -> None:
        """Moves along the logarithm of the error, and not beyond what is known to be too low or enough."""
        log, x = _log(error), self.strictness
        self._range[error <= self.alpha] = x
        if self._seen is not None and abs(x - self._seen[0]) > STEP:
            self._slope = min(4.0, max(0.4, (self._seen[1] - log) / (x - self._seen[0])))
        self._seen = x, log
        aim = x + min(3.0, max(-3.0, (log - math.log(AIM * self.alpha)) / self._slope))
        low, high = self._range
        self.move(aim if low < aim < high else (low + high) / 2 if low < high else x)


def _approach(upper: _Side, lower: _Side, errors: Callable[[], tuple[float, float]]) -> None:
    """Moves both sides at once to where their errors are near the promise."""
    for _ in range(PASSES):
        wrong = errors()
        if upper.near(wrong[0]) and lower.near(wrong[1]):
            return
        for side, error in ((upper, wrong[0]), (lower, wrong[1])):
            if not side.near(error):
                side.follow(error)


def _log(error: float) -> float:
    return math.log(error) if error > 0 else -LIMIT


Errs = Callable[[list[int]], float]


def _settle(*sides: tuple[_Side, Errs]) -> None:
    """Each side in turn to its least strictness, until neither moves."""
    for _ in range(ROUNDS):
        before = [side.integers for side, _ in sides]
        for side, errs in sides:
            _least(side, errs)
        if before == [side.integers for side, _ in sides]:
            return


def _least(side: _Side, errs: Errs) -> None:
    """The least strictness that keeps the promise, given the integers of the other side."""
    if side.below is not None and errs(side.below[1]) > side.alpha >= errs(side.integers):
        return
    low, low_integers, low_error, high, high_integers, high_error = _bracket(side, errs)
    if low_error <= side.alpha:
        side.strictness, side.integers, side.below = low, low_integers, None
        return
    while low_integers != high_integers:
        middle = low + _share(low_error, high_error, side.alpha) * (high - low)
        if not low < middle < high:
            break
        integers = side.at(middle)
        if integers == low_integers:
            low = middle
        elif integers == high_integers:
            high = middle
        elif (wrong := errs(integers)) > side.alpha:
            low, low_integers, low_error = middle, integers, wrong
        else:
            high, high_integers, high_error = middle, integers, wrong
    side.strictness, side.integers, side.below = high, high_integers, (low, low_integers)


def _bracket(side: _Side, errs: Errs) -> tuple[float, list[int], float, float, list[int], float]:
    """A strictness that breaks the promise (or the least one) and one that keeps it, from where the side stands."""
    high, high_integers = side.strictness, side.integers
    high_error = errs(high_integers)
    width = 0.02
    while high_error > side.alpha and high <= LIMIT:
        high, width = high + width, 2 * width
        high_integers = side.at(high)
        high_error = errs(high_integers)
    width = 0.02
    low, low_integers, low_error = high, high_integers, high_error
    while low_error <= side.alpha and low > side.least:
        low, width = max(side.least, low - width), 2 * width
        low_integers = side.at(low)
        low_error = errs(low_integers)
        if low_error <= side.alpha:
            high, high_integers, high_error = low, low_integers, low_error
    return low, low_integers, low_error, high, high_integers, high_error


def _share(low_error: float, high_error: float, alpha: float) -> float:
    """Where between the two the promise is met, if the logarithm of the error is linear; kept off the ends."""
    if high_error <= 0:
        return 0.5
    slope = math.log(low_error) - math.log(high_error)
    share = (math.log(low_error) - math.log(alpha)) / slope if slope > 0 else 0.5
    return min(0.75, max(0.25, share))
