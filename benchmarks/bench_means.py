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
from kgents.stats.means.aim import aim
from kgents.stats.means.aimed import VARIED

RUNS, NEAR, LONGEST, CAP, ALPHA = 300, 3000, 2500, 1000, 0.05
SCORES = ((8, 2, 0.7), (30, 10, 0.7), (6, 4, 0.5), (2, 2, 0.4), (40, 10, 0.75))
RATES = ((0.6, 0.8), (0.7, 0.85), (0.9, 0.97))
INFLATED = (  # target, mean, cap: far from the target, and so near that the cap decides many runs
    (0.5, 0.65, 100), (0.7, 0.85, 100), (0.7, 0.8, 200), (0.9, 0.97, 200), (0.7, 0.75, 400), (0.9, 0.93, 300), (0.5, 0.6, 100),
)  # fmt: skip
BETWEEN = (
    (0.02, 1, 1),
    (0.1, 2, 2),
    (0.2, 8, 2),
    (0.4, 7.5, 2.5),
    (0.7, 7.5, 2.5),
)  # share of Beta(a, b), the others 0 or 1
PAIRS = ((0.95, 0.1), (0.9, 0.1), (0.5, 0.1), (0.99, 0.05))
MANY, EACH = 400_000, 400  # draws that stand for a law, runs of each law


def decided(x: Any, mean: float, fractions: tuple[float, ...]) -> int:
    """The trial at which the e-value of "the mean is at most `mean`" reaches 1/α; the longest run where it never does."""
    logs = np.cumsum(np.log1p(np.outer(x / mean - 1, fractions)), 0)
    largest = logs.max(1)
    wealth = largest + np.log(np.exp(logs - largest[:, None]).mean(1))
    reached = np.nonzero(wealth >= math.log(1 / ALPHA))[0]
    return int(reached[0]) + 1 if len(reached) else len(x)


def all_within(x: Any, target: float, cap: int = CAP) -> tuple[Any, Any]:
    """For each run, a row of scores: trials until the mean is decided as a run with this cap is, and 1, −1 or 0: the verdict."""
    rule = binary_rule(target, 1 - ALPHA, cap)
    assert rule is not None
    sides = [Side.SUPPORTED, Side.REFUTED]
    runs, logs = len(x), [np.zeros((len(x), len(AGAINST_SCORES))) for _ in sides]
    has = [np.full(runs, rule.chance(side, 0, 0)) for side in sides]
    enough = [min(1.0, rule.chance(side, 0, 0) / ALPHA) for side in sides]
    total, squares, left = np.zeros(runs), np.zeros(runs), np.zeros(runs, bool)
    trials, verdicts, going = np.full(runs, min(cap, x.shape[1])), np.zeros(runs), np.arange(runs)
    bets = np.array(AGAINST_SCORES)
    for n in range(trials[0] if runs else 0):
        pooled = (total + target) / (n + 1)
        within = squares - total**2 / max(n, 1) + target * (1 - target)
        varied = ~left | (within / (n + 1) >= VARIED * pooled * (1 - pooled))
        for side, (name, own) in enumerate(zip(sides, has, strict=True)):
            way, score = aim(rule, name), x[going, n] if name is Side.SUPPORTED else 1 - x[going, n]
            chances = way.rows[n][1]
            ends = np.array([way.following(n, at) for at in range(len(chances))])
            zero, one = (np.interp(own, chances, ends[:, which]) for which in (0, 1))
            weights = np.exp(logs[side] - logs[side].max(1)[:, None])
            bet = weights @ bets / weights.sum(1) / way.rate
            has[side] = np.where(varied, (1 - score) * zero + score * one, own * (1 + bet * (score - way.rate)))
            logs[side] += np.log1p(np.outer(score / way.rate - 1, bets))
        score = x[going, n]
        total, squares, left = total + score, squares + score * score, left | ((score > 0) & (score < 1))
        won, lost = (own >= np.where(left, least, 1) - 1e-9 for own, least in zip(has, enough, strict=True))
        hopeless = [np.log(least / np.maximum(own, 1e-300)) > -(cap - n - 1) * math.log(aim(rule, name).rate)
                    for name, own, least in zip(sides, has, enough, strict=True)]  # fmt: skip
        over = won | lost | (hopeless[0] & hopeless[1])
        trials[going[over]], verdicts[going[over]] = n + 1, np.where(won, 1, np.where(lost, -1, 0))[over]
        going, total, squares, left = going[~over], total[~over], squares[~over], left[~over]
        has, logs = [own[~over] for own in has], [log[~over] for log in logs]
        if not len(going):
            break
    return trials, verdicts


