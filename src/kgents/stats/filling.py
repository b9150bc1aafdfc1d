"""States that are added one by one to a calibrated boundary, until its exact errors are as large as is promised.

A boundary of one threshold is a prefix of the states in the order of their posteriors: the next state of that order may
cost more error than is left, while a later one would fit. At small caps that wastes up to a third of the error. So what
is left is given to later states, in the same order, each if it fits.

Alone that would break the rule that more confidence never stops earlier. Therefore states are added at the errors
1, 2 and 5 · 10⁻ᵏ only, and only such as the threshold alone stops at by the next larger of these errors; the boundary of
an error in between is the filled one of the next smaller, joined with a threshold. Then by construction
  filled(a) ⊆ boundary(α) ⊆ threshold(b) ⊆ filled(b)    for neighbours a < α < b, and boundary(α) grows with α.

What a state adds to the error is its probability times that of not ending on the same side anyway. The probability to
reach a set is submodular: states added at once add no more than the sum, and a larger other side only takes away.
"""

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from kgents.stats.beta_version1 import below
from kgents.stats.calibration import At, Family
from kgents.stats.crossing import crossing
from kgents.stats.design import Prior
from kgents.stats.lattice import NUMPY_FROM, backend

LARGEST = 5000  # cap; above it a threshold is alone
FULL = 0.99  # of the promised error: the rest is not worth the time
WINDOWS = (0.7, 0.35, 0.18, 0.09)  # of strictness
SLACK = 1 - 1e-12  # sums in another order differ by less
ROUNDING = 2.3e-16  # of 1 − confidence
LEAST = 1e-12  # error; below it nothing is filled


def stage(alpha: float) -> tuple[float, float, bool]:
    """The errors 1, 2 or 5 · 10⁻ᵏ that are the largest not above alpha and the next larger; whether alpha is the first."""
    decade = 10.0 ** (math.floor(math.log10(alpha)) - 1)
    steps = [digit * decade * power for power in (1, 10, 100) for digit in (1, 2, 5)]
    rounded = [float(f"{step:.0e}") for step in steps]
    here = max(index for index, step in enumerate(rounded) if step <= alpha + ROUNDING)
    return rounded[here], rounded[here + 1], abs(rounded[here] - alpha) <= ROUNDING


def joined(filled: tuple[list[int], list[int]], family: Family) -> Family:
    """The family in which every boundary also stops where `filled` (upper, lower) does."""
    upper, lower = filled
    return Family(
        lambda x: [min(pair) for pair in zip(upper, family.upper(x), strict=True)],
        lambda x: [max(pair) for pair in zip(lower, family.lower(x), strict=True)],
        family.least_upper,
        family.least_lower,
    )


class Ground(NamedTuple):
    """What is filled: the cap, the target, the prior, the error promised and the next larger one."""

    cap: int
    target: float
    prior: Prior
    alpha: float
    following: float

    def mirrored(self) -> "Ground":
        """With successes and failures exchanged."""
        return self._replace(target=1 - self.target, prior=Prior(self.prior.b, self.prior.a))


def fill(family: Family, strictness: tuple[float, float], ground: Ground) -> tuple[list[int], list[int]]:
    """(upper, lower) of these strictnesses, with states added; both errors stay at most `ground.alpha` at the target."""
    upper, lower = family.upper(strictness[0]), family.lower(strictness[1])
    wrong = crossing(upper, lower, ground.cap, ground.target)
    if min(wrong) >= FULL * ground.alpha:
        return upper, lower
    mirrored = ground.mirrored()
    most_upper = _most(family.upper, strictness[0], family.least_upper, lower, ground)
    most_lower = _most(lambda x: _mirror(family.lower(x)), strictness[1], family.least_lower, _mirror(upper), mirrored)
    while True:
        up = _filled(upper, lower, most_upper, ground, wrong[0])
        down = _mirror(_filled(_mirror(lower), _mirror(upper), most_lower, mirrored, wrong[1]))
        if up == upper and down == lower:
            return upper, lower
        upper, lower = up, down
        wrong = crossing(upper, lower, ground.cap, ground.target)


def _mirror(boundary: list[int]) -> list[int]:
    return [n - s for n, s in enumerate(boundary)]


def _most(at: At, strictness: float, least: float, other: list[int], ground: Ground) -> list[int]:
    """Below these integers no state is added: those of a threshold that keeps the next larger error."""
    for window in WINDOWS:
        wider = at(max(least, strictness - window))
        if crossing(wider, other, ground.cap, ground.target)[0] <= ground.following * SLACK:
            return wider
    return at(strictness)


def _filled(upper: list[int], lower: list[int], most: list[int], ground: Ground, wrong: float) -> list[int]:
    """`upper` with those of its corners that fit, the least probable under the posterior first."""
    left = ground.alpha * SLACK - wrong
    if wrong >= FULL * ground.alpha or upper == most:
        return upper
    a, b = ground.prior.a, ground.prior.b
    fitting = [(n, cost) for n, cost in _corners(upper, lower, ground) if upper[n] > most[n] and cost <= left]
    fitting.sort(
        key=lambda corner: below(a + upper[corner[0]] - 1, b + corner[0] - upper[corner[0]] + 1, ground.target)
    )
    filled = list(upper)
    for n, cost in fitting:
        if cost <= left:
            left -= cost
            filled[n] -= 1
    return filled


def _corners(upper: list[int], lower: list[int], ground: Ground) -> Iterator[tuple[int, float]]:
    """(n, what it adds to the error) for the n at which the boundary can come down by one and keep its shape: it is flat
    or rises by one. No two of them are neighbours."""
    cap, p = ground.cap, ground.target
    array, ahead = backend(cap)
    behind, joint = _backwards(cap)
    masses, first, bands = array([1.0]), 0, []
    for n in range(cap + 1):
        cut, top = max(0, lower[n] - first + 1), max(0, upper[n] - first)
        masses, first = masses[cut:top], first + cut
        bands.append((first, masses))
        if not len(masses):
            break
        masses = ahead(masses, p)
    later = array([])  # of the states of the band the chance to end at the upper boundary
    for n in range(len(bands) - 1, 0, -1):
        first, masses = bands[n]
        if not len(masses):
            continue
        if n == cap:
            later = array([0.0] * len(masses))
        else:
            beyond = first + len(masses)  # successes after one more trial are first … beyond
            under = max(0, min(beyond, lower[n + 1]) - first + 1)
            over = beyond + 1 - first - under - len(later)
            later = behind(joint(([0.0] * under, later, [1.0] * over)), p)
        steep = upper[n] == upper[n - 1] + 1 and (n == cap or upper[n + 1] == upper[n])
        if steep and first + len(masses) == upper[n]:
            yield n, float(masses[-1] * (1 - later[-1]))


def _backwards(cap: int) -> tuple[Any, Any]:
    """Of the same: the step from chances to those a trial earlier, and how to join."""
    if cap < NUMPY_FROM:
        return _behind, lambda parts: [value for part in parts for value in part]
    import numpy as np

    return _behind_array, np.concatenate


def _behind(chances: list[float], p: float) -> list[float]:
    q = 1 - p
    return [q * none + p * one for none, one in pairwise(chances)]


def _behind_array(chances: Any, p: float) -> Any:
    return (1 - p) * chances[:-1] + p * chances[1:]
