"""When an answer is the one that was expected: the table in docs/verification.md, row by row."""

from typing import Any

import pytest

from kgents.sandbox.inside import values as codec
from kgents.verify.difference import MOST_NEAR, difference_of, equal, shown

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
    (1 + 2j, 1 + 2j + 1e-15, True),
    (1 + 2j, 1 + 3j, False),
    (1 + 2j, 2 + 2j, False),
    ([1, 2], [1], False),
    ([1, 2], [2, 1], False),
    ({"a": [1.0]}, {"a": [1]}, True),
    ({"a": 1}, {"a": 1, "b": 2}, False),
    ({"a": 1, "b": 2}, {"a": 1, "b": 3}, False),
    (1e308 * 10, 10**400, False),
    (1.0, 1 + 0.9e-9, True),
    (1.0, 1 + 1.2e-9, False),
    (0.0, 0.9e-12, True),
    (0.0, 1.2e-12, False),
    (NAN, 1.0, False),
    (1.0, NAN, False),
    (complex(NAN, 1), complex(NAN, 1), True),
    (1 + 0j, 1, False),
    (1, 1 + 0j, False),
    ({}, [], False),
    ([], {}, False),
    ({(1,): "a"}, {(1,): "b"}, False),
    ({(1,): "a", (2,): "b"}, {(2,): "b", (1,): "a"}, True),
]


@pytest.mark.parametrize(("expected", "got", "same"), ROWS)
def test_equality_is_as_told(expected: Any, got: Any, same: bool) -> None:
    """Each row of the table of equality."""
    assert equal(expected, got) is same


@pytest.mark.parametrize(
    ("raised", "same"),
    [
        (["LookupError", ["LookupError", "Exception"], ""], True),
        (["LookupError", ["Exception"], ""], True),
        (["KeyError", ["KeyError", "LookupError", "Exception"], ""], True),
        (["Mine", ["Mine", "KeyError", "LookupError", "Exception"], ""], True),
        (["ValueError", ["ValueError", "Exception"], ""], False),
    ],
)
def test_an_exception_matches_where_it_is_an_instance(raised: list[Any], same: bool) -> None:
    """What is raised has to be an instance of the class that the spec raised."""
    difference = difference_of(([1], {"raised": "LookupError"}, "f"), {"raised": raised}, 1e-9)
    assert (difference is None) is same


def told(expected: dict[str, Any], answer: Any, arguments: Any = ([3],), target: str = "f") -> str | None:
    """The difference of an answer to a call with these arguments."""
    row = (codec.encode(list(arguments)), expected, target)
    return difference_of(row, answer, 1e-9)


def value(content: Any) -> dict[str, Any]:
    return {"value": codec.encode(content)}


def test_a_difference_says_the_call_what_was_expected_and_what_came() -> None:
    raised = {"raised": ["ValueError", ["ValueError", "Exception"], "no"]}
    assert told(value(3), value(3)) is None
    assert told(value(3), value(4)) == "f([3]): expected 3, got 4"
    assert told(value(3), None) == "f([3]): no answer"
    assert str(told(value(3), raised)).startswith("f([3]): expected 3, got ValueError")
    assert told({"raised": "ValueError"}, raised) is None
    assert told({"raised": "ValueError"}, value(3)) == "f([3]): expected ValueError, got 3"


def test_an_answer_that_cannot_be_read_is_none() -> None:
    """What a candidate forges equals nothing."""
    assert told(value(3), {"value": {"i": "zz"}}) == "f([3]): expected 3, got an answer that cannot be read"
    assert told({**value(3), "args": codec.encode([[3]])}, {**value(3), "args": {"i": "zz"}}) is not None


@pytest.mark.parametrize(("size", "text"), [(98, f"'{'x' * 98}'"), (99, f"'{'x' * 96}…")])
def test_a_value_of_more_than_100_characters_is_cut(size: int, text: str) -> None:
    """It is shown with its beginning."""
    assert told(value(3), value("x" * size)) == f"f([3]): expected 3, got {text}"


def test_a_long_exception_and_a_long_answer_of_a_step_are_cut() -> None:
    """An exception after 120 characters, a step after 100."""
    raised = {"raised": ["ValueError", ["ValueError", "Exception"], "x" * 200]}
    assert told(value(3), raised) == f"f([3]): expected 3, got ValueError: {'x' * 108}"
    stepped = told(value([[1], []]), value([["y" * 99], []]), [[], [["pop", []]]], "Stack()")
    assert stepped == f"Stack(); pop(): expected 1, got '{'y' * 99}"


@pytest.mark.parametrize(("count", "same"), [(MOST_NEAR, True), (MOST_NEAR + 1, False)])
def test_so_many_keys_are_compared_with_all_others(count: int, same: bool) -> None:
    """Of more that have to be compared so nothing is said to be equal: it would take too long."""
    assert MOST_NEAR == 2_000
    keyed = {(number,): number for number in range(count)}
    assert equal(keyed, dict(keyed)) is same
    assert equal(dict.fromkeys(range(count)), dict.fromkeys(range(count)))


def test_what_is_left_of_the_arguments_is_compared_too() -> None:
    """Without a word of it they are as they were."""
    left = {**value(None), "args": codec.encode([[]])}
    assert told({**value(None), "args": codec.encode([[1]])}, left) == "f([3]): expected to leave [[1]], left [[]]"
    assert told(left, left) is None
    assert told(value(None), left) == "f([3]): expected to leave [[3]], left [[]]"
    assert told(left, value(None)) == "f([3]): expected to leave [[]], left [[3]]"


def test_the_first_step_of_a_script_that_differs_is_shown() -> None:
    """An object is made, methods are called on it; then its fields are looked at."""
    script = [[5], [["push", [1]], ["pop", []]]]
    expected = value([[None, 1], [["size", 0]]])
    first = told(expected, value([[("raised", "KeyError"), 1], [["size", 0]]]), script, "Stack()")
    assert first == "Stack(5); push(1): expected None, got KeyError"
    second = told(expected, value([[None, ("itself",)], [["size", 0]]]), script, "Stack()")
    assert second == "Stack(5); push(1); pop(): expected 1, got the object itself"
    field = told(expected, value([[None, 1], [["size", ("object", "Deque")]]]), script, "Stack()")
    assert field == "Stack(5); push(1); pop(): expected size = 0, got a Deque"
    assert told(expected, expected, script, "Stack()") is None
    assert "expected" in str(told(expected, value(7), script, "Stack()"))


def test_a_long_call_is_cut() -> None:
    assert shown("f", codec.encode(["x" * 114])) == f"f({'x' * 114!r})"
    assert shown("f", codec.encode(["x" * 118])) == f"f({('x' * 118).__repr__()})"
    long = shown("f", codec.encode(["x" * 119]))
    assert long == f"f('{'x' * 116}…)"
    script = shown("Stack()", codec.encode([["y" * 200], []]))
    assert (len(script), script[-1]) == (160, "…")
    assert shown("Stack()", codec.encode([["y" * 151], []])) == f"Stack('{'y' * 151}')"
    assert shown("Stack()", codec.encode([["y" * 152], []])) == f"Stack('{'y' * 152}…"
    assert shown("f", 7) == "f(…)"
    assert shown("Stack()", 7) == "Stack(…)"
