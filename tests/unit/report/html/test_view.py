"""What the page of an experiment is told of an answer."""

from datetime import UTC, datetime

import pytest

from kgents.domain.outcome import Usage
from kgents.domain.plan import Plan
from kgents.domain.ports import Trial
from kgents.domain.summary import Summary
from kgents.report.html.collect import Answer
from kgents.report.html.shown import LONGEST
from kgents.report.html.view import folded
from kgents.stats import Design

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SUMMARY = Summary(Plan("exp-x", "generate", "0" * 64, Design(), "d", 1), NOW, NOW)


@pytest.mark.parametrize(
    ("output", "candidate", "shown", "left"),
    [
        ("a" * (LONGEST + 7), "b" * (LONGEST + 5), (LONGEST, LONGEST), 12),
        ("a" * (LONGEST + 7), "b", (LONGEST, 1), 7),
        ("a" * (LONGEST + 7), "a" * (LONGEST + 7), (0, LONGEST), 7),
        (None, "b" * (LONGEST + 5), (0, LONGEST), 5),
        ("a" * LONGEST, None, (LONGEST, 0), 0),
    ],
)
def test_it_is_said_how_much_of_an_answer_and_of_its_program_is_left_out(
    output: str | None, candidate: str | None, shown: tuple[int, int], left: int
) -> None:
    """An answer that is the program is shown once, and what is left out of it is counted once."""
    trial = Trial(0, 3, True, None, None, 1000, 1.0, NOW, Usage(), output=output, candidate=candidate)
    answer = folded("3", Answer(trial, "", 1), SUMMARY)
    assert ((len(answer["raw"]), len(answer["code"])), answer["left"]) == (shown, left)
