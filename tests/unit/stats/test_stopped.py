"""Tails of the states in which a run can stop: they add up, whatever the rate."""

import pytest

from kgents.stats import Design, boundary
from kgents.stats.stopped import tails_at

DESIGN = Design(target=0.6, max_trials=12, confidence=0.8)


def ends() -> list[tuple[int, int]]:
    """All states in which a run of the design stops."""
    limits, going, found = boundary(DESIGN), {0}, list[tuple[int, int]]()
    for n in range(1, 13):
        reached = {s + more for s in going for more in (0, 1)}
        stopped = {s for s in reached if n == 12 or limits.decide(n, s) is not None}
        found += [(n, s) for s in sorted(stopped)]
        going = reached - stopped
    return found


@pytest.mark.parametrize("rate", [0.2, 0.6, 0.85])
def test_what_two_tails_have_in_common_is_a_distribution(rate: float) -> None:
    """P(as strong or stronger) + P(as strong or weaker) is 1 and the probability of the state, of all states together 1."""
    limits, alike = boundary(DESIGN), 0.0
    states = ends()
    for n, s in states:
        strong, weak = tails_at(limits, n, s, rate)
        assert 0 <= strong <= 1
        assert 0 <= weak <= 1
        assert strong + weak >= 1 - 1e-12
        alike += strong + weak - 1
    assert len(states) > 10
    assert alike == pytest.approx(1)
