"""Scores that are all 0 or 1 are decided by the rule for a rate, in whose place others are bet on from the first of them.

Let B be that the rule for a rate, of a design with a cap, ends with a verdict. If every score is 0 or 1 with mean m, the
chance P_m(B | n scores, s of them 1)/P_m(B) is a martingale that begins at 1: the wealth of a gambler who bets on B. It
is bet on scores in between as on 0 and 1 (the wealth after a score x is linear in x), so it is an e-value of "the mean is
m" whatever the law of the scores, and, since it grows with s, of "the mean is at most m" where B is "supported".
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from kgents.stats.boundary import Side
from kgents.stats.design import Design, Rule
from kgents.stats.lattice import forward
from kgents.stats.rules import boundary

LARGEST_CAP = 1000  # above it the table takes longer than the trials that it saves
NEVER = -math.inf


@dataclass(frozen=True, slots=True)
class _Ends:
    """How runs that are in one state now end with a verdict: (further ones, further zeros, the chance at the target)."""

    chances: tuple[tuple[int, int, float], ...]

    def log_chance(self, up: float, down: float) -> float:
        """The logarithm of the chance of the verdict, where a one is e^up times as likely and a zero e^down times."""
        return log_sum(math.log(chance) + ones * up + zeros * down for ones, zeros, chance in self.chances)


class BinaryRule:
    """The rule for a rate against a target, within a cap, and what each gambler has in each of its states."""

    def __init__(self, target: float, confidence: float, cap: int) -> None:
        self.target = target
        self.design = Design(Rule.CALIBRATED, target, confidence, cap, futility=0.0)
        self.boundary = boundary(self.design)
        self.cap = cap
        self._tables = {side: self._table(side) for side in (Side.SUPPORTED, Side.REFUTED)}

    @property
    def decides(self) -> bool:
        """Whether both verdicts can be reached within the cap."""
        return all(self.chance(side, 0, 0) > 0 for side in self._tables)

    def chance(self, side: Side, n: int, s: int) -> float:
        """Of the verdict at the target, after s ones of n scores."""
        return self._in(self._tables[side], side, n, s)

    def log_wealth(self, side: Side, n: int, s: int) -> float:
        """Of the gambler who bets on the verdict at the target; 0 at the beginning."""
        chance = self.chance(side, n, s)
        return math.log(chance / self.chance(side, 0, 0)) if chance > 0 else NEVER

    def log_chance(self, side: Side, mean: float, n: int, s: int) -> float:
        """The logarithm of the chance of the verdict at another mean in (0, 1)."""
        up, down = math.log(mean / self.target), math.log((1 - mean) / (1 - self.target))
        return _ends(self, side, n, s).log_chance(up, down)

    def _table(self, side: Side) -> list[tuple[int, list[float]]]:
        """After n scores: (the least s that goes on, the chance from each that does), backwards from the cap."""
        table: list[tuple[int, list[float]]] = [(0, [])] * (self.cap + 1)
        upper, lower, rate = self.boundary.upper, self.boundary.lower, self.target
        for n in range(self.cap - 1, -1, -1):
            first, last = max(0, lower[n] + 1), min(n, upper[n] - 1)
            after = [self._in(table, side, n + 1, s) for s in range(first, last + 2)] if first <= last else []
            table[n] = first, [(1 - rate) * after[i] + rate * after[i + 1] for i in range(len(after) - 1)]
        return table

    def _in(self, table: list[tuple[int, list[float]]], side: Side, n: int, s: int) -> float:
        ended = self.boundary.decide(n, s)
        if ended is not None:
            return float(ended is side)
        first, chances = table[n]
        return chances[s - first]


@lru_cache(maxsize=64)
def binary_rule(target: float, confidence: float, cap: int | None) -> BinaryRule | None:
    """The rule of these, the same object every time; None without a cap, above the largest, or where a verdict is out of
    reach."""
    if cap is None or cap > LARGEST_CAP:
        return None
    rule = BinaryRule(target, confidence, cap)
    return rule if rule.decides else None


def log_sum(logs: Iterable[float]) -> float:
    """The logarithm of the sum of what has these logarithms."""
    some = [log for log in logs if log > NEVER]
    if not some:
        return NEVER
    largest = max(some)
    return largest + math.log(math.fsum(math.exp(log - largest) for log in some))


def log_between(zero: float, one: float, share: float) -> float:
    """The logarithm of (1 − share) e^zero + share e^one."""
    weights = ((1 - share, zero), (share, one))
    return log_sum(math.log(weight) + log for weight, log in weights if weight > 0)


@lru_cache(maxsize=256)
def _ends(rule: BinaryRule, side: Side, n: int, s: int) -> _Ends:
    ended = rule.boundary.decide(n, s)
    if ended is not None:
        return _Ends(((0, 0, 1.0),) if ended is side else ())
    chances: list[tuple[int, int, float]] = []
    for row in forward(rule.boundary, rule.target, rule.cap, n, s):
        won = side is Side.SUPPORTED
        masses, first = (row.supported, row.supported_from) if won else (row.refuted, row.refuted_from)
        for place, mass in enumerate(masses):
            ones = first + place - s
            if mass > 0:
                chances.append((ones, row.n - n - ones, float(mass)))
    return _Ends(tuple(chances))
