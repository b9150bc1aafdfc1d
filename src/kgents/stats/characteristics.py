"""Operating characteristics: what a design does at a true rate p, exactly."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kgents.stats.beta import binomial_at_least, binomial_at_most
from kgents.stats.boundary import Side
from kgents.stats.design import LARGEST_CAP, Design, DesignError, Rule
from kgents.stats.lattice import forward, mass
from kgents.stats.likely_cap import beyond_all, likely_cap
from kgents.stats.rules import boundary

NOTHING = 1e-18  # of a probability: the rest of a run that is so unlikely adds less than rounding does
STEP = 1.003  # from a likely cap to the next that is looked at, times; it grows
HORIZON = 10_000  # trials to which a design without a cap is followed


@dataclass(frozen=True, slots=True)
class Characteristics:
    """At the true rate p: the probabilities of the verdicts, and of the number of trials its mean, sd and 95 % quantile.

    open_end is the probability that a design without a cap has not stopped within 10 000 trials (0 with a cap).
    """

    p: float
    supported: float
    refuted: float
    inconclusive: float
    expected_trials: float
    sd_trials: float
    q95_trials: int
    open_end: float = 0.0


def characteristics(design: Design, rates: Sequence[float]) -> list[Characteristics]:
    """One row per rate in [0, 1]."""
    if design.rule is Rule.FIXED:
        return [_fixed(design, p) for p in rates]
    return [_sequential(design, p) for p in rates]


def _sequential(design: Design, p: float) -> Characteristics:
    stopping = boundary(design)
    cap = HORIZON if design.max_trials is None else design.max_trials
    supported = refuted = inconclusive = mean = square = reached = left = 0.0
    quantile = cap
    for row in forward(stopping, p, cap):
        up, down, middle = mass(row.supported), mass(row.refuted), mass(row.inconclusive)
        if design.max_trials is None and row.n == cap:
            left, middle = middle, 0.0
        supported, refuted, inconclusive = supported + up, refuted + down, inconclusive + middle
        stopped = up + down + middle
        mean, square = mean + row.n * stopped, square + row.n * row.n * stopped
        if reached < 0.95 <= reached + stopped:
            quantile = row.n
        reached += stopped
        if row.n % 64 == 0 and row.n < cap and mass(row.going) < NOTHING:
            break
    mean, square = mean + cap * left, square + cap * cap * left
    deviation = math.sqrt(max(0.0, square - mean * mean))
    return Characteristics(p, supported, refuted, inconclusive, mean, deviation, quantile, left)


def _fixed(design: Design, p: float) -> Characteristics:
    trials = design.max_trials or 1
    stopping = boundary(design)
    supported = binomial_at_least(stopping.upper[0], trials, p)
    refuted = binomial_at_most(stopping.lower[0], trials, p)
    return Characteristics(p, supported, refuted, max(0.0, 1 - supported - refuted), trials, 0.0, trials)


def solve_cap(design: Design, power: float, at: float) -> int:
    """The smallest cap with at least this probability of the right verdict when the true rate is `at`.

    The right verdict is SUPPORTED above the target and REFUTED below it. The power of neighbouring caps can dip, because
    boundaries are integers; the answer is the end of a bisection: it has the power, and the cap one smaller has not (from
    2 000 trials on: a cap at most one in 1 000 smaller).
    DesignError where power is outside (0, 1), `at` is the target, or no cap up to 100 000 is enough.
    """
    target = design.target or 0.5
    if not 0 < power < 1:
        raise DesignError("power", power, "between 0 and 1, both excluded")
    if not 0 < at < 1 or at == target:
        raise DesignError("at", at, f"between 0 and 1, and not the target {target:g}")
    side = Side.SUPPORTED if at > target else Side.REFUTED

    if beyond_all(design, power, at):
        raise no_cap(power, at)
    aim = _logit(power)

    def over(cap: int) -> float:
        """Above 0 where the cap is enough; about a straight line in its square root."""
        (row,) = characteristics(replace(design, max_trials=cap), [at])
        return _logit(row.supported if side is Side.SUPPORTED else row.refuted) - aim

    likely = likely_cap(design, power, at)
    low, at_low, high, at_high = _enclosed(over, likely or LARGEST_CAP, STEP if likely else 2.0)
    if not high:
        raise no_cap(power, at)
    turn = 0
    while high - low > max(1, high // 1000):
        middle, turn = _between(low, high, at_low, at_high, turn), turn + 1
        value = over(middle)
        low, at_low, high, at_high = (middle, value, high, at_high) if value < 0 else (low, at_low, middle, value)
    return high


def no_cap(power: float, at: float) -> DesignError:
    """The error where no cap has the power."""
    return DesignError("power", power, f"no cap up to {LARGEST_CAP} reaches it at a true rate of {at:.12g}")


def _enclosed(over: Callable[[int], float], guess: int, step: float) -> tuple[int, float, int, float]:
    """(a cap that is too small, by how much, one that is enough, by how much), near the guess; 0 for enough: there is none."""
    low, at_low, high, at_high, cap = 0, -math.inf, 0, 0.0, guess
    while not (low and high):
        value = over(cap)
        if value < 0:
            low, at_low, last, further = cap, value, LARGEST_CAP, math.ceil(cap * step)
        else:
            high, at_high, last, further = cap, value, 1, int(cap / step)
        if cap == last:
            break
        cap, step = min(LARGEST_CAP, max(1, further)), step * (1 + step) / 2
    return low, at_low, high, at_high


def _between(low: int, high: int, at_low: float, at_high: float, turn: int) -> int:
    """Where the line crosses 0, a little beyond it in turn; every third time the middle."""
    if turn % 3 == 2 or not math.isfinite(at_low) or at_high <= at_low:
        return (low + high) // 2
    a, b = math.sqrt(low), math.sqrt(high)
    crossing = (a + (b - a) * at_low / (at_low - at_high)) ** 2
    beyond = (high - low) // 16 * (1 if turn % 3 else -1)
    return min(high - 1, max(low + 1, round(crossing) + beyond))


def _logit(p: float) -> float:
    return math.log(max(p, 1e-300)) - math.log(max(1 - p, 1e-300))
