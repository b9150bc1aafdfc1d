"""Is a mean above a target, within a cap, where some scores are 0 or 1 and some in between: bets that aim at the cap.

Up to the first number in between: AgainstTargetWithin. From then on each gambler places, on every number, one of two bets,
chosen by what came before. Where the numbers vary nearly as much as 0 and 1 of their mean do, what he has is a chance
(aim.py), and he bets as from the place that has it. Where they vary less, as all fractions together do, each by what it
would have won since the first number. The same bets, placed against a mean beyond the target, win no less there.
"""

import math
from collections.abc import Sequence

from kgents.stats.boundary import Side
from kgents.stats.means.aim import aim
from kgents.stats.means.binary import NEVER, BinaryRule
from kgents.stats.means.within import AgainstTargetWithin

SIDES = (Side.SUPPORTED, Side.REFUTED)
SLACK = 1e-9  # of logarithms that are rounded
VARIED = 0.65  # of the variance of 0 and 1 of the same mean: from here on they are bet on as those are


class Gambler:
    """On one side: scores are counted towards his verdict, from 0 to 1."""

    def __init__(self, rule: BinaryRule, side: Side, alpha: float, fractions: tuple[float, ...], chance: float) -> None:
        """`chance` of the verdict at the target is what he has; `alpha` the share of it with which he began that is enough."""
        self._aim = aim(rule, side)
        self._cap = rule.cap
        self._fractions = fractions
        self._enough = min(1.0, rule.chance(side, 0, 0) / alpha)
        self.chance = chance
        self.placed: list[tuple[float, float]] = []  # bet, score

    @property
    def has_won(self) -> bool:
        """Whether he has 1/α times what he began with before the first number."""
        return self.chance >= self._enough

    def add(self, n: int, score: float, logs: Sequence[float], *, varied: bool) -> None:
        """The number after n has come. `logs`: what each fraction would have won by then."""
        if varied and self.chance > 0 and n < self._cap:
            zero, one = self._aim.after(n, self.chance)
            self.placed.append(((one - zero) / self.chance, score))
            self.chance = (1 - score) * zero + score * one
        else:
            bet = self._mixed(logs)
            self.placed.append((bet, score))
            self.chance *= max(0.0, 1 + bet * (score - self._aim.rate))

    def log_since(self, mean: float) -> float:
        """What these bets would have won against a mean up to the target, as seen from his side."""
        factors = [1 + bet * (score - mean) for bet, score in self.placed]
        return math.fsum(map(math.log, factors)) if min(factors, default=1.0) > 0 else NEVER

    def distance(self, n: int, logs: Sequence[float], most: int) -> int:
        """No fewer further scores than these can make him win, or `most`: each is the greatest, and the better bet placed."""
        chance, logs = self.chance, list(logs)
        gains = [math.log1p(fraction * (1 / self._aim.rate - 1)) for fraction in self._fractions]
        for more in range(1, most):
            aimed = self._aim.after(n + more - 1, chance)[1] if n + more <= self._cap else chance
            chance = max(aimed, chance * (1 + self._mixed(logs) * (1 - self._aim.rate)))
            if chance >= self._enough:
                return more
            logs = [log + gain for log, gain in zip(logs, gains, strict=True)]
        return most

    def given_up_in(self, n: int, aimed: int, most: int) -> int:
        """No fewer further scores than these can put a win out of reach, or `most`: each is the least. The first `aimed`
        are surely bet on by the place."""
        chance, lost = self.chance, 1 - max(self._fractions)
        for more in range(1, most):
            zero = self._aim.after(n + more - 1, chance)[0] if n + more <= self._cap else chance
            chance = zero if more <= aimed else min(zero, chance * lost)
            if self._is_too_little(chance, self._cap - n - more):
                return more
        return most

    def is_out_of_reach(self, n: int) -> bool:
        """Whether the scores that are left cannot make him win even if all is staked on each of them."""
        return self._is_too_little(self.chance, self._cap - n)

    def _is_too_little(self, chance: float, left: int) -> bool:
        return chance <= 0 or math.log(self._enough / chance) > -left * math.log(self._aim.rate) + SLACK

    def _mixed(self, logs: Sequence[float]) -> float:
        largest = max(logs)
        weights = [math.exp(log - largest) for log in logs]
        bets = zip(self._fractions, weights, strict=True)
        return math.fsum(fraction * weight for fraction, weight in bets) / math.fsum(weights) / self._aim.rate


