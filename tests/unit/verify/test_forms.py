"""Forms that a docstring shows: what a spec is made for is asked, what it does to anything else by accident is not."""

import ast
import random

import pytest

from kgents.verify.reference.inside.facts import facts_of
from kgents.verify.reference.inside.mutants import mutants
from kgents.verify.reference.inside.observing import Program
from kgents.verify.reference.inside.probes import Probes, instrumented
from kgents.verify.reference.inside.searching import Origin
from kgents.verify.reference.inside.shown import Shown, Signs, form_of, ranges

SQUARES = '''
def step(start: str, end: str) -> int:
    """How many columns are between two squares, a1 to h8."""
    return abs(ord(start[0]) - ord(end[0])) + 0 * (int(start[1]) + int(end[1]))
'''
FIELDS = '''
def first(field: str) -> int:
    """The first minute of a field of a crontab: '*/5', '7', '10-20', '1,4'."""
    part = field.split(",")[0].partition("/")[0]
    return 0 if part == "*" else int(part.partition("-")[0])
'''
CARDS = '''
def lowest(hand: list[str]) -> int:
    """The least of three cards such as '10H', 'AS', 'KD'."""
    return min("2 3 4 5 6 7 8 9 10 J Q K A".split().index(card[:-1]) for card in hand)
'''
VALIDATES = '''
def minutes(text: str) -> int:
    """Minutes of a time of day such as 7:05."""
    hours, _, rest = text.partition(":")
    if not 0 <= int(hours) < 24 or not 0 <= int(rest) < 60:
        raise ValueError(text)
    return 60 * int(hours) + int(rest)
'''
TAKES_ALL = '''
def outline(text: str) -> list[str]:
    """The headings of a text, numbered as '1.1 Why'."""
    return [line.lstrip("#") for line in text.splitlines() if line.startswith("#")]
'''


def _origin(text: str) -> tuple[Origin, Program]:
    tree = ast.parse(text)
    target, probes = next(node.name for node in tree.body if isinstance(node, ast.FunctionDef)), Probes()
    origin = Origin(tree, target, facts_of(tree), random.Random(5))
    origin.learn_forms(Program(instrumented(text), target, None, names=probes.names, short=True), probes)
    return origin, Program(text, target)


def _meant(text: str, *arguments: object) -> bool:
    origin, program = _origin(text)
    return origin.row(arguments, program.call(arguments, 1.0), Probes()).meant


@pytest.mark.parametrize(
    ("text", "form"),
    [("a1", "a9"), ("10.0.0.0/8", "9.9.9.9/9"), ("AS", "AA"), ("v12-rc.x y", "a9-aa.a a"), ("", ""), ("é²", "é²")],
)
def test_a_form_is_the_kinds_of_signs_in_their_order(text: str, form: str) -> None:
    """Numbers whatever their length, letters by case, one apart from more."""
    assert "".join(form_of(text)).replace("aaaa", "aa") == form


def test_ranges_of_the_prose_go_from_one_form_to_the_same() -> None:
    """From what is less to what is not."""
    told = ranges("rows 1 to 30, letters A … F, squares a1–h8; start to end, 9 to 3, 0 … size - 1, x1 to 30")
    assert told == [("1", "30"), ("A", "F"), ("a1", "h8")]


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [(("a1", "h8"), True), (("a1", "i1"), False), (("10", "21"), False), (("a9", "a1"), False), (("", "a1"), False)],
)
def test_what_a_spec_does_beyond_its_range_is_an_accident(arguments: tuple[str, str], meant: bool) -> None:
    """Whether it returns something or not."""
    assert _meant(SQUARES, *arguments) is meant


@pytest.mark.parametrize(
    ("field", "meant"),
    [
        ("*/12", True),
        ("3", True),
        ("9-14,*/2,9", True),
        ("*/13", False),
        ("*/0", False),
        ("07", False),
        ("5-", False),
        ("4,x", False),
    ],
)
def test_a_listing_has_any_number_of_the_parts_that_are_shown(field: str, meant: bool) -> None:
    """Each of a form; numbers without zeros before them, and 0 only where one is shown."""
    assert _meant(FIELDS, field) is meant


