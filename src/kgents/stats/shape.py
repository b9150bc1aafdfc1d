"""How the threshold of a calibrated boundary depends on the trials that were done, at a large cap.

One threshold of the posterior for every number of trials is close to the least cost on average over all rates. At a large
cap that is mostly the cost of rates near the target, and a rate far from it costs more than it has to. Optimal stopping
where trials at far rates cost more (backward induction, both errors exact: `benchmarks/bench_far.py`) gives what is better
there: less strict for as long as only far rates end, strictest after that, and less and less strict from then on, by
about half the logarithm of the trials. That is what the numbers below say; they are rounded, and the same for every
target, confidence and cap. The trials are counted in units of what the shortest verdict takes: UNIT / −log(target).
"""

import math
from bisect import bisect_right

SHAPED_FROM = 1001  # cap
UNIT = 6.0  # a run of successes as long as that is about what α = 0.05 asks for at a large cap
_TRIALS = (0.8, 1.3, 3.4, 7.0, 10.0, 30.0, 230.0)  # in units of the shortest verdict
# by so much there, than where it is strictest: −log of a probability
_STRICTER = (-1.75, -1.65, -1.5, -0.1, 0.0, -0.6, -1.55)
LOOSEST = math.exp(-min(_STRICTER))


def looser(target: float, cap: int) -> list[float]:
    """For n = 0 … cap of the boundary of SUPPORTED: how many times as large as at the strictest the threshold is.

    For the boundary of REFUTED exchange successes and failures: give 1 − target.
    """
    shortest = UNIT / -math.log(target)
    logs = [math.log(shortest * trials) for trials in _TRIALS]
    return [math.exp(-_between(math.log(max(1, n)), logs)) for n in range(cap + 1)]


def _between(log: float, logs: list[float]) -> float:
    """The straight line between the two numbers that are beside this logarithm of the trials."""
    at = bisect_right(logs, log)
    if at == 0 or at == len(logs):
        return _STRICTER[min(at, len(logs) - 1)]
    share = (log - logs[at - 1]) / (logs[at] - logs[at - 1])
    return _STRICTER[at - 1] + share * (_STRICTER[at] - _STRICTER[at - 1])
