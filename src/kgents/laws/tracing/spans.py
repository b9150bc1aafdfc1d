"""Spans that a sentence states: days between dates, time between hours, a price that changes by a percentage."""

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = rf"({'|'.join(name[:3] + '(?:' + name[3:] + ')?' if len(name) > 3 else name for name in _MONTHS)})"
_DAYS = re.compile(
    rf"\bfrom {_MONTH} (\d{{1,2}})(?:st|nd|rd|th)? (?:to|until|till) {_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?,? "
    r"(?:there are|there were|is|are|it is|it takes|makes|we have|we count) (?:exactly )?(\d+) days",
    re.IGNORECASE,
)
_CLOCK = r"(\d{1,2}):(\d{2})\s*(?:am|pm|a\.m\.|p\.m\.)?"
_HOURS = re.compile(
    rf"\b(?:from|between) {_CLOCK} (?:to|until|till|and) {_CLOCK},? "
    r"(?:there are|there were|is|are|it is|it takes|makes) (?:exactly )?(\d+(?:\.\d+)?) (minutes|hours)",
    re.IGNORECASE,
)
_LONG = re.compile(
    rf"\b(?:from|between) {_CLOCK} (?:to|until|till|and) {_CLOCK},? "
    r"(?:there are|there were|is|are|it is|it takes|makes|that is|that's) (?:exactly )?"
    r"(\d+) ?(?:hours?|hrs?|h)(?: and)? (\d+) ?(?:minutes?|mins?|m)\b",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(rise|rises|rose|increase|increases|increased|grows?|grew|goes up|went up|fall|falls|fell|drops?|dropped|decreases?|"
    r"decreased|reduced|goes down|went down)\b[^.\n]{0,30}?\bby (\d+(?:\.\d+)?)% from \$?(\d+(?:\.\d+)?) to \$?(\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
_MULTIPLE = re.compile(
    r"\b(doubles|doubled|triples|tripled|quadruples|quadrupled|halves|halved)\b[^.\n\d]{0,30}?"
    r"\bfrom \$?(\d+(?:\.\d+)?) to \$?(\d+(?:\.\d+)?)(?![\d.,]*\d)",
    re.IGNORECASE,
)
_FACTORS = {"doubl": Fraction(2), "tripl": Fraction(3), "quadr": Fraction(4), "halve": Fraction(1, 2)}
_DOWN = ("fall", "fell", "drop", "decrease", "reduced", "goes down", "went down")


def spans(sentence: str) -> Iterator[tuple[str, bool]]:
    """The spans of a sentence as they are written, each with whether it is false under every reading."""
    for match in _DAYS.finditer(sentence):
        yield match.group(), not _days(match.groups())
    for match in _HOURS.finditer(sentence):
        yield match.group(), not _hours(match.groups())
    for match in _LONG.finditer(sentence):
        yield match.group(), not _long(match.groups())
    for match in _CHANGE.finditer(sentence):
        yield match.group(), not _change(match.groups())
    for match in _MULTIPLE.finditer(sentence):
        yield match.group(), not _multiple(match.groups())


def _days(groups: tuple[str, ...]) -> bool:
    """Whether the days are right, with or without the first or last, in some year."""
    first, second, count = groups[0][:3].lower(), groups[2][:3].lower(), int(groups[4])
    months = [name[:3] for name in _MONTHS]
    for year in (2023, 2024):
        try:
            start = date(year, months.index(first) + 1, int(groups[1]))
            end = date(year, months.index(second) + 1, int(groups[3]))
        except ValueError:
            return True
        days = (end - start).days % (366 if year == 2024 else 365)
        if abs(days - count) <= 1:
            return True
    return False


def _hours(groups: tuple[str, ...]) -> bool:
    start, end = (int(groups[at]) * 60 + int(groups[at + 1]) for at in (0, 2))
    minutes = Fraction(groups[4]) * (60 if groups[5].lower() == "hours" else 1)
    return (end - start - minutes) % 720 == 0


def _long(groups: tuple[str, ...]) -> bool:
    start, end, length = (int(groups[at]) * 60 + int(groups[at + 1]) for at in (0, 2, 4))
    return (end - start - length) % 720 == 0


def _multiple(groups: tuple[str, ...]) -> bool:
    before, after = Fraction(groups[1]), Fraction(groups[2])
    return abs(before * _FACTORS[groups[0][:5].lower()] - after) < 1


def _change(groups: tuple[str, ...]) -> bool:
    percent, before, after = (Fraction(text) for text in groups[1:])
    sign = -1 if groups[0].lower().startswith(_DOWN) else 1
    return abs(before * (1 + sign * percent / 100) - after) < 1
