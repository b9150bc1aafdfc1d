"""JSON as values, and the one canonical way to write it.

Canonical: keys sorted by code point, no spaces, UTF-8, no floats. For such data the bytes are those of RFC 8785.
Numbers that are not integers travel as decimal strings.
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

Json = None | bool | int | float | str | Sequence[Any] | Mapping[str, Any]


def canonical(value: Json) -> bytes:
    """The canonical bytes of `value`; a float anywhere in it is a TypeError."""
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _refuse_floats(value: Json) -> None:
    match value:
        case float():
            raise TypeError(f"a float has no canonical form: {value!r}")
        case Mapping():
            for item in value.values():
                _refuse_floats(item)
        case list() | tuple():
            for item in value:
                _refuse_floats(item)
        case _:
            pass


def digest_of(value: Json) -> str:
    """SHA-256 (hex) of the canonical bytes."""
    return sha256(canonical(value)).hexdigest()
