"""What a failure is called: by what came back of a candidate that was asked for answers."""

from typing import Any

import pytest

from kgents.domain.outcome import Cause
from kgents.sandbox.batch import Batch
from kgents.verify.verifier import _blame

RAISED: dict[str, Any] = {"raised": ["ValueError", [], "no"]}
ROWS: list[Any] = [[[1], None, "f"], [[2], None, "f"]]
WRONG = (0, "f(1): expected 1, got ValueError: no")


@pytest.mark.parametrize(
    ("batch", "wrong", "cause", "said"),
    [
        (Batch(load={**RAISED, "forbidden": "os.fork"}), None, Cause.FORBIDDEN, "starts another program (os.fork)"),
        (Batch(load=RAISED), None, Cause.EXCEPTION, "ValueError: no"),
        (Batch([RAISED]), WRONG, Cause.EXCEPTION, "expected 1, got ValueError"),
        (Batch([{"value": 2}]), (0, "f(1): expected 1, got 2"), Cause.WRONG_OUTPUT, "expected 1, got 2"),
        (Batch([RAISED]), (0, "f(1) raised too late"), Cause.WRONG_OUTPUT, "too late"),
        (Batch([{**RAISED, "forbidden": "os.system"}]), WRONG, Cause.FORBIDDEN, "(os.system)"),
        (Batch([{"value": 1}], fault="timeout"), None, Cause.TIMEOUT, "f"),
    ],
)
def test_a_failure_is_called_by_what_came_back(
    batch: Batch, wrong: tuple[int, str] | None, cause: Cause, said: str
) -> None:
    """A program that did not load, one that raised where an answer was expected, a wrong answer, a forbidden start, no end."""
    found, text = _blame(batch, wrong, ROWS)
    assert found is cause
    assert said in text