class AgainstTargetAimed(AgainstTargetWithin):
    """As AgainstTargetWithin, with fewer numbers where some are 0 or R and some in between, or most are near either."""

    _gamblers: dict[Side, Gambler] | None = None
    _sums: tuple[int, int] = 0, 0  # of the numbers, and of their squares

    def add(self, x: int) -> None:
        """Takes the next number. ValueError where it is outside 0 … R."""
        if self._gamblers is not None:
            varied, share = self._is_varied(), x / self.resolution
            self._gamblers[Side.SUPPORTED].add(self.n, share, self._above, varied=varied)
            self._gamblers[Side.REFUTED].add(self.n, 1 - share, self._below, varied=varied)
        super().add(x)
        self._sums = self._sums[0] + x, self._sums[1] + x * x

    def _leave(self) -> None:
        chances = {side: self._rule.chance(side, 0, 0) * math.exp(self._begun(side, self.target)) for side in SIDES}
        self._gamblers = self._who_have(chances)

    def _who_have(self, chances: dict[Side, float]) -> dict[Side, Gambler]:
        return {side: Gambler(self._rule, side, self.alpha, self._fractions, chances[side]) for side in SIDES}

    def _standing(self) -> dict[Side, Gambler]:
        """The gamblers, also before the first number in between."""
        if self._gamblers is not None:
            return self._gamblers
        return self._who_have({side: self._rule.chance(side, self.n, self._ones) for side in SIDES})

    def _is_varied(self) -> bool:
        """Whether the numbers by now vary so much; one success and failure at the target counts among them."""
        pooled = (self._sums[0] / self.resolution + self.target) / (self.n + 1)
        return self._deviations() / (self.n + 1) >= VARIED * pooled * (1 - pooled)

    def _deviations(self) -> float:
        """The squares of the deviations from their mean, which no further number makes less."""
        total, squares = self._sums
        of_target = self.target * (1 - self.target)
        return of_target + (squares - total**2 / self.n) / self.resolution**2 if self.n else of_target

    def _surely_varied(self) -> int:
        """So many further numbers at least are placed by numbers that vary so much, whatever they are."""
        return max(0, int(self._deviations() / (VARIED / 4) - SLACK) - self.n)

    def _reached(self) -> str | None:
        gamblers = self._gamblers or {}
        return next((side.value for side, gambler in gamblers.items() if gambler.has_won), None)

    def distance(self, most: int) -> int:
        """No fewer further numbers than these can bring a verdict, or put both out of reach, or `most`."""
        if self._gamblers is None:
            most = min(most, max(1, self._rule.boundary.distance(self.n, self._ones)))
        standing = self._standing()
        most = standing[Side.SUPPORTED].distance(self.n, self._above, most)
        most = standing[Side.REFUTED].distance(self.n, self._below, most)
        aimed = self._surely_varied()
        return max(gambler.given_up_in(self.n, aimed, most) for gambler in standing.values())

    @property
    def is_out_of_reach(self) -> bool:
        """Whether no verdict can come any more within the cap."""
        return all(gambler.is_out_of_reach(self.n) for gambler in self._standing().values())

    def _log_since(self, side: Side, mean: float) -> float:
        if self._gamblers is None:
            return 0.0
        return self._gamblers[side].log_since(mean if side is Side.SUPPORTED else 1 - mean)
