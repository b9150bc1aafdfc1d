"""When two values are the same, how one is a beginning of the other, and how a wrong one is wrong.

Strict: 1 ≠ "1" ≠ true, 1 = 1.0, the order of keys is free. Values may be deeper than Python's stack: nothing here that
takes a value from a parser recurses into it, but for the one path on which a beginning goes on.
"""

import math
from collections.abc import Iterator
from typing import Any

_NUMBERS = (int, float)
_PLACEHOLDERS = (None, "", True)


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same."""
    stack = [(one, other)]
    while stack:
        a, b = stack.pop()
        kind = type(a)
        if kind is not type(b):
            if kind in _NUMBERS and type(b) in _NUMBERS and a == b:
                continue
            return False
        if kind is dict:
            if len(a) != len(b) or a.keys() != b.keys():
                return False
            stack.extend([(item, b[key]) for key, item in a.items()])
        elif kind is list:
            if len(a) != len(b):
                return False
            stack.extend(zip(a, b, strict=True))
        elif a != b and not (kind is float and math.isnan(a) and math.isnan(b)):
            return False
    return True


def begins(value: Any, whole: Any) -> bool:
    """Whether a value is a beginning of the whole: all that is kept is right, at most the last string is cut."""
    while True:
        if type(value) is dict and type(whole) is dict:
            keys, count = list(whole), len(value)
            if not count:
                return True
            if count > len(keys) or value.keys() != set(keys[:count]):
                return False
            if not all(same(value[key], whole[key]) for key in keys[: count - 1]):
                return False
            value, whole = value[keys[count - 1]], whole[keys[count - 1]]
        elif type(value) is list and type(whole) is list:
            count = len(value)
            if not count:
                return True
            if count > len(whole) or not all(map(same, value[:-1], whole)):
                return False
            value, whole = value[-1], whole[count - 1]
        elif type(value) is str and type(whole) is str:
            return whole.startswith(value)
        else:
            return same(value, whole)


def guesses(value: Any, whole: Any) -> bool:
    """Whether a value is a beginning of the whole but for its last leaf, which is invented or cut."""
    while True:
        if value is None or value in ("", [], {}):
            return True
        if type(value) is dict and type(whole) is dict:
            step = _last_member(value, whole)
            if isinstance(step, bool):
                return step
            value, whole = value[step], whole[step]
        elif type(value) is list and type(whole) is list:
            count = len(value)
            if count > len(whole) or not all(map(same, value[:-1], whole)):
                return False
            value, whole = value[-1], whole[count - 1]
        else:
            return _guessed_leaf(value, whole)


def _last_member(value: dict[str, object], whole: dict[str, object]) -> str | bool:
    """The key under which to go on, or the answer: a key that was cut, with a placeholder."""
    keys, count = list(whole), len(value)
    if count > len(keys):
        return False
    if not all(key in value and same(value[key], whole[key]) for key in keys[: count - 1]):
        return False
    (last,) = value.keys() - set(keys[: count - 1])
    if last == keys[count - 1]:
        return str(last)
    cut = isinstance(last, str) and keys[count - 1].startswith(last.rstrip("\\"))
    return cut and any(value[last] is empty or value[last] == empty == "" for empty in _PLACEHOLDERS)


def _guessed_leaf(value: Any, whole: Any) -> bool:
    if same(value, whole):
        return True
    if isinstance(value, bool) or isinstance(whole, bool) or whole is None:
        return isinstance(value, str) and _word(whole).startswith(value) and value != ""
    if isinstance(value, _NUMBERS) and isinstance(whole, _NUMBERS):
        return repr(whole).startswith(repr(value).removesuffix(".0").rstrip("."))
    if isinstance(value, str) and isinstance(whole, str):
        return any(whole.startswith(value[: len(value) - cut]) and _escape_end(value[len(value) - cut :])
                   for cut in range(min(8, len(value) + 1)))  # fmt: skip
    return isinstance(value, str) and isinstance(whole, _NUMBERS) and repr(whole).startswith(value)


def _escape_end(end: str) -> bool:
    return not end or "\\" in end or "u" in end


def _word(value: Any) -> str:
    return {True: "true", False: "false", None: "null"}.get(value, "") if not isinstance(value, str) else ""


def paths(value: Any, deepest: int = 60) -> Iterator[tuple[Any, ...]]:
    """The paths of everything in a value, down to a depth."""
    stack: list[tuple[tuple[Any, ...], Any]] = [((), value)]
    while stack:
        path, here = stack.pop()
        items = here.items() if type(here) is dict else enumerate(here) if type(here) is list else ()
        for step, item in items:
            yield (*path, step)
            if len(path) < deepest:
                stack.append(((*path, step), item))


def difference(value: Any, whole: Any) -> str:
    """How a wrong value is wrong, in one word."""
    if type(value) is not type(whole) and not (_number(value) and _number(whole)):
        return "root type"
    actual, wanted = set(paths(value)), set(paths(whole))
    if actual - wanted and wanted - actual:
        return "restructured"
    if actual - wanted:
        return "invented"
    if wanted - actual:
        return "dropped"
    return _leaves(value, whole)


def _leaves(value: Any, whole: Any) -> str:
    """The kind of the first leaf that differs, where all paths agree."""
    stack = [(value, whole)]
    while stack:
        a, b = stack.pop()
        if type(a) is dict and type(b) is dict:
            stack.extend((a[key], b[key]) for key in reversed(b) if key in a)
        elif type(a) is list and type(b) is list:
            stack.extend(reversed(list(zip(a, b, strict=False))))
        elif not same(a, b):
            return ("string" if type(a) is str else "number") if _alike(a, b) else "type"
    return "deep inside"


def _number(value: Any) -> bool:
    return isinstance(value, _NUMBERS) and not isinstance(value, bool)


def _alike(a: Any, b: Any) -> bool:
    return (_number(a) and _number(b)) or (type(a) is type(b) is str)


def depth(value: Any, limit: int = 400) -> int:
    """How deep a value is, or the limit."""
    level, here = 0, [value]
    while level < limit:
        below: list[Any] = []
        for item in here:
            if type(item) is dict:
                below.extend(item.values())
            elif type(item) is list:
                below.extend(item)
        if not below:
            return level
        level, here = level + 1, below
    return limit
