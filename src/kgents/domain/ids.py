"""Names of experiments: `exp-` + 10 characters of time + 6 of chance, in Crockford's base 32; they sort by time."""

from datetime import datetime

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
PREFIX = "exp-"


def experiment_id(now: datetime, chance: int) -> str:
    """The name of an experiment begun at `now` (aware); `chance` is any integer, 30 bits of it are used."""
    millis = int(now.timestamp() * 1000)
    return PREFIX + _digits(millis, 10) + _digits(chance, 6)


def _digits(number: int, width: int) -> str:
    return "".join(ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(width)))
