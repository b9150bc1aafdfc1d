"""Pairs until "equivalent": betting against the union of two sequences that decided before. Simulated at a fixed seed.

run: python benchmarks/bench_pairs.py   (about two minutes; the last row of betting is exact in tests/oracle/test_zone.py)
"""

import numpy as np

from kgents.stats import Duel
from kgents.stats.means import PAIRED

BETS = np.array(PAIRED)
ROWS = ((0.95, 0.1, 1200, 400), (0.9, 0.1, 2500, 300), (0.5, 0.1, 5000, 100), (0.99, 0.05, 1500, 400))


def betting(differences: np.ndarray, margin: float, alpha: float) -> int:
    """After how many pairs both one-sided tests have been reached; the number of pairs where they never are."""
    mean = (1 - margin) / 2
    steps = np.log1p(BETS * (np.array([[0.0], [0.5], [1.0]]) / mean - 1))
    shown = np.full(len(differences), True)
    for sign in (1, -1):
        logs = np.cumsum(steps[sign * differences + 1], 0)
        top = logs.max(1)
        wealth = np.log(np.exp(logs - top[:, None]).mean(1)) + top
        shown &= np.maximum.accumulate(wealth) >= -np.log(alpha)
    first = np.nonzero(shown)[0]
    return int(first[0]) + 1 if len(first) else len(differences)


def union(differences: np.ndarray, margin: float, alpha: float) -> int:
    """The rule of calibration version 1, looked at after every tenth pair."""
    duel = Duel(alpha, len(differences), margin)
    wins, losses = np.cumsum(differences > 0), np.cumsum(differences < 0)
    for pairs in range(10, len(differences), 10):
        low, high = duel._union(pairs, int(wins[pairs - 1]), int(losses[pairs - 1]))
        if -margin < low and high < margin:
            return pairs
    return len(differences)


def main() -> None:
    """Prints the table of docs/statistics.md."""
    for rate, margin, cap, runs in ROWS:
        random = np.random.default_rng(5)
        drawn = [(random.random(cap) < rate).astype(int) - (random.random(cap) < rate) for _ in range(runs)]
        bets = np.mean([betting(differences, margin, 0.05) for differences in drawn])
        before = np.mean([union(differences, margin, 0.05) for differences in drawn[:25]])
        print(f"{rate:>5} margin {margin}: union {before:.0f}, betting {bets:.0f}", flush=True)


if __name__ == "__main__":
    main()
