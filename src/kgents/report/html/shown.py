"""What a page may show of a text, and where two texts differ.

Rule: a text that a model wrote is shown, never obeyed: controls of terminals and of the reading direction become visible.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

LONGEST = 2000  # characters of a text on a page
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff"
_TABLE = {
    **{code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\n\t"},
    0x7F: "\u2421",
    **{code: f"⟨U+{code:04X}⟩" for code in (*range(0x80, 0xA0), *map(ord, BIDI))},
}
_EXPECTED = re.compile(r"(?P<case>.*?): expected (?P<expected>.+?), got (?P<got>.+)", re.DOTALL)

Segments = Sequence[tuple[bool, str]]  # (whether the other text has it too, the piece)


def plain(text: str) -> str:
    """The text with every control visible, without halves of characters."""
    return text.replace("\r\n", "\n").translate(_TABLE).encode("utf-8", "replace").decode()


def cut(text: str | None, longest: int = LONGEST) -> tuple[str, int]:
    """(the beginning of a text, how many characters were left out)."""
    whole = text or ""
    return whole[:longest], max(0, len(whole) - longest)


def expected_and_got(error: str | None) -> tuple[str, str, str] | None:
    """(case, expected, got) of a diagnosis that says so in one unmistakable way; None elsewhere."""
    if not error or error.count(": expected ") != 1 or error.count(", got ") != 1:
        return None
    match = _EXPECTED.fullmatch(error)
    return match and (match["case"], match["expected"], match["got"])


def difference(expected: str, got: str) -> tuple[Segments, Segments]:
    """Both texts in pieces: by characters where they are short, by lines where they are long."""
    if expected == got:
        return [(True, expected)], [(True, got)]
    short = max(len(expected), len(got)) <= 400
    left: Sequence[str] = expected if short else expected.splitlines(keepends=True)
    right: Sequence[str] = got if short else got.splitlines(keepends=True)
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    before = [(kind == "equal", "".join(left[a:b])) for kind, a, b, _, _ in blocks if b > a]
    after = [(kind == "equal", "".join(right[c:d])) for kind, _, _, c, d in blocks if d > c]
    return before, after
