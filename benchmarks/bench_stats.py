"""The statistics: expected trials against other rules and a fixed number, coverage, bias, and the time of planning.

All figures but the times and how often a drift is said are exact: computed on the lattice, not simulated.
"""

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from math import log, sqrt
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from kgents.stats import (
    Boundary,
    Design,
    Interval,
    Prior,
    Rule,
    analyse,
    boundary,
    change,
    characteristics,
    drift,
    outlook,
    solve_cap,
)
from kgents.stats.analysis import clopper_pearson, confidence_sequence, credible_interval
from kgents.stats.beta import above
from kgents.stats.lattice import forward, mass
from kgents.stats.stopped import stage_wise, unbiased_rate

RATES = [0.2, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99]
GRID = [step / 50 for step in range(1, 50)]
CAP = 100


def original(target: float) -> Boundary:
    """Success only, from the tenth trial, when the normal approximation of the posterior says 0.95: the usual way."""
    upper = [
        next((s for s in range(n + 1) if n >= 10 and _normal(n, s, target) >= 0.95), n + 1) for n in range(CAP + 1)
    ]
    return Boundary(CAP, upper, [-1] * (CAP + 1), [None] * (CAP + 1))


def _normal(n: int, s: int, target: float) -> float:
    a, b = s + 1, n - s + 1
    sd = sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
    return statistics.NormalDist().cdf((a / (a + b) - target) / sd)


def walk(found: Boundary, p: float) -> tuple[float, float, float]:
    """P(supported), P(refuted), expected trials at the rate p."""
    up = down = trials = 0.0
    for row in forward(found, p, CAP):
        up, down = up + mass(row.supported), down + mass(row.refuted)
        trials += row.n * (mass(row.supported) + mass(row.refuted) + mass(row.inconclusive))
    return up, down, trials


def fixed(target: float, p: float, power: float) -> int:
    """A fixed number of trials that has the probability of the right verdict at the rate p, the one before has not."""
    low, high = 0, 4000
    while high - low > 1:
        trials = (low + high) // 2
        (row,) = characteristics(Design(Rule.FIXED, target, max_trials=trials, futility=0.0), [p])
        enough = (row.supported if p > target else row.refuted) >= power
        low, high = (low, trials) if enough else (trials, high)
    return high


def expected_trials() -> None:
    """Table of rules."""
    print("Expected trials at the rate, cap 100, confidence 0.95; errors (supported / refuted) at the target\n")
    print(f"{'target':>6} {'rule':<31}" + " ".join(f"{p:>7}" for p in RATES))
    for target in (0.5, 0.8, 0.9):
        rules = {
            "original (normal, success only)": original(target),
            "posterior (uncalibrated)": boundary(Design(Rule.POSTERIOR, target, futility=0.0)),
            "anytime (e-process)": boundary(Design(Rule.ANYTIME, target, futility=0.0)),
            "calibrated, no futility": boundary(Design(Rule.CALIBRATED, target, futility=0.0)),
            "calibrated (the default)": boundary(Design(Rule.CALIBRATED, target)),
        }
        for name, found in rules.items():
            up, down, _ = walk(found, target)
            numbers = " ".join(f"{walk(found, p)[2]:>7.1f}" for p in RATES)
            print(f"{target:>6} {name:<31}{numbers}   {up:.3f} / {down:.3f}")
        default = rules["calibrated (the default)"]
        cells = []
        for p in RATES:
            up, down, _ = walk(default, p)
            cells.append("      -" if p == target else f"{fixed(target, p, up if p > target else down):>7}")
        print(f"{target:>6} {'fixed number of the same power':<31}" + " ".join(cells))


def stops(found: Boundary, p: float) -> Iterator[tuple[int, int, float]]:
    """(trials, successes, probability) of every state in which a run may end."""
    for row in forward(found, p, CAP):
        for first, masses in (
            (row.supported_from, row.supported),
            (row.refuted_from, row.refuted),
            (row.inconclusive_from, row.inconclusive),
        ):
            yield from ((row.n, s, m) for s, m in enumerate(masses, first) if m > 0)


@lru_cache(None)
def intervals(design: Design, n: int, s: int) -> dict[str, Interval]:
    """The four intervals of one state."""
    return {
        "Clopper-Pearson": clopper_pearson(n, s, 0.95),
        "credible": credible_interval(Prior(), n, s, 0.95),
        "confidence sequence": confidence_sequence(n, s, 0.95),
        "confidence (stage-wise)": stage_wise(boundary(design), n, s, 0.95),
    }


