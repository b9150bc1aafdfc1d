"""After stopping (or while running): what can be said of the rate, and under which reading.

References
[1] Clopper & Pearson 1934.  [2] Armitage 1958; Siegmund 1978; Tsiatis, Rosner & Mehta 1984 (stage-wise ordering).
[3] Girshick, Mosteller & Savage 1946 (unbiased estimation).  [4] Robbins 1970; Howard et al. 2021 (confidence sequences).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from kgents.stats.beta import above, quantile
from kgents.stats.boundary import Boundary, Side
from kgents.stats.design import Design, Prior, Rule
from kgents.stats.lattice import Row, forward
from kgents.stats.rules import boundary

STEPS = 34  # of bisection: 6e-11 of the unit interval, on the outer side


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval of the rate at this level."""

    level: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Posterior:
    """Beta(alpha, beta); the probability is None where there is no target."""

    alpha: float
    beta: float
    mean: float
    probability_above_target: float | None


@dataclass(frozen=True, slots=True)
class Analysis:
    """All of it, named.

    success_rate         s/n; biased after optional stopping; None before the first trial
    rate_unbiased        unbiased for the design [3]; None where the run has not stopped by its rule
    credible_interval    equal-tailed, under the prior
    confidence_interval  exact for the design, [1] or [2]; None where the run has not stopped by its rule
    confidence_sequence  valid at every look, so also now [4]
    trials_saved         cap − n for a sequential design that has stopped, else 0
    """

    posterior: Posterior
    success_rate: float | None
    rate_unbiased: float | None
    credible_interval: Interval
    confidence_interval: Interval | None
    confidence_sequence: Interval
    trials_saved: int


def analyse(design: Design, n: int, s: int, stopped: bool) -> Analysis:
    """The analysis of s successes in n trials; `stopped`: the run ended by its rule (not by a budget or a person)."""
    if not 0 <= s <= n:
        raise ValueError(f"{s} successes in {n} trials")
    sequential = design.rule is not Rule.FIXED
    capped = sequential and design.max_trials is not None
    by_rule = stopped and n > 0
    interval: Interval | None = None
    unbiased: float | None = None
    if by_rule and not sequential:
        interval, unbiased = clopper_pearson(n, s, design.confidence), s / n
    elif by_rule and capped and boundary(design).decide(n, s) is not None:
        interval, unbiased = (
            stage_wise(boundary(design), n, s, design.confidence),
            unbiased_rate(boundary(design), n, s),
        )
    return Analysis(
        posterior=posterior(design.prior, n, s, design.target),
        success_rate=s / n if n else None,
        rate_unbiased=unbiased,
        credible_interval=credible_interval(design.prior, n, s, design.confidence),
        confidence_interval=interval,
        confidence_sequence=confidence_sequence(n, s, design.confidence),
        trials_saved=(design.max_trials or n) - n if by_rule and capped else 0,
    )


def posterior(prior: Prior, n: int, s: int, target: float | None) -> Posterior:
    """The posterior; no parameter is ever capped."""
    alpha, beta = prior.a + s, prior.b + n - s
    beyond = None if target is None else above(alpha, beta, target)
    return Posterior(alpha, beta, alpha / (alpha + beta), beyond)


def credible_interval(prior: Prior, n: int, s: int, level: float) -> Interval:
    """Equal-tailed."""
    alpha, beta, tail = prior.a + s, prior.b + n - s, (1 - level) / 2
    return Interval(level, quantile(alpha, beta, tail), quantile(alpha, beta, 1 - tail))


def clopper_pearson(n: int, s: int, level: float) -> Interval:
    """Exact for a fixed n [1]; [0, 1] before the first trial."""
    tail = (1 - level) / 2
    low = quantile(s, n - s + 1, tail) if s else 0.0
    high = quantile(s + 1, n - s, 1 - tail) if s < n else 1.0
    return Interval(level, low, high)


def confidence_sequence(n: int, s: int, level: float) -> Interval:
    """The rates whose uniform-mixture martingale is still below 1/α [4]: coverage at every look at once."""
    limit = math.log(1 / (1 - level))
    mixture = math.lgamma(s + 1) + math.lgamma(n - s + 1) - math.lgamma(n + 2)

    def outside(p: float) -> bool:
        return mixture - _log_likelihood(n, s, p) >= limit

    if n == 0:
        return Interval(level, 0.0, 1.0)
    rate = s / n
    low = 0.0 if s == 0 else _edge(outside, 0.0, rate)
    high = 1.0 if s == n else _edge(outside, 1.0, rate)
    return Interval(level, low, high)


def _log_likelihood(n: int, s: int, p: float) -> float:
    successes = s * math.log(p) if s else 0.0
    failures = (n - s) * math.log1p(-p) if n > s else 0.0
    return successes + failures


def _edge(outside: Callable[[float], bool], far: float, near: float) -> float:
    """Between a rate that is outside and one that is inside: where the change is, on the outer side."""
    for _ in range(STEPS):
        middle = (far + near) / 2
        if outside(middle):
            far = middle
        else:
            near = middle
    return far


def stage_wise(found: Boundary, n: int, s: int, level: float) -> Interval:
    """Exact for the design: the stopping states are ordered, the tail probabilities are inverted in the rate [2].

    The order: SUPPORTED states, the earlier the stronger; then states without a verdict, by s/n; then REFUTED states,
    the earlier the weaker. Coverage is at least the level for every rate.
    """
    cap = found.max_trials or n
    tail = (1 - level) / 2
    place = _place(found, n, s)

    def at_least(p: float) -> float:
        return sum(_mass(row, lambda side, m, k: _rank(side, m, k) >= place) for row in forward(found, p, cap))

    def at_most(p: float) -> float:
        return sum(_mass(row, lambda side, m, k: _rank(side, m, k) <= place) for row in forward(found, p, cap))

    low = 0.0 if at_least(1e-12) > tail else _edge(lambda p: at_least(p) < tail, 0.0, 1.0)
    high = 1.0 if at_most(1 - 1e-12) > tail else _edge(lambda p: at_most(p) < tail, 1.0, 0.0)
    return Interval(level, low, high)


_Rank = tuple[int, float, int]


def _rank(side: Side, n: int, s: int) -> _Rank:
    """Larger speaks more strongly for a high rate."""
    match side:
        case Side.SUPPORTED:
            return 2, -n, s
        case Side.REFUTED:
            return 0, n, s
        case _:
            return 1, s / n, n


def _place(found: Boundary, n: int, s: int) -> _Rank:
    side = found.decide(n, s)
    assert side is not None
    return _rank(side, n, s)


def _mass(row: Row, counts: Callable[[Side, int, int], bool]) -> float:
    """The mass of the states of a row that stop and are counted."""
    groups = (
        (Side.SUPPORTED, row.supported_from, row.supported),
        (Side.REFUTED, row.refuted_from, row.refuted),
        (Side.INCONCLUSIVE, row.inconclusive_from, row.inconclusive),
    )
    return sum(
        float(mass) for side, first, masses in groups for s, mass in enumerate(masses, first) if counts(side, row.n, s)
    )


def unbiased_rate(found: Boundary, n: int, s: int) -> float:
    """The share of the paths to (n, s) that begin with a success [3].

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
            return _mass(row, lambda side, m, k: k == s) + _going(row, s)
    return 0.0


def _going(row: Row, s: int) -> float:
    place = s - row.going_from
    return float(row.going[place]) if 0 <= place < len(row.going) else 0.0
