"""Escapes: backslashes of LaTeX, Windows and Markdown that were never doubled, and surrogates cut in two.

Seen in reports of anything-llm (#5908), OpenMAIC (#658), LightRAG (#3238), graphiti (#1204) and vercel/ai (#15865, #15866).
"""

import re
from typing import Any

from kgents.parsing.document import Draft, Piece, at, replaced
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry
from kgents.parsing.mutators.quotation import rewritten

ESCAPES = Registry("escapes", 1)
CUTS = Registry("escapes", 2)
REGISTRIES = (ESCAPES, CUTS)
add = ESCAPES.add
_OWN = {"\\b": "\b", "\\f": "\f", "\\n": "\n", "\\r": "\r", "\\t": "\t"}
SAID_AND_MEANT = "valid, and says something else than was meant: what it says is right, and what was meant"
_MARKDOWN = re.compile(r"[_*#~]")


def _single(draft: Draft, draw: Draw, meant: str) -> bool:
    """Puts a text with backslashes into a string, none of them doubled; read as JSON reads them they are right, too."""
    piece = rewritten(draft, draw, lambda text: f"{text} {meant}")
    if piece is None:
        return False
    path, whole = piece.path, at(draft.document.value, piece.path)
    piece.text = piece.text.replace("\\\\", "\\")
    read = re.sub(r"\\[bfnrt]", lambda match: _OWN[match.group()], whole)
    other = replaced(draft.document.value, path, read)
    if re.search(r"\\[^bfnrt]", whole):
        draft.also += [other, replaced(draft.document.value, path, re.sub(r"\\(?=[^bfnrt])", "", read))]
    else:
        draft.also.append(draft.document.value)
        draft.truth = other
    return True


@add(Level.VALID, SAID_AND_MEANT)
def latex_as_valid_escapes(draft: Draft, draw: Draw) -> bool:
    return _single(draft, draw, draw.pick((r"$\frac{2}{7}$", r"$a \times b$", r"$\beta \neq 0$", r"$\rho\to\tau$")))


@add(Level.VALID, SAID_AND_MEANT)
def path_as_valid_escapes(draft: Draft, draw: Draw) -> bool:
    return _single(
        draft, draw, draw.pick((r"C:\new\table.txt", r"D:\backup\reports\notes", r"\\fs\bin".replace("\\\\", "\\")))
    )


@add(Level.AMBIGUOUS, "of some backslashes JSON makes another character, of others nothing: all of them were meant")
def latex_mixed(draft: Draft, draw: Draw) -> bool:
    return _single(draft, draw, draw.pick((r"$\alpha \times \frac{1}{2}$", r"\(\sum x\) \neq 0", r"$\pi \to \beta$")))


@add(Level.AMBIGUOUS, "of some backslashes JSON makes another character, of others nothing: all of them were meant")
def path_mixed(draft: Draft, draw: Draw) -> bool:
    return _single(
        draft, draw, draw.pick((r"D:\Users\bo\new.txt", r"C:\Program Files\node\bin", r"E:\data\temp\f.csv"))
    )


def _kept(value: Any) -> Any:
    """The value with the backslashes of Markdown before its marks."""
    if isinstance(value, dict):
        return {_kept(key): _kept(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_kept(item) for item in value]
    return _MARKDOWN.sub(r"\\\g<0>", value) if isinstance(value, str) else value


@add(Level.EXACT, "a backslash before a mark of Markdown adds nothing, or stands for itself")
def markdown_escapes(draft: Draft, draw: Draw) -> bool:
    texts = [piece for piece in draft.pieces if piece.kind == "s" and _MARKDOWN.search(piece.text)]
    if any("\\" in piece.text for piece in texts):
        return False
    draft.also.append(_kept(draft.document.value))
    for piece in texts:
        piece.text = _MARKDOWN.sub(r"\\\g<0>", piece.text)
    return bool(texts)


_AFTER = " end"
_FACES = tuple(f"{face}{_AFTER}" for face in ("\U0001f600", "\U0001f680", "\U0001d11e"))


@CUTS.add(Level.PREFIX, "half of a pair of surrogates stands for no character")
def cut_between_surrogates(draft: Draft, draw: Draw) -> bool:
    piece = rewritten(draft, draw, lambda text: f"{text} {draw.pick(_FACES)}")
    if piece is None:
        return False
    path, face = piece.path, at(draft.document.value, piece.path).removesuffix(_AFTER)[-1]
    index = next(index for index, each in enumerate(draft.pieces) if each is piece)
    kept = piece.text[: piece.text.index(face)]
    unit = face.encode("utf-16-be")[:2]
    draft.whole = draft.leaves(index)
    draft.pieces[index:] = [Piece("s", f"{kept}\\u{unit[0]:02x}{unit[1]:02x}", "v", path)]
    return True
