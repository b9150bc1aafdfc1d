"""How late the monitor of a series is: the worst mean delay, beside what no monitor can be better than for long run lengths.

The worst case of a fall at any time is one at the first trial, when no gambler has anything yet. Simulated, 2000 falls at a
fixed seed; the standard error of a ratio is below 0.03. The bound log A / kl(q, m) is Lorden's, of first order: where many
starts add up, near the limit, a ratio is below 1.
"""

import math
import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from kgents.stats import FallDetector

FALLS = ((0.9, 0.8), (0.9, 0.7), (0.9, 0.5), (0.9, 0.1), (0.5, 0.3), (0.5, 0.1), (0.99, 0.9), (0.99, 0.5))
RUNS = 2000


def delay(limit: float, rate: float, average: float, random: Random) -> float:
    """The mean number of trials to the alarm after a fall at the first trial."""
    total = 0
    for _ in range(RUNS):
        detector = FallDetector(limit, average)
        while detector.alarm is None:
            detector.add(float(random.random() < rate))
        total += detector.alarm
    return total / RUNS


def main() -> None:
    """A table for average run lengths of 1 000 and 10 000 trials."""
    print(f"{'fall':<14} {'A = 1000':>10} {'bound':>7} {'ratio':>6} {'A = 10000':>10} {'bound':>7} {'ratio':>6}")
    random = Random(19)
    for limit, rate in FALLS:
        line = f"{limit:g} to {rate:<7g}"
        for average in (1000.0, 10_000.0):
            apart = rate * math.log(rate / limit) + (1 - rate) * math.log((1 - rate) / (1 - limit))
            bound, mean = math.log(average) / apart, delay(limit, rate, average, random)
            line += f" {mean:>10.1f} {bound:>7.1f} {mean / bound:>6.2f}"
        print(line)


if __name__ == "__main__":
    main()
