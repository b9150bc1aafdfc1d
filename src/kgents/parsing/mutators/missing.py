"""Missing values: a hole where a value has to be."""

from kgents.parsing.document import Draft, Piece, replaced
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry

MISSING = Registry("missing", 1)
REGISTRIES = (MISSING,)
add = MISSING.add
HOLE = Level.HOLE


def _hole(draft: Draft, draw: Draw, text: str) -> bool:
    places = [
        index
        for index in draft.places("snl", "v")
        if draft.pieces[index].path and isinstance(draft.pieces[index].path[-1], str)
    ]
    if not places:
        return False
    _strike(draft, draft.pieces[draw.pick(places)], text)
    return True


def _strike(draft: Draft, piece: Piece, text: str) -> None:
    """Puts a text in the place of a value; who takes that text for the value keeps what is written."""
    piece.kind, piece.text, draft.hole = "raw", text, piece.path
    if text:
        draft.also.append(replaced(draft.document.value, piece.path, text))


@add(HOLE, "the value was never written")
def missing_value(draft: Draft, draw: Draw) -> bool:
    return _hole(draft, draw, "")


@add(HOLE, "question marks stand for a value that is not known")
def question_marks(draft: Draft, draw: Draw) -> bool:
    return _hole(draft, draw, "???")


@add(HOLE, "a template's blank was never filled in")
def unfilled_blank(draft: Draft, draw: Draw) -> bool:
    return _hole(draft, draw, draw.pick(("<value>", "[REDACTED]", "{{value}}")))


@add(HOLE, "not a number: no value that JSON has")
def not_a_number(draft: Draft, draw: Draw) -> bool:
    places = [
        index
        for index in draft.places("n")
        if draft.pieces[index].path and isinstance(draft.pieces[index].path[-1], str)
    ]
    if not places:
        return False
    _strike(draft, draft.pieces[draw.pick(places)], draw.pick(("NaN", "N/A")))
    return True
