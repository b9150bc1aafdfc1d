"""Two arms that face the same inputs: the calibrated rule over the pairs on which they differ.

Pairs in which both succeed or both fail say nothing about which arm is better; of the others each arm wins half if the
arms are equal, whatever their common rate and however they depend on each other (McNemar 1947). So the first arm is
better when the rate of its wins among discordant pairs is above ½: a Bernoulli rate, and the ordinary engine decides.

Equivalence: the difference of the two rates is (wins of a − wins of b)/pairs in expectation. Two confidence sequences,
one for each kind of win, each at half of the error, hold at every look; when together they keep the difference inside
±margin, the arms are equivalent, with that error at most, however often one looked.
"""

from dataclasses import dataclass

from kgents.stats.analysis import confidence_sequence
from kgents.stats.boundary import Boundary, Side
from kgents.stats.design import Design, Rule
from kgents.stats.rules import boundary


@dataclass(frozen=True, slots=True)
class Duel:
    """A comparison of two arms.

    alpha      the probability, per arm, that it is beaten by an arm that is not better
    max_pairs  the cap on pairs
    margin     rates that differ by less are equivalent; None: equivalence is not looked for
    filled     as of the design
    """

    alpha: float
    max_pairs: int
    margin: float | None = None
    filled: bool = True

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
        """Limits of rate(a) − rate(b) that hold at every look with error alpha."""
        first = confidence_sequence(pairs, a_wins, 1 - self.alpha / 2)
        second = confidence_sequence(pairs, b_wins, 1 - self.alpha / 2)
        return first.low - second.high, first.high - second.low

    def _equivalent(self, pairs: int, a_wins: int, b_wins: int) -> bool:
        low, high = self.difference(pairs, a_wins, b_wins)
        return self.margin is not None and -self.margin < low and high < self.margin

    @property
    def design(self) -> Design:
        """The design over discordant pairs."""
        return Design(Rule.CALIBRATED, 0.5, 1 - self.alpha, self.max_pairs, futility=0.0, filled=self.filled)

    @property
    def boundary(self) -> Boundary:
        """Over discordant pairs: n of them, s won by a."""
        return boundary(self.design)
