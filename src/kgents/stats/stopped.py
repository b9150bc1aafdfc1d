"""What a run that stopped by its rule says of the rate, exactly for its design.

References
[1] Armitage 1958; Siegmund 1978; Tsiatis, Rosner & Mehta 1984 (stage-wise ordering).
[2] Girshick, Mosteller & Savage 1946 (unbiased estimation).
"""

import math
from collections.abc import Iterator
from enum import Enum
from typing import Any

from kgents.stats.boundary import Boundary, Side
from kgents.stats.interval import Interval
from kgents.stats.lattice import NUMPY_FROM, Row, forward, mass
from kgents.stats.root import reaches

CLOSE = 1e-9  # to 1: what all probabilities have to add up to


def stage_wise(boundary: Boundary, n: int, s: int, level: float) -> Interval:
    """Exact for the design: the stopping states are ordered, the tail probabilities are inverted in the rate [1].

    The order: SUPPORTED states, the earlier the stronger; then states without a verdict, by s/n; then REFUTED states,
    the earlier the weaker. Coverage is at least the level for every rate.
    """
    tail = (1 - level) / 2
    middle, sd = (s + 1) / (n + 2), math.sqrt((s + 1) * (n - s + 1) / (n + 2) ** 3)
    start = max(middle / 9, middle - 4 * sd), min(1 - (1 - middle) / 9, middle + 4 * sd)
    last = n if boundary.decide(n, s) in (Side.SUPPORTED, Side.REFUTED) else boundary.max_trials or n
    order = _Order(boundary, n, s, last)
    tails = order.tails if last < NUMPY_FROM else _Reweighted(order, middle).tails
    low = reaches(lambda p: tails(p)[0], tail, start)[0]
    high = reaches(lambda p: 1 - tails(p)[1], 1 - tail, start)[1]
    return Interval(level, low, high)


def tails_at(boundary: Boundary, n: int, s: int, p: float) -> tuple[float, float]:
    """At the rate p: P(a run stops in a state as strong as (n, s), or stronger), and P(as strong or weaker)."""
    last = n if boundary.decide(n, s) in (Side.SUPPORTED, Side.REFUTED) else boundary.max_trials or n
    return _Order(boundary, n, s, last).tails(p)


class _Place(Enum):
    STRONGER = "stronger"
    SAME = "same"
    WEAKER = "weaker"


Part = tuple[_Place, int, int, Any]  # masses after that many trials, by successes from the third


class _Order:
    """Which states are stronger or weaker than (n, s); after `last` trials it is known of all."""

    def __init__(self, boundary: Boundary, n: int, s: int, last: int) -> None:
        self._found, self._n, self._s, self.last = boundary, n, s, last
        self._side = boundary.decide(n, s)

    def tails(self, p: float) -> tuple[float, float]:
        """At the rate p: P(as strong or stronger) and P(as strong or weaker)."""
        masses = dict.fromkeys(_Place, 0.0)
        for region, _, _, part in self.parts(p):
            masses[region] += mass(part)
        return _both(masses[_Place.STRONGER], masses[_Place.SAME], masses[_Place.WEAKER])

    def parts(self, p: float) -> Iterator[Part]:
        """All states in which a run may be after `last` trials, or stopped before."""
        strong, weak = _Place.STRONGER, _Place.WEAKER
        rest = weak if self._side is Side.SUPPORTED else strong
        for row in forward(self._found, p, self.last):
            n = row.n
            if self._side is Side.SUPPORTED:
                yield from self._split(n, row.supported_from, row.supported, self._s if n == self._n else -1)
                yield weak, n, row.inconclusive_from, row.inconclusive
            else:
                yield strong, n, row.supported_from, row.supported
            if self._side is Side.REFUTED:
                yield from self._split(n, row.refuted_from, row.refuted, self._s if n == self._n else n + 1)
                yield strong, n, row.inconclusive_from, row.inconclusive
            else:
                yield weak, n, row.refuted_from, row.refuted
            if self._side not in (Side.SUPPORTED, Side.REFUTED):
                yield from self._shared(row)
            if n == self.last:
                yield rest, n, row.going_from, row.going

    def _shared(self, row: Row) -> Iterator[Part]:
        """States without a verdict are compared by s/n; among equals the later is the stronger."""
        if row.n == self._n:
            yield from self._split(row.n, row.inconclusive_from, row.inconclusive, self._s)
            return
        equal, remainder = divmod(self._s * row.n, self._n) if self._n else (0, 0)
        least = equal if row.n > self._n and not remainder else equal + 1 if row.n else 0
        cut = max(0, min(len(row.inconclusive), least - row.inconclusive_from))
        yield _Place.WEAKER, row.n, row.inconclusive_from, row.inconclusive[:cut]
        yield _Place.STRONGER, row.n, row.inconclusive_from + cut, row.inconclusive[cut:]

    @staticmethod
    def _split(n: int, first: int, masses: Any, s: int) -> Iterator[Part]:
        """Fewer successes than s are weaker, more are stronger."""
        below = max(0, min(len(masses), s - first))
        above = max(below, min(len(masses), s + 1 - first))
        yield _Place.WEAKER, n, first, masses[:below]
        yield _Place.SAME, n, first + below, masses[below:above]
        yield _Place.STRONGER, n, first + above, masses[above:]


