"""How a decision by bets that aim at the cap ends, under a law of a few scores, followed over how often each score came.

What the counts of the scores settle is exact: whether the scores vary, and what fractions are bet. What a gambler has can
depend on their order too; then the mean over the orders is followed, which is told (`exact` is false).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kgents.stats.boundary import Side
from kgents.stats.means.aim import Aim, aim
from kgents.stats.means.aimed import SIDES, SLACK, VARIED
from kgents.stats.means.binary import BinaryRule
from kgents.stats.means.counts import length, stepped
from kgents.stats.means.wealth import AGAINST_SCORES

RARE = 1e-11
SAME = 1e-9  # relative difference of what gamblers have after the same scores in other orders: rounding


@dataclass(frozen=True, slots=True)
class ScoreForecast:
    """Probabilities of the verdicts within the cap, and of the number of trials its mean, sd and 95 % quantile.

    left_out  the probability of all that was not followed
    exact     whether the order of the scores never mattered
    """

    supported: float
    refuted: float
    open: float
    expected_trials: float
    sd_trials: float
    q95_trials: int
    left_out: float
    exact: bool


class Stops:
    """With which probability a run ends how after how many scores."""

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self.exact = True
        self._supported, self._refuted, self._open = ([0.0] * (cap + 1) for _ in range(3))
        self._left_out = 0.0

    def end(self, n: int, masses: Any, won: Any, lost: Any, hopeless: Any) -> Any:
        """Adds the states that end after n scores; those that go on."""
        over = hopeless & ~won & ~lost if n < self.cap else ~won & ~lost
        for ended, sums in ((won, self._supported), (lost, self._refuted), (over, self._open)):
            sums[n] += float(masses[ended].sum())
        going = ~(won | lost | over)
        kept = going & (masses >= RARE)
        self._left_out += float(masses[going & ~kept].sum())
        return kept

    def forecast(self) -> ScoreForecast:
        """What it comes to."""
        mean, sd, quantile = length(
            [sum(shares) for shares in zip(self._supported, self._refuted, self._open, strict=True)]
        )
        return ScoreForecast(
            math.fsum(self._supported), math.fsum(self._refuted), math.fsum(self._open), mean, sd, quantile,
            self._left_out, self.exact,
        )  # fmt: skip


def follow(stops: Stops, law: Mapping[float, float], rule: BinaryRule, alpha: float) -> None:
    """Adds how all runs end."""
    import numpy as np

    scores, chances = np.array(list(law)), np.array(list(law.values()))
    sides = [_Followed(rule, side, alpha, scores) for side in SIDES]
    counts: Any = np.zeros((1, len(scores)))
    masses: Any = np.ones(1)
    has = [np.array([rule.chance(side, 0, 0)]) for side in SIDES]
    between = (scores > 0) & (scores < 1)
    for n in range(1, stops.cap + 1):
        varied = _varied(counts, scores, rule.target) | ~(counts[:, between].sum(1) > 0)
        each = [side.after(n - 1, own, counts, varied) for side, own in zip(sides, has, strict=True)]
        weights = np.outer(masses, chances)
        counts, inverse = stepped(counts, n)
        masses = np.bincount(inverse, weights=weights.ravel())
        has = [np.bincount(inverse, weights=(own * weights).ravel()) / masses for own in each]
        stops.exact &= all(
            np.allclose(one.ravel(), own[inverse], SAME, 1e-12) for one, own in zip(each, has, strict=True)
        )
        left = counts[:, between].sum(1) > 0
        won, lost = (side.has_won(own, left) for side, own in zip(sides, has, strict=True))
        hopeless = np.logical_and(
            *(side.is_out_of_reach(own, stops.cap - n) for side, own in zip(sides, has, strict=True))
        )
        going = stops.end(n, masses, won, lost & ~won, hopeless)
        counts, masses, has = counts[going], masses[going], [own[going] for own in has]
        if not len(masses):
            break


class _Followed:
    """One gambler, in many states at once; states are rows, scores columns."""

    def __init__(self, rule: BinaryRule, side: Side, alpha: float, scores: Any) -> None:
        import numpy as np

        self._aim: Aim = aim(rule, side)
        self._scores = scores if side is Side.SUPPORTED else 1 - scores
        self._enough = min(1.0, rule.chance(side, 0, 0) / alpha)
        self._bets = np.array(AGAINST_SCORES)
        self._gains = np.log1p(np.outer(self._scores / self._aim.rate - 1, self._bets))

    def after(self, n: int, has: Any, counts: Any, varied: Any) -> Any:
        """What he has after each score, from what he has after n."""
        import numpy as np

        chances = self._aim.rows[n][1]
        ends = np.array([self._aim.following(n, at) for at in range(len(chances))])
        zero, one = (np.interp(has, chances, ends[:, which]) for which in (0, 1))
        aimed = np.outer(zero, 1 - self._scores) + np.outer(one, self._scores)
        logs = counts @ self._gains
        weights = np.exp(logs - logs.max(axis=1)[:, None])
        bets = (weights @ self._bets) / weights.sum(axis=1) / self._aim.rate
        by_fractions = has[:, None] * (1 + np.outer(bets, self._scores - self._aim.rate))
        return np.where(varied[:, None], aimed, by_fractions)

    def has_won(self, has: Any, left: Any) -> Any:
        """Whether it is enough; `left`: whether a score in between has come."""
        import numpy as np

        return has >= np.where(left, self._enough, 1) * (1 - SAME)

    def is_out_of_reach(self, has: Any, left: int) -> Any:
        """Whether the scores that are left cannot make him win."""
        import numpy as np

        most = -left * math.log(self._aim.rate) + SLACK
        return np.log(self._enough / np.maximum(has, 1e-300)) > most


def _varied(counts: Any, scores: Any, target: float) -> Any:
    """Whether the scores vary as much as 0 and 1 do, by state."""
    import numpy as np

    n = counts.sum(axis=1)
    total, squares = counts @ scores, counts @ (scores * scores)
    within = squares - total**2 / np.maximum(n, 1) + target * (1 - target)
    pooled = (total + target) / (n + 1)
    return within / (n + 1) >= VARIED * pooled * (1 - pooled)
