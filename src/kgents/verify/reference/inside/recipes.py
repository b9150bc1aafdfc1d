"""Arguments as plain data: values that are drawn, sent and built anew in every program that is called with them."""

import datetime as dt
import decimal
import fractions
import io
import math
import operator
import os
import types
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TEXTUAL: dict[type, str] = {
    dt.datetime: "datetime",
    dt.date: "date",
    dt.time: "time",
    decimal.Decimal: "Decimal",
    fractions.Fraction: "Fraction",
    uuid.UUID: "UUID",
}
_READ: dict[str, Callable[[str], Any]] = {
    "datetime": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "Decimal": decimal.Decimal,
    "Fraction": fractions.Fraction,
    "UUID": uuid.UUID,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "doubled": lambda value, *_: value + value,
    "is_truthy": lambda value, *_: bool(value),
    "negated": lambda value, *_: -value,
    "as_text": lambda value, *_: str(value),
    "itself": lambda *values: values[0] if values else None,
    "is_even": lambda value, *_: value % 2 == 0,
    "total": lambda *values: operator.add(values[0], values[-1]),
    "greater": lambda *values: values[0] > values[-1],
}


FIRST_TIME = 1_700_000_000  # seconds since 1970, when files were changed of which nothing else is said


@dataclass(frozen=True, slots=True)
class Recipe:
    """A value that is made anew in every program.

    kind   object, instance, enum, array, series, frame, path, folder, function, iterator, deque, typed (text on stdin)
    name   the class, the dtype, the name of the file or of the function
    parts  what it is made of
    """

    kind: str
    name: str
    parts: tuple[Any, ...]


def split(arguments: tuple[Any, ...]) -> tuple[list[Any], Sequence[tuple[str, Any]]]:
    """(positional arguments, keywords): keywords travel as a recipe, so does what is typed."""
    keywords: Sequence[tuple[str, Any]] = ()
    positional = []
    for part in arguments:
        if type(part) is not Recipe or part.kind not in ("keywords", "typed"):
            positional.append(part)
        elif part.kind == "keywords":
            keywords = part.parts
    return positional, keywords


def packed(value: Any) -> Any:
    """A drawn value as JSON data."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else {"f": repr(value)}
        case list():
            return [packed(item) for item in value]
        case Recipe():
            return {"R": [value.kind, value.name, [packed(part) for part in value.parts]]}
        case dt.timedelta():
            return {"td": [value.days, value.seconds, value.microseconds]}
        case _:
            return _packed_other(value)


def _packed_other(value: Any) -> Any:
    kind = type(value)
    if kind in TEXTUAL:
        return {"x": [TEXTUAL[kind], str(value)]}
    match value:
        case tuple():
            return {"t": [packed(item) for item in value]}
        case dict():
            return {"d": [[packed(key), packed(item)] for key, item in value.items()]}
        case set() | frozenset():
            return {"s" if kind is set else "fs": [packed(item) for item in sorted(value, key=repr)]}
        case bytes():
            return {"b": value.hex()}
        case complex():
            return {"c": [value.real, value.imag]}
    raise TypeError(f"a {kind.__name__} cannot be sent")


_UNPACK: dict[str, Callable[[Any], Any]] = {
    "f": float,
    "R": lambda data: Recipe(data[0], data[1], tuple(unpacked(part) for part in data[2])),
    "td": lambda data: dt.timedelta(*data),
    "x": lambda data: _READ[data[0]](data[1]),
    "t": lambda data: tuple(unpacked(item) for item in data),
    "d": lambda data: {unpacked(key): unpacked(item) for key, item in data},
    "s": lambda data: {unpacked(item) for item in data},
    "fs": lambda data: frozenset(unpacked(item) for item in data),
    "b": bytes.fromhex,
    "c": lambda data: complex(*data),
}


def unpacked(data: Any) -> Any:
    """The inverse of `packed`. ValueError for what it never writes."""
    if isinstance(data, list):
        return [unpacked(item) for item in data]
    if isinstance(data, dict):
        for tag, content in data.items():
            if tag in _UNPACK:
                return _UNPACK[tag](content)
        raise ValueError("unknown tag")
    return data


_ATOMS = frozenset({int, str, float, bool, type(None)})


def built(value: Any, module: types.ModuleType) -> Any:
    """A fresh value for a program: containers are copied, recipes made with the classes of its module."""
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is list:
        return [item if type(item) in _ATOMS else built(item, module) for item in value]
    if kind is dict:
        return {key: built(item, module) for key, item in value.items()}
    if kind is tuple:
        return tuple([built(item, module) for item in value])
    if kind is set:
        return set(value)
    if kind is Recipe:
        return _MAKERS[value.kind](value.name, [built(part, module) for part in value.parts], module)
    return value


KINDS_OF_ITEMS: dict[str, Any] = {"int64": int, "bool": bool}


def _array(dtype: str, rows: list[Any], _: types.ModuleType) -> Any:
    import numpy as np  # type: ignore[import-not-found, unused-ignore]

    return np.array(rows[0], dtype=dtype)


def _series(name: str, parts: list[Any], _: types.ModuleType) -> Any:
    import pandas as pd  # type: ignore[import-not-found, import-untyped, unused-ignore]

    return pd.Series(parts, name=name or None)


def _frame(_: str, parts: list[Any], __: types.ModuleType) -> Any:
    import pandas as pd

    return pd.DataFrame(dict(parts))


def _written(name: str, text: str) -> None:
    with open(name, "w", encoding="utf-8", newline="") as file:
        file.write(text)


WRITERS: list[Callable[[str, str], None]] = [_written]  # the last writes files where the process works


def _path(name: str, parts: list[Any], _: types.ModuleType) -> Any:
    content, as_object, *when = parts
    if content is not None:
        WRITERS[-1](name, content)
        if when:
            os.utime(name, (when[0], when[0]))
    return Path(os.curdir, name) if as_object else name


def _folder(name: str, parts: list[Any], _: types.ModuleType) -> Any:
    """A folder: (path within it, text) of every file, None in the place of the text of a folder; when each was changed."""
    files, as_object, *times = parts
    made: set[str] = set()
    for path, content in (("", None), *files):
        whole = os.path.join(name, path).rstrip("/")
        within = whole if content is None else os.path.dirname(whole)
        if within not in made:
            os.makedirs(within, exist_ok=True)
            made.add(within)
        if content is not None:
            WRITERS[-1](whole, content)
    if times:
        _changed_at(name, dict(times[0]))
    return Path(name) if as_object else name


def _changed_at(name: str, times: dict[str, int]) -> None:
    """Gives every file and folder in one the time of its change, seconds since 1970; that of others is the first."""
    for folder, folders, files in os.walk(name, topdown=False):
        for each in (*folders, *files):
            path = os.path.join(folder, each)
            when = times.get(os.path.relpath(path, name), FIRST_TIME)
            os.utime(path, (when, when))


_MAKERS: dict[str, Callable[[str, list[Any], types.ModuleType], Any]] = {
    "object": lambda name, parts, module: types.SimpleNamespace(**dict(parts)),
    "instance": lambda name, parts, module: getattr(module, name)(*parts),
    "enum": lambda name, parts, module: getattr(module, name)[parts[0]],
    "array": _array,
    "series": _series,
    "frame": _frame,
    "path": _path,
    "folder": _folder,
    "function": lambda name, parts, module: FUNCTIONS[name],
    "iterator": lambda name, parts, module: iter(parts),
    "deque": lambda name, parts, module: deque(parts),
    "typed": lambda name, parts, module: io.StringIO(parts[0]),
}
