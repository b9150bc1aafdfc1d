"""A latency gate: how long a trial may take, and in which share of trials it has to keep to that. No law of times is assumed."""

import re
from dataclasses import dataclass
from typing import Any

from kgents.errors import UsageError


@dataclass(frozen=True, slots=True)
class Limit:
    """A trial that takes longer fails; `rate` is the target where it was named."""

    seconds: float
    rate: float | None = None


def limit_of(parameter: str, asked: Any) -> Limit:
    """The limit of 2, "2s", "250ms" or "2s@0.95". UsageError names the parameter, as `under =` or `--under`."""
    match = None if isinstance(asked, bool) else re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|)(?:@(0?\.\d+))?", str(asked))
    if match is None or not float(match[1]) > 0:
        raise UsageError(f"{parameter} {asked!r} is no limit of time", "seconds, such as 2, 250ms or 2s@0.95")
    seconds = float(match[1]) / (1000 if match[2] == "ms" else 1)
    return Limit(seconds, None if match[3] is None else float(match[3]))
