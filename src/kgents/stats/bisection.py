"""Where in a line of versions a rate of success fell: binary search whose answers are noisy.

Version 0 is good, version n is bad, and each is at least as good as the next. A trial of version j succeeds with a rate of
at least `good` before the fall and at most `bad` from it on. The posterior over the n places of the fall, uniform at
first, is moved by the likelihood ratio of each outcome; the next version is where the posterior is cut in halves. The
search ends when one place has 1 − error of it. The probability that it is another is then at most `error`, averaged over
the places the fall can have; rates that are farther apart than `good` and `bad` only make it smaller.

Sources: Burnashev & Zigangirov, An interval estimation problem for controlled observations, 1974; Karp & Kleinberg, Noisy
binary search and its applications, SODA 2007 (unknown rates; O(log n / gap²) trials, which no search can beat by more than
a constant).
"""

import math
from collections.abc import Sequence

from kgents.stats.analysis import clopper_pearson

LOOKS = (10, 20, 40, 80, 160)  # trials of each end after which it is asked whether their rates differ
DRAWN = 1.5
LEVEL = 0.9  # of the intervals that must not meet, at least


def end_rates(trials: int, good: int, bad: int, error: float) -> tuple[float, float] | None:
    """The rates to search with, from the successes of the ends in so many trials each; None while they may be equal.

    Each is drawn DRAWN standard errors towards the other: what was measured may be too clear by chance, and what lies between
    the ends need not be as clear as they are.

    error  of the search: the intervals of the ends are at least as sure as that
    """
    level = max(LEVEL, 1 - 2 * error)
    if clopper_pearson(trials, good, level).low <= clopper_pearson(trials, bad, level).high:
        return None
    high, low = (good + 0.5) / (trials + 1), (bad + 0.5) / (trials + 1)
    high -= DRAWN * math.sqrt(high * (1 - high) / trials)
    low += DRAWN * math.sqrt(low * (1 - low) / trials)
    return (high, low) if high > low else None


class Bisection:
    """The posterior over the place of the fall, which is one of the versions 1 … n, and the version to try next."""

    def __init__(self, versions: int, good: float, bad: float, error: float) -> None:
        if not (versions >= 1 and 0 < bad < good < 1 and 0 < error < 0.5):
            raise ValueError("at least one version, 0 < bad < good < 1, 0 < error < 0.5")
        self.versions = versions
        self._error = error
        self._steps = {True: math.log(good / bad), False: math.log((1 - good) / (1 - bad))}
        self._log = [0.0] * (versions + 1)  # [first_bad] of the likelihood, without what all share; 0 is unused
        self._left_out: set[int] = set()

    def tell(self, version: int, success: bool) -> None:
        """A trial of a version: a success speaks for every place behind it."""
        step = self._steps[success]
        for first_bad in range(version + 1, self.versions + 1):
            self._log[first_bad] += step

    def leave_out(self, version: int) -> None:
        """A version that cannot be tried; the fall can then be named only as far as its neighbours tell."""
        self._left_out.add(version)

    def posterior(self) -> Sequence[float]:
        """The probability of each place 1 … n; index 0 is zero."""
        most = max(self._log[1:])
        weights = [0.0, *(math.exp(value - most) for value in self._log[1:])]
        total = math.fsum(weights)
        return [weight / total for weight in weights]

    def next(self) -> int | None:
        """The version to try: the one that can be tried at which the posterior is cut most evenly. None: there is none."""
        below, best, distance = 0.0, None, math.inf
        for first_bad, share in enumerate(self.posterior()[:-1]):
            below += share
            if first_bad >= 1 and first_bad not in self._left_out and abs(below - 0.5) < distance - 1e-12:
                best, distance = first_bad, abs(below - 0.5)
        return best

    def answer(self) -> tuple[int, int] | None:
        """(first, last) place of the fall once its probability is 1 − error; several where versions were left out."""
        groups = self.groups()
        posterior = self.posterior()
        for first, last in groups:
            if math.fsum(posterior[first : last + 1]) >= 1 - self._error:
                return first, last
        return None

    def groups(self) -> list[tuple[int, int]]:
        """The places that trials can tell apart, as (first, last)."""
        groups, first = [], 1
        for first_bad in range(1, self.versions + 1):
            if first_bad == self.versions or first_bad not in self._left_out:
                groups.append((first, first_bad))
                first = first_bad + 1
        return groups

    def room(self) -> int:
        """How many trials are needed at least before there can be an answer, whatever they come to."""
        posterior = self.posterior()
        most = max(math.fsum(posterior[first : last + 1]) for first, last in self.groups())
        if most >= 1:
            return 1
        missing = math.log((1 - self._error) / self._error) - math.log(most / (1 - most))
        return max(1, math.ceil(missing / max(map(abs, self._steps.values())) - 1e-9))
