"""How many trials a rate far from the target costs at a large cap, beside the best rules that cost no more on average.

One threshold of the posterior is close to the least cost on average over all rates (bench_bound.py), which at a large cap
is mostly the cost of rates near the target. From a cap of 1 001 on `calibrated` has the shape of what is found here: a trial
at one far rate costs `weight` more; backward induction gives the cheapest rule for that, its two multipliers are found so
that both of its exact errors at the target are at most α, and of the weights whose rule costs on average no more than one
threshold the one is shown that needs fewest trials at the far rate. Such a rule is made for one far rate that is known;
the bound is one for all rules that cost no more on average (the dual, at any weight).

run: python benchmarks/bench_far.py [CAP]   (default 2000: some ten minutes; 500: half a minute)
"""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln

sys.path[:0] = [str(Path(__file__).parents[1] / "src"), str(Path(__file__).parent)]

from bench_bound import Problem, cost
from kgents.stats import Design, Rule, boundary, characteristics
from kgents.stats.boundary import Boundary
from kgents.stats.lattice import forward, mass

ALPHA = 0.05
SETTINGS = ((0.5, 0.8), (0.5, 0.9), (0.9, 0.99))
WEIGHTS = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0)
LARGEST = 14.0  # logarithm of a multiplier that no error needs


class FarProblem(Problem):
    """The lattice up to a cap, for one target, where trials at a far rate cost more."""

    def __init__(self, cap: int, target: float, far: float) -> None:
        super().__init__(cap, target)
        self._far = []
        for n in range(cap + 1):
            s = np.arange(n + 1)
            self._far.append(np.exp(s * np.log(far) + (n - s) * np.log1p(-far) - betaln(1 + s, 1 + n - s)))

    def rule(self, logs: Any, weight: float) -> tuple[float, Boundary]:
        """(a lower bound of the penalised cost, the cheapest rule), for these logarithms of the two multipliers."""
        wrong, missed = np.exp(logs)
        upper, lower, value = [0] * (self.cap + 1), [-1] * (self.cap + 1), np.zeros(1)
        for n in range(self.cap, -1, -1):
            likelihood, above, chance = self.rows[n]
            going = np.full(n + 1, float(self.cap))
            if n < self.cap:
                going = 1 + weight * self._far[n] + chance * value[1:] + (1 - chance) * value[:-1]
            supported = np.where(above >= 0.5, wrong * likelihood, np.inf)
            refuted = np.where(above <= 0.5, missed * likelihood, np.inf)
            stops = (np.minimum(supported, refuted) <= going) & (n > 0)
            says = supported <= refuted
            upper[n] = int(np.argmax(stops & says)) if (stops & says).any() else n + 1
            lower[n] = n - int(np.argmax((stops & ~says)[::-1])) if (stops & ~says).any() else -1
            value = np.where(stops, np.minimum(supported, refuted), going)
        return float(value[0] - (wrong + missed) * ALPHA), Boundary(self.cap, upper, lower, [None] * (self.cap + 1))

    def best(self, weight: float) -> Boundary:
        """The cheapest rule whose exact errors at the target are at most α."""
        logs = [LARGEST / 2, LARGEST / 2]
        for _ in range(3):
            for side in (0, 1):
                low, high = 0.0, LARGEST
                for _ in range(16):
                    logs[side] = (low + high) / 2
                    if self._errors(self.rule(logs, weight)[1])[side] <= ALPHA:
                        high = logs[side]
                    else:
                        low = logs[side]
                logs[side] = high
        return self.rule(logs, weight)[1]

    def least(self, weight: float, paid: float) -> float:
        """No rule that costs at most `paid` on average needs fewer trials than this at the far rate."""
        found = minimize(
            lambda logs: -self.rule(logs, weight)[0],
            np.log(np.array([2.0, 2.0]) * self.cap),
            method="Nelder-Mead",
            options={"maxiter": 60, "xatol": 1e-3, "fatol": 1e-3},
        )
        return (-float(found.fun) - paid) / weight

    def _errors(self, rule: Boundary) -> tuple[float, float]:
        rows = list(forward(rule, self.target, self.cap))
        return sum(mass(row.supported) for row in rows), sum(mass(row.refuted) for row in rows)


def expected(rule: Boundary, rate: float, cap: int) -> float:
    """Trials at this rate: exact."""
    stopped = (
        (row.n, mass(row.supported) + mass(row.refuted) + mass(row.inconclusive)) for row in forward(rule, rate, cap)
    )
    return sum(n * chance for n, chance in stopped)


def main() -> None:
    """Prints the table."""
    cap = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    print(f"cap {cap}, confidence 0.95, no futility; expected trials at the far rate (average cost over all rates)\n")
    names = ("calibrated", "one threshold", "anytime")
    print(f"{'target, rate':>14}" + "".join(f"{name:>20}" for name in names) + f"{'best':>32}{'bound':>8}")
    for target, far in SETTINGS:
        calibrated, anytime = (
            Design(rule, target, max_trials=cap, futility=0.0) for rule in (Rule.CALIBRATED, Rule.ANYTIME)
        )
        designs = [calibrated, replace(calibrated, shaped=False), anytime]
        trials = [characteristics(design, [far])[0].expected_trials for design in designs]
        costs = [cost(boundary(design), cap) for design in designs]
        problem, rivals = FarProblem(cap, target, far), []
        for weight in WEIGHTS:
            rule = problem.best(weight)
            if cost(rule, cap) <= costs[1]:
                rivals.append((expected(rule, far, cap), cost(rule, cap), weight))
        least = max(problem.least(weight, costs[1]) for weight in WEIGHTS[2:])
        cells = [f"{number:.1f} ({paid:.1f})" for number, paid in zip(trials, costs, strict=True)]
        best = "{:.1f} ({:.1f}, weight {:g})".format(*min(rivals)) if rivals else "none"
        print(
            f"{target:>8}, {far:<4}" + "".join(f"{cell:>20}" for cell in cells) + f"{best:>32}{least:>8.1f}", flush=True
        )


if __name__ == "__main__":
    main()
