"""Strings as models write them: quotes that are not escaped, other quotes, raw line ends, escapes that JSON lacks.

Rule: a quote ends a string only where a string can end; where members would be swallowed, the reading is refused.
"""

import re
from dataclasses import dataclass, field

from kgents.parsing.reading.lexis import CLOSING, GAP

_QUOTED_KEY = r"""["'“‘`„«]{1,2}(?:[^"'“”‘’`„«»\\\n{}\[\]:]|\\.|'(?=\w)){0,120}["'”’`“»]{1,2}""" + GAP + "(?:[:：]|=>?)"
_BARE_KEY = r"[A-Za-z_$][\w$-]{0,60}" + GAP + "(?:[:：]|=>?)|[0-9]{1,9}" + GAP + ":"
_CUT_KEY = r"""["'“‘`][^"'\n]{0,200}\Z|\Z"""
_ELEMENT = (
    r"""["'“‘`„«{\[(\d.…+-]|(?:true|false|null|None|True|False|NaN|Infinity|undefined|datetime\b|[A-Z]\w*\()|\Z"""
)
_PART_OF_WORD = r"(?:t(?:r|ru)?|f(?:a|al|als)?|n(?:u|ul)?)\Z"
_COMMA = r"[,，;]"
_JOIN = r"\+" + GAP + r"""["'`]|\\?\n?\Z"""


def _after_member(bare: bool) -> re.Pattern[str]:
    keys = _QUOTED_KEY + "|" + _CUT_KEY + (f"|{_BARE_KEY}" if bare else "")
    next_line = f"|[^\\S\\n]*\\n{GAP}(?:{_BARE_KEY})" if bare else ""
    return re.compile(
        f"{GAP}(?:[}}\\])]|{_COMMA}+{GAP}(?:{keys}|[}}\\])]|/[/*]|\\.\\.\\.|…)|{_QUOTED_KEY}|{_JOIN}){next_line}"
    )


AFTER_MEMBER = {bare: _after_member(bare) for bare in (False, True)}
AFTER_ELEMENT = re.compile(
    f"{GAP}(?:[}}\\])]|{_COMMA}+{GAP}(?:{_ELEMENT}|{_PART_OF_WORD}|[}}\\])]|[urbf]['\"])|{_JOIN})"
)
AFTER_ARGUMENT = re.compile(f"{GAP}(?:[}}\\])]|,{GAP}(?:[A-Za-z_]\\w*{GAP}=|{_ELEMENT}|\\))|\\Z)")
AFTER_KEY = re.compile(GAP + r"""(?:[:：]|=>?|\Z|["'{\[]|(?:[-\d]|true|false|null|None|True|False)(?![\w ]*["']))""")
KEY_AFTER = re.compile(GAP + f"(?:{_QUOTED_KEY}|{_BARE_KEY})")
LOST_END = re.compile(r"[^\"'\n:,{}\[\]]{1,60}\"" + GAP + r":\s*(?:[\"{\[\d-]|true|false|null)")
SWALLOWED = re.compile(
    r"""["”]\s*:\s*["“{\[]|["”]\s*,\s*["“]|["”]\s+["“]|["'”]?\s*[,\n]\s*["'“][^"'“”\n{}:,]{1,60}["'”]\s*[:：]|["'”]\s*,\s*[A-Za-z_]\w{0,40}\s*:\s*["'\d\[{]"""
)
ADJACENT = re.compile(
    r"""\s+(?P<mark>['"])(?:[^'"\\\n]|\\.|(?!(?P=mark))['"])*(?:(?P=mark)(?:\s*[,}\])]|\s+['"]|\s*\Z)|\Z)"""
)  # the next part of a string of Python, which is written in several
_SPECIAL = {opening: re.compile("[\\\\\x00-\x1f" + re.escape("".join({*closers, *("“„" if opening == '"' else "")})) + "]")
            for opening, closers in CLOSING.items()}  # fmt: skip
_AFTER = {"element": AFTER_ELEMENT, "argument": AFTER_ARGUMENT, "key": AFTER_KEY}


@dataclass(slots=True)
class Quoted:
    """A string that was read: what is between its quotes as it is written, where it ended, and what was overlooked."""

    raw: str
    end: int
    cut: bool = False
    repairs: tuple[str, ...] = ()
    lost_end: bool = False


