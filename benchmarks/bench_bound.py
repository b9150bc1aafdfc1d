"""How close the default rule is to the best that any rule could do: a certified lower bound on the cost.

The cost of a rule at a rate is its expected trials, plus the cap where it comes to no verdict; averaged over all rates
(uniformly). The bound is the Lagrangian dual of the optimal stopping problem "least cost with both errors at most α at
the target": for any two multipliers backward induction gives the least possible penalised cost, less α times their sum,
and no rule that keeps the errors is cheaper; the best two multipliers give the best bound. It also holds for rules that
throw dice. Rules that say supported where the posterior is below one half, or refuted where it is above, are left out:
they could only guess.

Integers cannot throw dice. If t^cap > α no integer boundary that keeps its promise ever says supported: where it says so
for s of n it says so for n of n, unless it stopped all runs before, and an unbroken run of successes is too likely. So
where that is so the bound is that of rules which do not say supported; dice could, and the bound for them is beside it.

Two bounds: of the rules that go on until there is a verdict or the cap (the calibrated rule without futility is one of
them), and of those that may also give up before. The default gives up only where a verdict has become unlikely; the
second bound gives up much earlier, and pays in verdicts, which this cost prices at a whole run each.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaincc, betaln

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from kgents.stats import Design, Prior, Rule, boundary
from kgents.stats.boundary import Boundary
from kgents.stats.lattice import forward, mass

TARGETS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
CONFIDENCES = (0.9, 0.95, 0.99)
CAPS = (20, 50, 100, 200, 500, 1000)
PROMISED = 1.04  # the ratio without futility


class Problem:
    """The lattice up to a cap, for one target."""

    def __init__(self, cap: int, target: float) -> None:
        self.cap = cap
        self.target = target
        self.rows: list[tuple[Any, Any, Any]] = []
        for n in range(cap + 1):
            s = np.arange(n + 1)
            marginal = betaln(1 + s, 1 + n - s)
            likelihood = np.exp(s * np.log(target) + (n - s) * np.log1p(-target) - marginal)
            self.rows.append((likelihood, betaincc(1 + s, 1 + n - s, target), (1 + s) / (2 + n)))

    def dual(self, logs: Any, alpha: float, early: bool, silent: bool) -> float:
        """A lower bound of the cost, for these logarithms of the two multipliers.

        early   giving up is allowed
        silent  of rules that never say supported
        """
        wrong, missed = np.exp(logs)
        value = np.zeros(1)
        for n in range(self.cap, -1, -1):
            likelihood, above, chance = self.rows[n]
            if n == self.cap:
                going = np.full(n + 1, float(self.cap))
            else:
                going = 1 + chance * value[1:] + (1 - chance) * value[:-1]
                going = np.minimum(self.cap, going) if early else going
            supported = np.where((above >= 0.5) & (not silent), wrong * likelihood, np.inf)
            refuted = np.where(above <= 0.5, missed * likelihood, np.inf)
            value = np.minimum(np.minimum(supported, refuted), going) if n else going
        return float(value[0] - (missed + (0.0 if silent else wrong)) * alpha)

    def bound(self, alpha: float, early: bool, silent: bool = False) -> float:
        """The best of them: of any start, since each value of the dual is a bound."""
        found = 0.0
        for start in ((2.0, 2.0), (8.0, 4.0), (0.5, 2.0))[: 3 if self.cap <= 200 else 1]:
            best = minimize(
                lambda logs: -self.dual(logs, alpha, early, silent),
                np.log(np.array(start) * self.cap),
                method="Nelder-Mead",
                options={"maxiter": 200, "xatol": 1e-4, "fatol": 1e-4},
            )
            found = max(found, -float(best.fun))
        return found


def cost(found: Boundary, cap: int) -> float:
    """Expected trials plus the cap times the probability of no verdict, on average over all rates: exact."""
    total = 0.0
    for row in forward(found, Prior(), cap):
        undecided = mass(row.inconclusive)
        total += row.n * (mass(row.supported) + mass(row.refuted) + undecided) + cap * undecided
    return total


def main() -> None:
    """Prints the ratios; exits with 1 if the rule without futility is above its promise."""
    print("ratio of the default rule without futility to the bound of rules that go on to a verdict or the cap\n")
    print(f"{'cap':>5} {'target':>7}" + "".join(f"{confidence:>20}" for confidence in CONFIDENCES))
    problems = [Problem(cap, target) for cap in CAPS for target in TARGETS]
    bounds: dict[tuple[int, float], float] = {}
    ratios: list[tuple[float, int, float, float]] = []
    for problem in problems:
        cap, target, cells = problem.cap, problem.target, []
        for confidence in CONFIDENCES:
            dice = problem.bound(1 - confidence, False)
            silent = target**cap > 1 - confidence
            integers = problem.bound(1 - confidence, False, True) if silent else dice
            paid = cost(boundary(Design(target=target, confidence=confidence, max_trials=cap, futility=0.0)), cap)
            ratios.append((paid / integers, cap, target, confidence))
            cells.append(f"{paid / integers:.3f}" + (f" (dice {paid / dice:.3f})" if silent else ""))
            bounds[cap, target] = dice if confidence == 0.95 else bounds.get((cap, target), 0.0)
        print(f"{cap:>5} {target:>7}" + "".join(f"{cell:>20}" for cell in cells), flush=True)
    worst, *where = max(ratios)
    close = sum(ratio <= 1.02 for ratio, *_ in ratios)
    print(f"\nworst: {worst:.3f} (promised: {PROMISED}) at cap, target, confidence {where}")
    print(f"{close} of {len(ratios)} are within 2 %")
    others(problems, bounds)
    sys.exit(worst > PROMISED)


def others(problems: list[Problem], bounds: dict[tuple[int, float], float]) -> None:
    """The other rules at confidence 0.95."""
    print("\nconfidence 0.95: ratio to that bound (for dice) | ratio to the bound with giving up")
    names = ("default", "e-process", "posterior*", "default", "fut. 0.2")
    print(f"{'cap':>5} {'target':>7} {'bound':>8}" + "".join(f"{name:>12}" for name in names))
    for problem in problems:
        cap, target = problem.cap, problem.target
        late, early = bounds[cap, target], problem.bound(0.05, True)
        default, patient = (Design(target=target, max_trials=cap, futility=futility) for futility in (0.02, 0.2))
        rivals = (Design(rule, target, max_trials=cap, futility=0.0) for rule in (Rule.ANYTIME, Rule.POSTERIOR))
        ratios = [cost(boundary(design), cap) / late for design in (default, *rivals)]
        ratios += [cost(boundary(design), cap) / early for design in (default, patient)]
        print(f"{cap:>5} {target:>7} {late:>8.2f}" + "".join(f"{ratio:>12.3f}" for ratio in ratios), flush=True)
    print("* looked at after every trial it breaks the promise that the bound is for")


if __name__ == "__main__":
    main()
