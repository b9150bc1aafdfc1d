"""Names of experiments: `exp-` + 10 characters of time + 6 of chance, in Crockford's base 32; they sort by time."""

from datetime import datetime

from kgents.lazy_pattern import pattern

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
PREFIX = "exp-"
LABEL_CHARACTERS = 10_000
_ID = pattern(r"exp-[a-z0-9-]{1,28}")
_KIND = pattern(r"[a-z][a-z0-9-]{0,39}")
_CONTROLS = frozenset(map(chr, (*range(9), *range(11, 32), *range(127, 160), 0x2028, 0x2029)))


def experiment_id(now: datetime, chance: int) -> str:
    """The name of an experiment begun at `now` (aware); `chance` is any integer, 30 bits of it are used."""
    millis = int(now.timestamp() * 1000)
    return PREFIX + _digits(millis, 10) + _digits(chance, 6)


def _digits(number: int, width: int) -> str:
    return "".join(ALPHABET[(number >> 5 * digit) & 31] for digit in reversed(range(width)))


def check_id(name: str) -> str:
    """The name, where an experiment may have it: "exp-" and up to 28 small letters, digits and dashes; else ValueError."""
    if not _ID.fullmatch(name):
        raise ValueError(f"{name[:60]!r} is no name of an experiment")
    return name


def check_kind(kind: str) -> str:
    """The kind of an experiment, where it may be one: up to 40 small letters, digits and dashes; else ValueError."""
    if not _KIND.fullmatch(kind):
        raise ValueError(f"{kind[:60]!r} is no kind of experiment")
    return kind


def check_label(text: str) -> str:
    """The text, where it can be a name, a tag or an arm: no control characters, at most 10 000 long; else ValueError."""
    if type(text) is not str:
        raise ValueError(f"{text!r:.60} is no text")
    if len(text) > LABEL_CHARACTERS or any(character in _CONTROLS for character in text):
        raise ValueError(f"{text[:60]!r} has control characters, or is too long for a name")
    return text
