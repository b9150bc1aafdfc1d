"""JSON for people and programs: indented, but what fits on a line stays on a line, and long lists have an item a line."""

import json
from typing import Any

WIDTH = 100


def pretty(data: Any, indent: int = 0) -> str:
    """The same document as `json.dumps(data)`, laid out. ValueError for NaN and infinities."""
    flat = json.dumps(data, allow_nan=False, ensure_ascii=False, default=str)
    if len(flat) + indent <= WIDTH or not isinstance(data, dict | list | tuple) or not data:
        return flat
    inner, outer = " " * (indent + 2), " " * indent
    if isinstance(data, dict):
        rows = [
            f"{json.dumps(str(key), ensure_ascii=False)}: {pretty(value, indent + 2)}" for key, value in data.items()
        ]
        return "{\n" + ",\n".join(inner + row for row in rows) + f"\n{outer}}}"
    return "[\n" + ",\n".join(inner + pretty(value, indent + 2) for value in data) + f"\n{outer}]"
