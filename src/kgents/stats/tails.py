"""The posterior of a rate on the lattice, by exact recurrences: P(θ > t | s of n) without a special function.

With α = a + s, β = b + n − s, Q(α, β) = P(θ > t) under Beta(α, β), and D(α, β) = tᵅ (1 − t)ᵝ / B(α, β):
  Q(α+1, β) = Q + D/α    D(α+1, β) = D · t · (α+β)/α
  Q(α, β+1) = Q − D/β    D(α, β+1) = D · (1−t) · (α+β)/β
(Abramowitz & Stegun 26.5.15–16.) A walk along a boundary keeps both; its rounding error is below 1e-11 after 10⁵ steps.
"""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from kgents.stats.beta import above

Crossing = Callable[["Cursor"], bool]


class Cursor(NamedTuple):
    """A state of the lattice with P(θ > t) in it. `above` is Q, `density` is D, of Beta(alpha, beta)."""

    target: float
    alpha: float
    beta: float
    above: float
    density: float

    def success(self) -> "Cursor":
        """After one more success."""
        density = self.density * self.target * (self.alpha + self.beta) / self.alpha
        return Cursor(self.target, self.alpha + 1, self.beta, self.above + self.density / self.alpha, density)

    def failure(self) -> "Cursor":
        """After one more failure."""
        density = self.density * (1 - self.target) * (self.alpha + self.beta) / self.beta
        return Cursor(self.target, self.alpha, self.beta + 1, self.above - self.density / self.beta, density)


def begin(target: float, a: float, b: float) -> Cursor:
    """The cursor before the first trial: the prior Beta(a, b)."""
    log_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    density = math.exp(a * math.log(target) + b * math.log1p(-target) - log_beta)
    if a == b == 1:
        return Cursor(target, a, b, 1 - target, density)
    return Cursor(target, a, b, above(a, b, target), density)


def upper_walk(start: Cursor, crossed: Crossing) -> Iterator[int]:
    """For n = 0, 1, …: the least s at which `crossed` holds (n + 1 where none).

    A success never undoes a crossing, so the boundary is flat or rises by one, and one walk finds it.
    """
    at, s, reached = start, 0, False
    while True:
        reached = reached or crossed(at)
        if reached:
            yield s
            flat = at.failure()
            at, s = (flat, s) if crossed(flat) else (at.success(), s + 1)
        else:
            yield s + 1
            at, s = at.success(), s + 1


def lower_walk(start: Cursor, crossed: Crossing) -> Iterator[int]:
    """For n = 0, 1, …: the largest s at which `crossed` holds (−1 where none)."""
    at, s, reached = start, 0, False
    while True:
        reached = reached or crossed(at)
        yield s if reached else -1
        if not reached:
            at = at.failure()
            continue
        risen = at.success()
        at, s = (risen, s + 1) if crossed(risen) else (at.failure(), s)


def posterior_upper(start: Cursor, cap: int, limit: float) -> list[int]:
    """`upper_walk` with P(θ ≤ t) ≤ limit as the crossing, for n = 0 … cap; in one loop, because calibration walks often."""
    t, alpha, beta, above, density = start
    failing, least = 1 - t, 1 - limit
    found, s = [], 0
    reached = above >= least
    for _ in range(cap + 1):
        found.append(s if reached else s + 1)
        total = alpha + beta
        if reached and above - density / beta >= least:
            above, density, beta = above - density / beta, density * failing * total / beta, beta + 1
            continue
        above, density, alpha, s = above + density / alpha, density * t * total / alpha, alpha + 1, s + 1
        reached = reached or above >= least
    return found


def posterior_lower(start: Cursor, cap: int, limit: float) -> list[int]:
    """`lower_walk` with P(θ > t) ≤ limit as the crossing, for n = 0 … cap."""
    t, alpha, beta, above, density = start
    failing = 1 - t
    found, s = [], 0
    reached = above <= limit
    for _ in range(cap + 1):
        found.append(s if reached else -1)
        total = alpha + beta
        if reached and above + density / alpha <= limit:
            above, density, alpha, s = above + density / alpha, density * t * total / alpha, alpha + 1, s + 1
            continue
        above, density, beta = above - density / beta, density * failing * total / beta, beta + 1
        reached = reached or above <= limit
    return found
