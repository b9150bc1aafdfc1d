"""Which pairs of an oracle a question shows."""

import pytest

from kgents.errors import UsageError
from kgents.verify.apart import LONGEST, Pair, chosen, is_written
from kgents.verify.reference.inside.observing import Seen
from kgents.verify.reference.showing import pair_shown, tree_shown


def pairs(*lengths: int) -> list[Pair | None]:
    """Questions of these lengths, each with an answer of its own."""
    return [("x" * length, str(place)) for place, length in enumerate(lengths)]


def test_pairs_are_neither_the_shortest_nor_the_longest() -> None:
    """One from each of as many equal parts, in the order of their lengths."""
    assert chosen(pairs(9, 1, 5, 3, 7, 2, 8, 4, 6), 3) == [5, 2, 6]
    assert chosen(pairs(1, 2, 3), 1) == [1]


@pytest.mark.parametrize("count", range(1, 9))
def test_as_many_as_asked_for_and_no_pair_twice(count: int) -> None:
    """Also where all answers are one."""
    same: list[Pair | None] = [("x" * length, "0") for length in range(1, 10)]
    for some in (pairs(*range(1, 10)), same):
        assert len(set(chosen(some, count))) == count


def test_different_answers_are_shown_where_there_are_enough() -> None:
    """The shortest question of each."""
    some: list[Pair | None] = [("x" * length, "yes" if length == 5 else "no") for length in range(1, 10)]
    assert chosen(some, 2) == [0, 4]


@pytest.mark.parametrize(
    ("some", "count", "hint"),
    [
        ([None, *pairs(1, 2)], 3, "--show-examples 2"),
        (pairs(1, 2), 2, "--show-examples 1"),
        ([None, ("x" * LONGEST, "y"), None], 1, "--describe TEXT"),
        ([("x", "y")], 1, "--describe TEXT"),
    ],
)
def test_too_few_are_refused_with_what_would_do(some: list[Pair | None], count: int, hint: str) -> None:
    """One has to be left to judge by."""
    with pytest.raises(UsageError, match="the oracle has") as refused:
        chosen(some, count)
    assert refused.value.hint == hint
    if hint.startswith("--show"):
        assert chosen(some, int(hint.rpartition(" ")[2]))


@pytest.mark.parametrize(
    ("arguments", "seen", "pair"),
    [
        ([1, "a"], Seen(("f", "1.5")), (">>> f(1, 'a')", "1.5")),
        ([], Seen(("t", 1)), (">>> f()", "(1,)")),
        ([[2, 1]], Seen(None, left=("l", ("l", 1, 2))), (">>> f([2, 1])", "# its arguments are then [1, 2]")),
        ([1], Seen(None, printed="one\n"), (">>> f(1)", "one")),
        ([1], Seen(None), (">>> f(1)", "None")),
        ([1], Seen(("dq", 1)), None),
        ([1], Seen(("l", ("dq", 1))), None),
        ([1], Seen(("ob", "A", ("x", 1))), None),
        ([1], Seen(raised=("ValueError",)), None),
        ([1], Seen(1, files=(("a", "b"),)), None),
        ([{"R": ["enum", "Colour", ["RED"]]}], Seen(1), None),
    ],
)
def test_a_pair_is_written_as_it_is_typed(arguments: list[object], seen: Seen, pair: Pair | None) -> None:
    """What cannot be typed, or is shown as something else, is no pair."""
    assert pair_shown("f", arguments, seen) == pair


def test_a_tuple_of_one_is_shown_as_one() -> None:
    """(1) is a number."""
    assert (tree_shown(("t", 1)), tree_shown(("t", 1, 2)), tree_shown(("l", 1))) == ("(1,)", "(1, 2)", "[1]")
    assert (is_written("(1,)"), is_written("f(1)"), is_written("nan")) == (True, False, False)
