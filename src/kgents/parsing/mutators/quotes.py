"""Quotes: of another kind, missing, or on one side only."""

import re
from collections.abc import Callable

from kgents.parsing.document import Draft
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry

QUOTES = Registry("quotes", 1)
REGISTRIES = (QUOTES,)
add = QUOTES.add
EXACT, AMBIGUOUS = Level.EXACT, Level.AMBIGUOUS
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS = frozenset(
    {"true", "false", "null", "none", "nan", "infinity", "undefined", "yes", "no", "on", "off", "nil", "n", "y"}
)


def _each(draft: Draft, rewrite: Callable[[str], str | None], role: str | None = None) -> bool:
    """Rewrites what is inside the quotes of every string (None: left as it is)."""
    done = False
    for index in draft.places("s", role):
        piece = draft.pieces[index]
        text = rewrite(piece.text[1:-1])
        if text is not None:
            piece.text, done = text, True
    return done


def _single(inner: str) -> str:
    return "'" + inner.replace('\\"', '"').replace("'", "\\'") + "'"


@add(EXACT, "the same strings in single quotes, those inside escaped")
def single_quotes(draft: Draft, draw: Draw) -> bool:
    return _each(draft, _single)


@add(EXACT, "the same keys in single quotes")
def single_quoted_keys(draft: Draft, draw: Draw) -> bool:
    return _each(draft, _single, "k")


@add(EXACT, "a name before a colon is a key", stacks=True)
def unquoted_keys(draft: Draft, draw: Draw) -> bool:
    return _each(draft, lambda inner: inner if _plain(inner) else None, "k")


@add(EXACT, "a single word where a value has to be is a string")
def unquoted_words(draft: Draft, draw: Draw) -> bool:
    return _each(draft, lambda inner: inner if len(inner) > 1 and _plain(inner) else None, "v")


def _plain(inner: str) -> bool:
    return bool(_NAME.fullmatch(inner)) and inner.lower() not in _WORDS


@add(EXACT, "the same strings in backticks")
def backticks(draft: Draft, draw: Draw) -> bool:
    if "`" in draft.text:
        return False
    return _each(draft, lambda inner: "`" + inner.replace('\\"', '"') + "`")


@add(EXACT, "the same strings in typographic quotes, which occur nowhere else")
def smart_quotes(draft: Draft, draw: Draw) -> bool:
    if "“" in draft.text or "”" in draft.text:
        return False
    return _each(draft, lambda inner: f"“{inner}”")


@add(EXACT, "the same strings in angle quotes, which occur nowhere else")
def angle_quotes(draft: Draft, draw: Draw) -> bool:
    if "«" in draft.text or "»" in draft.text:
        return False
    return _each(draft, lambda inner: f"«{inner}»")


@add(EXACT, "two quotes on either side of a string that has none in it")
def doubled_quotes(draft: Draft, draw: Draw) -> bool:
    return _each(draft, lambda inner: f'""{inner}""' if inner and '"' not in inner else None, "k")


def _some(draft: Draft, draw: Draw, shortest: int) -> str | int | None:
    places = [index for index in draft.places("s") if len(draft.pieces[index].text) >= shortest]
    return draw.pick(places) if places else None


@add(AMBIGUOUS, "where the string ended can be read in several ways")
def missing_closing_quote(draft: Draft, draw: Draw) -> bool:
    index = _some(draft, draw, 2)
    if not isinstance(index, int):
        return False
    draft.pieces[index].text = draft.pieces[index].text[:-1]
    return True


@add(AMBIGUOUS, "where the string began can be read in several ways")
def missing_opening_quote(draft: Draft, draw: Draw) -> bool:
    index = _some(draft, draw, 3)
    if not isinstance(index, int):
        return False
    draft.pieces[index].text = draft.pieces[index].text[1:]
    return True
