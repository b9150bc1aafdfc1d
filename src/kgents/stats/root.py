"""Where a probability that rises with a rate reaches a given value."""

import math
from collections.abc import Callable

_CLOSE = 1e-10
_EDGE = 1e-9  # what is closer to 0 or 1 is 0 or 1
_LEAST = 1e-300
_TURNS = 100


def reaches(rising: Callable[[float], float], value: float, start: tuple[float, float]) -> tuple[float, float]:
    """(below, above): rates in [0, 1], 1e-10 apart, between which `rising` passes `value` in (0, 1).

    start  two rates, 0 < a < b < 1, between which it may be; elsewhere is looked too
    False position in the logits; the value of an end that stands still is halved (Illinois).
    """
    goal = _logit(value)

    def wrong(p: float) -> float:
        return _logit(rising(p)) - goal

    (low, high), (at_low, at_high) = start, (wrong(start[0]), wrong(start[1]))
    if at_low >= 0:
        low, high, at_high = _EDGE, low, at_low
        at_low = wrong(low)
    elif at_high < 0:
        low, at_low, high = high, at_high, 1 - _EDGE
        at_high = wrong(high)
    if at_low >= 0:
        return 0.0, low
    if at_high < 0:
        return high, 1.0
    side = 0
    for _ in range(_TURNS):
        if high - low < _CLOSE:
            break
        middle = _between(low, high, at_low, at_high)
        at_middle = wrong(middle)
        if at_middle < 0:
            low, at_low = middle, at_middle
            at_high = at_high / 2 if side < 0 else at_high
        else:
            high, at_high = middle, at_middle
            at_low = at_low / 2 if side > 0 else at_low
        side = -1 if at_middle < 0 else 1
    return low, high


def _between(low: float, high: float, at_low: float, at_high: float) -> float:
    """The zero of the straight line, pushed a little towards the farther end."""
    share = at_low / (at_low - at_high)
    push = 0.4 * _CLOSE / (high - low)
    return low + (high - low) * min(0.9, max(0.1, share)) if push > 0.2 else low + (high - low) * _pushed(share, push)


def _pushed(share: float, push: float) -> float:
    """So that the next zero is on the other side of what is found here, and the interval closes."""
    return min(1 - push, max(push, share + (push if share < 0.5 else -push)))


def _logit(p: float) -> float:
    return math.log(max(p, _LEAST)) - math.log(max(1 - p, _LEAST))
