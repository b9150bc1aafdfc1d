"""The power that no test of at most so many trials exceeds, whatever it looks at and whenever it stops.

A sequential test of at most n trials is a test on n trials, so the lemma of Neyman and Pearson bounds it: none whose error
is at most α has more power than the most powerful one on exactly n, which is randomised where α falls between two counts.
"""

from kgents.stats.beta import binomial_at_least
from kgents.stats.design import LARGEST_CAP


def most_power(trials: int, target: float, at: float, error: float) -> float:
    """P(verdict) at the rate `at`, of the best test that errs with probability `error` at most at the rate `target`.

    trials 1 or more; rates in (0, 1), `at` on either side of the target; error in (0, 1).
    """
    if at < target:
        target, at = 1 - target, 1 - at
    least = _least_count(trials, target, error)
    spent, reached = binomial_at_least(least, trials, target), binomial_at_least(least, trials, at)
    below = binomial_at_least(least - 1, trials, target) - spent
    share = min(1.0, max(0.0, error - spent) / below) if below > 0 else 1.0
    return reached + share * (binomial_at_least(least - 1, trials, at) - reached)


def least_of_any(power: float, target: float, at: float, error: float) -> int | None:
    """The least number of trials within which some test has the power; None where it is above 100 000."""
    if most_power(LARGEST_CAP, target, at, error) < power:
        return None
    too_few, enough = 0, LARGEST_CAP
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        too_few, enough = (too_few, middle) if most_power(middle, target, at, error) >= power else (middle, enough)
    return enough


def _least_count(trials: int, target: float, error: float) -> int:
    """The least number of successes that is reached with probability `error` at most; trials + 1 where none is."""
    enough, too_few = trials + 1, 0
    while enough - too_few > 1:
        middle = (enough + too_few) // 2
        if binomial_at_least(middle, trials, target) <= error:
            enough = middle
        else:
            too_few = middle
    return enough
