"""Tokens of a line in the one spelling (`spelling.plain`): numbers, times, names, words, operators, relations, boundaries."""

import re
from collections.abc import Set
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from kgents.laws.tracing.units import SIZES, singular

BOUNDARY_WORDS = frozenset(
    [
        "and",
        "so",
        "then",
        "thus",
        "hence",
        "therefore",
        "since",
        "but",
        "because",
        "with",
        "or",
        "where",
        "while",
        "when",
        "if",
        "giving",
    ]
)
_EQUAL_WORDS = frozenset(["equals", "equal", "is", "are", "makes", "make", "gives", "totals", "yields"])
_APPROXIMATE = frozenset(["about", "approximately", "roughly", "around", "nearly", "almost", "approx", "circa"])
_TOKEN = re.compile(
    r"(?P<opaque>\d{4}-\d\d?-\d\d?|\d\d?/\d\d?/\d{4}|\d+(?:st|nd|rd|th)\b|\d+(?:,\d+){2,}|\d+(?:\.\d+){2,}|\d+[A-Z]\d+\b|\d+(?::\d+){3,})"
    r"|(?P<time>\d{1,2}:\d{2}(?::\d{2})?(?!\d))"
    r"|(?P<number>\d+(?:\.\d+|,\d+)?(?:[eE][+-]?\d+)?(?![\d])|(?<![\d.])\.\d+)"
    r"|(?P<word>[A-Za-z_][A-Za-z_0-9']*)"
    r"|(?P<relation><=|>=|=|<|>|≈|≡|≠)"
    r"|(?P<operator>\*\*|[-+*/^%])|(?P<open>[(\[])|(?P<close>[)\]])|(?P<money>[$€£])|(?P<bang>!)"
    r"|(?P<boundary>[.,;:?|\"])|(?P<other>\S)"
)  # fmt: skip
_MOST_DIGITS = 400


class Kind(StrEnum):
    """What a token is."""

    NUMBER = "number"
    TIME = "time"
    NAME = "name"
    WORD = "word"
    OPERATOR = "operator"
    RELATION = "relation"
    OPEN = "open"
    CLOSE = "close"
    BOUNDARY = "boundary"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Token:
    """A token with its place in the line.

    value    of a number (of a time: seconds), as it is written
    places   decimal places that are written
    glued    whether it follows the token before without a space
    percent, money  signs at a number
    prose    whether a relation is a word ("is", "makes")
    """

    kind: Kind
    text: str
    at: int
    value: Fraction = Fraction(0)
    places: int = 0
    glued: bool = False
    percent: bool = False
    money: bool = False
    prose: bool = False


def tokens(line: str, variables: Set[str] = frozenset()) -> list[Token]:
    """The tokens of a line. `variables` are letters that the trace uses as names, though they could be units."""
    out: list[Token] = []
    end = money = -1
    for match in _TOKEN.finditer(line):
        glued, end = match.start() == end, match.end()
        if match.lastgroup == "money":
            money = end
            continue
        token = _token(match, glued, money >= 0 and not line[money : match.start()].strip())
        money = -1
        if token.text == "%" and _is_percent(line, end, out):
            out.append(replace(out.pop(), percent=True))
        else:
            out.append(token)
    return [_settled(out, index, variables) for index in range(len(out))]


def _token(match: re.Match[str], glued: bool, money: bool) -> Token:
    text, at = match.group(), match.start()
    match match.lastgroup:
        case "number":
            value = _value(text)
            if value is None:
                return Token(Kind.OTHER, text, at, glued=glued)
            decimals = re.search(r"[.,](\d+)", text)
            places = len(decimals.group(1)) if decimals else 0
            return Token(Kind.NUMBER, text, at, value, places, glued, money=money)
        case "time":
            parts = [int(part) for part in text.split(":")] + [0]
            if parts[0] > 24 or parts[1] > 59:
                return Token(Kind.OTHER, text, at, glued=glued)
            return Token(Kind.TIME, text, at, Fraction(parts[0] * 3600 + parts[1] * 60 + parts[2]), glued=glued)
        case "word" if text.lower() == "mod":
            return Token(Kind.OPERATOR, "mod", at, glued=glued)
        case "word" if text.lower() in BOUNDARY_WORDS:
            return Token(Kind.BOUNDARY, text, at, glued=glued)
        case "word" if text.lower() in _EQUAL_WORDS:
            return Token(Kind.RELATION, "=", at, glued=glued, prose=True)
        case "word" | "bang" | "opaque" | "other" | "money" | None:
            kinds = {"word": Kind.WORD, "bang": Kind.OPERATOR}
            return Token(kinds.get(match.lastgroup or "", Kind.OTHER), text, at, glued=glued)
        case group:
            return Token(Kind(group), {"**": "^"}.get(text, text), at, glued=glued)


def _value(text: str) -> Fraction | None:
    if len(text) > _MOST_DIGITS:
        return None
    mantissa, _, exponent = text.replace(",", ".").lower().partition("e")
    if exponent and abs(int(exponent)) > _MOST_DIGITS:
        return None
    return Fraction(mantissa) * Fraction(10) ** int(exponent or 0)


def _is_percent(line: str, end: int, before: list[Token]) -> bool:
    follows = re.match(r"\s*[\d(]", line[end:])
    return bool(before) and before[-1].kind is Kind.NUMBER and follows is None


def _settled(row: list[Token], index: int, variables: Set[str]) -> Token:
    """A token in its surroundings: a letter may be a name, `!` the end of a sentence, `3:4` a ratio."""
    token = row[index]
    before = row[index - 1] if index else None
    after = row[index + 1] if index + 1 < len(row) else None
    if token.text == "!" and not (token.glued and (_mathematical(after) or (after is not None and after.text == ")"))):
        return replace(token, kind=Kind.BOUNDARY)
    if token.text == ":" and token.glued and after is not None and after.glued and after.kind is Kind.NUMBER:
        return replace(token, kind=Kind.OTHER)
    if token.kind is not Kind.WORD or not re.fullmatch(r"[A-Za-z](?:_?\d+|_[A-Za-z])?'*", token.text):
        return token
    unit = token.text in SIZES and token.text not in variables
    if unit and before is not None and (before.kind is Kind.NUMBER or before.text == "/"):
        return token
    coefficient = token.glued and before is not None and before.kind is Kind.NUMBER
    if token.text in ("a", "A", "I") and not (coefficient or _mathematical(before) or _mathematical(after)):
        return token
    return replace(token, kind=Kind.NAME)


def _mathematical(token: Token | None) -> bool:
    return token is not None and token.kind in (Kind.OPERATOR, Kind.RELATION) and not token.prose


def is_approximate(token: Token) -> bool:
    """Whether the word says that the number behind it is not exact."""
    return token.kind is Kind.WORD and token.text.lower() in _APPROXIMATE


def noun(token: Token) -> str:
    """A word as a noun without its plural ending."""
    return singular(token.text)
