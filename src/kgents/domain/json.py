"""JSON as values, and the one canonical way to write it.

Canonical: keys sorted by code point, no spaces, UTF-8, no floats. For such data the bytes are those of RFC 8785.
Numbers that are not integers travel as decimal strings.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

Json = None | bool | int | float | str | Sequence[Any] | Mapping[str, Any]


_PLAIN = frozenset({str, int, bool, type(None)})
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Json) -> bytes:
    """The canonical bytes of `value`; a float anywhere in it is a TypeError."""
    _refuse_floats(value)
    return _ENCODER.encode(value).encode()


def storable(value: Any) -> Any:
    """The value with U+FFFD for what no database holds in JSON: NUL, and halves of surrogate pairs."""
    match value:
        case str():
            return value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case Mapping():
            return {storable(key): storable(item) for key, item in value.items()}
        case list() | tuple():
            return [storable(item) for item in value]
        case _:
            return value


def read_canonical(content: bytes) -> Any:
    """The value with exactly these canonical bytes; ValueError for any other bytes."""
    text = content.decode()
    value = _DECODER.decode(text)
    if _ENCODER.encode(value) != text:
        raise ValueError("these bytes are not canonical")
    return value


def _refuse_floats(value: Json) -> None:
    match value:
        case float():
            raise TypeError(f"a float has no canonical form: {value!r}")
        case Mapping():
            items: Iterable[Json] = value.values()
        case list() | tuple():
            items = value
        case _:
            return
    for item in items:
        if type(item) not in _PLAIN:
            _refuse_floats(item)


def _no_float(text: str) -> Any:
    raise ValueError(f"a float has no canonical form: {text}")


_DECODER = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float)


def digest_of(value: Json) -> str:
    """SHA-256 (hex) of the canonical bytes."""
    return sha256(canonical(value)).hexdigest()