@lru_cache(None)
def estimates(design: Design, n: int, s: int) -> dict[str, float]:
    """Three estimates of one state."""
    return {"s/n": s / n, "posterior mean": (s + 1) / (n + 2), "unbiased": unbiased_rate(boundary(design), n, s)}


def after_stopping() -> None:
    """Coverage, width and bias on a grid of rates."""
    print(
        "\nAfter stopping, cap 100, confidence 0.95: least coverage over rates 0.02 … 0.98 (mean width at 0.9); bias\n"
    )
    for design in (Design(target=t, futility=f) for t in (0.5, 0.8, 0.9) for f in (0.0, 0.02)):
        covered: dict[str, list[float]] = defaultdict(list)
        wrong: dict[str, float] = defaultdict(float)
        for p in GRID:
            total: dict[str, float] = defaultdict(float)
            mean: dict[str, float] = defaultdict(float)
            for n, s, m in stops(boundary(design), p):
                for name, interval in intervals(design, n, s).items():
                    total[name] += m * (interval.low <= p <= interval.high)
                for name, value in estimates(design, n, s).items():
                    mean[name] += m * value
            for name, value in total.items():
                covered[name].append(value)
            for name, value in mean.items():
                wrong[name] = max(wrong[name], abs(value - p))
        widths: dict[str, float] = defaultdict(float)
        for n, s, m in stops(boundary(design), 0.9):
            for name, interval in intervals(design, n, s).items():
                widths[name] += m * (interval.high - interval.low)
        said = ", ".join(f"{name} {min(values):.3f} ({widths[name]:.3f})" for name, values in covered.items())
        print(f"target {design.target}, futility {design.futility}: {said}")
        print("    largest bias: " + ", ".join(f"{name} {value:.2g}" for name, value in wrong.items()))


def drifts(runs: int = 2000) -> None:
    """How often a change of the rate in the middle of 100 trials is said: simulated, with a seed."""
    print(
        f"\nA warning of drift, at most 1 % without one; 100 trials, the rate changes in the middle ({runs} simulated runs)\n"
    )
    print(f"{'rates':>12} {'exact test':>12} {'e-value':>12}")
    random = Random(1)
    for first, second in ((0.5, 0.5), (0.9, 0.9), (0.9, 0.7), (0.9, 0.5), (0.8, 0.3), (0.9, 0.1)):
        exact = valued = 0
        for _ in range(runs):
            path = [int(random.random() < (first if trial < 50 else second)) for trial in range(100)]
            exact += drift(None, path) <= 0.01
            valued += change(path, 100) >= log(100)
        print(f"{first:>6} {second:>5} {exact / runs:>12.3f} {valued / runs:>12.3f}")


def times() -> None:
    """Planning from nothing, against the tails of one row of the lattice in the same run."""
    print("\nPlanning from nothing (calibration, futility, boundary), median over targets, CPU time\n")
    for cap, aim in ((100, "(aim 20)"), (500, ""), (2000, "(aim 300)"), (20_000, ""), (100_000, "")):
        taken = []
        for step in range(9 if cap <= 2000 else 3):
            before = time.process_time()
            boundary(Design(target=0.51 + step / 20, max_trials=cap))
            taken.append(time.process_time() - before)
        before = time.process_time()
        for s in range(0, cap, max(1, cap // 1000)):
            above(s + 1, cap - s + 1, 0.5)
        tails = (time.process_time() - before) * max(1, cap // 1000)
        median = statistics.median(taken)
        print(f"cap {cap:>6}: {1e3 * median:>8.1f} ms {aim:<10} {median / tails:>6.2f} × the tails of its last row")
    state = next((n, s) for n, s, _ in stops(boundary(Design()), 0.7) if n > 50)
    for name, call in (
        ("all intervals and the unbiased rate, cap 100", lambda: analyse(Design(), *state, True)),
        ("expected trials left, chance of ten, cap 100", lambda: outlook(Design(), 10, 6)),
    ):
        before = time.process_time()
        for _ in range(10):
            call()
        print(f"{name}: {1e2 * (time.process_time() - before):.2f} ms")
    longest = Design(max_trials=100_000, futility=0.0)
    boundary(longest)
    for name, once in (
        ("all intervals and the unbiased rate, cap 100 000", lambda: analyse(longest, 100_000, 50_100, True)),
        ("the cap for a power of 0.8 at 0.51, target 0.5", lambda: solve_cap(Design(), 0.8, 0.51)),
    ):
        before = time.process_time()
        once()
        print(f"{name}: {time.process_time() - before:.1f} s")


def main() -> None:
    """Prints the tables."""
    expected_trials()
    after_stopping()
    drifts()
    times()


if __name__ == "__main__":
    main()
