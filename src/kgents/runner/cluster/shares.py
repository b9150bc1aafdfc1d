"""Limits per key, shared over workers: each has a fixed part, and the parts add up to the limit.

A part is a place: place k of n has floor(R (k+1) / n) − floor(R k / n) of R requests a minute. The place of a worker that
has left is given to another only after a minute, so that no minute sees more than the limit.
"""

from collections.abc import Mapping
from typing import Any

WINDOW_SECONDS = 60.0


def least_limit(config: Any) -> int | None:
    """The least of all limits of requests a minute in a configuration, or None where there is none of requests or tokens."""
    requests = [value for name, value in _limits(config) if name == "requests_per_minute"]
    if requests:
        return min(requests)
    return 1_000_000 if any(_limits(config)) else None


def _limits(data: Any) -> list[tuple[str, int]]:
    if isinstance(data, Mapping):
        own = [
            (name, data[name])
            for name in ("requests_per_minute", "tokens_per_minute")
            if isinstance(data.get(name), int)
        ]
        return own + [pair for value in data.values() for pair in _limits(value)]
    if isinstance(data, list | tuple):
        return [pair for value in data for pair in _limits(value)]
    return []


class Shares:
    """Who has which of `count` places. Without limits (count None) there is a place for everybody, and it means nothing."""

    def __init__(self, count: int | None) -> None:
        self.count = count
        self._places: dict[str, int] = {}
        self._vacated: dict[int, float] = {}

    def take(self, address: str, now: float) -> tuple[int, int] | None:
        """(place, of how many) for a worker; None where none is free now. Without limits, the whole."""
        if self.count is None:
            return (0, 1)
        if address not in self._places:
            taken = set(self._places.values())
            free = (
                part
                for part in range(self.count)
                if part not in taken and now - self._vacated.get(part, -WINDOW_SECONDS) >= WINDOW_SECONDS
            )
            part = next(free, None)
            if part is None:
                return None
            self._places[address] = part
        return (self._places[address], self.count)

    def vacate(self, address: str, now: float) -> None:
        """A worker has left."""
        part = self._places.pop(address, None)
        if part is not None:
            self._vacated[part] = now
