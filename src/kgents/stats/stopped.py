"""What a run that stopped by its rule says of the rate, exactly for its design.

References
[1] Armitage 1958; Siegmund 1978; Tsiatis, Rosner & Mehta 1984 (stage-wise ordering).
[2] Girshick, Mosteller & Savage 1946 (unbiased estimation).
"""

import math

from kgents.stats.boundary import Boundary, Side
from kgents.stats.interval import Interval
from kgents.stats.lattice import Row, forward, mass
from kgents.stats.root import reaches


def stage_wise(found: Boundary, n: int, s: int, level: float) -> Interval:
    """Exact for the design: the stopping states are ordered, the tail probabilities are inverted in the rate [1].

    The order: SUPPORTED states, the earlier the stronger; then states without a verdict, by s/n; then REFUTED states,
    the earlier the weaker. Coverage is at least the level for every rate.
    """
    tail = (1 - level) / 2
    side = found.decide(n, s)
    tails = {Side.SUPPORTED: _among_supported, Side.REFUTED: _among_refuted}.get(side or Side.INCONCLUSIVE, _in_between)
    middle, sd = (s + 1) / (n + 2), math.sqrt((s + 1) * (n - s + 1) / (n + 2) ** 3)
    start = max(middle / 9, middle - 4 * sd), min(1 - (1 - middle) / 9, middle + 4 * sd)
    low = reaches(lambda p: tails(found, n, s, p)[0], tail, start)[0]
    high = reaches(lambda p: 1 - tails(found, n, s, p)[1], 1 - tail, start)[1]
    return Interval(level, low, high)


def _among_supported(found: Boundary, n: int, s: int, p: float) -> tuple[float, float]:
    """P(as strong or stronger) and P(as strong or weaker): only what comes before n is stronger."""
    stronger = own = 0.0
    for row in forward(found, p, n):
        if row.n < n:
            stronger += mass(row.supported)
        else:
            own = _of(row, s)
            stronger += mass(row.supported[max(0, s + 1 - row.supported_from) :])
    return stronger + own, 1 - stronger


def _among_refuted(found: Boundary, n: int, s: int, p: float) -> tuple[float, float]:
    weaker = own = 0.0
    for row in forward(found, p, n):
        if row.n < n:
            weaker += mass(row.refuted)
        else:
            own = _of(row, s)
            weaker += mass(row.refuted[: max(0, s - row.refuted_from)])
    return 1 - weaker, weaker + own


def _in_between(found: Boundary, n: int, s: int, p: float) -> tuple[float, float]:
    """By s/n, among equals by n."""
    stronger = own = 0.0
    for row in forward(found, p, found.max_trials or n):
        stronger += mass(row.supported)
        first = s * row.n // n + 1 if row.n else 0  # the least number of successes with a larger share
        if row.n > n and s * row.n % n == 0:
            first -= 1
        stronger += mass(row.inconclusive[max(0, first - row.inconclusive_from) :])
        if row.n == n:
            own = _of(row, s)
    return stronger + own, 1 - stronger


def unbiased_rate(found: Boundary, n: int, s: int) -> float:
    """The share of the paths to (n, s) that begin with a success [2].

    Paths to one state are equally likely at any rate, so the share is a quotient of two probabilities.
    """
    if s in (0, n):
        return s / n
    p = s / n
    through = p * reach(found, p, n, s, 1, 1)
    whole = through + (1 - p) * reach(found, p, n, s, 1, 0)
    if not whole:
        raise ValueError(f"no run of this design ends with {s} successes in {n} trials")
    return through / whole


def reach(found: Boundary, p: float, n: int, s: int, first_n: int, first_s: int) -> float:
    """The probability, at the rate p, to come from state (first_n, first_s) to (n, s) without a stop in between."""
    if found.decide(first_n, first_s) is not None:
        return float((n, s) == (first_n, first_s))
    for row in forward(found, p, n, first_n, first_s):
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
