"""About the least cap that has a power, without the boundary of any cap: where to look for it, or a number to name.

At one strictness the limits after n trials are the same for every cap, so one pass over the states gives the power (and
another the error) of all caps at once. What is looked for is the strictness at which both meet at one cap. What a rule
with one threshold has is less than what a design that fills its errors has, by a few trials in a hundred.
"""

import math
from collections.abc import Callable
from dataclasses import replace

from kgents.stats.boundary import Boundary
from kgents.stats.crossing import crossing
from kgents.stats.design import LARGEST_CAP, Design, Rule
from kgents.stats.lattice import forward, mass
from kgents.stats.most_power import least_of_any, most_power
from kgents.stats.rules import boundary, erring_at, thresholds
from kgents.stats.shape import LOOSEST, SHAPED_FROM

RARE = 3000  # trials; where more are needed, something RARE / trials times as seldom stands for what is seldom,
SELDOM = 0.02  # as long as it happens in less than this share of the trials
ROUNDS = 6
_PROMISED = (Rule.CALIBRATED, Rule.ANYTIME, Rule.FIXED)  # rules whose errors hold at the target itself
_FIXED_THRESHOLD = (Rule.ANYTIME, Rule.POSTERIOR)  # no calibration: the strictness is that of the confidence
NEAR, FAR = 0.03, 0.3  # of strictness: of the right verdict, where it moves a cap by one in a hundred, and of the other


def beyond_all(design: Design, power: float, at: float) -> bool:
    """No test with the promised errors has the power within the largest cap: no boundary has to be computed to know."""
    if design.rule not in _PROMISED:
        return False
    return most_power(LARGEST_CAP, design.target or 0.5, at, 1 - design.confidence) < power * (1 - 1e-9)


def likely_cap(design: Design, power: float, at: float) -> int | None:
    """About the least cap with `power` at the true rate `at`, not the target; within some hundredths of it.

    The cap of the design is not looked at. None where none up to 100 000 seems to have it.
    """
    if beyond_all(design, power, at):
        return None
    target = design.target or 0.5
    least = least_of_any(power, target, at, 1 - design.confidence) or LARGEST_CAP
    if design.rule is Rule.FIXED:
        return least
    fewer = _fewer(least, target, at)
    oftener = replace(
        design,
        target=_more_often(target, fewer),
        margin=design.margin and design.margin * fewer,
        shaped=design.shaped and least >= SHAPED_FROM,
    )
    cap = _least(oftener, power, _more_often(at, fewer), least // fewer)
    return None if cap is None or cap * fewer > LARGEST_CAP else round(cap * fewer)


def _fewer(least: int, target: float, at: float) -> float:
    """By how many trials one may stand for several: what is seldom comes at random, as a Poisson process does."""
    seldom = max(1 - target, 1 - at) if target > 0.5 else max(target, at)
    return max(1.0, min(least / RARE, SELDOM / seldom))


def _more_often(rate: float, times: float) -> float:
    return 1 - (1 - rate) * times if rate > 0.5 else rate * times


def _least(design: Design, power: float, at: float, least: float) -> int | None:
    """The cap at the strictnesses at which the errors there are the promised ones; `least` is where to begin."""
    over, of_one_look = at > (design.target or 0.5), -math.log(1 - design.confidence)
    limit, cap = 2 * math.ceil(least), None
    if replace(design, max_trials=limit).has_shape:
        of_one_look += math.log(LOOSEST)  # as strict as that where it is loosest
    strictness = (of_one_look, of_one_look)
    stops = _stops(design, limit)
    for _ in range(ROUNDS):
        while (cap := _reached(stopping := stops(strictness), power, at, over)) is None:
            if limit >= LARGEST_CAP:
                return None
            limit = min(LARGEST_CAP, 2 * limit)
            stops = _stops(design, limit)
        if design.rule in _FIXED_THRESHOLD:
            break
        off = _off(design, stopping, cap)
        if abs(off[not over]) < NEAR and abs(off[over]) < FAR:
            break
        right = strictness[not over] + off[not over]
        other = max(of_one_look, strictness[over] + off[over])  # of few trials its error says nothing
        strictness = (right, other) if over else (other, right)
    return cap


def _stops(design: Design, limit: int) -> Callable[[tuple[float, float]], Boundary]:
    """Where runs stop by strictness; of a rule that promises its error at every moment there is one place alone."""
    design = replace(design, max_trials=limit, futility=0.0)
    if design.rule is Rule.ANYTIME:
        return lambda _: boundary(design)
    family = thresholds(design)

    def stopping(strictness: tuple[float, float]) -> Boundary:
        upper, lower = max(strictness[0], family.least_upper), max(strictness[1], family.least_lower)
        return Boundary(limit, family.upper(upper), family.lower(lower), [None] * (limit + 1))

    return stopping


def _reached(stopping: Boundary, power: float, at: float, over: bool) -> int | None:
    """The number of trials after which the right verdict has the power; None where it never has."""
    right = 0.0
    for row in forward(stopping, at, stopping.max_trials or 1):
        right += mass(row.supported if over else row.refuted)
        if right >= power:
            return row.n
        if row.n % 64 == 0 and right + mass(row.going) < power:
            return None
    return None


def _off(design: Design, stopping: Boundary, cap: int) -> tuple[float, float]:
    """By how much the logarithms of the errors up to the cap are above the promised one: of SUPPORTED, of REFUTED."""
    low, high = erring_at(design)
    upper, lower = list(stopping.upper[: cap + 1]), list(stopping.lower[: cap + 1])
    supported, refuted = crossing(upper, lower, cap, low)
    if high != low:
        refuted = crossing(upper, lower, cap, high)[1]
    return _over(supported, design), _over(refuted, design)


def _over(error: float, design: Design) -> float:
    return min(3.0, max(-3.0, math.log(max(error, 1e-300)) - math.log(1 - design.confidence)))
