"""Two arms that face the same inputs: the calibrated rule over the pairs on which they differ.

Pairs in which both succeed or both fail say nothing about which arm is better; of the others each arm wins half if the
arms are equal, whatever their common rate and however they depend on each other (McNemar 1947). So the first arm is
better when the rate of its wins among discordant pairs is above ½: a Bernoulli rate, and the ordinary engine decides.

Equivalence within a margin is `means.Zone`. In experiments of calibration version 1 it was the union of two confidence
sequences, one for each kind of win, each at half of the error: those are decided by it still.
"""

import math
from dataclasses import dataclass, replace

from kgents.stats.analysis import confidence_sequence
from kgents.stats.boundary import Boundary, Side
from kgents.stats.design import Design, Rule
from kgents.stats.means import PAIRED, limits
from kgents.stats.rules import boundary


@dataclass(frozen=True, slots=True)
class Duel:
    """A comparison of two arms.

    alpha      the probability, per arm, that it is beaten by an arm that is not better
    max_pairs  the cap on pairs
    margin     of calibration version 1: rates that differ by less are equivalent; None: equivalence is not looked for
    filled     as of the design; `shaped` likewise
    """

    alpha: float
    max_pairs: int
    margin: float | None = None
    filled: bool = True
    shaped: bool = True

    def decide(self, pairs: int, a_wins: int, b_wins: int) -> str | None:
        """'a', 'b', 'equivalent', 'inconclusive' at the cap, or None to go on."""
        discordant = a_wins + b_wins
        match self.boundary.decide(discordant, a_wins):
            case Side.SUPPORTED:
                return "a"
            case Side.REFUTED:
                return "b"
        if self.margin is not None and self._equivalent(pairs, a_wins, b_wins):
            return "equivalent"
        return "inconclusive" if pairs >= self.max_pairs else None

    def distance(self, pairs: int, a_wins: int, b_wins: int) -> int:
        """The least number of further pairs after which it can be decided."""
        nearest = min(self.boundary.distance(a_wins + b_wins, a_wins), self.max_pairs - pairs)
        if self.margin is None or nearest <= 1:
            return max(0, nearest)
        return next((k for k in range(1, nearest) if self._equivalent(pairs + k, a_wins, b_wins)), nearest)

    def difference(self, pairs: int, a_wins: int, b_wins: int) -> tuple[float, float]:
        """Limits of rate(a) − rate(b), each of which holds at every look with error alpha: a betting sequence."""
        places = {2: a_wins, 1: pairs - a_wins - b_wins, 0: b_wins}
        low, high = limits(places, 2, -math.log(self.alpha), PAIRED) if pairs else (0.0, 1.0)
        return 2 * low - 1, 2 * high - 1

    def _union(self, pairs: int, a_wins: int, b_wins: int) -> tuple[float, float]:
        first = confidence_sequence(pairs, a_wins, 1 - self.alpha / 2)
        second = confidence_sequence(pairs, b_wins, 1 - self.alpha / 2)
        return first.low - second.high, first.high - second.low

    def _equivalent(self, pairs: int, a_wins: int, b_wins: int) -> bool:
        low, high = self._union(pairs, a_wins, b_wins)
        return self.margin is not None and -self.margin < low and high < self.margin

    @property
    def design(self) -> Design:
        """The design over discordant pairs."""
        design = Design(Rule.CALIBRATED, 0.5, 1 - self.alpha, self.max_pairs, futility=0.0)
        return replace(design, filled=self.filled, shaped=self.shaped)

    @property
    def boundary(self) -> Boundary:
        """Over discordant pairs: n of them, s won by a."""
        return boundary(self.design)
