"""The coercions that are made where a schema asks for them, each by name; no other is.

A value that already has the type that is asked for is never touched.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

COERCIONS = {
    "integer": "a text that is a whole number, with thousands (1,200), a currency ($5) or in words (three), to its number",
    "number": "a text that is a number, with thousands, a currency or in words, to its number",
    "boolean": "the texts true, True, yes and false, False, no",
    "null": "the texts null, None and, where no text may stand, the empty text",
    "object": "a text of JSON to its object; a list of one object to the object",
    "array": "a text of JSON to its list; one value to a list of one",
    "enum": "a word that differs in case, spaces, - or _ only from one word of the schema",
    "scalar": "a list of one value to the value",
}
NOTHING = object()
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:[,'\u202f\xa0 ][0-9]{3})+(?:\.[0-9]+)?")
_POINTS = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+")
_SIGN = r"(?:[$€£¥₹]|USD|EUR|GBP|CHF|US\$)?"
_CURRENCY = re.compile(rf"([+-]?)\s*{_SIGN}\s*([0-9][0-9.,' \u202f\xa0]*(?:[eE][+-]?[0-9]+)?)\s*{_SIGN}")
_UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBER_WORDS = {word: value for value, word in enumerate(_UNITS)} | {
    word: 20 + 10 * value for value, word in enumerate(_TENS)
}
_BOOLEANS = {"true": True, "yes": True, "false": False, "no": False}


def is_of(value: Any, kind: str) -> bool:
    """Whether a value is of a type of JSON Schema."""
    if kind == "integer":
        return (isinstance(value, int) and not isinstance(value, bool)) or (
            isinstance(value, float) and value.is_integer()
        )
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    kinds = {"string": str, "boolean": bool, "object": dict, "array": list}
    return value is None if kind == "null" else isinstance(value, kinds[kind]) if kind in kinds else True


def coerced(value: Any, kinds: Sequence[str], schema: Mapping[str, object]) -> Any:
    """The value as the first of these types that it can be made to; NOTHING where it cannot."""
    for kind in kinds:
        changed = _as(value, kind, kinds)
        if changed is not NOTHING:
            return changed
    if isinstance(value, list) and len(value) == 1 and not isinstance(value[0], list):
        inner = value[0]
        if any(is_of(inner, kind) for kind in kinds):
            return inner
    return NOTHING


def _as(value: Any, kind: str, kinds: Sequence[str]) -> Any:
    if kind == "array":
        return _as_list(value)
    if not isinstance(value, str):
        return NOTHING
    if kind == "object":
        return _from_json(value, dict)
    if kind in ("integer", "number"):
        return _number(value, kind == "integer")
    if kind == "boolean":
        return _BOOLEANS.get(value.strip().lower(), NOTHING)
    if kind == "null":
        empty = value.strip() == "" and "string" not in kinds
        return None if value.strip() in ("null", "None") or empty else NOTHING
    return NOTHING


def _as_list(value: Any) -> Any:
    if isinstance(value, str):
        inner = _from_json(value, list)
        return [value] if inner is NOTHING else inner
    return NOTHING if value is None else [value]


def _from_json(text: str, kind: type) -> Any:
    if text.strip()[:1] not in ("{", "["):
        return NOTHING
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = _tolerantly(text.strip())
    return value if isinstance(value, kind) else NOTHING


def _tolerantly(text: str) -> Any:
    from kgents.parsing.reading.reader import read_at

    try:
        reading = read_at(text, 0)
    except ValueError:
        return None
    return reading.value if reading.complete and not reading.doubts and reading.end == len(text) else None


def _number(text: str, whole: bool) -> Any:
    text = text.strip()
    words = _in_words(text)
    if words is not None:
        return words
    match = _CURRENCY.fullmatch(text)
    if match is None:
        return NOTHING
    digits = match.group(1) + match.group(2).strip()
    if _POINTS.fullmatch(digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif _THOUSANDS.fullmatch(digits):
        digits = re.sub(r"[,'\u202f\xa0 ]", "", digits)
    if not _PLAIN.fullmatch(digits) or len(digits) > 400:
        return NOTHING
    if digits.lstrip("+-").isdecimal():
        return int(digits)
    number = float(digits)
    return NOTHING if whole and not number.is_integer() else int(number) if whole else number


def _in_words(text: str) -> int | None:
    """The number that English words up to ninety-nine name."""
    parts = text.lower().replace("-", " ").split()
    if not parts or len(parts) > 2 or any(part not in _NUMBER_WORDS for part in parts):
        return None
    first = _NUMBER_WORDS[parts[0]]
    if len(parts) == 1:
        return first
    second = _NUMBER_WORDS[parts[1]]
    return first + second if first >= 20 and 1 <= second <= 9 else None


def word_of(value: Any, words: Sequence[Any]) -> Any:
    """The one word of an enumeration that a value stands for; NOTHING where none or several are near."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str):
        return NOTHING
    near = [
        word
        for word in words
        if _bare(str(word) if not isinstance(word, bool) and word is not None else json.dumps(word)) == _bare(value)
    ]
    return near[0] if len(near) == 1 else NOTHING


def _bare(word: str) -> str:
    return re.sub(r"[\s_-]+", "", word).casefold()