class Unclear(ValueError):
    """Nobody can tell where this string ends; `reached` is how far the text was read."""

    def __init__(self, message: str, reached: int) -> None:
        super().__init__(message)
        self.reached = reached


def quoted(text: str, start: int, context: str, bare: bool) -> Quoted:
    """Reads the string whose opening quote is at `start`; `context` is member, element, argument or key."""
    opening = text[start]
    if text.startswith(opening * 3, start) and opening in "\"'":
        return _tripled(text, start)
    marks = _Marks(text, start, context, AFTER_MEMBER[bare] if context == "member" else _AFTER[context])
    at = start + 1
    while (match := _SPECIAL[opening].search(text, at)) is not None:
        at, letter = match.start(), match.group()
        if letter == "\\":
            at += 2
            continue
        if letter in CLOSING[opening] and not (letter != opening == '"' and marks.open):
            if marks.after.match(text, at + 1) or (not marks.inner and goes_on(text, opening, at + 1, context)):
                return marks.ended(at)
            if context == "member" and not marks.inner and letter == '"' and _lost_end(text, start, at):
                return _before_comma(text, start, at, marks.repairs)
        marks.note(letter)
        at += 1
    return _unended(text, start, marks.inner, marks.repairs)


def goes_on(text: str, opening: str, at: int, context: str) -> bool:
    """Whether a string of Python that was opened so goes on here with its next part, as `'a' 'b'` does.

    After a double quote only on another line; between two of them a comma may be missing, unless this is a member, which
    a key would follow.
    """
    part = ADJACENT.match(text, at)
    if part is None or opening not in "\"'" or context == "key":
        return False
    new_line = "\n" in text[at : part.start("mark")]
    return opening == "'" or (new_line and (part["mark"] == "'" or context == "member"))


@dataclass(slots=True)
class _Marks:
    """What was passed over in a string: quotes like its own, typographic ones that are open, control characters."""

    text: str
    start: int
    context: str
    after: re.Pattern[str]
    inner: int = 0
    open: int = 0
    repairs: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.text[self.start] != '"':
            self.repairs["quotes"] = 1

    def note(self, letter: str) -> None:
        """Takes a mark that does not end the string."""
        if letter < " ":
            self.repairs["control character in a string"] = 1
        elif letter == self.text[self.start]:
            self.inner += 1
            self.repairs["quote inside a string"] = 1
        self.open += (letter in "“„") - (letter == "”" and self.open > 0)

    def ended(self, at: int) -> Quoted:
        """The string that ends at this quote. Unclear where it would swallow members."""
        raw = self.text[self.start + 1 : at]
        if self.inner and self.context != "key" and SWALLOWED.search(raw):
            raise Unclear("a quote inside a string", at)
        if self.text[at] != '"':
            self.repairs["quotes"] = 1
        return Quoted(raw, at + 1, False, tuple(self.repairs))


def _tripled(text: str, start: int) -> Quoted:
    mark = text[start] * 3
    end = text.find(mark, start + 3)
    if end < 0:
        return Quoted(text[start + 3 :], len(text), True, ("quotes",))
    while text.startswith(text[start], end + 3):
        end += 1
    return Quoted(text[start + 3 : end], end + 3, False, ("quotes",))


def _unended(text: str, start: int, inner: int, repairs: dict[str, int]) -> Quoted:
    """The text ended within the string: it is cut, or it lost its quote."""
    raw = text[start + 1 :]
    if inner or SWALLOWED.search(raw) or KEY_AFTER.match(raw.lstrip(",\n ")):
        raise Unclear("a string without an end", len(text))
    return Quoted(raw, len(text), True, tuple(repairs))


def _lost_end(text: str, start: int, at: int) -> bool:
    """Whether the quote at `at` opens the next key, so that the string before lost its closing quote."""
    before = text[start + 1 : at].rstrip(" ")
    return before[-1:] in (",", "\n") and LOST_END.match(text, at + 1) is not None


def _before_comma(text: str, start: int, at: int, repairs: dict[str, int]) -> Quoted:
    raw = text[start + 1 : at].rstrip().removesuffix(",").rstrip("\n")
    return Quoted(raw, start + 1 + len(raw), False, (*repairs, "quote too few"), lost_end=True)
