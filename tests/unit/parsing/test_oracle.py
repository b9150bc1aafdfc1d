"""The oracle: what an answer is worth, case by case."""

from itertools import product

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from kgents.parsing.credit import credit_of
from kgents.parsing.distance import distance
from kgents.parsing.document import Document
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, mutators
from kgents.parsing.oracle import GOOD, Answer, judge
from kgents.parsing.sameness import begins, difference, guesses, same
from kgents.parsing.source import Input, broken

WHOLE = {"a": 1, "b": ["x", {"c": "hello", "d": 123}]}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def made(level, truth=WHOLE, text='{"a": 1, "b": ["x", {"c": "hel', **more):
    valid = '{"a": 1, "b": ["x", {"c": "hello", "d": 123}]}'
    return Input(text, truth, level, "class", ("mutator",), "document", valid, **more)


def outcome(given, value, complete=True):
    found = judge(given, Answer("returned", value, complete))
    return f"{found.outcome}{f' {found.kind}' if found.kind else ''}"


@pytest.mark.parametrize(
    ("level", "value", "complete", "wanted"),
    [
        (Level.EXACT, {"b": ["x", {"d": 123.0, "c": "hello"}], "a": 1}, True, "recovered"),
        (Level.EXACT, {"a": True, "b": ["x", {"c": "hello", "d": 123}]}, True, "corrupted type"),
        (Level.EXACT, {"a": "1", "b": ["x", {"c": "hello", "d": 123}]}, True, "corrupted type"),
        (Level.EXACT, {"a": 1, "b": ["x", {"c": "hullo", "d": 123}]}, True, "corrupted string"),
        (Level.EXACT, {"a": 1, "b": ["x", {"c": "hello", "d": 12}]}, True, "corrupted number"),
        (Level.EXACT, {"a": 1}, True, "corrupted dropped"),
        (Level.EXACT, {"a": 1}, False, "incomplete"),
        (Level.EXACT, {**WHOLE, "z": 1}, True, "corrupted invented"),
        (Level.EXACT, [WHOLE], True, "corrupted root type"),
        (Level.EXACT, {"b": ["x"], "z": 2}, True, "corrupted restructured"),
        (Level.EXACT, None, True, "rejected"),
        (Level.EXACT, "some text", True, "undecoded"),
        (Level.PREFIX, {"a": 1, "b": ["x", {"c": "hel"}]}, True, "partial"),
        (Level.PREFIX, {"a": 1, "b": ["x", {}]}, True, "partial"),
        (Level.PREFIX, {"a": 1, "b": ["x", {"c": None}]}, True, "guess"),
        (Level.PREFIX, {"a": 1, "b": ["x", {"c": "hello", "d": 12}]}, True, "guess"),
        (Level.PREFIX, {"a": 1, "b": ["x", {"c": "hello", "d": 12}]}, False, "partial"),
        (Level.PREFIX, {"a": 1, "b": ["y"]}, True, "corrupted dropped"),
        (Level.PREFIX, {"a": 2}, False, "corrupted dropped"),
        (Level.NONE, {"a": 1}, True, "corrupted hallucinated"),
        (Level.NONE, {}, True, "rejected"),
    ],
)
def test_answers_to_one_document(level, value, complete, wanted):
    assert outcome(made(level), value, complete) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ({"a": 1, "b": None}, "partial"),
        ({"a": 1, "b": ""}, "partial"),
        ({"a": 1}, "partial"),
        ({"a": 1, "b": 3}, "corrupted number"),
        ({"a": None, "b": 2}, "corrupted type"),
        ({"b": 2}, "corrupted dropped"),
    ],
)
def test_a_hole_may_be_empty_but_not_filled(value, wanted):
    assert outcome(made(Level.HOLE, {"a": 1, "b": 2}, hole=("b",)), value) == wanted


def test_of_several_readings_a_near_one_is_an_alternative():
    given = Input(
        '{"a": "x, "b": "y"}', {"a": "x", "b": "y"}, Level.AMBIGUOUS, "quotes", ("m",), "d", '{"a": "x", "b": "y"}'
    )
    assert outcome(given, {"a": 'x, "b": "y'}) == "alternative"
    assert outcome(given, {"a": "x"}) == "corrupted dropped"


