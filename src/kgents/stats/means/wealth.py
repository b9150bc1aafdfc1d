"""The e-process of "the mean is at most m": the wealth of a gambler who bets that it is more.

A bet of fraction c multiplies the wealth by 1 + c(x/m − 1): never below 0, for c ≤ 1 and x ≥ 0, and in expectation at
most 1 as long as the mean of x, whatever came before, is at most m. So the wealth is at least 1/α at some time with
probability at most α (Ville) [1]. Nobody knows the best fraction: the wealth starts divided evenly among a grid of
fractions that is fixed before the first number, so no bet depends on the number it is placed on. The wealth of each
fraction falls with m, which makes the m that are not rejected an interval.

The numbers are integers from 0 to a resolution R and stand for x/R in [0, 1]; their order does not matter to the wealth.

References
[1] Waudby-Smith & Ramdas 2024, Estimating means of bounded random variables by betting, JRSS-B 86 (a capital process of
    fixed fractions on a grid is their grid Kelly strategy).
"""

import math
from collections.abc import Mapping, Sequence

Counts = Mapping[int, int]

GRID = 60
LARGEST_BET = 0.999
SMALLEST_BET = 0.2
LARGE = 24  # of the grid, from LARGE_BET up; the others are even in logarithms from SMALL_BET to MIDDLE_BET
LARGE_BET, MIDDLE_BET, SMALL_BET = 0.85, 0.6, 0.03


def _fractions(bend: float) -> tuple[float, ...]:
    """Fractions of the largest bet; the larger `bend`, the more of them near it."""
    return tuple(LARGEST_BET * (1 - (1 - (cell + 0.5) / GRID) ** bend) for cell in range(GRID))


AGAINST_SCORES = (  # large bets are for scores that vary little, small ones for scores that vary much or are near their target
    *(LARGE_BET + (LARGEST_BET - LARGE_BET) * (cell + 0.5) / LARGE for cell in range(LARGE)),
    *(SMALL_BET * (MIDDLE_BET / SMALL_BET) ** ((cell + 0.5) / (GRID - LARGE)) for cell in range(GRID - LARGE)),
)
AGAINST_SCORES_BEFORE_3 = _fractions(2.0)  # of calibration versions 1 and 2: few small bets
EVENLY = _fractions(1.0)  # differences of pairs, whose best bets are anywhere
_HALF = tuple((cell + 0.5) / (GRID // 2) for cell in range(GRID // 2))
PAIRED = (  # against a margin: half of the stakes evenly, half evenly in logarithms from SMALLEST_BET up
    *(LARGEST_BET * share for share in _HALF),
    *(SMALLEST_BET * (LARGEST_BET / SMALLEST_BET) ** share for share in _HALF),
)


def against_scores(calibration: int) -> tuple[float, ...]:
    """The fractions that are bet on scores by plans of a version of the calibration."""
    return AGAINST_SCORES if calibration > 2 else AGAINST_SCORES_BEFORE_3


def log_wealth(counts: Counts, resolution: int, mean: float, fractions: tuple[float, ...] = AGAINST_SCORES) -> float:
    """The logarithm of the e-value of "the mean of x/R is at most `mean`", for counts of the integers x.

    `mean` lies in (0, 1]. To bet that the mean is less, give the counts of R − x, and 1 − mean.
    """
    return log_mixed([(x / resolution / mean - 1, count) for x, count in counts.items()], fractions)


def log_mixed(ratios: Sequence[tuple[float, int]], fractions: tuple[float, ...]) -> float:
    """The logarithm of the wealth where a bet of fraction c multiplied it by 1 + c r so often, for each (r, how often)."""
    logs = [math.fsum(count * math.log1p(bet * ratio) for ratio, count in ratios) for bet in fractions]
    largest = max(logs)
    return largest + math.log(math.fsum(math.exp(value - largest) for value in logs) / len(fractions))
