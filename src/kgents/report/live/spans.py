"""Lines of a terminal: spans of text, each with a style, cut to the columns that there are."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Span = tuple[str, str]  # (text, style)
Line = list[Span]
_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs of a picture, as far as the encoding of the terminal has them."""

    success: str = "✓"
    failure: str = "✗"
    void: str = "?"
    mixed: str = "◐"
    unseen: str = "·"
    times: str = "×"
    about: str = "≈"
    more: str = "…"
    dot: str = "●"
    track: str = "─"
    ends: tuple[str, str] = ("├", "┤")
    between: str = " · "


ASCII = Signs("+", "x", "?", "%", ".", "x", "~", "...", "o", "-", ("|", "|"), ", ")


def signs_for(encoding: str | None) -> Signs:
    """Signs that this encoding has."""
    signs = Signs()
    try:
        "".join(
            (
                signs.success,
                signs.mixed,
                signs.unseen,
                signs.times,
                signs.about,
                signs.more,
                signs.dot,
                *signs.ends,
                signs.between,
            )
        ).encode(encoding or "ascii")
    except (UnicodeError, LookupError):
        return ASCII
    return signs


def cells(text: str) -> int:
    """How many columns a text takes."""
    return sum(_cell(character) for character in text) if not text.isascii() else len(text)


def _cell(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, width: int, more: str) -> str:
    """As much of a text as fits into so many columns; where that is not all of it, it ends with `more`."""
    if cells(text) <= width:
        return text
    room, kept = width - cells(more), ""
    for character in text:
        room -= _cell(character)
        if room < 0:
            break
        kept += character
    return (kept.rstrip() + more) if width >= cells(more) else ""


def fit(line: Sequence[Span], width: int, more: str) -> Line:
    """As much of a line as fits."""
    fitted: Line = []
    left = width
    for at, (text, style) in enumerate(line):
        rest = sum(cells(later) for later, _ in line[at + 1 :])
        piece = text if cells(text) + rest <= left or cells(text) + cells(more) <= left else cut(text, left, more)
        fitted.append((piece, style))
        left -= cells(piece)
        if piece != text:
            break
    return fitted


def plain(line: Iterable[Span]) -> str:
    """The text of a line."""
    return "".join(text for text, _ in line)


def coloured(line: Iterable[Span]) -> str:
    """The line with the codes of its styles."""
    return "".join(f"\x1b[{_CODES[style]}m{text}\x1b[0m" if style else text for text, style in line)
