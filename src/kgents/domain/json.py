"""JSON as values, and the one canonical way to write it.

Canonical: keys sorted by code point, no spaces, UTF-8, no floats. For such data the bytes are those of RFC 8785.
Numbers that are not integers travel as decimal strings.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import TypeAlias, TypeVar

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
JsonObject: TypeAlias = Mapping[str, Json]
T = TypeVar("T", bool, int, float, str)

_PLAIN = frozenset({str, int, bool, type(None)})
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: object) -> bytes:
    """The canonical bytes of `value`; a float anywhere in it is a TypeError."""
    _refuse_floats(value)
    return _ENCODER.encode(value).encode()


def storable(value: Json) -> Json:
    """The value with U+FFFD for what no database holds in JSON: NUL, and halves of surrogate pairs."""
    match value:
        case str():
            return value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case Mapping():
            return {str(storable(key)): storable(item) for key, item in value.items()}
        case list() | tuple():
            return [storable(item) for item in value]
        case _:
            return value


def read_canonical(content: bytes) -> Json:
    """The value with exactly these canonical bytes; ValueError for any other bytes."""
    text = content.decode()
    value: Json = _DECODER.decode(text)
    if _ENCODER.encode(value) != text:
        raise ValueError("these bytes are not canonical")
    return value


def _refuse_floats(value: object) -> None:
    match value:
        case float():
            raise TypeError(f"a float has no canonical form: {value!r}")
        case Mapping():
            items: Iterable[object] = value.values()
        case list() | tuple():
            items = value
        case _:
            return
    for item in items:
        if type(item) not in _PLAIN:
            _refuse_floats(item)


def _no_float(text: str) -> float:
    raise ValueError(f"a float has no canonical form: {text}")


_DECODER = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float)


def digest_of(value: object) -> str:
    """SHA-256 (hex) of the canonical bytes of JSON data; TypeError for other data."""
    return sha256(canonical(value)).hexdigest()


def member(data: JsonObject, name: str, kind: type[T]) -> T:
    """The member of this name. KeyError where there is none, ValueError where it is of another type."""
    value = data[name]
    if isinstance(value, kind):
        return value
    raise _mistyped(name, value, kind)


def optional(data: JsonObject, name: str, kind: type[T]) -> T | None:
    """The member of this name; None where it is absent or null. ValueError where it is of another type."""
    value = data.get(name)
    if value is None or isinstance(value, kind):
        return value
    raise _mistyped(name, value, kind)


def _mistyped(name: str, value: Json, kind: type) -> ValueError:
    return ValueError(f"{name}: {type(value).__name__} in place of {kind.__name__}")


def nested(data: JsonObject, name: str) -> JsonObject:
    """The object of this name. KeyError where there is none, ValueError where it is no object."""
    value = data[name]
    if isinstance(value, Mapping):
        return value
    raise ValueError(f"{name}: {type(value).__name__} in place of an object")


def listed(data: JsonObject, name: str) -> Sequence[Json]:
    """The list of this name. KeyError where there is none, ValueError where it is no list."""
    value = data[name]
    if isinstance(value, list | tuple):
        return value
    raise ValueError(f"{name}: {type(value).__name__} in place of a list")


def members(data: JsonObject, name: str, kind: type[T]) -> tuple[T, ...]:
    """The list of this name, all of one type. KeyError where there is none, ValueError for another list."""
    values = listed(data, name)
    if not all(isinstance(value, kind) for value in values):
        raise ValueError(f"{name}: not a list of {kind.__name__}")
    return tuple(value for value in values if isinstance(value, kind))


def pairs(data: JsonObject, name: str) -> tuple[tuple[int, int], ...]:
    """The list of pairs of integers of this name. KeyError where there is none, ValueError where it is another list."""
    counts = []
    for value in listed(data, name):
        match value:
            case [int(first), int(second)]:
                counts.append((first, second))
            case _:
                raise ValueError(f"{name}: not a list of pairs of integers")
    return tuple(counts)


def object_of(text: str | bytes) -> JsonObject:
    """The object that a text in JSON says. ValueError for another text."""
    value = json.loads(text)
    if isinstance(value, dict):
        return value
    raise ValueError("this is no JSON object")
