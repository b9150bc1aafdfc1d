"""Strings: what is inside the quotes is not written as JSON wants it."""

import json
import re
from collections.abc import Callable

from kgents.parsing.document import Draft, replaced
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry

STRINGS = Registry("strings", 1)
REGISTRIES = (STRINGS,)
add = STRINGS.add
EXACT = Level.EXACT
_KEPT = "\x00"
_UNKNOWN = re.compile(r"\\\\(?=[^\"\\/abefnrtuvxNU0-9'])")


def _values(draft: Draft, rewrite: Callable[[str], str]) -> bool:
    """Rewrites the strings that are values; the quotes are part of the text."""
    done = False
    for index in draft.places("s", "v"):
        piece = draft.pieces[index]
        text = rewrite(piece.text)
        if text != piece.text:
            piece.text, done = text, True
    return done


def raw_text(text: str) -> str:
    """A JSON string with line ends and tabs written as they are."""
    held = text.replace("\\\\", _KEPT)
    return held.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r").replace(_KEPT, "\\\\")


@add(EXACT, "a line end inside quotes is part of the string", stacks=True)
def raw_newlines(draft: Draft, draw: Draw) -> bool:
    return _values(draft, raw_text)


def open_quotes(text: str) -> str:
    """A JSON string whose inner quotes are not escaped."""
    held = text.replace("\\\\", _KEPT)
    return held.replace('\\"', '"').replace(_KEPT, "\\\\")


@add(Level.AMBIGUOUS, "which quote ends the string can be read in several ways")
def unescaped_quotes(draft: Draft, draw: Draw) -> bool:
    return _values(draft, open_quotes)


@add(
    EXACT,
    "an escape that JSON does not know stands for a backslash and its letter, or as JavaScript reads it for the letter",
)
def invalid_escape(draft: Draft, draw: Draw) -> bool:
    value = draft.document.value
    for index in draft.places("s", "v"):
        piece = draft.pieces[index]
        value = replaced(value, piece.path, json.loads(_UNKNOWN.sub("", piece.text)))
    draft.also.append(value)
    return _values(draft, lambda text: _UNKNOWN.sub(r"\\", text))


@add(EXACT, "an apostrophe needs no backslash, and the backslash adds nothing")
def escaped_apostrophe(draft: Draft, draw: Draw) -> bool:
    return _values(draft, lambda text: re.sub(r"(?<!\\)'", r"\\'", text))


@add(EXACT, "two digits to the base of sixteen name the same character")
def hex_escape(draft: Draft, draw: Draw) -> bool:
    places = _long(draft, 4)
    if not places:
        return False
    piece = draft.pieces[draw.pick(places)]
    index = draw.between(1, len(piece.text) - 2)
    if not (piece.text[index].isascii() and piece.text[index].isalpha()):
        return False
    piece.text = f"{piece.text[:index]}\\x{ord(piece.text[index]):02x}{piece.text[index + 1 :]}"
    return True


@add(EXACT, "an escaped line end joins two lines and is not part of the string")
def line_continuation(draft: Draft, draw: Draw) -> bool:
    return _split(draft, draw, "\\\n")


@add(EXACT, "two strings with a plus between them are one")
def concatenation(draft: Draft, draw: Draw) -> bool:
    return _split(draft, draw, '" + "')


def _split(draft: Draft, draw: Draw, middle: str) -> bool:
    places = _long(draft, 9)
    if not places:
        return False
    piece = draft.pieces[draw.pick(places)]
    index = draw.between(3, len(piece.text) - 4)
    piece.text = piece.text[:index] + middle + piece.text[index:]
    return True


def _long(draft: Draft, shortest: int) -> list[int]:
    """Strings without an escape in them."""
    return [
        index
        for index in draft.places("s", "v")
        if len(draft.pieces[index].text) >= shortest and "\\" not in draft.pieces[index].text
    ]


@add(EXACT, "three quotes on either side, as Python writes long strings")
def triple_quotes(draft: Draft, draw: Draw) -> bool:
    places = [index for index in _long(draft, 3) if '"' not in draft.pieces[index].text[1:-1]]
    if not places:
        return False
    piece = draft.pieces[draw.pick(places)]
    piece.text = f'""{piece.text}""'
    return True


@add(EXACT, "the prefix of a string of text changes nothing in it")
def python_prefix(draft: Draft, draw: Draw) -> bool:
    return _values(draft, lambda text: f"u{text}")


@add(EXACT, "escapes of plain letters, still valid and of the same value")
def unicode_escapes(draft: Draft, draw: Draw) -> bool:
    return _values(draft, lambda text: re.sub(r"[^\x00-\x7f]", _unicode, text))


def _unicode(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


@add(Level.NOISE, "what the broken escape stood for is lost")
def broken_unicode_escape(draft: Draft, draw: Draw) -> bool:
    places = [index for index in draft.places("s", "v") if len(draft.pieces[index].text) > 4]
    if not places:
        return False
    piece = draft.pieces[draw.pick(places)]
    piece.text = piece.text[0] + "\\u12" + draw.pick(("G ", "zz")) + piece.text[1:]
    return True
