"""Values between the process that parses and the one that judges: JSON, so that reading them cannot run anything.

What JSON has no word for becomes text that equals no answer: a set, a date, a key that is not a string. Values that are
deeper than the encoder's stack travel as a list of steps.
"""

import json
import math
from decimal import Decimal
from typing import Any

SHALLOW = 150  # levels that the encoder of every version of Python can take
LARGEST = 400_000  # parts of a value
LONGEST = 14_000  # bits of an integer that can be written in decimal
FLAT = b"\x01"
DEEPEST = 50_000  # levels
_PLAIN = frozenset({str, int, float, bool, type(None)})
_QUICK = frozenset({str, float, bool, type(None)})
_ENCODE = json.JSONEncoder(check_circular=False).encode
_OPEN_LIST, _OPEN_OBJECT, _CLOSE = 0, 1, 2


class TooLarge(ValueError):
    """The value has more parts than anybody would judge."""


def encode(value: Any) -> bytes:
    """The bytes of a value; TooLarge."""
    if _is_plain(value, SHALLOW):
        return _ENCODE(value).encode()
    plain, deep = _plain(value)
    if deep:
        return FLAT + json.dumps(flat(plain)).encode()
    return json.dumps(plain).encode()


def decode(content: bytes) -> Any:
    """The value; ValueError where these are not its bytes."""
    if content[:1] == FLAT:
        return nested(json.loads(content[1:]))
    return json.loads(content)


def _is_plain(value: Any, room: int) -> bool:
    """Whether a value is made of what JSON has, and not deep; only exact types, so that nothing is called."""
    kind = type(value)
    if kind is dict:
        for key, item in value.items():
            below = type(item)
            if type(key) is not str:
                return False
            if below not in _QUICK and not (room and _is_plain(item, room - 1)):
                return False
        return True
    if kind is list:
        return all(type(item) in _QUICK or (room and _is_plain(item, room - 1)) for item in value)
    return kind in _QUICK or (kind is int and value.bit_length() <= LONGEST)


def _plain(value: Any) -> tuple[Any, bool]:
    """(the value in plain types, whether it is deep). What is plain already is not copied."""
    if type(value) in _PLAIN:
        return _leaf(value), False
    root: list[Any] = [None]
    stack: list[tuple[Any, Any, Any, int]] = [(value, root, 0, 0)]
    parts, deepest = 0, 0
    while stack:
        here, parent, step, level = stack.pop()
        parts += 1
        if parts > LARGEST or level > DEEPEST:
            raise TooLarge("the value has more than 400 000 parts or 50 000 levels")
        deepest = max(deepest, level)
        if isinstance(here, dict):
            made: Any = {}
            parent[step] = made
            for key, item in here.items():
                name = _key(key)
                made[name] = None
                if type(item) in _PLAIN:
                    made[name] = _leaf(item)
                else:
                    stack.append((item, made, name, level + 1))
        elif isinstance(here, list | tuple):
            made = [None] * len(here)
            parent[step] = made
            for index, item in enumerate(here):
                if type(item) in _PLAIN:
                    made[index] = _leaf(item)
                else:
                    stack.append((item, made, index, level + 1))
        else:
            parent[step] = _leaf(here)
    return root[0], deepest > SHALLOW


def _key(key: Any) -> str:
    return key if type(key) is str else str(key) if isinstance(key, str) else f"\ufffd{type(key).__name__} {key!r}"


def _leaf(value: Any) -> Any:
    if type(value) is int and value.bit_length() > LONGEST:
        return {"\ufffdinteger": hex(value)}
    if type(value) in _PLAIN:
        return value
    if isinstance(value, bool | int | float | str):
        return next(kind(value) for kind in (bool, int, float, str) if isinstance(value, kind))
    if isinstance(value, Decimal) and math.isfinite(value):
        return int(value) if value == value.to_integral_value() and "." not in str(value) else float(value)
    return {f"\ufffd{type(value).__name__}": repr(value)[:200]}


def flat(value: Any) -> list[Any]:
    """A value as a list of steps, however deep it is."""
    steps: list[Any] = []
    stack: list[tuple[str, Any]] = [("value", value)]
    while stack:
        kind, here = stack.pop()
        if kind == "step":
            steps.append(here)
        elif type(here) is dict:
            steps.append([_OPEN_OBJECT])
            stack.append(("step", [_CLOSE]))
            for key, item in reversed(here.items()):
                stack.append(("value", item))
                stack.append(("step", key))
        elif type(here) is list:
            steps.append([_OPEN_LIST])
            stack.append(("step", [_CLOSE]))
            stack.extend(("value", item) for item in reversed(here))
        else:
            steps.append(here)
    return steps


def nested(steps: list[Any]) -> Any:
    """The inverse of `flat`."""
    root: list[Any] = []
    stack: list[tuple[Any, list[Any]]] = [(root, [])]  # (container, pending key)
    for step in steps:
        if step == [_CLOSE]:
            stack.pop()
            continue
        container, pending = stack[-1]
        if type(container) is dict and not pending:
            pending.append(step)
            continue
        item: Any = {} if step == [_OPEN_OBJECT] else [] if step == [_OPEN_LIST] else step
        if type(container) is dict:
            container[pending.pop()] = item
        else:
            container.append(item)
        if type(item) in (dict, list):
            stack.append((item, []))
    return root[0]
