"""A moment in the past, as people write it."""

import re
from datetime import datetime, timedelta

from kgents.errors import UsageError

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def since(parameter: str, text: str, now: datetime) -> datetime:
    """The moment of `2d`, `3h`, `45m`, `1w` before now, or of a date. UsageError names the parameter."""
    match = re.fullmatch(r"(\d+)([mhdw])", text)
    try:
        if match:
            return now - timedelta(**{_UNITS[match[2]]: int(match[1])})
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise UsageError(f"{parameter} {text!r} is no time", "2d, 3h, 45m, 1w, or a date such as 2026-01-31") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
