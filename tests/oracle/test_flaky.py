"""`kg experiment pytest`: what 60 runs of a suite show of each of its tests, exactly, and the error over all of them."""

import math
import random
from collections import Counter
from functools import cache

import pytest

from kgents.kinds.flaky.run import TRIED_AGAIN
from kgents.stats import Control, Design, Rule, boundary, p_values, rejected, share

RUNS, TARGET, CONFIDENCE = 60, 0.99, 0.95
ALONE = Design(Rule.CALIBRATED, TARGET, CONFIDENCE, RUNS, futility=0.0)


@cache
def law(tests: int, failing: float) -> Counter[tuple[int, int]]:
    """The probability of every state (runs, passes) in which one of so many tests ends that fails so often."""
    rule, going, ends = boundary(share(ALONE, tests)), {0: 1.0}, Counter[tuple[int, int]]()
    for n in range(1, RUNS + 1):
        after: Counter[int] = Counter()
        for s, weight in going.items():
            after[s] += weight * failing
            after[s + 1] += weight * (1 - failing)
        going = {}
        for s, weight in after.items():
            if n == RUNS or rule.decide(n, s) is not None:
                ends[n, s] = weight
            else:
                going[s] = weight
    return ends


@pytest.mark.parametrize("tests", [1, 20, 200, 2000])
@pytest.mark.parametrize("failing", [0.05, 0.08, 0.2, 1 / 3, 0.5])
def test_a_test_that_fails_in_a_twentieth_of_runs_is_seen(tests: int, failing: float) -> None:
    """Failed at least once, and called flaky, with probability 0.95 or more, in suites of any size."""
    ends = law(tests, failing)
    never = (1 - failing) * math.fsum(p for (n, s), p in ends.items() if s == n)
    always = failing ** (1 + TRIED_AGAIN) * math.fsum(p for (_, s), p in ends.items() if s == 0)
    assert 1 - never - always >= 0.95
    assert math.isclose(math.fsum(ends.values()), 1)


def test_of_those_called_worse_than_the_target_few_are_not() -> None:
    """200 tests of which 12 fail in 1 to 40 % of runs and the others in just under 1 %: 500 suites from the exact laws."""
    rates = [0.01, 0.02, 0.03, 0.04, 0.05, 0.05, 0.08, 0.12, 0.2, 0.2, 1 / 3, 0.4, *[0.0099] * 188]
    source, shares = random.Random(5), []
    drawn = [source.choices(list(law(200, rate)), list(law(200, rate).values()), k=500) for rate in rates]
    for states in zip(*drawn, strict=True):
        p = [p_values(share(ALONE, 200), *state).below for state in states]
        named = [
            rate
            for rate, level in zip(rates, rejected(p, 1 - CONFIDENCE, Control.FDR), strict=True)
            if level is not None
        ]
        shares.append(sum(rate < 1 - TARGET for rate in named) / len(named) if named else 0.0)
        assert len(named) >= 3
    assert math.fsum(shares) / 500 <= 0.05
