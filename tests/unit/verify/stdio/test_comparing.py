"""Outputs that are right and wrong."""

import pytest

from kgents.verify.stdio.comparing import output_differs, same_token, same_value, values_differ
from kgents.verify.stdio.examples import Example

RIGHT = [
    ("5\n", "5"), ("1 2 3\n", "1\n2\n3  \n\n"), ("0.5", "0.50000001"), ("3.14159", "3.1415926"), ("1e9", "1000000000.0"),
    ("2.0", "2"), ("7", "7.0"), ("-0.0", "0.0"), ("", "\n"), ("100000000000000000000", "100000000000000000000"),
]  # fmt: skip
WRONG = [
    ("5", "6"), ("5", ""), ("5", "5 5"), ("0010", "10"), ("10", "010"), ("7", "7.1"), ("0.5", "0.51"), ("YES", "Yes"),
    ("1 2", "12"), ("100000000000000000000", "100000000000000000001"), ("inf", "1e400"), ("0.5", "half"), ("", "0"),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "got"), RIGHT)
def test_tokens_that_are_equal_are_right(wanted: str, got: str) -> None:
    """White space between tokens and the last digits of a decimal do not matter."""
    assert output_differs(Example(answers=(wanted,)), got) is None


@pytest.mark.parametrize(("wanted", "got"), WRONG)
def test_tokens_that_differ_are_wrong(wanted: str, got: str) -> None:
    """Whole numbers are exact, leading zeros are words, letters keep their case."""
    assert output_differs(Example(answers=(wanted,)), got)


def test_ways_of_comparing() -> None:
    """Any order of lines, exact lines, any case, several answers."""
    assert output_differs(Example(answers=("1 2\n3 4.0",), way="unordered"), "3 4.00000001\n1 2\n") is None
    assert output_differs(Example(answers=("1 2\n3 4",), way="unordered"), "2 1\n3 4\n")
    assert output_differs(Example(answers=("1 2\n3 4",), way="unordered"), "1 2\n3 4\n3 4\n")
    assert output_differs(Example(answers=("a  b\n",), way="exact"), "a  b  \n\n") is None
    assert output_differs(Example(answers=("a  b",), way="exact"), "a b") == "line 1: expected 'a  b', got 'a b'"
    assert output_differs(Example(answers=("Yes",), way="nocase"), "YES") is None
    assert output_differs(Example(answers=("1 2", "2 1")), "2 1") is None
    assert "1 other answers are right" in str(output_differs(Example(answers=("1 2", "2 1")), "3"))


def test_a_difference_says_where_it_is() -> None:
    """The line, what was expected, what was printed."""
    assert output_differs(Example(answers=("1\n2\n3",)), "1\n2\n4") == "line 3: expected '3', got '4'"
    assert output_differs(Example(answers=("6",)), "") == "expected '6', got nothing"
    assert output_differs(Example(answers=("1 2",)), "1") == "expected '2', printed no more"
    assert output_differs(Example(answers=("1",)), "1 debug") == "printed more than expected: 'debug'"


def test_values_that_functions_return() -> None:
    """JSON values; tuples are lists, floats are near, nothing else is equal to what it is not."""
    assert same_value([1, [2, 3]], (1, (2, 3)), 1e-6)
    assert same_value({"1": 0.5}, {1: 0.5000000001}, 1e-6)
    assert same_value(2.0, 2, 1e-6)
    for wanted, got in [(1, "1"), ([1], [1, 2]), ("a", b"a"), (None, 0), ({"a": 1}, {}), (1, None), ([], 0), (0, 0.5)]:
        assert not same_value(wanted, got, 1e-6), (wanted, got)
    assert not same_token("1" * 500, "1" * 499 + "2", 1e-6)


