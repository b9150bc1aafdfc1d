"""Observation: what an expression comes to, and when two outcomes are the same.

Rule: an exception is an outcome; a value is copied before the other side runs, so that shared state cannot hide.
"""

import asyncio
import copy
import inspect
from ast import PyCF_ALLOW_TOP_LEVEL_AWAIT
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from types import CodeType
from typing import Any

from kgents.laws.arrays import equal_arrays

DRAIN = 1000  # items of a generator that are looked at


class Unusable(Exception):
    """An evaluation that says nothing: memory or recursion ran out."""


@dataclass(frozen=True, slots=True)
class Observed:
    """A value, or the name of what was raised."""

    value: Any = None
    raised: str | None = None

    def __str__(self) -> str:
        if self.raised is not None:
            return f"raises {self.raised}"
        try:
            return shown(self.value)[:400]
        except Exception as wrong:  # noqa: BLE001 - the target's repr is the target's
            return f"<{type(self.value).__name__}: its repr raises {type(wrong).__name__}>"


def shown(value: Any) -> str:
    """The repr, or for an object without one of its own what it consists of."""
    written: Any = type(value).__repr__
    if written is not object.__repr__:
        return repr(value)
    parts = ", ".join(f"{name}={part!r}" for name, part in parts_of(value).items())
    return f"{type(value).__name__}({parts})"


@lru_cache(maxsize=4096)
def _compiled(text: str) -> CodeType:
    code: CodeType = compile(text, "<law>", "eval", flags=PyCF_ALLOW_TOP_LEVEL_AWAIT)
    return code


def value_of(text: str, environment: Mapping[str, object], loop: asyncio.AbstractEventLoop) -> Any:
    """The value of an expression; coroutines are awaited, generators drained."""
    result = eval(_compiled(text), dict(environment))
    for _ in range(3):
        if not inspect.isawaitable(result):
            break
        result = loop.run_until_complete(_await(result))
    return list(islice(result, DRAIN)) if inspect.isgenerator(result) else result


async def _await(awaitable: Any) -> Any:
    return await awaitable


def observe(text: str, environment: Mapping[str, Any], loop: asyncio.AbstractEventLoop) -> Observed:
    """What an expression comes to. Unusable where the machine, not the law, set the limit."""
    try:
        value = value_of(text, environment, loop)
    except (MemoryError, RecursionError) as wrong:
        raise Unusable(type(wrong).__name__) from wrong
    except Unusable:
        raise
    except Exception as wrong:  # noqa: BLE001 - whatever the target raises is an outcome
        return Observed(raised=type(wrong).__name__)
    try:
        return Observed(copy.deepcopy(value))
    except Exception:  # noqa: BLE001 - what cannot be copied is looked at as it is
        return Observed(value)


def sides(answer: Any) -> tuple[Any, Any]:
    """The two sides of a law that a function of the user's states: a pair, or a truth value that has to be True."""
    return answer if isinstance(answer, tuple) and len(answer) == 2 else (bool(answer), True)


def same(left: Observed, right: Observed) -> bool:
    """Whether two outcomes cannot be told apart."""
    if left.raised is not None or right.raised is not None:
        return left.raised == right.raised
    return equal(left.value, right.value)


def equal(left: Any, right: Any, depth: int = 0) -> bool:
    """Equality that knows NaN, arrays, and objects that have no equality of their own."""
    if left is right:
        return True
    if depth > 20:
        return bool(left == right)
    if isinstance(left, float | Decimal) and isinstance(right, float | Decimal) and left != left:
        return bool(right != right)
    if isinstance(left, list | tuple) and type(left) is type(right):
        return len(left) == len(right) and all(equal(a, b, depth + 1) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict) and type(left) is type(right) and _equality(left) is dict.__eq__:
        return left.keys() == right.keys() and all(equal(left[key], right[key], depth + 1) for key in left)
    if type(left) is type(right) and _equality(left) is object.__eq__:
        return _equal_parts(left, right, depth)
    own = equal_arrays(left, right)
    if own is not None:
        return own
    try:
        answer = left == right
    except Exception:
        if type(left) is type(right) and _equal_parts(left, right, depth):
            return True
        raise
    return _truth(answer) or _equal_dataclasses(left, right, depth) or _by_parts(left, right, answer, depth)


def _equality(value: Any) -> Any:
    return type(value).__eq__


def _truth(answer: Any) -> bool:
    try:
        return bool(answer)
    except ValueError:
        return bool(answer.all())


def _by_parts(left: Any, right: Any, answer: Any, depth: int) -> bool:
    """Whether two objects whose equality gives no truth value, but an array, consist of equal parts."""
    unclear = not isinstance(answer, bool | int) and answer is not NotImplemented
    return unclear and type(left) is type(right) and _equal_parts(left, right, depth)


def _equal_dataclasses(left: Any, right: Any, depth: int) -> bool:
    """NaN inside of a dataclass with the equality that was made for it."""
    parameters = getattr(type(left), "__dataclass_params__", None)
    if type(left) is not type(right) or parameters is None or not parameters.eq:
        return False
    names = [name for name, field in type(left).__dataclass_fields__.items() if field.compare]
    return all(equal(getattr(left, name), getattr(right, name), depth + 1) for name in names)


def _equal_parts(left: Any, right: Any, depth: int) -> bool:
    mine, theirs = parts_of(left), parts_of(right)
    return bool(mine) and mine.keys() == theirs.keys() and all(equal(mine[k], theirs[k], depth + 1) for k in mine)


def parts_of(value: Any) -> dict[str, object]:
    """The attributes and slots of an object by name."""
    slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    parts = {name: getattr(value, name) for name in slots if hasattr(value, name)}
    return {**parts, **getattr(value, "__dict__", {})}
