"""A prior from earlier experiments: the power prior (Ibrahim & Chen 2000)."""

from collections.abc import Sequence

from kgents.stats.design import Prior

WEIGHT = 0.5
MOST = 50.0  # earlier trials that a prior may be worth at most


def power_prior(earlier: Sequence[tuple[int, int]], weight: float = WEIGHT, most: float = MOST) -> Prior:
    """Beta(1 + w·successes, 1 + w·failures) of earlier (trials, successes); w shrinks so that w·trials is at most `most`."""
    trials = sum(n for n, _ in earlier)
    successes = sum(s for _, s in earlier)
    if not trials:
        return Prior()
    share = min(weight, most / trials)
    return Prior(1 + share * successes, 1 + share * (trials - successes))
