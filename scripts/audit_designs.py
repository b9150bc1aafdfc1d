"""Designs drawn at random from all options, against an exact program that shares nothing but the integers of the plan.

The program walks the lattice by itself and checks the promised errors over a grid of rates, and every number that `plan`
prints (probability of each verdict, mean, standard deviation and 95 % quantile of the trials).
run: scripts/audit [designs] [seed]; exits with 1 where anything differs.
"""

import math
import random
import sys

import numpy as np

from kgents.report.planning import plan_data
from kgents.stats import Design, DesignError, Prior, Rule


def drawn(source: random.Random) -> Design:
    """A design from all options; it may be invalid."""
    rule = source.choice([Rule.CALIBRATED, Rule.CALIBRATED, Rule.ANYTIME, Rule.SPRT, Rule.FIXED, Rule.POSTERIOR])
    target = source.choice([0.5, 0.6, 0.7, 0.8, 0.9, 0.95, round(source.uniform(0.05, 0.97), 3)])
    cap = source.choice([5, 20, 60, 100, 150, source.randint(1, 300)])
    prior = Prior(*source.choice([(1.0, 1.0), (0.5, 0.5), (50.0, 1.0), (1.0, 50.0), (3.0, 20.0)]))
    futility = 0.0 if rule is Rule.FIXED else source.choice([0.0, 0.02, 0.2, 0.4])
    margin = round(min(target, 1 - target) * source.uniform(0.2, 0.8), 4) if rule is Rule.SPRT else None
    return Design(rule, target, source.choice([0.8, 0.9, 0.95, 0.99]), cap, prior, futility, margin)


def walk(rows: list[dict[str, int | None]], p: float) -> tuple[float, float, list[float]]:
    """P(supported), P(refuted), and the probability to stop after each number of trials, from the integers of a plan."""
    going, up, down, ends = np.array([1.0]), 0.0, 0.0, []
    for row in rows:
        going = np.append(going * (1 - p), 0.0) + np.insert(going * p, 0, 0.0)
        successes = np.arange(len(going))
        support, refute = row["support_at_least"], row["refute_at_most"]
        over = successes >= (len(going) if support is None else support)
        under = successes <= (-1 if refute is None else refute)
        low, high = row["inconclusive_from"], row["inconclusive_to"]
        futile = np.zeros(len(going), bool) if low is None or high is None else (successes >= low) & (successes <= high)
        up, down = up + float(going[over].sum()), down + float(going[under & ~over].sum())
        ended = over | under | futile
        ends.append(float(going[ended].sum()))
        going = np.where(ended, 0.0, going)
    return up, down, ends


def problems(design: Design) -> list[str]:
    """What is wrong with the plan of a design."""
    data = plan_data(design, None)
    rows, alpha, target, zone = data["boundary"], 1 - design.confidence, design.target or 0.5, design.margin or 0.0
    found = []
    if design.rule is not Rule.POSTERIOR:
        for share in (0.25, 0.6, 0.9, 0.99, 1.0):
            below, above = (target - zone) * share, 1 - (1 - target - zone) * share
            if walk(rows, below)[0] > alpha * (1 + 1e-9) or walk(rows, above)[1] > alpha * (1 + 1e-9):
                found.append(f"an error above {alpha:g}, {share:g} of the way to the target")
    for printed in data["operating_characteristics"]:
        if not printed["expected_trials"]:  # it ends before its first trial
            if abs(printed["inconclusive"] - 1) > 1e-12:
                found.append(f"no trial, and not inconclusive, at {printed['p']}")
            continue
        up, down, ends = walk(rows, printed["p"])
        mean = sum(n * mass for n, mass in enumerate(ends, 1))
        spread = math.sqrt(sum((n - mean) ** 2 * mass for n, mass in enumerate(ends, 1)))
        before = math.fsum(ends[: printed["q95_trials"] - 1])
        if before > 0.95 + 1e-9 or before + ends[printed["q95_trials"] - 1] < 0.95 - 1e-9:
            found.append(f"95 % of trials at {printed['p']}: {printed['q95_trials']}")
        own = {"supported": up, "refuted": down, "expected_trials": mean, "sd_trials": spread}
        found += [
            f"{name} at {printed['p']}: {printed[name]} printed, {value} found"
            for name, value in own.items()
            if abs(printed[name] - value) > 1e-6 * max(1.0, value)
        ]
    return found


def main() -> int:
    """Checks so many designs, 250 without an argument."""
    wanted, seed = (int(word) for word in (*sys.argv[1:3], *("250", "19")[len(sys.argv) - 1 :]))
    source, checked, refused, wrong = random.Random(seed), 0, 0, 0
    while checked < wanted:
        design = drawn(source)
        try:
            design.validate()
            found = problems(design)
        except DesignError:
            refused += 1
            continue
        checked += 1
        wrong += bool(found)
        for problem in found:
            print(f"{design}: {problem}")  # noqa: T201
    print(f"{checked} designs, {wrong} with a violation ({refused} more were refused by their own check)")  # noqa: T201
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
