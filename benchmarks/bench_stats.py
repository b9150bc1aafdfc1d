"""The statistics: exact errors, expected trials, coverage, and the time of planning. All figures but the times are exact."""

import sys
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from kgents.stats import Design, Prior, Rule, analyse, boundary, characteristics
from kgents.stats.analysis import clopper_pearson, confidence_sequence, credible_interval
from kgents.stats.lattice import forward
from kgents.stats.stopped import stage_wise

RATES = [0.2, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99]


def expected(design: Design) -> str:
    """Expected trials on the grid, and the errors at the target."""
    rows = characteristics(design, RATES)
    (at,) = characteristics(design, [design.target or 0.5])
    return " ".join(f"{row.expected_trials:>7.1f}" for row in rows) + f"   {at.supported:.3f} / {at.refuted:.3f}"


def coverage(design: Design, p: float) -> dict[str, float]:
    """The exact coverage of four intervals at the rate p."""
    found, total = boundary(design), defaultdict(float)
    for row in forward(found, p, design.max_trials or 0):
        groups = (
            (row.supported_from, row.supported),
            (row.refuted_from, row.refuted),
            (row.inconclusive_from, row.inconclusive),
        )
        for first, masses in groups:
            for s, mass in enumerate(masses, first):
                if mass < 1e-12:
                    continue
                intervals = {
                    "Clopper-Pearson": clopper_pearson(row.n, s, 0.95),
                    "credible": credible_interval(Prior(), row.n, s, 0.95),
                    "confidence sequence": confidence_sequence(row.n, s, 0.95),
                    "design": _design_interval(design, row.n, s),
                }
                for name, interval in intervals.items():
                    total[name] += mass * (interval.low <= p <= interval.high)
    return total


_cache: dict[tuple[Design, int, int], object] = {}


def _design_interval(design: Design, n: int, s: int):  # type: ignore[no-untyped-def]
    key = (design, n, s)
    if key not in _cache:
        _cache[key] = stage_wise(boundary(design), n, s, 0.95)
    return _cache[key]


def main() -> None:
    """Prints the tables."""
    print("Expected trials at the rate, cap 100, confidence 0.95; errors at the target\n")
    print(f"{'target':>6} {'rule':<28}" + " ".join(f"{p:>7}" for p in RATES))
    for target in (0.5, 0.8, 0.9):
        rules = {
            "posterior (uncalibrated)": Design(Rule.POSTERIOR, target, futility=0.0),
            "anytime (e-process)": Design(Rule.ANYTIME, target, futility=0.0),
            "calibrated, no futility": Design(Rule.CALIBRATED, target, futility=0.0),
            "calibrated": Design(Rule.CALIBRATED, target),
        }
        for name, design in rules.items():
            print(f"{target:>6} {name:<28}{expected(design)}")
    print("\nExact coverage of 95 % intervals after the calibrated rule at 0.5, cap 40\n")
    design = Design(max_trials=40, futility=0.0)
    for p in (0.3, 0.5, 0.6, 0.75, 0.9):
        print(f"rate {p}: " + ", ".join(f"{name} {value:.3f}" for name, value in coverage(design, p).items()))
    print("\nPlanning from nothing (calibration, futility, boundary)\n")
    for cap in (100, 500, 2000):
        times = []
        for target in (0.51, 0.81, 0.91):
            before = time.perf_counter()
            boundary(Design(target=target, max_trials=cap))
            times.append(time.perf_counter() - before)
        print(f"cap {cap:>5}: {1e3 * sorted(times)[1]:>7.1f} ms")
    before = time.perf_counter()
    analyse(Design(), 7, 7, True)
    print(f"all intervals after stopping, cap 100: {1e3 * (time.perf_counter() - before):.0f} ms")


if __name__ == "__main__":
    main()
