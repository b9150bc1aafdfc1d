"""Values cross the process boundary unchanged, and nothing foreign passes for an answer."""

import datetime as dt
from collections import OrderedDict
from decimal import Decimal
from enum import IntEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgents.parsing.sameness import same
from kgents.parsing.wire import TooLarge, decode, encode

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=15,
)


@given(VALUES)
def test_plain_values_come_back(value):
    assert same(decode(encode(value)), value)
    assert repr(decode(encode(value))) == repr(value)


def test_deep_and_long_values_come_back():
    deep = {"a": [1, "x", {}]}
    for level in range(20_000):
        deep = [deep, level] if level % 2 else {"k": deep}
    assert same(decode(encode(deep)), deep)
    assert decode(encode(10**4000)) == 10**4000


class Colour(IntEnum):
    RED = 1


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ((1, 2), [1, 2]),
        (OrderedDict(a=1), {"a": 1}),
        (Decimal("1.5"), 1.5),
        (Decimal(3), 3),
        (Colour.RED, 1),
        ("\ud800", "\ud800"),
    ],
)
def test_relatives_of_plain_types_are_taken_for_them(value, seen):
    assert decode(encode(value)) == seen


@pytest.mark.parametrize("value", [{1, 2}, dt.date(2024, 1, 2), b"x", {1: 2}, object, ...])
def test_what_json_has_no_word_for_equals_no_answer(value):
    found = decode(encode(value))
    assert "\ufffd" in repr(found)


def test_an_integer_that_cannot_be_written_in_decimal_equals_no_answer():
    assert isinstance(decode(encode(10**5000)), dict)


def test_a_value_that_never_ends_is_too_large():
    loop = []
    loop.append(loop)
    with pytest.raises(TooLarge):
        encode(loop)