class _Reweighted:
    """The same tails for many rates from one walk: the paths to a state have at the rate p the likelihood ratio
    (p/p₀)ˢ ((1 − p)/(1 − p₀))ⁿ⁻ˢ to those at p₀. Where it does not add up to 1 any more, another walk is made."""

    def __init__(self, order: _Order, p0: float) -> None:
        import numpy as np

        self._order, self._p0 = order, p0
        places: dict[_Place, list[tuple[int, int, Any]]] = {region: [] for region in _Place}
        for region, n, first, masses in order.parts(p0):
            if len(masses):
                places[region].append((n, first, np.array(masses)))
        self._states = {region: _flat(parts) for region, parts in places.items()}

    def tails(self, p: float) -> tuple[float, float]:
        """As those of the order."""
        import numpy as np

        up, down = math.log(p / self._p0), math.log((1 - p) / (1 - self._p0))
        with np.errstate(over="ignore"):
            sums = {
                region: float(np.dot(masses, np.exp(successes * up + failures * down)))
                for region, (successes, failures, masses) in self._states.items()
            }
        if not abs(sum(sums.values()) - 1) < CLOSE:
            return self._order.tails(p)
        return _both(sums[_Place.STRONGER], sums[_Place.SAME], sums[_Place.WEAKER])


def _flat(parts: list[tuple[int, int, Any]]) -> tuple[Any, Any, Any]:
    """(successes, failures, mass) of every state that has any."""
    import numpy as np

    if not parts:
        return np.zeros(0), np.zeros(0), np.zeros(0)
    masses = np.concatenate([part for _, _, part in parts])
    successes = np.concatenate([first + np.arange(len(part)) for _, first, part in parts])
    trials = np.repeat([n for n, _, _ in parts], [len(part) for _, _, part in parts])
    some = masses > 0
    return successes[some], (trials - successes)[some], masses[some]


def _both(stronger: float, same: float, weaker: float) -> tuple[float, float]:
    return (stronger + same, 1 - stronger) if stronger <= weaker else (1 - weaker, weaker + same)


def unbiased_rate(boundary: Boundary, n: int, s: int) -> float:
    """The share of the paths to (n, s) that begin with a success [2].

    Paths to one state are equally likely at any rate, so the share is a quotient of two probabilities.
    """
    if s in (0, n):
        return s / n
    p = s / n
    through = p * reach(boundary, p, n, s, 1, 1)
    whole = through + (1 - p) * reach(boundary, p, n, s, 1, 0)
    if not whole:
        raise ValueError(f"no run of this design ends with {s} successes in {n} trials")
    return through / whole


def reach(boundary: Boundary, p: float, n: int, s: int, first_n: int, first_s: int) -> float:
    """The probability, at the rate p, to come from state (first_n, first_s) to (n, s) without a stop in between."""
    if boundary.decide(first_n, first_s) is not None:
        return float((n, s) == (first_n, first_s))
    for row in forward(boundary, p, n, first_n, first_s):
        if row.n == n:
            return _of(row, s)
    return 0.0


def _of(row: Row, s: int) -> float:
    """The mass of the state with s successes, whether it stops or goes on."""
    groups = (
        (row.supported_from, row.supported),
        (row.refuted_from, row.refuted),
        (row.inconclusive_from, row.inconclusive),
        (row.going_from, row.going),
    )
    return sum(float(masses[s - first]) for first, masses in groups if 0 <= s - first < len(masses))
