"""Parts of dates and times by the names of parameters: what nobody means by them, and a spec says nothing about, is not asked.

`last_day(2024, 0)` of a spec that reckons with `date(year, month + 1, 1)` returns something by accident. Rule: a spec that
compares such a parameter with bounds, or looks it up, is asked beyond its range as well.
"""

import ast
import itertools
from typing import Any

RANGES: dict[str, tuple[int, int]] = {
    "year": (1, 9999),
    "month": (1, 12),
    "hour": (0, 23),
    "hours": (0, 10**9),
    "minute": (0, 59),
    "minutes": (0, 10**9),
    "second": (0, 59),
    "weekday": (0, 7),
}
_NOTABLE = {"year": (1900, 2000, 2023, 2024), "month": (1, 2, 12), "day": (1, 28)}
YEARS, SMALL = (1900, 2000, 2023, 2024, 2100, 1999, 1600), 60
_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


class Calendar:
    """The parameters of one function that are parts of dates and times."""

    def __init__(self, function: Any) -> None:
        names = [part.arg for part in (*function.args.posonlyargs, *function.args.args)] if function is not None else []
        self._names = names
        bounded = _bounded(function) if function is not None else set()
        self._parts = [(index, name) for index, name in enumerate(names) if name in RANGES and name not in bounded]

    @property
    def notable(self) -> list[tuple[int, ...]]:
        """Arguments that every spec of a calendar is asked: its leaps, and the ends of years; of one that takes more, none."""
        if "year" not in self._names or not set(self._names) <= set(_NOTABLE):
            return []
        return list(itertools.product(*(_NOTABLE[name] for name in self._names)))

    def fitted(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, their parts of dates and times brought into range; small years are years that differ in their leaps."""
        if not self._parts:
            return arguments
        fitted = list(arguments)
        for index, name in self._parts:
            if index < len(fitted) and type(fitted[index]) is int:
                fitted[index] = _fitted(fitted[index], name)
        return tuple(fitted)


def _fitted(value: int, name: str) -> int:
    low, high = RANGES[name]
    if name == "year" and abs(value) < SMALL:
        return YEARS[value % len(YEARS)]
    return value if low <= value <= high else low + (value - low) % (high - low + 1)


def _bounded(function: Any) -> set[str]:
    """The names that a function compares with bounds, or looks up in what is no literal."""
    bounded: set[str] = set()
    for node in ast.walk(function):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        looked_up = any(
            isinstance(operator, ast.In | ast.NotIn) and not isinstance(side, ast.Tuple | ast.List | ast.Set)
            for operator, side in zip(node.ops, node.comparators, strict=True)
        )
        if looked_up or any(isinstance(operator, _ORDER) for operator in node.ops):
            bounded |= {part.id for side in sides for part in ast.walk(side) if isinstance(part, ast.Name)}
    return bounded
