"""Parts of dates and times by the names of parameters: what nobody means by them, and a spec says nothing about, is not asked.

A start is not after its end either.
`last_day(2024, 0)` of a spec that reckons with `date(year, month + 1, 1)` returns something by accident. Rule: a spec that
compares such a parameter with bounds, or looks it up, is asked beyond its range as well.
"""

import ast
import datetime as dt
import itertools
from typing import Any

from kgents.verify.reference.inside.domains import Function

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
_ORDERED = (int, float, dt.date, dt.datetime)
YEARS, SMALL = (1900, 2000, 2023, 2024, 2100, 1999, 1600), 60
_NATURAL = frozenset(
    {"width", "height", "size", "count", "length", "depth", "done", "copies", "times"}
)  # never below 0
_PAIRS = (("start", "end"), ("start", "stop"), ("begin", "end"), ("first", "last"), ("low", "high"), ("lo", "hi"),
          ("lower", "upper"), ("minimum", "maximum"), ("earliest", "latest"))  # fmt: skip
_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


class Meaning:
    """What is meant by the arguments of one function."""

    def __init__(self, function: Any) -> None:
        names = [part.arg for part in (*function.args.posonlyargs, *function.args.args)] if function is not None else []
        self._names = names
        bounded = _bounded(function) if function is not None else set()
        limited = _limited(function) if function is not None else set()
        self._natural = [place for place, name in enumerate(names) if name in _NATURAL and name not in limited]
        pairs = [(names.index(one), names.index(other)) for one, other in _PAIRS if one in names and other in names]
        self._pairs = [pair for pair in pairs if not _related(function, *(names[place] for place in pair))]
        self._parts = [(place, name) for place, name in enumerate(names) if name in RANGES and name not in bounded]

    @property
    def notable(self) -> list[tuple[int, ...]]:
        """Arguments that every spec of a calendar is asked: its leaps, and the ends of years; of one that takes more, none."""
        if "year" not in self._names or not set(self._names) <= set(_NOTABLE):
            return []
        return list(itertools.product(*(_NOTABLE[name] for name in self._names)))

    def fitted(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, their parts of dates and times brought into range; small years are years that differ in their leaps;
        of a start and an end the end is not the smaller; a width or a count is not below 0."""
        fitted = list(arguments)
        for place, name in self._parts:
            if place < len(fitted) and type(fitted[place]) is int:
                fitted[place] = _fitted(fitted[place], name)
        for place in self._natural:
            if place < len(fitted) and type(fitted[place]) in (int, float):
                fitted[place] = abs(fitted[place])
        for one, other in self._pairs:
            if other < len(fitted) and type(fitted[one]) is type(fitted[other]) and type(fitted[one]) in _ORDERED:
                fitted[one], fitted[other] = sorted((fitted[one], fitted[other]))
        return tuple(fitted)


def _fitted(value: int, name: str) -> int:
    low, high = RANGES[name]
    if name == "year" and abs(value) < SMALL:
        return YEARS[value % len(YEARS)]
    return value if low <= value <= high else low + (value - low) % (high - low + 1)


def _limited(function: Any) -> set[str]:
    """The names that a function compares with a number."""
    limited: set[str] = set()
    for node in ast.walk(function):
        sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        if any(isinstance(part, ast.Constant | ast.UnaryOp) for part in sides):
            limited |= {part.id for side in sides for part in ast.walk(side) if isinstance(part, ast.Name)}
    return limited


def _related(function: Any, one: str, other: str) -> bool:
    """Whether a function relates two names to each other: compares them, or takes the lesser of them."""
    for node in ast.walk(function):
        sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        pairs = [{getattr(side, "id", "") for side in pair} for pair in itertools.pairwise(sides)]
        pairs += [{getattr(part, "id", "") for part in node.args}] if isinstance(node, ast.Call) else []
        named = str(getattr(getattr(node, "func", None), "id", "min"))
        if named in ("min", "max", "sorted") and any({one, other} <= pair for pair in pairs):
            return True
    return False


def meaning_of(tree: ast.Module, target: str) -> Meaning:
    """That of a target; of a class nothing is known."""
    return Meaning(next((node for node in tree.body if isinstance(node, Function) and node.name == target), None))


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
