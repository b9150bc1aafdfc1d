"""When an answer is the one that was expected: the table in docs/verification.md, row by row."""

from typing import Any

import pytest

from kgents.verify.difference import difference_of, equal

NAN = float("nan")
ROWS: list[tuple[Any, Any, bool]] = [
    (True, True, True),
    (True, 1, False),
    (1, True, False),
    (1, 1, True),
    (1, 1.0, False),
    (2.0, 2, True),
    (2.0, True, False),
    (2.5, 2, False),
    (0.1 + 0.2, 0.3, True),
    (0.3, 0.31, False),
    (NAN, NAN, True),
    ("1", 1, False),
    ([1, 2], (1, 2), False),
    ([1, [2.0]], [1, [2]], True),
    ({1}, {1.0}, False),
    ({1}, {True}, False),
    ({0.1 + 0.2, 5.0}, {0.3, 5.0}, True),
    ({1.0}, {1}, True),
    ({1, 2}, {1, 3}, False),
    (frozenset({1}), {1}, False),
    ({1: "a"}, {True: "a"}, False),
    ({0.1 + 0.2: "a"}, {0.3: "a"}, True),
    ({(1, 0.1 + 0.2): 1}, {(1, 0.3): 1}, True),
    ({(1,): 1}, {(True,): 1}, False),
    ({"a": 1}, {"a": 1.0}, False),
    (None, False, False),
    (b"a", bytearray(b"a"), False),
]


@pytest.mark.parametrize(("expected", "got", "same"), ROWS)
def test_equality_is_as_told(expected: Any, got: Any, same: bool) -> None:
    """Each row of the table of equality."""
    assert equal(expected, got) is same


@pytest.mark.parametrize(
    ("raised", "same"),
    [
        (["LookupError", ["LookupError", "Exception"], ""], True),
        (["KeyError", ["KeyError", "LookupError", "Exception"], ""], True),
        (["Mine", ["Mine", "KeyError", "LookupError", "Exception"], ""], True),
        (["ValueError", ["ValueError", "Exception"], ""], False),
    ],
)
def test_an_exception_matches_where_it_is_an_instance(raised: list[Any], same: bool) -> None:
    """What is raised has to be an instance of the class that the spec raised."""
    difference = difference_of(([1], {"raised": "LookupError"}, "f"), {"raised": raised}, 1e-9)
    assert (difference is None) is same