def until_supported(x: Any, target: float) -> float:
    """Trials on average until "supported"; of a run without it all of them."""
    trials, verdicts = all_within(x, target)
    return float(np.where(verdicts == 1, trials, x.shape[1]).mean())


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
    return until_supported(np.array([draw(most) for _ in range(EACH)]), target) / least


def beside_pass_fail(random: Any) -> None:
    """Of laws with many 0 and 1: trials to the end, share of "supported", beside those of successes at the same mean."""
    for target, mean, cap in INFLATED:
        (wanted,) = characteristics(Design(Rule.CALIBRATED, target, 1 - ALPHA, cap, futility=0.0), [mean])
        found = []
        for share, a, b in BETWEEN:
            at_one = (mean - share * a / (a + b)) / (1 - share)
            if not 0 <= at_one <= 1:
                continue
            which = random.random((NEAR, cap))
            ends = (random.random((NEAR, cap)) < at_one).astype(float)
            trials, verdicts = all_within(np.where(which < share, random.beta(a, b, (NEAR, cap)), ends), target, cap)
            found.append(f"{share}: {trials.mean():.1f} {(verdicts == 1).mean():.2f}")
        told = f"{wanted.expected_trials:.1f} {wanted.supported:.2f}"
        print(
            f"mean {mean} v {target}, cap {cap}: pass/fail {told}; with scores in between {'; '.join(found)}",
            flush=True,
        )


def main() -> None:
    """Prints the tables."""
    random = np.random.default_rng(19)
    for a, b, target in SCORES:
        trials = until_supported(random.beta(a, b, (RUNS, CAP)), target)
        least = bound(random.beta(a, b, 200_000), target)
        print(
            f"score Beta({a},{b}) v {target}: {trials:.1f} trials, bound {least:.1f}, ratio {trials / least:.2f}",
            flush=True,
        )
    for name, shape, laws in SHAPES:
        found = [ratio_of(shape(random), random.uniform(0.75, 0.93)) for _ in range(laws)]
        print(f"{laws} {name} laws: ratio {np.mean(found):.2f} on average, {max(found):.2f} at most", flush=True)
    for target, rate in RATES:
        trials = until_supported((random.random((RUNS, CAP)) < rate).astype(float), target)
        (wanted,) = characteristics(Design(Rule.CALIBRATED, target, 1 - ALPHA, CAP, futility=0.0), [rate])
        print(
            f"scores 0 and 1, mean {rate} v {target}: {trials:.1f} trials, pass/fail {wanted.expected_trials:.1f}",
            flush=True,
        )
    beside_pass_fail(random)
    for rate, margin in PAIRS:
        needed = []
        for _ in range(3 * EACH):
            d = (random.random(LONGEST) < rate).astype(float) - (random.random(LONGEST) < rate)
            sides = ((1 + d) / 2, (1 - d) / 2)
            needed.append(max(decided(side, (1 - margin) / 2, PAIRED) for side in sides))
        print(f"{rate} v {rate}, margin {margin}: {np.mean(needed):.0f} pairs to 'equivalent'", flush=True)


if __name__ == "__main__":
    main()
