"""What crosses the wire comes out as it went in."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgents.domain.outcome import Cause, Check, Fault, Outcome, Usage
from kgents.runner.cluster.wire import outcome_of, outcome_to_data, read, write

TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
USAGE = st.builds(
    Usage, st.integers(0, 9), st.integers(0, 9), st.none() | st.decimals(0, 9, places=4).map(Decimal), st.integers(0, 3)
)


@given(st.sampled_from(list(Cause)), TEXT, st.none() | TEXT, USAGE, st.lists(st.integers(), max_size=3))
def test_every_outcome_survives(
    cause: Cause, output: str, candidate: str | None, usage: Usage, score: list[int]
) -> None:
    """Halves of surrogate pairs, unknown prices, every cause."""
    outcome = Outcome(
        False if cause.fault is Fault.PROGRAM else None, cause, output[:300], output, candidate, 0.25, ("a", "b"),
        (Check("name", False, "detail"),), usage, tuple(score), {"deep": [{"text": output}]}, 1.5,
    )  # fmt: skip
    assert outcome_of(read(write(outcome_to_data(outcome)))) == outcome


def test_a_success_survives() -> None:
    """Without a cause."""
    assert outcome_of(read(write(outcome_to_data(Outcome.passed("yes"))))) == Outcome.passed("yes")


@pytest.mark.parametrize("text", ["", "[]", "nonsense"])
def test_what_is_no_message_is_refused(text: str) -> None:
    """A message is a JSON object."""
    with pytest.raises(ValueError):
        read(text)
