"""A bisection: what cannot be tried is left out after a few attempts, and an end that cannot be tried ends it."""

import pytest

from kgents.domain.fact import Verdict
from kgents.engine.bisect import SPOILT, Bisect


@pytest.mark.parametrize("end", [0, 3])
def test_an_end_that_cannot_be_tried_ends_it_after_so_many_attempts_in_a_row(end: int) -> None:
    """Not one earlier; and a trial that says something begins the count anew."""
    decider = Bisect(4, 0.05, 1000, None)
    for index in range(SPOILT - 1):
        decider.consume(end, index, None, ())
    assert decider.decision() is None
    decider.consume(end, SPOILT, True, ())
    for index in range(SPOILT - 1):
        decider.consume(end, SPOILT + 1 + index, None, ())
    assert decider.decision() is None
    decider.consume(end, 2 * SPOILT, None, ())
    decision = decider.decision()
    assert decision is not None
    assert (decision.verdict, decision.reason) == (Verdict.INCONCLUSIVE, "end")


def test_a_version_between_that_cannot_be_tried_is_left_out() -> None:
    """The search goes on with another one, and names a stretch where it cannot tell."""
    decider = Bisect(3, 0.05, 1000, (0.99, 0.01))
    for index in range(SPOILT):
        assert decider.decision() is None
        decider.consume(1, index, None, ())
    decision = decider.decision()
    assert decision is not None
    assert decision.verdict is Verdict.SUPPORTED
    assert decision.detail["first_bad"] == [1, 2]


@pytest.mark.parametrize("cap", [3, 8])
def test_no_trial_is_launched_beyond_the_cap(cap: int) -> None:
    """Those in flight are counted; at the cap it ends without a verdict."""
    decider = Bisect(5, 0.05, cap, None)
    pending, flying = [0] * 5, list[tuple[int, int]]()
    while (slot := decider.propose(pending)) is not None:
        decider.launch(*slot)
        pending[slot[0]] += 1
        flying.append(slot)
    assert len(flying) <= cap
    launched = len(flying)
    while flying:
        arm, index = flying.pop()
        pending[arm] -= 1
        decider.consume(arm, index, arm == 0, ())
        while (slot := decider.propose(pending)) is not None:
            decider.launch(*slot)
            pending[slot[0]] += 1
            flying.append(slot)
            launched += 1
    assert launched <= cap
    decision = decider.decision()
    assert launched < cap or (decision is not None and sum(trials for trials, _ in decision.counts) == cap)


def test_a_version_that_cannot_be_tried_ends_no_run() -> None:
    """It is left out: the run never gives up for it, and its trials show up in the state alone."""
    decider = Bisect(3, 0.05, 1000, (0.99, 0.01))
    before = decider.state()
    decider.consume(1, 0, None, ())
    assert not decider.exhausted()
    assert decider.state() != before
