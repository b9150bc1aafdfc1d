"""The interval that stands beside a verdict, and agrees with it: its ends are the limits that the two verdicts invert.

A verdict errs by α on its side. So the interval has a tail of α on each side, level 1 − 2α, and is ordered as the
verdicts are (stage-wise): beside "supported" its lower end is not below the target, beside "refuted" its upper end is
not above it. While nothing is decided the confidence sequence takes its place.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from kgents.stats.analysis import clopper_pearson, confidence_sequence, credible_interval
from kgents.stats.boundary import Side
from kgents.stats.design import Design, Rule
from kgents.stats.interval import Interval
from kgents.stats.rules import boundary
from kgents.stats.stopped import stage_wise

ROUNDING = 1e-8  # of an end that was found by bisection


class Method(StrEnum):
    """How an interval is made, by its standard name."""

    STAGE_WISE = "stage-wise"
    CLOPPER_PEARSON = "clopper-pearson"
    SEQUENCE = "confidence sequence"
    CREDIBLE = "credible"


@dataclass(frozen=True, slots=True)
class ShownInterval:
    """An interval of a rate.

    each_side  the probability at most, over runs, that the rate is beyond one given end; for CREDIBLE the posterior
               probability; None where only both sides together are bounded: by 1 − level
    """

    level: float
    low: float
    high: float
    each_side: float | None
    method: Method


def shown_interval(design: Design, n: int, s: int, stopped: bool) -> ShownInterval:
    """The interval of s successes in n trials; `stopped`: the run ended by its rule (not by a budget or a person).

    A fixed number of trials without a target decides nothing: its interval has the level of the design.
    """
    alpha = 1 - design.confidence
    if not stopped or not n:
        return _shown(confidence_sequence(n, s, design.confidence), None, Method.SEQUENCE)
    if design.rule is Rule.FIXED and design.target is None:
        return _shown(clopper_pearson(n, s, design.confidence), alpha / 2, Method.CLOPPER_PEARSON)
    if design.rule is Rule.FIXED:
        return _fixed(design, n, s, alpha)
    if design.rule is Rule.POSTERIOR:
        return _shown(credible_interval(design.prior, n, s, 1 - 2 * alpha), alpha, Method.CREDIBLE)
    side = boundary(design).decide(n, s)
    if side is None:
        return _shown(confidence_sequence(n, s, design.confidence), None, Method.SEQUENCE)
    limits = stage_wise(boundary(design), n, s, 1 - 2 * alpha)
    return _shown(_agreeing(limits, design, side), alpha, Method.STAGE_WISE)


def family_interval(design: Design, n: int, s: int, alpha: float) -> ShownInterval:
    """The interval of an arm that stopped by `design` and was judged in a family, with a tail of `alpha` on each side.

    The verdicts of a family are p-values compared with `alpha`, and its ends invert them.
    """
    if design.rule is Rule.FIXED:
        return _shown(clopper_pearson(n, s, 1 - 2 * alpha), alpha, Method.CLOPPER_PEARSON)
    return _shown(stage_wise(boundary(design), n, s, 1 - 2 * alpha), alpha, Method.STAGE_WISE)


def _fixed(design: Design, n: int, s: int, alpha: float) -> ShownInterval:
    side = boundary(replace(design, max_trials=n)).decide(n, s)
    limits = clopper_pearson(n, s, 1 - 2 * alpha)
    return _shown(_agreeing(limits, design, side or Side.INCONCLUSIVE), alpha, Method.CLOPPER_PEARSON)


def _agreeing(limits: Interval, design: Design, side: Side) -> Interval:
    """Without a verdict the target is not rejected, so it is inside: where a rule leaves some of its error unspent, the
    ordered tails alone could leave it out. Beside a verdict only the rounding of the bisection is taken away."""
    target, low, high = design.target or 0.0, limits.low, limits.high
    if side is Side.INCONCLUSIVE:
        low, high = min(low, target), max(high, target)
    elif side is Side.SUPPORTED and target - ROUNDING < low < target:
        low = target
    elif side is Side.REFUTED and target < high < target + ROUNDING:
        high = target
    return Interval(limits.level, low, high)


def _shown(interval: Interval, each_side: float | None, method: Method) -> ShownInterval:
    return ShownInterval(interval.level, interval.low, interval.high, each_side, method)


def lower_limit(design: Design, n: int, s: int, stopped: bool, alpha: float) -> float:
    """What the rate is not below, wrong with probability `alpha` at most: of s successes in n trials of a run of `design`.

    stopped  whether the run ended by its rule: then exact for it (stage-wise, Clopper and Pearson for a fixed number),
             else the lower end of a confidence sequence, valid at every moment
    """
    if stopped and design.rule is not Rule.FIXED and boundary(design).decide(n, s) is None:
        stopped = False
    return family_interval(design, n, s, alpha).low if stopped else confidence_sequence(n, s, 1 - alpha).low