def test_the_line_of_a_difference_is_counted_in_what_was_expected() -> None:
    """Also where a line has several tokens, and where one of the two outputs has ended."""
    assert output_differs(Example(answers=("7 8\n9",)), "7 8\n1") == "line 2: expected '9', got '1'"
    assert output_differs(Example(answers=("7 8\n9 5",)), "7 8\n9") == "line 2: expected '5', printed no more"
    assert output_differs(Example(answers=("1\n2",)), "1 3") == "line 2: expected '2', got '3'"
    assert output_differs(Example(answers=("1",)), "1\n\n2") == "line 3: printed more than expected: '2'"


def test_every_value_of_a_mapping_counts() -> None:
    """One that is right does not make up for another that is wrong, or missing."""
    assert not same_value({"a": 1, "b": 2}, {"a": 1, "b": 3}, 1e-6)
    assert not same_value([1, 2], [1, 3], 1e-6)
    assert not same_value({"a": 1}, {"a": 1, "b": 2}, 1e-6)
    assert not same_value({"a": 1}, [1], 1e-6)
    assert not same_value({"a": 1, "b": 2}, {"a": 1, "c": 2}, 1e-6)
    assert same_value({"a": 1, "b": 2}, {"b": 2, "a": 1}, 1e-6)


def test_a_long_output_is_told_by_its_ends() -> None:
    """Eighty characters stand whole, quotes among them; of more the beginning and the last ten."""
    whole, longer = "x" * 78, "x" * 68 + "y" * 11
    assert output_differs(Example(answers=("1",)), whole) == f"expected '1', got {whole!r}"
    assert output_differs(Example(answers=("1",)), longer) == f"expected '1', got '{'x' * 67}…{'y' * 9}'"


def test_a_token_of_more_than_400_characters_is_a_word() -> None:
    """Numbers are read up to there: no more is spent on digits."""
    assert same_token("0." + "1" * 398, "0." + "1" * 397 + "2", 1e-6)
    assert not same_token("0." + "1" * 399, "0." + "1" * 398 + "2", 1e-6)
    assert same_token("1.0", "1." + "0" * 398, 1e-6)
    assert not same_token("1.0", "1." + "0" * 399, 1e-6)


@pytest.mark.parametrize(("count", "right"), [(2_000, True), (2_001, False)])
def test_so_many_lines_in_any_order_are_compared_number_by_number(count: int, right: bool) -> None:
    """Of more each has to stand there as it was wanted."""
    wanted = "\n".join(f"{number}.5" for number in range(count))
    got = wanted.replace(".5", ".50000001")
    assert (output_differs(Example(answers=(wanted,), way="unordered"), got) is None) == right
    assert output_differs(Example(answers=(wanted,), way="unordered"), wanted) is None


def test_a_number_may_be_as_far_off_as_the_tolerance() -> None:
    """Relative above one, absolute below."""
    assert same_token("1.0", "1.5", 0.5)
    assert not same_token("1.0", "1.75", 0.5)
    assert same_token("4.0", "6.0", 0.5)
    assert same_token("1e9999", "1e9999", 0.5)
    assert same_value(1.0, 1.5, 0.5)
    assert not same_value(0.0, 0.625, 0.5)


def test_lines_in_any_order_are_wrong_where_a_token_is() -> None:
    """The first that is missing is told, and the first that is too much."""
    unordered = Example(answers=("1 2\n5",), way="unordered")
    assert output_differs(unordered, "5\n1 3") == "in any order: expected '1 2', got '1 3'"
    assert output_differs(unordered, "5") == "in any order: expected '1 2', printed no more"
    assert output_differs(unordered, "5\n1 2\n5") == "in any order: printed more than expected: '5'"
    many = "1.50000001\n" + "x\n" * 2_000
    assert output_differs(Example(answers=("1.5\n7",), way="unordered"), many) == (
        "in any order: expected '1.5', got '1.50000001'"
    )


def test_a_returned_value_is_one_of_those_that_are_right() -> None:
    """Else the first of them is told, with what came."""
    assert values_differ([2, 3], 3, 1e-6) is None
    assert values_differ([2, 3], 4, 1e-6) == "expected to return 2, returned 4"
