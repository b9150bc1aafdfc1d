"""Quotation: quotes inside of strings, left as they are, and the quotes around strings of two kinds or lost.

Seen in reports of json_repair (#26, #49, #56, #85, #94, #189), fix-busted-json (#5) and BAML (#844).
"""

import re
from collections.abc import Callable

from kgents.parsing.document import Draft, Piece, at
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry

QUOTATION = Registry("quotation", 1)
REGISTRIES = (QUOTATION,)
add = QUOTATION.add
EXACT, AMBIGUOUS = Level.EXACT, Level.AMBIGUOUS
MOST_STRINGS = 25  # more rewritten quotes, and no distance tells one reading from another
SEVERAL = "which quote ends the string can be read in several ways"


def text_piece(draft: Draft, draw: Draw, forbidden: str = '"\\') -> Piece | None:
    """A string that is a value, of a letter at least, without these characters in it."""
    places = [
        index
        for index in draft.places("s", "v")
        if len(draft.pieces[index].text) > 2 and not set(draft.pieces[index].text[1:-1]) & set(forbidden)
    ]
    return draft.pieces[draw.pick(places)] if places else None


def rewritten(draft: Draft, draw: Draw, change: Callable[[str], str]) -> Piece | None:
    """The piece of a string that was changed, after the document was written anew; None where there is none to change."""
    piece = text_piece(draft, draw)
    if piece is None:
        return None
    path = piece.path
    draft.rewrite(path, change(at(draft.document.value, path)))
    return next(piece for piece in draft.pieces if piece.role == "v" and piece.path == path)


def _raw(draft: Draft, draw: Draw, change: Callable[[str], str]) -> bool:
    """Changes a string, and leaves the quotes in it as they are."""
    piece = rewritten(draft, draw, change)
    if piece is None:
        return False
    piece.text = piece.text.replace('\\"', '"')
    return True


def _ending(added: str) -> Callable[[str], str]:
    return lambda text: f"{text} {added}"


@add(AMBIGUOUS, SEVERAL)
def quotes_beside_comma(draft: Draft, draw: Draw) -> bool:
    added = draw.pick(('by the "captain", no reply', 'and "no", she said', 'with "x", "y" and z'))
    return _raw(draft, draw, _ending(added))


@add(AMBIGUOUS, SEVERAL)
def quotes_partly_escaped(draft: Draft, draw: Draw) -> bool:
    piece = rewritten(draft, draw, _ending(draw.pick(('the "first" of the "last" ones', 'a "b" or "c"'))))
    if piece is None:
        return False
    escaped = piece.text.count('\\"')
    kept = draw.below(2) * 2  # one of two quoted words is escaped, as it was when the model still thought of it
    parts = piece.text.split('\\"')
    marks = ['\\"' if kept <= index < kept + 2 else '"' for index in range(escaped)]
    piece.text = parts[0] + "".join(mark + part for mark, part in zip(marks, parts[1:], strict=True))
    return True


@add(AMBIGUOUS, SEVERAL)
def quotes_at_the_ends(draft: Draft, draw: Draw) -> bool:
    return _raw(draft, draw, lambda text: f'"{text}" and "so on"')


@add(AMBIGUOUS, SEVERAL)
def html_attributes(draft: Draft, draw: Draw) -> bool:
    tag = draw.pick(('<a href="/x" class="b">there</a>', '<img src="a.png" alt="">', '<p id="one">'))
    return _raw(draft, draw, _ending(tag))


@add(AMBIGUOUS, "which apostrophe ends the string can be read in several ways")
def apostrophes_in_single_quotes(draft: Draft, draw: Draw) -> bool:
    piece = text_piece(draft, draw)
    if piece is None or any("'" in piece.text or "\\" in piece.text for piece in draft.pieces):
        return False
    if len(draft.places("s")) > MOST_STRINGS:
        return False
    path = piece.path
    draft.rewrite(
        path, f"{at(draft.document.value, path)} {draw.pick(('it’s not', 'the users’', 'don’t'))}".replace("’", "'")
    )
    for piece in draft.pieces:
        if piece.kind == "s":
            piece.text = f"'{piece.text[1:-1]}'"
    return True


@add(EXACT, "a curly quote before a comma or a bracket ends what a straight one began, and the reverse")
def straight_and_curly(draft: Draft, draw: Draw) -> bool:
    piece = text_piece(draft, draw, '"\\“”,:{}[]')
    if piece is None:
        return False
    inner = piece.text[1:-1]
    piece.text = draw.pick((f'"{inner}”', f'“{inner}"'))
    return True


@add(AMBIGUOUS, "where the string ended and the next key began can be read in several ways")
def end_and_next_quote_lost(draft: Draft, draw: Draw) -> bool:
    starts = []
    solid = draft.solid()
    for index, position in enumerate(solid[:-2]):
        comma, key = draft.pieces[solid[index + 1]], draft.pieces[solid[index + 2]]
        if (
            draft.pieces[position].kind == "s"
            and draft.pieces[position].role == "v"
            and comma.kind == ","
            and key.role == "k"
        ):
            starts.append(index)
    if not starts:
        return False
    index = draw.pick(starts)
    text, comma, key = (draft.pieces[solid[index + step]] for step in range(3))
    text.text, comma.text, key.text = text.text[:-1], "", re.sub('^"', "", key.text)
    return True