@pytest.mark.parametrize(
    ("text", "value", "complete", "wanted"),
    [
        ("x", "def f():\n  return 1\n\n\ndef g():\n    return (2)\n", True, "recovered"),
        ("x", "def f():\n    return 1\n", True, "corrupted dropped"),
        ("x", "def f():\n    return 1\n", False, "incomplete"),
        ("def f(:", "def f(:", True, "undecoded"),
        ("x", "def f(:", True, "corrupted does not compile"),
        ("x", 3, True, "corrupted no text"),
        ("x", "", True, "rejected"),
    ],
)
def test_code_is_compared_as_a_tree(text, value, complete, wanted):
    program = "def f():\n    return 1\n\ndef g():\n    return 2\n"
    given = Input(text, program, Level.EXACT, "wrapping", ("m",), "d", program, language="python")
    assert outcome(given, value, complete) == wanted


def test_cut_code_is_a_beginning_or_a_guess():
    program = "def f():\n    total = 1\n    return total\n"
    given = Input("x", program, Level.PREFIX, "truncation", ("m",), "d", program, language="python")
    assert outcome(given, "def f():\n    total = 1\n") == "partial"
    assert outcome(given, "def f():\n    total = 1\n    return to\n") == "guess"
    assert outcome(given, "def f():\n    total = 2\n    return total\n") == "corrupted restructured"


@drawn(VALUES, VALUES)
def test_same_is_an_equivalence_that_begins_and_difference_respect(one, other):
    assert same(one, one)
    assert begins(one, one)
    assert same(one, other) == same(other, one)
    if not same(one, other):
        assert difference(one, other)


@drawn(st.dictionaries(st.text(max_size=3), VALUES, min_size=1, max_size=4), st.data())
def test_every_beginning_is_one(whole, data):
    count = data.draw(st.integers(0, len(whole)))
    beginning = dict(list(whole.items())[:count])
    assert begins(beginning, whole)
    assert guesses(beginning, whole)
    assert not begins({**whole, "another key": 1}, whole)


def test_deep_values_are_compared_without_recursion():
    def deep(depth, leaf):
        for _ in range(depth):
            leaf = [leaf]
        return leaf

    assert same(deep(50_000, 1), deep(50_000, 1))
    assert not same(deep(50_000, 1), deep(50_000, 2))


def brute(a, b):
    rows = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, rows[0] = rows[0], i
        for j, y in enumerate(b, 1):
            previous, rows[j] = rows[j], min(rows[j] + 1, rows[j - 1] + 1, previous + (x != y))
    return rows[-1]


def test_distances_of_all_short_texts():
    words = ["".join(letters) for size in range(5) for letters in product("ab", repeat=size)]
    for one, other in product(words, repeat=2):
        assert distance(one, other) == brute(one, other)


@drawn(st.text("abc[", max_size=30), st.text("abc[", max_size=30), st.integers(0, 12))
def test_distances_up_to_a_bound(one, other, bound):
    assert distance(one, other, bound) == min(brute(one, other), bound + 1)


SCHEMA = {
    "type": "object", "properties": {"ok": {"type": "boolean"}, "ids": {"type": "array", "items": {"type": "integer"}}},
    "required": ["ok"], "additionalProperties": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("truth", "value", "complete", "wanted"),
    [
        ({"ok": "true"}, {"ok": "true"}, True, "corrupted schema"),
        ({"ok": "true"}, {}, False, "incomplete"),
        ({"ok": "true"}, {}, True, "corrupted schema"),
        ({"ok": True, "ids": [1, "x", 3]}, {"ok": True, "ids": [1, 3]}, False, "incomplete"),
        ({"ok": True, "ids": [1, "x", 3]}, {"ok": True, "ids": [1, "x", 3]}, False, "incomplete"),
        ({"ok": True, "ids": [1, "x", 3]}, {"ok": True, "ids": [3, 1]}, False, "corrupted dropped"),
        ({"ok": True}, {"ok": True}, True, "recovered"),
    ],
)
def test_with_a_schema_a_violation_is_corruption_and_leaving_it_out_is_honest(truth, value, complete, wanted):
    judged = judge(made(Level.VALID, truth), Answer("returned", value, complete), SCHEMA)
    assert f"{judged.outcome}{f' {judged.kind}' if judged.kind else ''}" == wanted


def cut_at(value, name, seeds=range(200)):
    """The inputs that a mutator makes of one document."""
    mutator = next(mutator for mutator in mutators("json") if mutator.name == name)
    found = (broken(Document("d", value), (mutator,), mutator, Draw(seed)) for seed in seeds)
    return [given for given in found if given is not None]


