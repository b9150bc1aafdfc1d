"""Two kinds of gate that are in use, as negative controls: how often each passes a program that it should not. Exact.

Then the sequential gate of pytest-probability beside ours, at the same promise (5 % on either side, looking after every run)
and cap: expected runs and the chance of each verdict, theirs by its own exact recursion, in an environment of its own:

    python -m venv build/peers && build/peers/bin/pip install -r benchmarks/requirements-pytest.txt

run: python benchmarks/bench_gates.py [--peers build/peers]
"""

import argparse
import json
import math
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from kgents.stats import Design, boundary, characteristics, feasibility

TARGET = 0.9
ONE_SIDED_95 = 1.6448536269514722  # the normal quantile


def wilson_lower(n: int, s: int) -> float:
    """The lower 95 % limit of Wilson 1927, one-sided."""
    z = ONE_SIDED_95
    rate, square = s / n, z * z
    middle = rate + square / (2 * n)
    return (middle - z * math.sqrt((rate * (1 - rate) + square / (4 * n)) / n)) / (1 + square / n)


def passes_wilson(n: int, rate: float) -> float:
    """The chance that Wilson's limit of n trials is above TARGET at this rate."""
    passing = [s for s in range(n + 1) if wilson_lower(n, s) > TARGET]
    return math.fsum(math.comb(n, s) * rate**s * (1 - rate) ** (n - s) for s in passing)


def passes_three(rate: float) -> float:
    """The chance that three problems of three are solved."""
    return rate**3


CAP, RATES = 200, (0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
PEER = """
import dataclasses, json, sys
from pytest_probability import stats
from pytest_probability.plugin import Gate, StatsConfig
target, cap, rates = json.loads(sys.argv[1])
gate = Gate("rate", StatsConfig(level=0.9), min_rate=target, runs=cap).as_sequential()
rows = []
for rate in rates:
    alive, ends = {0: 1.0}, {}
    for n in range(1, cap + 1):
        after = {}
        for x, weight in alive.items():
            after[x] = after.get(x, 0.0) + weight * (1 - rate)
            after[x + 1] = after.get(x + 1, 0.0) + weight * rate
        alive = {}
        for x, weight in after.items():
            verdict = gate.decided(x, n - x, 0, cap - n) or ("UNDECIDED" if n == cap else None)
            if verdict is None:
                alive[x] = weight
            else:
                ends[str(verdict).upper()] = ends.get(str(verdict).upper(), 0.0) + weight
    rows.append([gate.expected_runs(cap, rate), ends.get("PASS", 0.0), ends.get("FAIL", 0.0)])
print(json.dumps(rows))
"""


def beside(peers: Path) -> None:
    """Prints both gates, a line for each true rate."""
    python = peers / "bin" / "python"
    if not python.is_file():
        print(f"no peer in {peers}: see the first lines of this file")
        return
    asked = [str(python), "-c", PEER, json.dumps([TARGET, CAP, RATES])]
    theirs = json.loads(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)
    ours = characteristics(Design(target=TARGET, max_trials=CAP), RATES)
    print(f"target {TARGET:g}, cap {CAP}, 5 % on either side: expected runs, supported, refuted")
    for row, (runs, passed, failed) in zip(ours, theirs, strict=True):
        print(
            f"  {row.p:.2f}: kgents {row.expected_trials:5.1f} {row.supported:.3f} {row.refuted:.3f}   "
            f"pytest-probability {runs:5.1f} {passed:.3f} {failed:.3f}"
        )


def main() -> None:
    """Prints the numbers of docs/critiques.md, and the two gates side by side."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", type=Path, default=Path(__file__).parents[1] / "build" / "peers")
    options = parser.parse_args()
    for rate in (0.5, 0.8, TARGET):
        print(f"three of three: a rate of {rate:g} passes in {passes_three(rate):.3f}")
    most = feasibility(Design(target=TARGET, max_trials=3))
    print(f"target {TARGET:g}, 95 %: three trials can support: {most.supported}; {most.cap_that_would_do} can")
    worst = max(range(5, 101), key=lambda n: passes_wilson(n, TARGET))
    print(
        f"Wilson's limit after {worst} trials, the worst up to 100: {TARGET:g} passes in {passes_wilson(worst, TARGET):.3f}"
    )
    (row,) = characteristics(Design(target=TARGET), (TARGET,))
    print(
        f"calibrated, cap {boundary(Design(target=TARGET)).max_trials}: a rate of {TARGET:g} passes in {row.supported:.3f}"
    )
    beside(options.peers)


if __name__ == "__main__":
    main()
