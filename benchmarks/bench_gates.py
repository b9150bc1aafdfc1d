"""Two kinds of gate that are in use, as negative controls: how often each passes a program that it should not. Exact.

run: python benchmarks/bench_gates.py
"""

import math

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


def main() -> None:
    """Prints the numbers of docs/critiques.md."""
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


if __name__ == "__main__":
    main()
