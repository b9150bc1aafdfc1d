"""Values written as calls of Python, JavaScript or Mongo: constructors are read, other calls keep their name."""

import re
from typing import Any

_DATES = ("date", "datetime", "time", "Timestamp", "ISODate", "Date")
_TEXTS = (
    "Decimal",
    "ObjectId",
    "UUID",
    "Path",
    "PosixPath",
    "PurePath",
    "BinData",
    "str",
    "Symbol",
    "String",
    "URL",
    "Url",
)
_NUMBERS = ("NumberLong", "NumberInt", "NumberDecimal", "Number", "Int32", "Int64", "Long", "float64", "float32", "int64",
            "int32", "int", "float", "Double")  # fmt: skip
_LISTS = ("set", "frozenset", "list", "tuple", "array", "Set", "deque", "Array")
_MAPPINGS = ("dict", "OrderedDict", "defaultdict", "Map", "Object", "SimpleNamespace", "Namespace", "Counter")
_ISO = re.compile(r"\d{4}-\d\d")


class Call(dict[str, object]):
    """A call that is no constructor: its name and its arguments, as {"name": …, "arguments": {…}}."""


def made(name: str, positional: list[Any], named: dict[str, object]) -> Any:
    """The value of a call. A Call where it is no constructor that is known; ValueError where it makes no sense."""
    short = name.rsplit(".", 1)[-1]
    first = positional[0] if len(positional) == 1 and not named else None
    if short in _DATES:
        return _date(short, positional, named)
    if short in _TEXTS and isinstance(first, str | int | float):
        return str(first)
    if short in _NUMBERS and first is not None:
        return _number(first)
    if short in _LISTS and not named and len(positional) <= 1:
        return list(first) if positional and isinstance(first, list | dict) else [] if not positional else _no(name)
    if short in _MAPPINGS:
        return {**_members(short, positional), **named}
    if positional and named:
        return _no(name)
    arguments: Any = named if not positional else positional[0] if isinstance(first, dict) else positional
    return Call({"name": name, "arguments": arguments})


def _members(name: str, positional: list[Any]) -> dict[str, object]:
    """The members that a mapping is made of, an object or pairs; a defaultdict has before them what makes its values."""
    parts = [part for part in positional if not (isinstance(part, str) and name.endswith("defaultdict"))]
    if not parts:
        return {}
    pairs = list(parts[0].items()) if isinstance(parts[0], dict) else parts[0]
    if len(parts) > 1 or not isinstance(pairs, list) or not all(_is_pair(pair) for pair in pairs):
        _no(name)
    return {str(key): item for key, item in pairs}


def _is_pair(part: Any) -> bool:
    return isinstance(part, list | tuple) and len(part) == 2 and isinstance(part[0], str | int)


def _no(name: str) -> Any:
    raise ValueError(f"the call {name}(…)")


def _number(first: Any) -> Any:
    if isinstance(first, int | float):
        return first
    return int(first) if re.fullmatch(r"[+-]?[0-9]+", str(first)) else float(first)


def _date(short: str, positional: list[Any], named: dict[str, object]) -> str:
    if len(positional) == 1 and isinstance(positional[0], str) and _ISO.match(positional[0]):
        return positional[0]
    parts = [part for part in positional if isinstance(part, int)]
    if named or len(parts) != len(positional) or not parts:
        return str(_no(short))
    if short == "time":
        return ":".join(f"{part:02d}" for part in (*parts, 0, 0)[:3])
    if len(parts) < 3:
        return str(_no(short))
    day = f"{parts[0]:04d}-{parts[1]:02d}-{parts[2]:02d}"
    hours = (*parts[3:], 0, 0, 0)[:3]
    return day if short == "date" else day + "T" + ":".join(f"{part:02d}" for part in hours)
