"""An interval of a rate."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval of the rate at this level."""

    level: float
    low: float
    high: float
