"""What a comparison of two arms comes to at given true rates, exactly, for arms that do not depend on each other.

A pair is discordant with one probability, and won by the first arm with another: so the discordant pairs are a walk on the
lattice of the design, and the D-th of them comes at a negative binomial time.
"""

from dataclasses import dataclass
from functools import lru_cache

from kgents.stats.beta import binomial_at_least
from kgents.stats.duel import Duel
from kgents.stats.lattice import forward, mass


@dataclass(frozen=True, slots=True)
class DuelOdds:
    """The probabilities that the first and that the second arm is called better, and the expected number of pairs."""

    first: float
    second: float
    expected_pairs: float

    @property
    def different(self) -> float:
        """The probability that the arms are told apart: a false alarm where their rates are equal."""
        return self.first + self.second


def duel_odds(duel: Duel, a: float, b: float) -> DuelOdds:
    """Of arms with the success rates a and b in [0, 1], by a duel without a margin. ValueError for one with a margin."""
    if duel.margin is not None:
        raise ValueError("which arm is better is asked without a margin")
    only_a, only_b, cap = a * (1 - b), b * (1 - a), duel.max_pairs
    apart = only_a + only_b
    if apart <= 0:
        return DuelOdds(0.0, 0.0, float(cap))
    first = second = early = 0.0
    for n, up, down in _stops(duel, only_a / apart):
        within = binomial_at_least(n, cap, apart)
        first, second = first + up * within, second + down * within
        # E[T; T ≤ cap] of the pair T at which the n-th discordant one comes
        early += (up + down) * n / apart * binomial_at_least(n + 1, cap + 1, apart)
    return DuelOdds(first, second, early + cap * (1 - first - second))


@lru_cache(maxsize=64)
def _stops(duel: Duel, share: float) -> tuple[tuple[int, float, float], ...]:
    """(n, P(the first has won), P(the second has)) of the numbers of discordant pairs at which it can end, where the first
    wins that share of them; as if there were as many of them as pairs."""
    rows = ((row.n, mass(row.supported), mass(row.refuted)) for row in forward(duel.boundary, share, duel.max_pairs))
    return tuple((n, up, down) for n, up, down in rows if up or down)
