"""The posterior of a rate on the lattice, by exact recurrences: P(θ > t | s of n) without a special function.

With α = a + s, β = b + n − s, Q(α, β) = P(θ > t) under Beta(α, β), and D(α, β) = tᵅ (1 − t)ᵝ / B(α, β):
  Q(α+1, β) = Q + D/α    D(α+1, β) = D · t · (α+β)/α
  Q(α, β+1) = Q − D/β    D(α, β+1) = D · (1−t) · (α+β)/β
(Abramowitz & Stegun 26.5.15–16.) A walk along a boundary keeps both. Every tail that is compared is carried by itself,
from a start that has all its digits, never as one minus the other: a strong prior makes it as small as 1e-250.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from kgents.stats.beta_version1 import above, below

Crossing = Callable[["Cursor"], bool]


class Cursor(NamedTuple):
    """A state of the lattice with P(θ > t) and P(θ ≤ t) in it; `density` is D, of Beta(alpha, beta)."""

    target: float
    alpha: float
    beta: float
    above: float
    below: float
    density: float

    def success(self) -> "Cursor":
        """After one more success."""
        more, density = self.density / self.alpha, self.density * self.target * (self.alpha + self.beta) / self.alpha
        return Cursor(self.target, self.alpha + 1, self.beta, self.above + more, self.below - more, density)

    def failure(self) -> "Cursor":
        """After one more failure."""
        more = self.density / self.beta
        density = self.density * (1 - self.target) * (self.alpha + self.beta) / self.beta
        return Cursor(self.target, self.alpha, self.beta + 1, self.above - more, self.below + more, density)


def begin(target: float, a: float, b: float) -> Cursor:
    """The cursor before the first trial: the prior Beta(a, b)."""
    return Cursor(target, a, b, above(a, b, target), below(a, b, target), _density(target, a, b))


def _density(target: float, a: float, b: float) -> float:
    log_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    return math.exp(a * math.log(target) + b * math.log1p(-target) - log_beta)


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


class PosteriorTail:
    """The lower boundaries of one prior: where P(θ > t) is at most a limit, for any limit, up to a cap.

    For the upper ones exchange successes and failures: `mirrored`.
    """

    def __init__(self, target: float, a: float, b: float, cap: int) -> None:
        self._target = target
        self._alpha = a
        self._beta = b
        self._cap = cap
        self._densities = list(
            accumulate(
                ((1 - target) * (a + b + n) / (b + n) for n in range(cap)),
                lambda density, factor: density * factor,
                initial=_density(target, a, b),
            )
        )
        tail = above(a, b + cap, target)
        falling = [tail]
        for n in range(cap - 1, -1, -1):  # only failures so far; a sum of positive terms
            tail += self._densities[n] / (b + n)
            falling.append(tail)
        self._rising = falling  # P(θ > t) after cap, cap − 1, … 0 failures

    def boundary(self, limit: float, looser: Sequence[float] | None = None, most: float = 1.0) -> list[int]:
        """For n = 0 … cap the largest s with P(θ > t) ≤ limit after s of n, −1 where none; none before the first trial.

        looser  for n = 0 … cap: by what the limit is multiplied there, up to `most`. Where it falls faster than a row of
                failures lets the tail fall, the boundary stays where it was: it is flat or rises by one, and with the limit
        """
        limits = None if looser is None else [min(most, limit * factor) for factor in looser]
        first = self._first(limit, limits)
        largest = [-1] * min(first, self._cap + 1)
        if first > self._cap:
            return largest
        t, failing = self._target, 1 - self._target
        s, alpha, beta, above_, density = self._enter(first, limit if limits is None else limits[1])
        for n in range(first, self._cap + 1):
            largest.append(s)
            total = alpha + beta
            if limits is not None and n < self._cap:
                limit = limits[n + 1]
            if above_ + density / alpha <= limit:
                above_, density, alpha, s = above_ + density / alpha, density * t * total / alpha, alpha + 1, s + 1
            else:
                above_, density, beta = above_ - density / beta, density * failing * total / beta, beta + 1
        return largest

    def _first(self, limit: float, limits: Sequence[float] | None) -> int:
        """The least number of failures, and of nothing else, whose tail is at the limit; cap + 1 where none is."""
        if limits is None:
            return max(1, self._cap + 1 - bisect_right(self._rising, limit))
        return next((n for n in range(1, self._cap + 1) if self._rising[-1 - n] <= limits[n]), self._cap + 1)

    def _enter(self, first: int, limit: float) -> tuple[int, float, float, float, float]:
        """(s, alpha, beta, P(θ > t), D) where the walk begins: no successes, unless the prior alone is at the limit."""
        prior, density, a, b = self._rising[-1], self._densities[0], self._alpha, self._beta
        if first == 1 and prior + density / a <= limit:
            return 1, a + 1, b, prior + density / a, density * self._target * (a + b) / a
        return 0, a, b + first, self._rising[-1 - first], self._densities[first]


def mirrored(lower: list[int]) -> list[int]:
    """A lower boundary of failures as an upper boundary of successes."""
    return [n + 1 if failures < 0 else n - failures for n, failures in enumerate(lower)]
