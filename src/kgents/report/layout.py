"""JSON for people and programs: indented, but what fits on a line stays on a line, and long lists have an item a line."""

import json
from typing import Any

from kgents.lazy_pattern import pattern

WIDTH = 100
_ENCODER = json.JSONEncoder(allow_nan=False, ensure_ascii=False, default=str)
_HALVES = pattern("[\ud800-\udfff]")


def flat(data: Any) -> str:
    """JSON on one line, of characters that every encoding of Unicode has. ValueError for NaN and infinities."""
    text = _ENCODER.encode(data)
    return text if text.isascii() else _HALVES.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def compact(data: Any) -> str:
    """JSON on one line without spaces, several times as fast as `flat`: for long lists. NaN and infinities are null."""
    import orjson  # 16 ms, for lists alone

    try:
        return orjson.dumps(data, default=str).decode()
    except TypeError:  # a whole number above 64 bits, or half of a surrogate pair
        return flat(data)


def pretty(data: Any, indent: int = 0) -> str:
    """The same document as `json.dumps(data)`, laid out. ValueError for NaN and infinities."""
    line = flat(data)
    if len(line) + indent <= WIDTH or not isinstance(data, dict | list | tuple) or not data:
        return line
    inner, outer = " " * (indent + 2), " " * indent
    if isinstance(data, dict):
        rows = [f"{flat(str(key))}: {pretty(value, indent + 2)}" for key, value in data.items()]
        return "{\n" + ",\n".join(inner + row for row in rows) + f"\n{outer}}}"
    return "[\n" + ",\n".join(inner + pretty(value, indent + 2) for value in data) + f"\n{outer}]"
