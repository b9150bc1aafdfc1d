"""Dynamic programming over the states in which a run goes on: what happens with which probability at a rate p, or under
a prior of the rate (Pólya's urn: after s of n the next trial succeeds with probability (a + s)/(a + b + n)).

Plain Python for small caps, numpy (loaded then) for large ones; the two agree to rounding.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kgents.stats.boundary import Boundary
from kgents.stats.design import Prior

NUMPY_FROM = 400  # trials; below it lists are faster than arrays, and numpy need not be imported


@dataclass(frozen=True, slots=True)
class Row:
    """After n trials: masses that stop, by successes from `first`; the masses that go on, by successes from `open_from`."""

    n: int
    refuted: Any
    refuted_from: int
    inconclusive: Any
    inconclusive_from: int
    supported: Any
    supported_from: int
    going: Any
    going_from: int


def forward(boundary: Boundary, rate: float | Prior, cap: int, n: int = 0, s: int = 0) -> Iterator[Row]:
    """The masses at every number of trials from n to the cap, when a run is in state (n, s).

    A futile range that has states going on at both of its sides leaves a hole of zeros in `going`.
    """
    array, step = backend(cap - n)
    masses, low = array([1.0]), s
    while len(masses):
        upper, lower = boundary.upper[n], boundary.lower[n]
        cut = max(0, min(len(masses), lower - low + 1))
        top = max(cut, min(len(masses), upper - low))
        refuted, supported, going = masses[:cut], masses[top:], masses[cut:top]
        going_from = low + cut
        going, stopped, stopped_from = _futile(boundary, n, going, going_from, cap)
        yield Row(n, refuted, low, stopped, stopped_from, supported, low + top, going, going_from)
        if n == cap:
            return
        masses, low, n = step(going, _chance(rate, n, going_from, going)), going_from, n + 1


def _chance(rate: float | Prior, n: int, first: int, going: Any) -> Any:
    """Of a success in the next trial: one number, or one for each state."""
    if not isinstance(rate, Prior):
        return rate
    total = rate.a + rate.b + n
    if isinstance(going, list):
        return [(rate.a + s) / total for s in range(first, first + len(going))]
    import numpy as np

    return (rate.a + first + np.arange(len(going))) / total


def mass(masses: Any) -> float:
    """Of all of them together."""
    return sum(masses) if isinstance(masses, list) else float(masses.sum())


def _futile(boundary: Boundary, n: int, going: Any, first: int, cap: int) -> tuple[Any, Any, int]:
    if n == cap:
        return going[:0], going, first
    futile = boundary.futile[n]
    if futile is None:
        return going, going[:0], first
    start = max(0, min(len(going), futile[0] - first))
    end = max(start, min(len(going), futile[1] - first + 1))
    if start == end:
        return going, going[:0], first
    stopped = going[start:end]
    hole = stopped * 0 if not isinstance(going, list) else [0.0] * (end - start)
    return _joined(going[:start], hole, going[end:]), stopped, first + start


def _joined(left: Any, middle: Any, right: Any) -> Any:
    if isinstance(left, list):
        joined = left + middle + right
        return joined if any(joined) else []
    import numpy as np

    joined = np.concatenate((left, middle, right))
    return joined if joined.any() else joined[:0]


def backend(trials: int) -> tuple[Any, Any]:
    """Of lists or arrays, as suits so many trials: how to make one, and the step from masses to those a trial later."""
    if trials < NUMPY_FROM:
        return list, _step_list
    import numpy as np

    return np.array, _step_array


def _step_list(masses: list[float], p: Any) -> list[float]:
    if not masses:
        return []
    if not isinstance(p, list):
        q = 1 - p
        return [q * masses[0], *[q * b + p * a for a, b in itertools.pairwise(masses)], p * masses[-1]]
    up = [0.0, *(mass * chance for mass, chance in zip(masses, p, strict=True))]
    down = [*(mass * (1 - chance) for mass, chance in zip(masses, p, strict=True)), 0.0]
    return [a + b for a, b in zip(up, down, strict=True)]


def _step_array(masses: Any, p: Any) -> Any:
    if not len(masses):
        return masses
    import numpy as np

    new = np.empty(len(masses) + 1)
    new[:-1] = (1 - p) * masses
    new[-1] = 0.0
    new[1:] += p * masses
    return new
