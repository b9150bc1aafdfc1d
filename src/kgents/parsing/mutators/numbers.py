"""Numbers: the same numbers, written as JSON does not allow."""

import re
from collections.abc import Callable

from kgents.parsing.document import Draft, replaced
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry

NUMBERS = Registry("numbers", 1)
REGISTRIES = (NUMBERS,)
add = NUMBERS.add
EXACT = Level.EXACT
_WHOLE = re.compile(r"-?\d+")


def _each(draft: Draft, rewrite: Callable[[str], str | None]) -> bool:
    done = False
    for index in draft.places("n"):
        piece = draft.pieces[index]
        text = rewrite(piece.text)
        if text is not None and text != piece.text:
            piece.text, done = text, True
    return done


@add(EXACT, "a plus sign changes no number", stacks=True)
def plus_sign(draft: Draft, draw: Draw) -> bool:
    return _each(draft, lambda text: None if text[0] == "-" else f"+{text}")


@add(EXACT, "the zero before the point is understood", stacks=True)
def leading_point(draft: Draft, draw: Draw) -> bool:
    return _each(draft, lambda text: text.replace("0.", ".", 1) if re.match(r"-?0\.\d", text) else None)


@add(EXACT, "the zero after the point is understood")
def trailing_point(draft: Draft, draw: Draw) -> bool:
    return _each(draft, lambda text: text[:-1] if text.endswith(".0") else None)


@add(EXACT, "the same number to the base of sixteen")
def hexadecimal(draft: Draft, draw: Draw) -> bool:
    return _each(draft, lambda text: hex(int(text)) if _WHOLE.fullmatch(text) and int(text) > 9 else None)


@add(EXACT, "underscores between digits separate nothing but thousands")
def underscores(draft: Draft, draw: Draw) -> bool:
    return _each(draft, lambda text: f"{int(text):_}" if _WHOLE.fullmatch(text) and len(text) < 16 else None)


@add(
    EXACT,
    "in an object, digits after the comma are no key, so the comma separates thousands; kept as a text it is right, too",
)
def thousands(draft: Draft, draw: Draw) -> bool:
    places = [
        index
        for index in draft.places("n")
        if draft.pieces[index].path
        and isinstance(draft.pieces[index].path[-1], str)
        and re.fullmatch(r"-?\d{4,15}", draft.pieces[index].text)
    ]
    if not places:
        return False
    piece = draft.pieces[draw.pick(places)]
    piece.text = f"{int(piece.text):,}"
    draft.also.append(replaced(draft.document.value, piece.path, piece.text))
    return True


@add(EXACT, "an exponent of a whole number, still valid and of the same value")
def exponent(draft: Draft, draw: Draw) -> bool:
    return _each(draft, lambda text: f"{text[:-2]}e2" if re.fullmatch(r"-?[1-9]\d*00", text) else None)


@add(Level.AMBIGUOUS, "a leading zero is decimal to some, octal to others, and a text (a code) to those who keep it")
def leading_zero(draft: Draft, draw: Draw) -> bool:
    places = [index for index in draft.places("n") if re.fullmatch(r"[1-9]\d*", draft.pieces[index].text)]
    if not places:
        return False
    piece = draft.pieces[draw.pick(places)]
    if not set(piece.text) & set("89"):
        draft.also.append(replaced(draft.document.value, piece.path, int(piece.text, 8)))
    piece.text = "0" + piece.text
    draft.also.append(replaced(draft.document.value, piece.path, piece.text))
    return True
