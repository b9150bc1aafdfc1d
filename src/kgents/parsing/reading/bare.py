"""Values without quotes: words, addresses, dates, numbers with units, as far as one reading is left."""

import re
from typing import Any

from kgents.parsing.reading.lexis import LEADING_ZERO, NUMBER, PLACEHOLDER, THOUSANDS, WORDS, number_of
from kgents.parsing.reading.quoted import KEY_AFTER

HOLE = object()  # nothing, or a placeholder, stands where a value has to be
_STOP = re.compile(r"[,，;}\]\n{\[)]")
_COMMENT = re.compile(r"\s+(?://|#)|/\*")
_CLOSER = re.compile(r"\s*(?:[}\])]|\Z)")
_QUOTE = re.compile(r"[\"“”]|(?<!\w)'|'(?!\w)")
_SUM = re.compile(r"\d\s*[+*]\s*\d|\d\s+-\s+\d|==|&&|\|\|")
_PAIR = re.compile(r"^\w+\s*[:=]\s|=")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z+.-]*://\S+")


class Unreadable(ValueError):
    """No single reading is left."""


def extent(text: str, start: int, in_list: bool) -> int:
    """Where a value without quotes ends: before a bracket, a comma with a member behind it, or the end of the line."""
    at = start
    while True:
        match = _STOP.search(text, at)
        if match is None:
            return len(text)
        at, letter = match.start(), match.group()
        if letter in "}])\n" or in_list or letter == ";":
            return at
        if letter in "{[":
            raise Unreadable("a bracket in a value without quotes")
        if KEY_AFTER.match(text, at + 1) or _CLOSER.match(text, at + 1):
            return at
        at += 1


def value(text: str) -> tuple[Any, str]:
    """(the value that a text without quotes stands for, the name of the repair). HOLE where there is none."""
    comment = _COMMENT.search(text)
    text = (text[: comment.start()] if comment else text).strip()
    if not text or PLACEHOLDER.fullmatch(text):
        return HOLE, "no value"
    if text in WORDS:
        return WORDS[text], "literal"
    if NUMBER.fullmatch(text) and not LEADING_ZERO.match(text):
        return number_of(text), "number"
    if THOUSANDS.fullmatch(text):
        return number_of(text.replace(",", "")), "number"
    return _words(text), "bare value"


def _words(text: str) -> str:
    marks = _QUOTE.findall(text)
    if len(marks) == 1 and text[-1] in "\"'”" and len(text) > 1:
        return text[:-1]
    if marks:
        raise Unreadable("quotes in a value without quotes")
    if text.endswith(":"):
        raise Unreadable("a colon behind a value")
    if _ADDRESS.fullmatch(text):
        return text
    if "".join(text.split()) in WORDS or _SUM.search(text) or _PAIR.search(text):
        raise Unreadable(f"the words {text[:40]!r}")
    return text
