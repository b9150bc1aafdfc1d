"""Where a probability that rises with a rate reaches a given value."""

import math
from collections.abc import Callable

_CLOSE = 1e-11
_LEAST = 1e-300
_TURNS = 80


def reaches(rising: Callable[[float], float], value: float) -> tuple[float, float]:
    """(below, above): rates in [0, 1], next to each other, between which `rising` passes `value` in (0, 1).

    False position in the logits, with a bisection whenever one end stands still (Illinois would halve it).
    """
    goal = _logit(value)
    low, high, at_low, at_high = 0.0, 1.0, -math.inf, math.inf
    for turn in range(_TURNS):
        if high - low < _CLOSE:
            break
        middle = (low + high) / 2
        if turn % 3 and math.isfinite(at_low) and math.isfinite(at_high):
            share = at_low / (at_low - at_high)
            middle = low + min(1 - 1e-6, max(1e-6, share)) * (high - low)
        found = _logit(rising(middle)) - goal
        if found < 0:
            low, at_low = middle, found
        else:
            high, at_high = middle, found
    return low, high


def _logit(p: float) -> float:
    return math.log(max(p, _LEAST)) - math.log(max(1 - p, _LEAST))
