"""Decisions: a replay on a record of real flaky programs, the power of comparisons, the coverage of suites.

All but the record is exact. data/flaky.json holds the outcomes of 22 real programs, 120 trials each, in the order in
which they ran (record_flaky.py makes it anew).
"""

import itertools
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from math import comb
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from kgents.stats import Boundary, Design, Duel, Rule, Side, boundary, drift, suite_difference, suite_mean
from kgents.stats.analysis import clopper_pearson

RECORD = Path(__file__).parent / "data" / "flaky.json"


def replays() -> None:
    """Rules against the verdict of the whole sample."""
    record = {name: [sign == "1" for sign in path] for name, path in json.loads(RECORD.read_text()).items()}
    trials = sum(map(len, record.values()))
    print(f"Replay of {len(record)} programs, {trials} trials; cap 100; truth: the 95 % interval of the whole sample\n")
    print(f"{'target':>6} {'rule':<12} {'used':>6} {'decided':>8} {'whole decides':>14} {'contradicts':>12}")
    for target, rule in itertools.product((0.3, 0.5, 0.8), (Rule.POSTERIOR, Rule.CALIBRATED, Rule.ANYTIME)):
        found = boundary(Design(rule, target, futility=0.02 if rule is Rule.CALIBRATED else 0.0))
        used = decided = clear = wrong = 0
        for path in record.values():
            n, side = _replay(found, path)
            used += n
            decided += side is not Side.INCONCLUSIVE
            truth = clopper_pearson(len(path), sum(path), 0.95)
            sure = Side.SUPPORTED if truth.low > target else Side.REFUTED if truth.high < target else None
            clear += sure is not None
            wrong += sure is not None and side not in (sure, Side.INCONCLUSIVE)
        print(f"{target:>6} {rule.value:<12} {used / trials:>6.0%} {decided:>8} {clear:>14} {wrong:>12}")
    p_values = sorted(drift(None, path) for path in record.values())
    print(f"drift: the smallest of {len(p_values)} p-values is {p_values[0]:.3f}, the median {p_values[11]:.2f}")


def _replay(found: Boundary, path: list[bool]) -> tuple[int, Side]:
    s = 0
    for n, success in enumerate(path, 1):
        s += success
        side = found.decide(n, s)
        if side is not None:
            return n, side
    raise AssertionError("a path is longer than its cap")


def comparisons() -> None:
    """Power and cost of two arms, exactly, over all pairs of outcomes."""
    print("\nTwo arms, 100 pairs at most, 5 % each side: P(first wins), P(second wins), expected trials\n")
    duel = Duel(0.05, 100)
    for a, b in ((0.9, 0.9), (0.5, 0.5), (0.9, 0.7), (0.5, 0.2), (0.9, 0.8), (0.99, 0.9), (0.6, 0.5)):
        first, second, pairs = wins(duel, a, b)
        print(f"{a:>5} v {b:<5} {first:>7.3f} {second:>7.3f} {2 * pairs:>8.1f}")


def wins(duel: Duel, p_a: float, p_b: float) -> tuple[float, float, float]:
    """P(a wins), P(b wins), expected pairs, for independent arms."""
    only_a, only_b = p_a * (1 - p_b), p_b * (1 - p_a)
    going = {(0, 0): 1.0}
    first = second = expected = 0.0
    for pairs in range(1, duel.max_pairs + 1):
        expected += sum(going.values())
        following: dict[tuple[int, int], float] = defaultdict(float)
        for (x, y), mass in going.items():
            following[x + 1, y] += mass * only_a
            following[x, y + 1] += mass * only_b
            following[x, y] += mass * (1 - only_a - only_b)
        verdicts = {state: duel.decide(pairs, *state) for state in following}
        first += sum(mass for state, mass in following.items() if verdicts[state] == "a")
        second += sum(mass for state, mass in following.items() if verdicts[state] == "b")
        going = {state: mass for state, mass in following.items() if verdicts[state] is None}
    return first, second, expected


def outcomes(total: int, law: list[float]) -> Iterator[tuple[tuple[int, ...], float]]:
    """Every way in which `total` independent draws fall, with its probability."""
    if len(law) == 1:
        yield (total,), law[0] ** total
        return
    for count in range(total + 1):
        share = comb(total, count) * law[0] ** count
        for rest, chance in outcomes(total - count, law[1:]):
            yield (count, *rest), share * chance


SUITES = [
    ("all tasks at 0.5", [(1.0, 0.5)]),
    ("half at 0.05, half at 0.95", [(0.5, 0.05), (0.5, 0.95)]),
    ("one in ten never passes", [(0.9, 1.0), (0.1, 0.0)]),
    ("hard: 0.02 and some 0.5", [(0.8, 0.02), (0.2, 0.5)]),
    ("easy: 0.99 and some 0.3", [(0.9, 0.99), (0.1, 0.3)]),
]


def coverage(mixture: list[tuple[float, float]], tasks: int, n: int, k: int) -> tuple[float, float]:
    """Of the interval of a suite whose tasks are drawn from the mixture of (weight, rate): coverage and mean width."""
    law = [sum(w * comb(n, c) * p**c * (1 - p) ** (n - c) for w, p in mixture) for c in range(n + 1)]
    truth = sum(w * (1 - (1 - p) ** k) for w, p in mixture)
    covered = width = 0.0
    for counts, chance in outcomes(tasks, law):
        if chance > 1e-9:
            interval = suite_mean([(n, c) for c, x in enumerate(counts) for _ in range(x)], k).interval
            covered += chance * (interval.low <= truth <= interval.high)
            width += chance * (interval.high - interval.low)
    return covered, width


def suites() -> None:
    """Coverage and width of the interval of a mean over tasks; false winners between two equal models."""
    print("\nMean of pass@k over tasks, 95 %: exact coverage (mean width), tasks drawn from a mixture\n")
    sizes = ((10, 1, 1), (30, 1, 1), (100, 1, 1), (20, 2, 1), (20, 2, 2), (12, 4, 2))
    print(f"{'tasks × samples, k':<30}" + "".join(f"{f'{t} × {n}, {k}':>16}" for t, n, k in sizes))
    for name, mixture in SUITES:
        known = [coverage(mixture, *size) for size in sizes]
        print(f"{name:<30}" + "".join(f"{f'{covered:.3f} ({width:.2f})':>16}" for covered, width in known))
    print("\nTwo models over 40 tasks, one sample each: P(first said to be better)\n")
    for a, b in ((0.5, 0.5), (0.9, 0.9), (0.8, 0.6), (0.9, 0.5)):
        law = [b * (1 - a), a * b + (1 - a) * (1 - b), a * (1 - b)]
        won = 0.0
        for (lost, _, gained), chance in outcomes(40, law):
            if chance > 1e-9:
                first = [(1, 1)] * gained + [(1, 0)] * lost + [(1, 1)] * (40 - gained - lost)
                second = [(1, 0)] * gained + [(1, 1)] * lost + [(1, 1)] * (40 - gained - lost)
                won += chance * (suite_difference(first, second).verdict == "a")
        print(f"{a:>5} v {b:<5} {won:.3f}")


def main() -> None:
    """Prints the tables."""
    replays()
    comparisons()
    suites()


if __name__ == "__main__":
    main()
