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
