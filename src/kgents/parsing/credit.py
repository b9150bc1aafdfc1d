"""Partial credit: how much of what could be had a value has, and what a schema has against it."""

from collections.abc import Sequence
from typing import Any

from kgents.parsing.sameness import depth, same
from kgents.parsing.source import Input

DEEPEST = 120  # levels that a validator is asked about
Path = Sequence[str | int]


def credit_of(case: Input, value: Any) -> float:
    """The share of the leaves that were complete in the text which the value has; 1 where no leaf was complete."""
    if not case.whole:
        return 1.0
    kept = sum(_keeps(value, case.truth, path) for path in case.whole)
    return kept / len(case.whole)


def _keeps(value: Any, whole: Any, path: Path) -> bool:
    return has(value, path) and same(_at(value, path), _at(whole, path))


def has(value: Any, path: Path) -> bool:
    """Whether there is something at the path."""
    for step in path:
        if isinstance(step, int):
            if type(value) is not list or step >= len(value):
                return False
        elif type(value) is not dict or step not in value:
            return False
        value = value[step]
    return True


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def part_of(value: Any, whole: Any) -> bool:
    """Whether a value is the whole with members and elements left out; what is kept is right and in order."""
    if depth(value) > DEEPEST:
        return False
    if type(value) is dict and type(whole) is dict:
        return value.keys() <= whole.keys() and all(part_of(item, whole[key]) for key, item in value.items())
    if type(value) is list and type(whole) is list:
        rest = iter(whole)
        return all(any(part_of(item, other) for other in rest) for item in value)
    return same(value, whole)


def violations(value: Any, schema: Any) -> set[str]:
    """The keywords of a JSON Schema that a value violates; what is too deep to be validated violates `depth`."""
    from kgents.parsing.schema import faults

    if depth(value) > DEEPEST:
        return {"depth"}
    try:
        return {keyword for _, keyword, _ in faults(value, schema)}
    except (RecursionError, ArithmeticError):
        return {"depth"}
