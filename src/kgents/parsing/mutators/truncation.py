"""Truncation: the answer ends before its end, at every kind of place."""

import re
from collections.abc import Sequence

from kgents.parsing.document import Draft, Piece
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry

TRUNCATION = Registry("truncation", 2)
REGISTRIES = (TRUNCATION,)
add = TRUNCATION.add
PREFIX = Level.PREFIX
_ESCAPE = re.compile(r'\\["nrtbf\\/]')
_UNICODE = re.compile(r"\\u[0-9a-fA-F]{4}")


def _cut(draft: Draft, index: int, offset: int) -> bool:
    """Keeps what is before this character of this piece."""
    piece = draft.pieces[index]
    ended = offset == len(piece.text) and piece.kind != "n"
    draft.whole = draft.leaves(index + ended)
    draft.cut = piece.path if piece.kind == "n" else None
    draft.pieces[index:] = [Piece(piece.kind, piece.text[:offset], piece.role, piece.path)]
    return True


def _cut_one(draft: Draft, draw: Draw, places: Sequence[int]) -> bool:
    """Cuts behind one of these pieces."""
    if not places:
        return False
    index = draw.pick(places)
    return _cut(draft, index, len(draft.pieces[index].text))


@add(PREFIX, "what was written before the cut is right")
def cut_anywhere(draft: Draft, draw: Draw) -> bool:
    return _cut_one(draft, draw, draft.solid()[:-1])


@add(PREFIX, "what was written before the cut is right")
def cut_after_colon(draft: Draft, draw: Draw) -> bool:
    return _cut_one(draft, draw, draft.places(":"))


@add(PREFIX, "what was written before the cut is right")
def cut_after_comma(draft: Draft, draw: Draw) -> bool:
    return _cut_one(draft, draw, draft.places(","))


@add(PREFIX, "what was written before the cut is right")
def cut_after_opening(draft: Draft, draw: Draw) -> bool:
    return _cut_one(draft, draw, draft.places("{["))


def _inside(text: str, index: int) -> int:
    """The nearest place at or before this one that is not inside an escape."""
    for match in (*_UNICODE.finditer(text), *_ESCAPE.finditer(text)):
        if match.start() < index < match.end():
            return match.start()
    return index


def _cut_in_string(draft: Draft, draw: Draw, role: str) -> bool:
    places = [index for index in draft.places("s", role) if len(draft.pieces[index].text) > 3]
    if not places:
        return False
    index = draw.pick(places)
    text = draft.pieces[index].text
    return _cut(draft, index, _inside(text, draw.between(1, len(text) - 2)))


@add(PREFIX, "what was written before the cut is right, and so is the beginning of the string")
def cut_in_string(draft: Draft, draw: Draw) -> bool:
    return _cut_in_string(draft, draw, "v")


@add(PREFIX, "what was written before the cut is right; half a key names nothing")
def cut_in_key(draft: Draft, draw: Draw) -> bool:
    return _cut_in_string(draft, draw, "k")


def _cut_in_escape(draft: Draft, draw: Draw, pattern: re.Pattern[str], longest: int) -> bool:
    places = [index for index in draft.places("s", "v") if pattern.search(draft.pieces[index].text)]
    if not places:
        return False
    index = draw.pick(places)
    match = draw.pick(list(pattern.finditer(draft.pieces[index].text)))
    return _cut(draft, index, match.start() + draw.between(1, longest))


@add(PREFIX, "half an escape stands for no character")
def cut_in_escape(draft: Draft, draw: Draw) -> bool:
    return _cut_in_escape(draft, draw, _ESCAPE, 1)


@add(PREFIX, "half an escape stands for no character")
def cut_in_unicode_escape(draft: Draft, draw: Draw) -> bool:
    places = [index for index in draft.places("s", "v") if not draft.pieces[index].text.isascii()]
    if not places:
        return False
    piece = draft.pieces[draw.pick(places)]
    piece.text = "".join(
        letter if letter.isascii() or ord(letter) > 0xFFFF else f"\\u{ord(letter):04x}" for letter in piece.text
    )
    return _cut_in_escape(draft, draw, _UNICODE, 5)


@add(PREFIX, "the beginning of a number is another number, and so it is no answer")
def cut_in_number(draft: Draft, draw: Draw) -> bool:
    places = [index for index in draft.places("n") if len(draft.pieces[index].text) > 1]
    if not places:
        return False
    index = draw.pick(places)
    return _cut(draft, index, draw.between(1, len(draft.pieces[index].text) - 1))


@add(PREFIX, "what was written before the cut is right")
def cut_in_literal(draft: Draft, draw: Draw) -> bool:
    places = draft.places("l")
    if not places:
        return False
    index = draw.pick(places)
    return _cut(draft, index, draw.between(1, len(draft.pieces[index].text) - 1))


@add(
    Level.EXACT,
    "nothing but closing brackets is missing; a number at the end could be cut, and so is not there",
    stacks=True,
)
def missing_closers(draft: Draft, draw: Draw) -> bool:
    solid = draft.solid()
    tail = 0
    while tail < len(solid) and draft.pieces[solid[-1 - tail]].kind in "}]":
        tail += 1
    if not tail or tail == len(solid):
        return False
    index = solid[-1 - draw.between(1, tail)]
    if draft.pieces[index].kind == "n":
        return False
    draft.pieces = draft.pieces[: index + 1]
    return True


@add(PREFIX, "what was written before the cut is right; the fence was closed by somebody else")
def cut_in_fence(draft: Draft, draw: Draw) -> bool:
    if not _cut_one(draft, draw, draft.solid()[:-1]):
        return False
    draft.text = f"```json\n{draft.text}\n```"
    return True


@add(PREFIX, "what was written before the note is right")
def cut_with_note(draft: Draft, draw: Draw) -> bool:
    if not _cut_one(draft, draw, draft.places(",")):
        return False
    draft.pieces.append(Piece("raw", draw.pick((" …", "\n[truncated]", "\n... (output truncated)"))))
    return True
