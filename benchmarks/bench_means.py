"""Trials until the mean of a score is decided, beside the least that any rule needs: kl(1 − α, α)/KL_inf, about ln(1/α)/KL_inf.

KL_inf(P, t) = max over λ of E log(1 + λ(x − t)) is what the best gambler gains per trial who knows the law. Simulated at a
fixed seed; run: python benchmarks/bench_means.py
"""

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from kgents.stats import Design, Rule, characteristics
from kgents.stats.boundary import Side
from kgents.stats.means import AGAINST_SCORES, PAIRED, binary_rule
from kgents.stats.means.binary import log_between

RUNS, LONGEST, CAP, ALPHA = 300, 2500, 1000, 0.05
SCORES = ((8, 2, 0.7), (30, 10, 0.7), (6, 4, 0.5), (2, 2, 0.4), (40, 10, 0.75))
RATES = ((0.6, 0.8), (0.7, 0.85), (0.9, 0.97))
PAIRS = ((0.95, 0.1), (0.9, 0.1), (0.5, 0.1), (0.99, 0.05))
MANY, EACH = 400_000, 400  # draws that stand for a law, runs of each law


def decided(x: Any, mean: float, fractions: tuple[float, ...]) -> int:
    """The trial at which the e-value of "the mean is at most `mean`" reaches 1/α; the longest run where it never does."""
    logs = np.cumsum(np.log1p(np.outer(x / mean - 1, fractions)), 0)
    largest = logs.max(1)
    wealth = largest + np.log(np.exp(logs - largest[:, None]).mean(1))
    reached = np.nonzero(wealth >= math.log(1 / ALPHA))[0]
    return int(reached[0]) + 1 if len(reached) else len(x)


def decided_within(x: Any, target: float) -> int:
    """The same for a run with the cap CAP, as it is decided: by the rule for a rate up to the first score in between."""
    rule = binary_rule(target, 1 - ALPHA, CAP)
    assert rule is not None
    between = np.nonzero((x > 0) & (x < 1))[0]
    first = int(between[0]) if len(between) else len(x)
    ones = np.cumsum(x[:first] == 1)
    for n, s in enumerate(ones, 1):
        if (side := rule.boundary.decide(n, int(s))) is not None:
            return n if side is Side.SUPPORTED else len(x)
    if first == len(x):
        return first
    s = int(ones[-1]) if first else 0
    zero, one = (rule.log_wealth(Side.SUPPORTED, first + 1, s + more) for more in (0, 1))
    logs = log_between(zero, one, float(x[first])) + np.cumsum(
        np.log1p(np.outer(x[first + 1 :] / target - 1, AGAINST_SCORES)), 0
    )
    largest = logs.max(1)
    reached = np.nonzero(largest + np.log(np.exp(logs - largest[:, None]).mean(1)) >= math.log(1 / ALPHA))[0]
    return first + 2 + int(reached[0]) if len(reached) else len(x)


def bound(x: Any, mean: float) -> float:
    """ln(1/α)/KL_inf, with the law given by many draws."""
    gain = minimize_scalar(
        lambda bet: -float(np.log1p(bet * (x / mean - 1)).mean()), bounds=(0, 1 - 1e-9), method="bounded"
    )
    return math.log(1 / ALPHA) / -gain.fun


def two_points(random: Any) -> Any:
    """Two scores, anywhere, the upper one with any chance from .2 to .9."""
    low, high = sorted(random.uniform(0, 1, 2))
    chance = random.uniform(0.2, 0.9)
    return lambda size: np.where(random.random(size) < chance, high, low)


def inflated(random: Any) -> Any:
    """A Beta law in between, and up to 40 % of all scores at 0 and at 1 each."""
    a, b = random.uniform(1, 10, 2)
    at_zero, at_one = random.uniform(0, 0.4, 2)

    def draw(size: int) -> Any:
        which, between = random.random(size), random.beta(a, b, size)
        return np.where(which < at_zero, 0.0, np.where(which > 1 - at_one, 1.0, between))

    return draw


def skewed(random: Any) -> Any:
    """A Beta law with most of it at one end."""
    long, short = random.uniform(4, 30), random.uniform(0.3, 1)
    first, second = (long, short) if random.random() < 0.5 else (short, long)
    return lambda size: random.beta(first, second, size)


def beta(random: Any) -> Any:
    """Any Beta law that is not far from even."""
    a, b = random.uniform(0.5, 20, 2)
    return lambda size: random.beta(a, b, size)


SHAPES = (("Beta", beta, 50), ("two-point", two_points, 20), ("0/1-inflated", inflated, 20), ("skewed", skewed, 20))


def ratio_of(draw: Any, share: float) -> float:
    """Trials over the least that any rule needs, at a target of that share of the mean."""
    many = draw(MANY)
    target = round(float(many.mean()) * share, 4)
    least = bound(many, target)
    most = min(CAP, int(12 * least) + 50)
    return float(np.mean([decided_within(draw(most), target) for _ in range(EACH)])) / least


def main() -> None:
    """Prints the tables."""
    random = np.random.default_rng(19)
    for a, b, target in SCORES:
        trials = np.mean([decided_within(random.beta(a, b, CAP), target) for _ in range(RUNS)])
        least = bound(random.beta(a, b, 200_000), target)
        print(
            f"score Beta({a},{b}) v {target}: {trials:.1f} trials, bound {least:.1f}, ratio {trials / least:.2f}",
            flush=True,
        )
    for name, shape, laws in SHAPES:
        found = [ratio_of(shape(random), random.uniform(0.75, 0.93)) for _ in range(laws)]
        print(f"{laws} {name} laws: ratio {np.mean(found):.2f} on average, {max(found):.2f} at most", flush=True)
    for target, rate in RATES:
        trials = np.mean([decided_within((random.random(CAP) < rate).astype(float), target) for _ in range(RUNS)])
        (wanted,) = characteristics(Design(Rule.CALIBRATED, target, 1 - ALPHA, CAP, futility=0.0), [rate])
        print(
            f"scores 0 and 1, mean {rate} v {target}: {trials:.1f} trials, pass/fail {wanted.expected_trials:.1f}",
            flush=True,
        )
    for rate, margin in PAIRS:
        needed = []
        for _ in range(EACH):
            d = (random.random(LONGEST) < rate).astype(float) - (random.random(LONGEST) < rate)
            sides = ((1 + d) / 2, (1 - d) / 2)
            needed.append(max(decided(side, (1 - margin) / 2, PAIRED) for side in sides))
        print(f"{rate} v {rate}, margin {margin}: {np.mean(needed):.0f} pairs to 'equivalent'", flush=True)


if __name__ == "__main__":
    main()
