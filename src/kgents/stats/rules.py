"""From a design to its boundary.

References
[1] Wald 1947, Sequential Analysis.  [2] Robbins 1970, Ann. Math. Stat. 41, 1397 (mixture martingales).
[3] Jennison & Turnbull 2000, Group Sequential Methods, ch. 19 (exact boundaries for binary outcomes).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, repeat

from kgents.stats.beta_version1 import above, below, binomial_at_least, binomial_at_most
from kgents.stats.boundary import Boundary
from kgents.stats.calibration import Family, calibrate
from kgents.stats.design import LARGEST_CAP, Design, Rule
from kgents.stats.filling import LARGEST, LEAST, Ground, fill, joined, stage
from kgents.stats.futility import futile_ranges
from kgents.stats.growing import Growing
from kgents.stats.shape import looser
from kgents.stats.tails import PosteriorTail, begin, lower_walk, mirrored, upper_walk


@dataclass(frozen=True, slots=True)
class Feasibility:
    """Whether the verdicts can occur at all within the cap, and the smallest cap at which both can (None: none)."""

    supported: bool
    refuted: bool
    cap_that_would_do: int | None


@lru_cache(maxsize=256)
def boundary(design: Design) -> Boundary:
    """The boundary of a design; the same object for the same design. DesignError where the design is not valid."""
    design.validate()
    match design.rule:
        case Rule.FIXED:
            return _fixed(design)
        case Rule.ANYTIME:
            stopping = _anytime(design)
        case Rule.POSTERIOR:
            strictness = -math.log1p(-design.confidence)
            stopping = _bounded(design.max_trials or 1, _posterior_family(design), strictness, strictness)
        case Rule.CALIBRATED:
            stopping = _calibrated(design)
        case _:
            stopping = _sprt(design)
    if design.futility and stopping.max_trials is not None:
        futile = futile_ranges(stopping, stopping.max_trials, design.prior.a, design.prior.b, design.futility)
        return replace(stopping, futile=futile, _digest=[])
    return stopping


def feasibility(design: Design) -> Feasibility:
    """Whether a verdict is possible, known before the first trial."""
    supported, refuted = _reachable(design)
    if (supported and refuted) or design.target is None:
        return Feasibility(supported, refuted, design.max_trials)
    low = cap = design.max_trials or 1
    while cap < LARGEST_CAP and not all(_reachable(replace(design, max_trials=cap))):
        low, cap = cap, min(cap * 2, LARGEST_CAP)
    if not all(_reachable(replace(design, max_trials=cap))):
        return Feasibility(supported, refuted, None)
    while cap - low > 1:
        middle = (low + cap) // 2
        low, cap = (low, middle) if all(_reachable(replace(design, max_trials=middle))) else (middle, cap)
    return Feasibility(supported, refuted, cap)


def _reachable(design: Design) -> tuple[bool, bool]:
    if design.target is None:
        return False, False
    if design.max_trials is None:
        return True, True
    stopping = boundary(replace(design, futility=0.0))
    if stopping.last_only:
        return stopping.upper[0] <= design.max_trials, stopping.lower[0] >= 0
    states = range(design.max_trials + 1)
    return any(stopping.upper[n] <= n for n in states), any(stopping.lower[n] >= 0 for n in states)


def _bounded(cap: int, family: Family, upper: float, lower: float) -> Boundary:
    return Boundary(cap, family.upper(upper), family.lower(lower), [None] * (cap + 1))


def _calibrated(design: Design) -> Boundary:
    """The least strict threshold, and the states that fill its errors."""
    family, target, cap = _posterior_family(design), design.target or 0.5, design.max_trials or 1
    alpha = 1 - design.confidence
    if not design.filled or cap > LARGEST or alpha < LEAST:
        return _bounded(cap, family, *calibrate(family, cap, target, target, design.confidence))
    here, following, exact = stage(alpha)
    if exact:
        strictness = calibrate(family, cap, target, target, design.confidence)
        upper, lower = fill(family, strictness, Ground(cap, target, design.prior, alpha, following))
        return Boundary(cap, upper, lower, [None] * (cap + 1))
    filled = boundary(replace(design, confidence=1 - here, futility=0.0))
    family = joined((list(filled.upper), list(filled.lower)), family)
    return _bounded(cap, family, *calibrate(family, cap, target, target, design.confidence))


def _posterior_family(design: Design) -> Family:
    """Stop when P(θ ≤ t) ≤ e⁻ˣ, or P(θ > t) ≤ e⁻ˣ, with x the strictness; a verdict against the odds is none.

    At a large cap the calibrated rule is as many times less strict after n trials as `looser` says.
    """
    target, prior, cap = design.target or 0.5, design.prior, design.max_trials or 1
    failures = PosteriorTail(target, prior.a, prior.b, cap)
    successes = PosteriorTail(1 - target, prior.b, prior.a, cap)
    over = looser(target, cap) if design.has_shape else None
    under = looser(1 - target, cap) if design.has_shape else None
    odds_over, odds_under = (min(0.5, odds(prior.a, prior.b, target)) for odds in (below, above))
    return Family(
        lambda x: mirrored(successes.boundary(math.exp(-x), over, odds_over)),
        lambda x: failures.boundary(math.exp(-x), under, odds_under),
        -math.log(odds_over),
        -math.log(odds_under),
    )


def thresholds(design: Design) -> Family:
    """The limits of a calibrated, posterior or SPRT design up to its cap, by their strictness."""
    return _ratio_family(design) if design.rule is Rule.SPRT else _posterior_family(design)


def erring_at(design: Design) -> tuple[float, float]:
    """The true rates at which the errors of SUPPORTED and of REFUTED are promised."""
    target, margin = design.target or 0.5, design.margin or 0.0
    return (target - margin, target + margin) if design.rule is Rule.SPRT else (target, target)


def _sprt(design: Design) -> Boundary:
    """The likelihood ratio [1]; its two thresholds are the least with exact errors at t ± δ."""
    family, cap = _ratio_family(design), design.max_trials or 1
    return _bounded(cap, family, *calibrate(family, cap, *erring_at(design), design.confidence))


def _ratio_family(design: Design) -> Family:
    """Stop when the likelihood ratio of t + δ against t − δ is eˣ or e⁻ˣ."""
    low, high = erring_at(design)
    gain, loss, cap = math.log(high / low), math.log((1 - low) / (1 - high)), design.max_trials or 1

    def upper(strictness: float) -> list[int]:
        return [min(n + 1, math.ceil((strictness + n * loss) / (gain + loss) - 1e-12)) for n in range(cap + 1)]

    def lower(strictness: float) -> list[int]:
        return [max(-1, math.floor((n * loss - strictness) / (gain + loss) + 1e-12)) for n in range(cap + 1)]

    return Family(upper, lower, math.log(2), math.log(2))


def _anytime(design: Design) -> Boundary:
    """Two one-sided Beta-binomial mixture e-processes [2]: each is at least 1/α with probability at most α, ever.

    The mixture is the prior, restricted to the rates above (below) the target.
    """
    alpha = 1 - design.confidence
    start = begin(design.target or 0.5, design.prior.a, design.prior.b)
    over, under = start.density / start.above * alpha, start.density / start.below * alpha

    def uppers() -> Iterator[int]:
        return upper_walk(start, lambda at: at.above * over >= at.density)

    def lowers() -> Iterator[int]:
        return lower_walk(start, lambda at: at.below * under >= at.density)

    if design.max_trials is None:
        return Boundary(None, Growing(uppers), Growing(lowers), Growing(lambda: repeat(None)))
    size = design.max_trials + 1
    return Boundary(design.max_trials, list(islice(uppers(), size)), list(islice(lowers(), size)), [None] * size)


def _fixed(design: Design) -> Boundary:
    """At N the exact one-sided binomial tests in both directions; nothing stops before."""
    trials = design.max_trials or 1
    upper, lower = trials + 1, -1
    if design.target is not None:
        upper, lower = _fixed_limits(trials, design.target, 1 - design.confidence)
    return Boundary(trials, [upper], [lower], [None], last_only=True)


def _fixed_limits(trials: int, target: float, alpha: float) -> tuple[int, int]:
    lower = _largest(trials, lambda s: binomial_at_most(s, trials, target) <= alpha)
    failures = _largest(trials, lambda f: binomial_at_least(trials - f, trials, target) <= alpha)
    return trials - failures, lower


def _largest(trials: int, holds: Callable[[int], bool]) -> int:
    """The largest s in 0 … trials for a property that holds up to some s; −1 where it never does."""
    low, high = -1, trials
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low
