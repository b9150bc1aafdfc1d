"""Whether an output is the one that is wanted: by tokens, lines or characters, with a tolerance of numbers."""

import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from kgents.verify.stdio.examples import Example

_NUMBER = re.compile(r"[-+]?(0|[1-9]\d*)(\.\d*)?([eE][-+]?\d{1,4})?")
_LONGEST = 400  # characters of a token that may be a number
_MOST_LOOSE = 2_000  # lines in another order that are compared number by number
_NONE = object()


def output_differs(example: Example, got: str) -> str | None:
    """The first difference of an output from the nearest right one, in a few words; None where it is right."""
    if not example.answers:
        return None
    differences = [_differs(answer, got, example.way, example.near) for answer in example.answers]
    if None in differences:
        return None
    more = f" (and {len(differences) - 1} other answers are right)" if len(differences) > 1 else ""
    return f"{differences[0]}{more}"


def _differs(wanted: str, got: str, way: str, near: float) -> str | None:
    match way:
        case "exact":
            return _lines_differ(_trimmed(wanted), _trimmed(got))
        case "unordered":
            return _unordered_differ(wanted, got, near)
        case "nocase":
            return _tokens_differ(wanted.lower(), got.lower(), near)
        case _:
            return _tokens_differ(wanted, got, near)


def _trimmed(text: str) -> list[str]:
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _lines_differ(wanted: Sequence[str], got: Sequence[str]) -> str | None:
    for number, (want, have) in enumerate(zip_longest(wanted, got), 1):
        if want != have:
            return _told(f"line {number}: ", want, have)
    return None


def _tokens_differ(wanted: str, got: str, near: float) -> str | None:
    if wanted.split() == got.split():
        return None
    if not got.strip():
        return f"expected {_short(repr(' '.join(wanted.split())))}, got nothing"
    want, have = _placed(wanted), _placed(got)
    for one, other in zip_longest(want, have):
        if one is None or other is None or not same_token(one[1], other[1], near):
            line = (one or other or (1, ""))[0]
            where = f"line {line}: " if max(len(_trimmed(wanted)), len(_trimmed(got))) > 1 else ""
            return _told(where, one and one[1], other and other[1])
    return None


def _placed(text: str) -> list[tuple[int, str]]:
    """(line, token) of a text."""
    return [(number, token) for number, line in enumerate(text.split("\n"), 1) for token in line.split()]


def _unordered_differ(wanted: str, got: str, near: float) -> str | None:
    """Lines are a multiset."""
    want = Counter(tuple(line.split()) for line in wanted.split("\n") if line.strip())
    have = Counter(tuple(line.split()) for line in got.split("\n") if line.strip())
    missing, extra = list((want - have).elements()), list((have - want).elements())
    if len(missing) <= _MOST_LOOSE and len(extra) <= _MOST_LOOSE:
        for line in list(missing):
            match = next((other for other in extra if _same_line(line, other, near)), None)
            if match is not None:
                missing.remove(line)
                extra.remove(match)
    if not missing and not extra:
        return None
    lines = [" ".join(part[0]) if part else None for part in (missing, extra)]
    return _told("in any order: ", lines[0], lines[1])


def _same_line(line: Sequence[str], other: Sequence[str], near: float) -> bool:
    return len(line) == len(other) and all(same_token(a, b, near) for a, b in zip(line, other, strict=True))


def same_token(wanted: str, got: str, near: float) -> bool:
    """Equal, or numbers that are: exactly where the wanted one is whole, else within `near`, relative or absolute.

    What has leading zeros is a word, not a number.
    """
    if wanted == got:
        return True
    if max(len(wanted), len(got)) > _LONGEST or not (_NUMBER.fullmatch(wanted) and _NUMBER.fullmatch(got)):
        return False
    one, other = Decimal(wanted), Decimal(got)
    if "." not in wanted and "e" not in wanted.lower():
        return one == other and not got.startswith("+")
    return abs(one - other) <= Decimal(near) * max(Decimal(1), abs(one))


def values_differ(wanted: Sequence[Any], got: Any, near: float) -> str | None:
    """How a returned value differs from all that are right, in a few words; None where it is one of them."""
    if any(same_value(each, got, near) for each in wanted):
        return None
    return f"expected to return {_short(repr(wanted[0]))}, returned {_short(repr(got))}"


def same_value(wanted: Any, got: Any, near: float) -> bool:
    """Whether a value is the wanted one: JSON data, tuples as lists, floats within `near`."""
    if isinstance(wanted, list | tuple):
        listed = isinstance(got, list | tuple) and len(wanted) == len(got)
        return listed and all(same_value(a, b, near) for a, b in zip(wanted, got, strict=True))
    if isinstance(wanted, dict):
        if not isinstance(got, dict) or len(wanted) != len(got):
            return False
        texts = {str(key): value for key, value in got.items()}
        return all(same_value(value, texts.get(str(key), _NONE), near) for key, value in wanted.items())
    if isinstance(wanted, float) and isinstance(got, int | float):
        return wanted == got or abs(wanted - got) <= near * max(1.0, abs(wanted))
    if isinstance(wanted, bool | int | float) and not isinstance(got, bool | int | float):
        return False
    return bool(type(got) in (str, int, float, bool, type(None)) and wanted == got)


def _told(where: str, wanted: str | None, got: str | None) -> str:
    if wanted is None:
        return f"{where}printed more than expected: {_short(repr(got))}"
    return f"{where}expected {_short(repr(wanted))}, " + (
        "printed no more" if got is None else f"got {_short(repr(got))}"
    )


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else f"{text[: most - 12]}…{text[-10:]}"
