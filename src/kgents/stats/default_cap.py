"""The cap of a sequential design where nobody names one: enough to support a program that is clearly better than the target.

Clearly better: it fails a tenth as often as the target allows, so at 1 − (1 − target)/10. The cap is the least one at
which such a program is supported with probability POWER, and LEAST at least. A cap that is too large to be taken unasked
is only named: three digits, a hundredth or two above the least one, since to compute that takes seconds.
"""

import math
from dataclasses import replace

from kgents.stats.characteristics import characteristics, no_cap, solve_cap
from kgents.stats.design import LARGEST_CAP, Design, Rule
from kgents.stats.likely_cap import likely_cap

POWER = 0.8
LEAST = 100
LARGEST_UNASKED = 1000  # a larger cap has to be named
ABOVE = 1.01  # times a likely cap is enough
_KNOWN = {0.95: 104, 0.98: 261, 0.99: 525, 0.995: 1051}  # of the design that has no other option; a test computes them


def clearly_better(target: float) -> float:
    """The true rate that the default cap is made for."""
    return 1 - (1 - target) / 10


def least_cap(design: Design) -> int:
    """The least cap with POWER at the rate that is clearly better than the target; above LARGEST_UNASKED a little more,
    in three digits. DesignError where there is none.
    """
    target = design.target or 0.5
    if replace(design, max_trials=LEAST) == Design(Rule.CALIBRATED, target, max_trials=LEAST) and target in _KNOWN:
        return _KNOWN[target]
    at = clearly_better(target)
    likely = likely_cap(design, POWER, at)
    if likely is None or likely > LARGEST_CAP / ABOVE:
        raise no_cap(POWER, at)
    if likely > LARGEST_UNASKED * ABOVE:
        return _three_digits(likely * ABOVE)
    return solve_cap(design, POWER, at)


def _three_digits(number: float) -> int:
    unit = int(10 ** (len(str(int(number))) - 3))
    return min(LARGEST_CAP, math.ceil(number / unit) * unit)


def default_cap(design: Design) -> int:
    """The cap where none is named; the cap of `design` itself is not looked at. DesignError where there is none."""
    at = clearly_better(design.target or 0.5)
    (row,) = characteristics(replace(design, max_trials=LEAST), (at,))
    return LEAST if row.supported >= POWER else least_cap(design)
