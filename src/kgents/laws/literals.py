"""What stands for a value in the source of a program: names that it may use, and texts that a value is written as."""

import collections
import enum
import inspect
import types
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """A value that the user's own strategy drew; shown by its repr."""

    value: Any


Environment = dict[str, Any]


def standard() -> Environment:
    """What every program may name without importing it from a target's module."""
    import datetime as dt

    return {
        "Decimal": Decimal,
        "Fraction": Fraction,
        "datetime": dt,
        "Counter": collections.Counter,
        "deque": collections.deque,
        "OrderedDict": collections.OrderedDict,
    }


def imports(environment: Environment, *known: str) -> list[str]:
    """The lines that import the classes of an environment, those known already left out."""
    left_out = {*standard(), "Lifted", *known}
    return [
        f"from {value.__module__} import {other}"
        for other, value in environment.items()
        if other not in left_out and inspect.isclass(value) and value.__module__ not in (None, "builtins")
    ]


def render(value: Any) -> str:
    """The source of a plain value; for others their repr."""
    match value:
        case float() if value != value or value in (float("inf"), float("-inf")):
            return f"float({str(value)!r})"
        case complex():
            return f"complex({render(value.real)}, {render(value.imag)})"
        case list():
            return "[" + ", ".join(map(render, value)) + "]"
        case tuple() if type(value) is tuple:
            return "(" + ", ".join(map(render, value)) + ("," if len(value) == 1 else "") + ")"
        case dict() if type(value) is dict:
            return "{" + ", ".join(f"{render(key)}: {render(item)}" for key, item in value.items()) + "}"
        case enum.Enum():
            return f"{type(value).__name__}[{value.name!r}]"
        case _:
            return repr(value)


def constants_of(target: Any) -> list[str]:
    """Integers that the code of a class or function mentions, and their neighbours: where a law is likely to break."""
    numbers_near: set[int] = set()
    parts = [vars(kind).values() for kind in getattr(target, "__mro__", ()) if kind.__module__ != "builtins"]
    waiting: list[Any] = [target, *chain(*parts)]
    for item in waiting:  # grows while it is walked
        function = getattr(item, "__func__", item)
        if isinstance(function, types.FunctionType) and len(waiting) < 1000:
            waiting += [function.__code__, *[cell.cell_contents for cell in function.__closure__ or () if _full(cell)]]
        elif isinstance(item, types.CodeType):
            waiting += [constant for constant in item.co_consts if isinstance(constant, types.CodeType)]
            numbers = [constant for constant in item.co_consts if type(constant) is int and 8 < abs(constant) < 1 << 70]
            numbers_near |= {near for number in numbers for near in (number - 1, number, number + 1)}
    return [str(number) for number in sorted(numbers_near)[:60]]


def _full(cell: types.CellType) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False