@pytest.mark.parametrize(
    ("hand", "meant"),
    [(["2H", "QD", "10S"], True), (["2H", "QD"], False), (["35H", "2H", "3H"], False), (["ZS", "2H", "3H"], False)],
)
def test_cards_are_those_that_are_played_with(hand: list[str], meant: bool) -> None:
    """As many as the prose says."""
    assert _meant(CARDS, hand) is meant


def test_what_a_spec_refuses_itself_or_takes_whatever_it_is_has_no_form() -> None:
    """It says what it is made for, or it is made for all."""
    assert _meant(VALIDATES, "25:00")
    assert _meant(VALIDATES, "x")
    assert _meant(TAKES_ALL, "# a\n")


def test_most_texts_are_drawn_in_the_form_and_changes_keep_it() -> None:
    """Of two texts, too; one begins now and then as the other."""
    origin, program = _origin(SQUARES)
    fresh = [origin.fresh() for _ in range(200)]
    formed = [given for given in fresh if origin.row(given, program.call(given, 1.0), Probes()).meant]
    assert len(formed) > 120
    assert len({*formed}) > 80
    changed = [origin.changed(given, []) for given in formed]
    assert sum(origin.row(given, program.call(given, 1.0), Probes()).meant for given in changed) > len(formed) / 2


@pytest.mark.parametrize(
    ("examples", "told", "signs", "holds", "does_not"),
    [
        (["10.0.0.0/8"], [], Signs(cutters=["/"]), ["255.0.9.17/32"], ["256.0.9.17/8", "10.0.0.0/33", "10.0.0.0"]),
        (["09:05", "23:59"], [], Signs(cutters=[":"]), ["00:07", "21:30"], ["9:05", "24:00", "007:5"]),
        (["1.2.3"], [], Signs(cutters=["."]), ["1.10.3", "12.2.9"], ["1.13.3", "1.2", "01.2.3"]),
        (["C4"], [], Signs(letters=["C", "D", "xy"]), ["D9"], ["D10", "E4", "c4"]),
        (["C4"], [], Signs(), ["Z1"], ["c4"]),
        (["12A"], [("A", "F"), ("1", "30"), ("0", "1")], Signs(letters=["A"]), ["30F", "1B"], ["31A", "0A", "1G"]),
        (["#ff8000"], [("0", "1")], Signs(hexadecimal=True), ["#012abc"], ["#012abcd", "#fff", "#gg0000"]),
    ],
)
def test_what_stands_at_a_place_is_like_what_is_shown_there(
    examples: list[str], told: list[tuple[str, str]], signs: Signs, holds: list[str], does_not: list[str]
) -> None:
    """Up to the largest, with as many zeros, a letter of the code, in a range that holds what is shown; so is what is drawn."""
    shown = Shown(examples, told, signs)
    assert all(map(shown.holds, [*examples, *holds]))
    assert not any(map(shown.holds, does_not))
    draw = random.Random(1)
    drawn = [shown.drawn(draw) for _ in range(60)]
    assert all(map(shown.holds, drawn))
    assert all(shown.holds(shown.changed(text, draw)) for text in drawn)
    assert len({*drawn}) > 5


def test_ranges_of_squares_hold_for_every_text_beside_one_that_needs_it() -> None:
    """Also where the spec only looks whether one is among others."""
    spec = '''
def hits(ship: list[str], shots: list[str]) -> int:
    """How many squares of a ship, A1 to J10, were shot at."""
    if any(int(square[1:]) > 10 for square in ship):
        raise ValueError("ship")
    return sum(square in shots for square in ship)
'''
    assert _meant(spec, ["A1"], ["J10", "B2"])
    assert not _meant(spec, ["A1"], ["nowhere"])
    assert _meant(spec, ["A11"], ["A1"])


def test_bits_that_are_apart_are_not_joined_by_what_joins_them_alike() -> None:
    """`a << 8 ^ b` is no mistake of `a << 8 | b`."""
    texts = [text for _, text, _ in mutants("def f(a, b):\n    return a << 8 | b\n", "f")]
    assert not any("^" in text for text in texts)
    assert any("a << 8 & b" in text for text in texts)
