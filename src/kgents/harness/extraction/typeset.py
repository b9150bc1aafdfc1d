"""Signs of typeset text that stand for those of Python (`−`, `：`, `→`), and marks of emphasis about lines of code."""

import re

from kgents.lazy_pattern import pattern

_FULL_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if not chr(code - 0xFEE0).isalnum()}
_OPERATORS = {
    **dict.fromkeys("−–—‒‐‑﹣", "-"),
    **dict.fromkeys("×∗⋅·", "*"),
    **dict.fromkeys("÷∕", "/"),
    **dict.fromkeys("→⇒", "->"),
    **dict(zip(("≠", "≤", "≥", "…", "、", "。"), ("!=", "<=", ">=", "...", ",", "."), strict=True)),
}
_QUOTES = "＂＇"  # quotation marks: read with the others
PYTHON = {sign: plain for sign, plain in {**_FULL_WIDTH, **_OPERATORS}.items() if sign not in _QUOTES}
_TABLE = str.maketrans(PYTHON)
_HEAD = r"(?=(?:async )?def |class |@\w|import \w|from \w)"
_BOLD_LINE = pattern(r"^(?P<margin>[ \t]*)(?P<mark>\*\*|__)(?P<code>[ \t]*\S.*?)(?P=mark)[ \t]*$", re.MULTILINE)
_BOLD_LINES = pattern(rf"^(?P<mark>\*\*|__){_HEAD}(?P<code>(?:[^\n]*\n)+?[^\n]*?)(?P=mark)[ \t]*$", re.MULTILINE)
_TICKED = pattern(r"^(?:\|[^`\n]*\|)?[ \t]*`(?P<code>[^`\n]+)`[ \t]*\|?[ \t]*$", re.MULTILINE)


def plain_operators(code: str) -> str:
    """Code, no part of a string, with the operators and brackets that Python has."""
    return code.translate(_TABLE)


def unstressed(text: str) -> str:
    """A text without the marks of bold type about single lines, or about a definition as a whole."""
    if re.search(rf"^[ \t]*(?:\*\*|__){_HEAD}", text, re.MULTILINE) is None:
        return text
    bare = _BOLD_LINE.sub(lambda match: match["margin"] + match["code"], text)
    return _BOLD_LINES.sub(lambda match: match["code"], bare)


def unticked(text: str) -> str:
    """A text whose lines of code do not stand between backticks each, in a column of a table or not."""
    lines = list(_TICKED.finditer(text))
    if len(lines) < 2 or not re.match(_HEAD, lines[0]["code"]):
        return text
    return _TICKED.sub(lambda match: match["code"], text)
