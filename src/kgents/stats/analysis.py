"""After stopping (or while running): what can be said of the rate, and under which reading.

References
[1] Clopper & Pearson 1934.  [2] Robbins 1970; Howard et al. 2021 (confidence sequences).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from kgents.stats.beta import above, quantile
from kgents.stats.design import Design, Prior, Rule
from kgents.stats.interval import Interval
from kgents.stats.rules import boundary
from kgents.stats.stopped import stage_wise, unbiased_rate

STEPS = 34  # of bisection: 6e-11 of the unit interval, on the outer side


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
    rate_unbiased        unbiased for the design; None where the run has not stopped by its rule
    credible_interval    equal-tailed, under the prior
    confidence_interval  exact for the design, stage-wise or [1]; None where the run has not stopped by its rule
    confidence_sequence  valid at every look, so also now [2]
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
    elif by_rule and boundary(design).decide(n, s) is not None:
        stopping = boundary(design)
        interval, unbiased = stage_wise(stopping, n, s, design.confidence), unbiased_rate(stopping, n, s)
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


def credible_interval(prior: Prior, n: int, s: int, level: float, within: float = 0.0) -> Interval:
    """Equal-tailed; `within`: how far off its ends may be, for what is only looked at."""
    alpha, beta, tail = prior.a + s, prior.b + n - s, (1 - level) / 2
    return Interval(level, quantile(alpha, beta, tail, within), quantile(alpha, beta, 1 - tail, within))


def clopper_pearson(n: int, s: int, level: float) -> Interval:
    """Exact for a fixed n [1]; [0, 1] before the first trial."""
    tail = (1 - level) / 2
    low = quantile(s, n - s + 1, tail) if s else 0.0
    high = quantile(s + 1, n - s, 1 - tail) if s < n else 1.0
    return Interval(level, low, high)


def confidence_sequence(n: int, s: int, level: float) -> Interval:
    """The rates whose uniform-mixture martingale is still below 1/α [2]: coverage at every look at once."""
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
