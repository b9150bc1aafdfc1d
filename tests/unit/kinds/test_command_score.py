"""Scores as commands write them."""

import pytest

from kgents.errors import UsageError
from kgents.kinds.command.score import RESOLUTION, reader_of


@pytest.mark.parametrize(
    ("source", "output", "share"),
    [
        ("last-line", "working\n0.25\n\n", 0.25),
        ("last-line", " 1e-1 \n", 0.1),
        ("json:score", 'noise\n{"score": 1}\nmore noise\n', 1.0),
        ("json:a.b", '{"a": {"b": "0.5"}}', 0.5),
        ("json:score", '{\n  "score": 0\n}\n', 0.0),
    ],
)
def test_a_score_is_read_where_it_was_said_to_stand(source: str, output: str, share: float) -> None:
    """The last line that is not empty; a key of the last line, or of the whole output, that is an object."""
    assert reader_of(source, "0,1").read(output) == round(share * RESOLUTION)


@pytest.mark.parametrize(
    ("source", "output", "why"),
    [
        ("last-line", "", "nothing was written"),
        ("last-line", "0.5\ndone", "'done' is no number"),
        ("last-line", "nan", "no number"),
        ("last-line", "1.2", r"1.2 is outside 0 … 1 \(--score-range\)"),
        ("last-line", "inf", "outside"),
        ("json:score", "0.5", "no line is a JSON object"),
        ("json:score", '{"other": 1}', "no 'score'"),
        ("json:score", '{"score": [1]}', "no number"),
    ],
)
def test_what_is_no_score_says_why(source: str, output: str, why: str) -> None:
    """A value outside its range is never clipped."""
    with pytest.raises(ValueError, match=why):
        reader_of(source, "0,1").read(output)


def test_a_range_is_scaled() -> None:
    """70 of −30 … 170 is the middle."""
    assert reader_of("last-line", "-30,170").read("70") == RESOLUTION // 2


@pytest.mark.parametrize(
    ("source", "asked"),
    [("line", "0,1"), ("json:", "0,1"), ("last-line", "1,0"), ("last-line", "0"), ("last-line", "0,inf")],
)
def test_options_that_are_none_are_refused(source: str, asked: str) -> None:
    """With the option in the message."""
    with pytest.raises(UsageError, match="--score"):
        reader_of(source, asked)
