"""The probabilities of leaving a band on either side: the inner loop of calibration.

Rule: the boundaries are monotone and rise by at most one per trial, as those of every rule do.
"""

from itertools import pairwise

from kgents.stats.lattice import NUMPY_FROM


def crossing(upper: list[int], lower: list[int], cap: int, p: float) -> tuple[float, float]:
    """The exact probabilities, at the rate p, to stop SUPPORTED and REFUTED before or at the cap."""
    return (_arrays if cap >= NUMPY_FROM else _lists)(upper, lower, cap, p)


def _lists(upper: list[int], lower: list[int], cap: int, p: float) -> tuple[float, float]:
    q, up, down, masses, first = 1 - p, 0.0, 0.0, [1.0], 0
    for n in range(cap + 1):
        while masses and first <= lower[n]:
            down += masses[0]
            masses, first = masses[1:], first + 1
        while masses and first + len(masses) > upper[n]:
            up += masses.pop()
        if not masses:
            break
        masses = [q * masses[0], *[q * b + p * a for a, b in pairwise(masses)], p * masses[-1]]
    return up, down


def _arrays(upper: list[int], lower: list[int], cap: int, p: float) -> tuple[float, float]:
    """The same with two arrays in turn, indexed by successes; what goes on is in [low, high)."""
    import numpy as np

    add, multiply = np.add, np.multiply
    here, there = np.zeros(cap + 2), np.zeros(cap + 2)
    here[0], q, up, down, low, high = 1.0, 1 - p, 0.0, 0.0, 0, 1
    for n in range(cap + 1):
        while low < high and low <= lower[n]:
            down += float(here[low])
            low += 1
        while low < high and high > upper[n]:
            high -= 1
            up += float(here[high])
        if low == high:
            break
        band = here[low:high]
        multiply(band, q, there[low:high])
        there[high] = 0.0
        band *= p
        onward = there[low + 1 : high + 1]
        add(onward, band, onward)
        here, there, high = there, here, high + 1
    return up, down
