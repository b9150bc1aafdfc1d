"""Rows of values in which the true one stands like any other: near misses that are exchangeable with it.

Rule: the true value is not to be told from a row, not as the middle, the most frequent or the roundest of it. The row of a
value is the same whenever it is asked for in one run, so that rows which overlap give nothing away.
"""

import datetime
import decimal
import fractions
import math
import string
from random import Random
from typing import Any

ROW = 24
_ALPHABETS = (string.digits, string.ascii_lowercase, string.ascii_uppercase)


def row_of(value: Any, chance: Random) -> list[Any]:
    """The value among near misses, in order; [the value] alone where it has none."""
    family = _FAMILIES.get(type(value))
    return [value] if family is None else family(value, chance)


def _ints(value: int, chance: Random) -> list[Any]:
    start = value - chance.randrange(ROW)
    return list(range(start, start + ROW))


def _floats(value: float, chance: Random) -> list[Any]:
    if not math.isfinite(value) or abs(value) > 1e300:
        return [value]
    start = -chance.randrange(ROW)
    text = repr(value)
    digits = len(text.partition(".")[2])
    if "e" in text or digits > 6:
        return [value + (abs(value) or 1.0) * step * 0.37 for step in range(start, start + ROW)]
    return [round(value + step * 10.0**-digits, digits) if step else value for step in range(start, start + ROW)]


def _texts(value: str, chance: Random) -> list[Any]:
    if not value:
        return [value]
    index = chance.randrange(len(value))
    letter = value[index]
    alphabet = next((each for each in _ALPHABETS if letter in each), None) or string.punctuation
    others = sorted(set(alphabet) - {letter})
    letters = [*chance.sample(others, min(ROW - 1, len(others))), letter]
    chance.shuffle(letters)
    return [value[:index] + each + value[index + 1 :] for each in letters]


def _sequence(value: Any, chance: Random) -> list[Any]:
    """One atom of it in another form."""
    kind = type(value)
    items = list(value)
    for index in chance.sample(range(len(items)), len(items)):
        row = row_of(items[index], chance)
        if len(row) > 1:
            return [kind([*items[:index], each, *items[index + 1 :]]) for each in row]
    return [value]


def _dicts(value: dict[Any, Any], chance: Random) -> list[Any]:
    keys = list(value)
    for key in chance.sample(keys, len(keys)):
        row = row_of(value[key], chance)
        if len(row) > 1:
            return [{**value, key: each} for each in row]
    return [value]


def _sets(value: Any, chance: Random) -> list[Any]:
    return [near for near in _sequence(value, chance) if len(near) == len(value)]


def _dates(value: Any, chance: Random) -> list[Any]:
    start = -chance.randrange(ROW)
    try:
        return [value + datetime.timedelta(days=step) for step in range(start, start + ROW)]
    except OverflowError:
        return [value]


def _decimals(value: decimal.Decimal, chance: Random) -> list[Any]:
    if not value.is_finite():
        return [value]
    start = -chance.randrange(ROW)
    unit = decimal.Decimal((0, (1,), value.as_tuple().exponent))  # type: ignore[arg-type]
    return [value + step * unit if step else value for step in range(start, start + ROW)]


def _fractions(value: fractions.Fraction, chance: Random) -> list[Any]:
    return [fractions.Fraction(each, value.denominator) for each in _ints(value.numerator, chance)]


def _bytes(value: bytes, chance: Random) -> list[Any]:
    return [bytes(each) for each in _sequence(list(value), chance) if all(0 <= number < 256 for number in each)]


_FAMILIES: dict[type, Any] = {
    int: _ints,
    float: _floats,
    str: _texts,
    bytes: _bytes,
    list: _sequence,
    tuple: _sequence,
    dict: _dicts,
    set: _sets,
    frozenset: _sets,
    datetime.date: _dates,
    datetime.datetime: _dates,
    datetime.timedelta: _dates,
    decimal.Decimal: _decimals,
    fractions.Fraction: _fractions,
}
