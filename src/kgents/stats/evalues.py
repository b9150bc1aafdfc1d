"""E-values for blocks of two plain and two transformed answers: evidence against "the two have one distribution".

A block is four integers (a1, a2, b1, b2), equal where the answers are. Under the law the four are exchangeable, hence
  D = ½([a1=a2] + [b1=b2]) − ¼Σ[ai=bj] ∈ [−½, 1] has mean 0 given the unordered block, and E D = ½‖P − Q‖² in general;
  of a triple (a1, a2, b1) in which exactly two agree, b1 is the odd one with probability ⅓.
Rule: every e-value here may be looked at after each block; the average of two e-values is one.

1. Waudby-Smith & Ramdas, Estimating means of bounded random variables by betting, JRSS B 2024.
2. Wang & Ramdas, False discovery rate control with e-values, JRSS B 2022.
"""

import math
from collections.abc import Sequence

Block = tuple[int, ...]
_MOST = 1.5  # ¾ of the largest bet that cannot ruin: D ≥ −½
_CELLS = 200


def excess(block: Block) -> float:
    """D of a block: unbiased for the excess disagreement ½‖P − Q‖²."""
    a1, a2, b1, b2 = block
    crossed = (a1 == b1) + (a1 == b2) + (a2 == b1) + (a2 == b2)
    return ((a1 == a2) + (b1 == b2)) / 2 - crossed / 4


def drop(block: Block) -> float:
    """Agreement of two plain answers less agreement of plain with transformed ones: unbiased for the agreement drop."""
    a1, a2, b1, b2 = block
    return (a1 == a2) - ((a1 == b1) + (a1 == b2) + (a2 == b1) + (a2 == b2)) / 4


class Betting:
    """Π(1 + λD) with a bet λ ∈ [0, 1.5] that depends on earlier blocks only."""

    def __init__(self) -> None:
        self.log = 0.0
        self._total = 0.0
        self._squares = 0.25
        self._count = 1

    def see(self, value: float) -> None:
        """Takes the D of one block."""
        mean = self._total / self._count
        bet = min(_MOST, max(0.0, mean / (self._squares / self._count)))
        self.log += math.log1p(max(bet, 0.05) * value)
        self._total += value
        self._squares += value * value
        self._count += 1


class RateAbove:
    """Evidence that a rate is above a limit in (0, 1): Π(1 + λ(x − limit)) with a bet λ that depends on the past only."""

    def __init__(self, limit: float) -> None:
        self.log = 0.0
        self._limit = limit
        self._total, self._count = 0.0, 0

    def see(self, event: bool) -> None:
        """Takes one trial."""
        mean = (self._total + 0.5) / (self._count + 1)
        variance = max(mean * (1 - mean), 1e-3)
        bet = min(0.75 / self._limit, max(0.0, (mean - self._limit) / (variance + (mean - self._limit) ** 2)))
        self.log += math.log1p(bet * (event - self._limit))
        self._total += event
        self._count += 1


class OddOneOut:
    """The uniform mixture against θ = ⅓, over triples in which exactly two agree."""

    def __init__(self) -> None:
        self.trials = 0
        self.odd = 0

    def see(self, block: Block) -> None:
        """Takes the triple (a1, a2, b1) of a block, if exactly two of it agree."""
        a1, a2, b1, _ = block
        agreeing = (a1 == a2) + (a1 == b1) + (a2 == b1)
        if agreeing == 1:
            self.trials += 1
            self.odd += a1 == a2

    @property
    def log(self) -> float:
        """The logarithm of the e-value."""
        n, s = self.trials, self.odd
        mixture = math.lgamma(s + 1) + math.lgamma(n - s + 1) - math.lgamma(n + 2)
        return mixture - s * math.log(1 / 3) - (n - s) * math.log(2 / 3)


def average(logs: Sequence[float]) -> float:
    """The average of e-values given by their logarithms; infinite where it is too large."""
    top = max(logs)
    total = sum(math.exp(log - top) for log in logs) / len(logs)
    return math.exp(top) * total if top < 700 else math.inf


class MeanInterval:
    """A confidence sequence for the mean of values in [low, high], by hedged betting on a grid of means (reference 1)."""

    def __init__(self, low: float, high: float, level: float) -> None:
        self._low, self._span = low, high - low
        self._limit = math.log(2 / (1 - level))
        self._up = [0.0] * (_CELLS + 1)
        self._down = [0.0] * (_CELLS + 1)
        self._total, self._spread, self._count = 0.5, 0.25, 1
        self._first, self._last = 0, _CELLS

    def see(self, value: float) -> None:
        """Takes one value."""
        x = (value - self._low) / self._span
        mean, variance = self._total / self._count, self._spread / self._count
        wish = math.sqrt(2 * self._limit / (variance * (self._count + 1) * math.log(self._count + 2)))
        for cell in range(self._first, self._last + 1):
            m = cell / _CELLS
            self._up[cell] += math.log1p(min(wish, 0.5 / max(m, 1e-9)) * (x - m))
            self._down[cell] += math.log1p(-min(wish, 0.5 / max(1 - m, 1e-9)) * (x - m))
        self._total += x
        self._spread += (x - mean) ** 2
        self._count += 1
        while self._first < self._last and self._out(self._first):
            self._first += 1
        while self._last > self._first and self._out(self._last):
            self._last -= 1

    def _out(self, cell: int) -> bool:
        return max(self._up[cell], self._down[cell]) >= self._limit

    @property
    def low(self) -> float:
        """The lower limit, widened by one cell of the grid."""
        return self._low + self._span * max(0, self._first - 1) / _CELLS

    @property
    def high(self) -> float:
        """The upper limit, widened by one cell of the grid."""
        return self._low + self._span * min(_CELLS, self._last + 1) / _CELLS


class KSample:
    """Pairs (plain, transformed) of one problem: each arm's Dirichlet(½) predictive against their mean (2 calls a step).

    E ≤ 1 under the law, because the four predictive ratios average to one; Turner, Ly & Grünwald 2024.
    """

    def __init__(self) -> None:
        self.log = 0.0
        self._plain: dict[int, int] = {}
        self._transformed: dict[int, int] = {}

    def see(self, plain: int, transformed: int) -> None:
        """Takes one pair of answers, as class numbers."""
        known = len(self._plain.keys() | self._transformed.keys()) + 1
        for answer, own in ((plain, self._plain), (transformed, self._transformed)):
            other = self._transformed if own is self._plain else self._plain
            mine, theirs = _predictive(own, answer, known), _predictive(other, answer, known)
            self.log += math.log(2 * mine / (mine + theirs))
        self._plain[plain] = self._plain.get(plain, 0) + 1
        self._transformed[transformed] = self._transformed.get(transformed, 0) + 1


def _predictive(counts: dict[int, int], answer: int, cells: int) -> float:
    return (counts.get(answer, 0) + 0.5) / (sum(counts.values()) + 0.5 * cells)


def e_bh(values: Sequence[float], alpha: float) -> list[bool]:
    """Which hypotheses are rejected at false discovery rate alpha, whatever the dependence (reference 2)."""
    count = len(values)
    order = sorted(range(count), key=lambda number: -values[number])
    kept = 0
    for rank, number in enumerate(order, 1):
        if values[number] >= count / (rank * alpha):
            kept = rank
    rejected = set(order[:kept])
    return [number in rejected for number in range(count)]
