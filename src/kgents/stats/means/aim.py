"""Where a run of scores stands on its way to a verdict of the rule for a rate: sums between the whole numbers too.

The rule's boundaries are staircases. Through their corners, where one failure more is allowed for the first time or so many
successes are enough for the last, goes a line; what is enough from a sum in between lies on it. From each sum, in steps of
1/PARTS, the chance of the verdict at the target is that of adding whole successes until a line is reached: a martingale, and
for whole sums the chance under the rule itself. What a gambler has is such a chance, so it tells his place, and the place his
next bet.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from kgents.stats.boundary import Side
from kgents.stats.means.binary import BinaryRule

PARTS = 4  # of the way from one whole sum to the next


@dataclass(frozen=True, slots=True)
class Aim:
    """Chances of one verdict at the target; sums are counted in parts, towards that verdict.

    rate    the target, seen from that side
    rows    after n scores: the largest sum from which the verdict is out of reach because the other one came, and the
            chances from there (0) up to the least sum that is enough (1)
    """

    rate: float
    rows: tuple[tuple[int, Sequence[float]], ...]

    def chance(self, n: int, place: int) -> float:
        """Of the verdict, from a sum after n scores."""
        first, chances = self.rows[n]
        at = place - first
        return 0.0 if at < 0 else 1.0 if at >= len(chances) else chances[at]

    def after(self, n: int, chance: float) -> tuple[float, float]:
        """The chances that a least and a greatest score leave of this one, the n-th of which has come."""
        if chance >= 1:
            return 1.0, 1.0
        chances = self.rows[n][1]
        at = bisect_right(chances, chance) - 1
        share = (chance - chances[at]) / (chances[at + 1] - chances[at])
        (zero, one), (more_zero, more_one) = self.following(n, at), self.following(n, at + 1)
        return (1 - share) * zero + share * more_zero, (1 - share) * one + share * more_one

    def following(self, n: int, at: int) -> tuple[float, float]:
        """The same from the sum at this place of the row of n: nothing changes at its ends, where there was a verdict."""
        first, chances = self.rows[n]
        if at in (0, len(chances) - 1):
            return chances[at], chances[at]
        return self.chance(n + 1, first + at), self.chance(n + 1, first + at + PARTS)


@lru_cache(maxsize=64)
def aim(rule: BinaryRule, side: Side) -> Aim:
    """At a verdict of a rule; the same object every time."""
    ones = _enough(rule.boundary.upper, rule.cap)
    zeros = _enough([n - below for n, below in enumerate(rule.boundary.lower[: rule.cap + 1])], rule.cap)
    if side is Side.REFUTED:
        ones, zeros = zeros, ones
    rate = rule.target if side is Side.SUPPORTED else 1 - rule.target
    rows: list[tuple[int, Sequence[float]]] = []
    after: tuple[int, Sequence[float]] | None = None
    for n in range(rule.cap, -1, -1):
        lost, won = PARTS * n - zeros[n], ones[n]
        between = [0.0] * (won - lost - 1) if after is None else _between(after, lost + 1, won, rate)
        after = lost, (0.0, *between, 1.0)
        rows.append(after)
    return Aim(rate, tuple(reversed(rows)))


def _between(after: tuple[int, Sequence[float]], first: int, end: int, rate: float) -> list[float]:
    """The chances from the sums first … end − 1, by those after one more score."""
    start, chances = after
    last = start + len(chances) - 1
    padded = [0.0] * max(0, start - first)
    padded += chances[max(0, first - start) : max(0, end + PARTS - start)]
    padded += [1.0] * (end + PARTS - max(last + 1, first))
    return [(1 - rate) * zero + rate * one for zero, one in zip(padded[: end - first], padded[PARTS:], strict=True)]


def _enough(steps: Sequence[int], cap: int) -> list[int]:
    """The least sum, in parts, that is enough after 0 … cap scores: on or above the line through the corners of a boundary,
    within the step that its whole numbers allow.
    """
    ends = [n for n in range(1, cap + 1) if steps[n] <= n and steps[n - 1] == steps[n]]
    corners = [n for n in ends if n == cap or steps[n + 1] > steps[n]] or [cap]
    enough = [PARTS * steps[corners[0]]] * (corners[0] + 1)
    for corner, following in pairwise(corners):
        width, rise = following - corner, steps[following] - steps[corner]
        for n in range(1, width + 1):
            whole, line = PARTS * steps[corner + n], PARTS * steps[corner] - (-PARTS * rise * n // width)
            enough.append(min(whole, max(whole - PARTS + 1, line)))
    return enough + [PARTS * steps[n] for n in range(corners[-1] + 1, cap + 1)]
