"""What a comparison within a margin comes to at given true rates, exactly, for arms that do not depend on each other.

A recursion over (wins, losses) and over which of the two one-sided claims has been shown by now. Both gamblers' wealth grows
with the wins of their side and falls with those of the other, so that each claim is shown from one number of wins on: that
staircase is found once for a margin, an error and a number of pairs.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kgents.stats.boundary import Boundary
from kgents.stats.duel import Duel
from kgents.stats.means import PAIRED

_NEGLIGIBLE = 1e-15  # of the probability of a number of wins: it is not followed further
_BETS = np.array(PAIRED)

Table = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ZoneOdds:
    """Probabilities that the first arm is called better, the second, and that both are called equivalent; expected pairs."""

    first: float
    second: float
    equivalent: float
    expected_pairs: float


def zone_odds(duel: Duel, margin: float, a: float, b: float) -> ZoneOdds:
    """Of arms with the success rates a and b in [0, 1]: whoever is better is told, or that they differ by less than margin."""
    win, loss = a * (1 - b), b * (1 - a)
    cap = duel.max_pairs
    mass = np.zeros((2, 2, 2, 2))  # wins, losses, not worse, not better
    mass[0, 0, 0, 0] = 1.0
    told, expected = np.zeros(3), 0.0
    for n in range(1, cap + 1):
        expected += float(mass.sum())
        mass = _moved(mass, win, loss)
        rows, columns = mass.shape[:2]
        wins, losses = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
        least = staircase(margin, duel.alpha, n)
        mass = _shown(mass, 2, wins >= _least(least, losses))
        mass = _shown(mass, 3, losses >= _least(least, wins))
        ups, downs = _crossed(duel.boundary, wins, losses)
        for coordinate, over in ((0, ups), (1, downs)):
            told[coordinate] += float(mass[over].sum())
            mass[over] = 0.0
        told[2] += float(mass[:, :, 1, 1].sum())
        mass[:, :, 1, 1] = 0.0
    first, second, equivalent = (float(chance) for chance in told)
    return ZoneOdds(first, second, equivalent, expected)


def _moved(mass: Table, win: float, loss: float) -> Table:
    """The masses after one more pair; numbers of wins and losses that hardly ever come are left out."""
    rows, columns = mass.shape[:2]
    more = np.zeros((rows + 1, columns + 1, 2, 2))
    more[:rows, :columns] = mass * (1 - win - loss)
    more[1:, :columns] += win * mass
    more[:rows, 1:] += loss * mass
    by_wins, by_losses = more.sum((1, 2, 3)), more.sum((0, 2, 3))
    last_row = int(np.nonzero(by_wins > _NEGLIGIBLE)[0].max(initial=0))
    last_column = int(np.nonzero(by_losses > _NEGLIGIBLE)[0].max(initial=0))
    return more[: last_row + 1, : last_column + 1]


def _shown(mass: Table, axis: int, now: NDArray[np.bool_]) -> Table:
    """The masses once a claim is shown in the states in which it is now."""
    moved = np.moveaxis(mass, axis, 2)
    moved[now, 1] += moved[now, 0]
    moved[now, 0] = 0.0
    return mass


def _least(least: Places, others: Places) -> Places:
    return least[np.minimum(others, len(least) - 1)]


def _crossed(boundary: Boundary, wins: Places, losses: Places) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The states in which the first, and the second, has won: by the number of pairs that differ."""
    most = min(int((wins + losses).max(initial=0)), boundary.max_trials or 0)
    upper, lower = np.array(boundary.upper[: most + 1]), np.array(boundary.lower[: most + 1])
    apart = np.minimum(wins + losses, most)  # where there are more, there is no mass
    return wins >= upper[apart], wins <= lower[apart]


@lru_cache(maxsize=4096)
def staircase(margin: float, alpha: float, n: int) -> Places:
    """Of n pairs, for each number of losses the least number of wins with which "above −margin" is shown; n + 1: none."""
    losses = np.arange(n + 1)
    low, high = np.full(n + 1, -1), np.full(n + 1, n + 1)  # not reached at low, reached at high or nowhere
    while np.any(high - low > 1):
        middle = (low + high) // 2
        reached = _wealth(margin, np.maximum(middle, 0), losses, n) >= -math.log(alpha)
        reached &= middle + losses <= n
        searching = high - low > 1
        beyond = middle + losses > n
        high = np.where(searching & (reached | beyond), middle, high)
        low = np.where(searching & ~(reached | beyond), middle, low)
    valid = (high + losses <= n) & (_wealth(margin, np.minimum(high, n), losses, n) >= -math.log(alpha))
    return np.where(valid, high, n + 1)


def _wealth(margin: float, wins: Places, losses: Places, n: int) -> Table:
    """The logarithm of the e-value of "the mean difference is at most −margin" after so many wins and losses in n pairs."""
    mean = (1 - margin) / 2
    same = np.maximum(n - wins - losses, 0)
    gains = [np.log1p(_BETS * (outcome / mean - 1)) for outcome in (1.0, 0.5, 0.0)]
    logs = wins[:, None] * gains[0] + same[:, None] * gains[1] + losses[:, None] * gains[2]
    top = logs.max(1)
    mixed: Table = np.log(np.exp(logs - top[:, None]).mean(1)) + top
    return mixed