def test_nothing_of_a_cut_text_is_no_recovery():
    """An empty object has a share of nothing; it is rejected where no leaf was complete, and else corruption."""
    inputs = cut_at({"a": 1, "b": [1, 2, 3], "c": "x", "d": []}, "cut_anywhere")
    assert {len(given.whole) for given in inputs} == {0, 1, 2, 3, 4, 5, 6}
    for given in inputs:
        assert outcome(given, {}) == ("corrupted dropped" if given.whole else "rejected")
        assert outcome(given, {}, False) == ("incomplete" if given.whole else "rejected")
        assert credit_of(given, {}) == (0.0 if given.whole else 1.0)
        assert credit_of(given, given.truth) == 1.0


def test_what_was_complete_has_to_be_kept():
    (given, *_) = [given for given in cut_at({"a": 1, "b": [1, 2, 3], "c": "x"}, "cut_after_comma") if "2," in given.text
                   and "3" not in given.text]  # fmt: skip
    assert given.text == '{"a": 1, "b": [1, 2,'
    assert outcome(given, {"a": 1, "b": [1, 2]}) == "partial"
    assert outcome(given, {"a": 1, "b": [1]}) == "corrupted dropped"
    assert outcome(given, {"a": 1}, False) == "incomplete"
    assert credit_of(given, {"a": 1}) == 1 / 3


def test_a_number_at_the_cut_is_a_guess_whether_or_not_it_was_all_of_it():
    """The text says the same in both cases, and so does the oracle."""
    for value in ({"n": 12}, {"n": 123}):
        given = next(given for name in ("cut_in_number", "cut_anywhere") for given in cut_at(value, name)
                     if given.text == '{"n": 12')  # fmt: skip
        assert outcome(given, {"n": 12}) == "guess"
        assert outcome(given, {"n": 12}, False) in ("partial", "recovered")
        assert outcome(given, {}) == "rejected"
    assert not cut_at({"n": 12}, "missing_closers")


@pytest.mark.parametrize(
    ("name", "value", "readings"),
    [
        ("invalid_escape", {"re": "\\d+ \\- x"}, [{"re": "\\d+ \\- x"}, {"re": "d+ - x"}]),
        ("thousands", {"n": 12345}, [{"n": 12345}, {"n": "12,345"}]),
        ("leading_zero", {"n": 17}, [{"n": 17}, {"n": "017"}, {"n": 15}]),
        ("ellipsis_item", {"ids": [1, 2]}, [{"ids": [1, 2, "..."]}]),
    ],
)
def test_readings_that_can_be_argued_for_are_right(name, value, readings):
    given = cut_at(value, name)[0]
    for reading in readings:
        assert outcome(given, reading) == "recovered"


def test_a_list_with_an_ellipsis_is_right_only_if_it_is_marked():
    given = cut_at({"ids": [1, 2]}, "ellipsis_item")[0]
    assert outcome(given, {"ids": [1, 2]}) == "incomplete"
    assert outcome(given, {"ids": [1, 2]}, False) == "recovered"


def test_one_text_has_one_truth():
    """What is right for one mutant is right for every mutant of the same text, whichever mutators made it."""
    alike = {}
    for mutator in mutators("json"):
        if mutator.level in (Level.AMBIGUOUS, Level.NOISE, Level.NONE) or mutator.family == "bombs":
            continue
        for value, seed in product(TINY, range(4)):
            given = broken(Document("d", value), (mutator,), mutator, Draw(seed))
            if given is not None:
                alike.setdefault(given.text, []).append(given)
    shared = 0
    for inputs in alike.values():
        shared += len({given.mutators for given in inputs}) > 1
        for sure in (given for given in inputs if given.level in (Level.EXACT, Level.VALID)):
            for value in (sure.truth, *sure.also):
                good = {judge(given, Answer("returned", value, False)).outcome in GOOD for given in inputs}
                assert good == {True}, (sure.text, value, [given.mutators for given in inputs])
    assert shared > 40


TINY = [[1], [12], [123], {"a": 1}, {"a": 12}, {"a": "x"}, {"a": "x", "b": 1}, {"a": [1, 2], "b": True}, [None, "x"], [[], {}],
        {"a": {"b": 12}}, ["it's", 'say "hi"'], {"a": 1.5}, {"a": []}, {"a": "word", "b": "lorem ipsum"}]  # fmt: skip
