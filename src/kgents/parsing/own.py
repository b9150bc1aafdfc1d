"""The user's own parser: how it is called, what it returns and how it rejects, understood or refused before the first trial.

A parser takes the text, or the text and the schema; it may be a coroutine function; it may return plain data, a pydantic
model, a dataclass or a named tuple. It rejects by ValueError, by the errors in its attribute `rejects`, or by an error of a
class that somebody defined for that: one that comes neither with Python nor with its standard library.
"""

import asyncio
import dataclasses
import inspect
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from kgents.errors import UsageError
from kgents.parsing.parsed import Parsed, Rejected

_WANTED = "a function of one text, or of a text and a schema"
_SINGLE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class NoData(TypeError):
    """A parser returned what is no data."""


Parse = Callable[[str, Any], Any]
Errors = tuple[type[BaseException], ...]


def understood(name: str, function: Any) -> tuple[Parse, Errors]:
    """(a function of a text and a schema that returns plain data, the errors by which it rejects).

    UsageError where the parser cannot be called with a text, or with a text and a schema.
    """
    if not callable(function):
        raise UsageError(f"{name} is no parser: {type(function).__name__} cannot be called", f"name {_WANTED}")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise UsageError(f"{name} is no parser: it yields instead of returning a value", f"name {_WANTED}")
    takes_schema = _takes_schema(name, function)
    rejects = tuple(getattr(function, "rejects", (ValueError,)))

    def parse(text: str, schema: Any) -> Any:
        try:
            result = function(text, schema) if takes_schema else function(text)
            return plain(_awaited(result) if inspect.isawaitable(result) else result)
        except Exception as wrong:
            if isinstance(wrong, (*rejects, Rejected)) or not _made_for_it(type(wrong)):
                raise
            raise Rejected(f"{type(wrong).__name__}: {wrong}") from wrong

    return parse, (*rejects, Rejected)


def _takes_schema(name: str, function: Callable[..., Any]) -> bool:
    """Whether the second argument is wanted. UsageError where there are more, or none."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False  # a builtin that does not say
    single = [one for one in parameters if one.kind in _SINGLE]
    needed = [one.name for one in single if one.default is one.empty]
    needed += [one.name for one in parameters if one.kind is one.KEYWORD_ONLY and one.default is one.empty]
    many = any(one.kind is one.VAR_POSITIONAL for one in parameters)
    if len(needed) > 2 or (len(needed) == 2 and len(single) < 2):
        raise UsageError(f"{name} needs {len(needed)} arguments: {', '.join(needed)}", f"name {_WANTED}")
    if not single and not many:
        raise UsageError(f"{name} takes no text", f"name {_WANTED}")
    return len(needed) == 2 or (len(single) > 1 and single[1].name == "schema")


class _Loop(asyncio.SelectorEventLoop):
    """An event loop that wakes itself by no socket: none may be opened in there."""

    _ssock = _csock = None

    def _make_self_pipe(self) -> None:
        pass

    def _close_self_pipe(self) -> None:
        pass

    def _write_to_self(self) -> None:
        pass


def _awaited(awaitable: Any) -> Any:
    async def result() -> Any:
        return await awaitable

    made: Coroutine[Any, Any, Any] = result()
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(made)


def _made_for_it(kind: type[BaseException]) -> bool:
    """Whether a class of errors was defined by a package or by the user: a crash is one of Python's own."""
    package = kind.__module__.partition(".")[0]
    return package != "builtins" and package not in sys.stdlib_module_names and package != "kgents"


def plain(result: Any) -> Any:
    """What a parser returned as plain data; NoData where it is none."""
    if isinstance(result, Parsed):
        value = plain(result.value)
        return result if value is result.value else dataclasses.replace(result, value=value)
    if result is None or isinstance(result, str | int | float | list | dict):
        return _members(result)
    if isinstance(result, tuple):
        named = getattr(result, "_asdict", None)
        return _members(named() if named is not None else result)
    for method in ("model_dump", "to_dict", "dict"):  # pydantic, pydantic 1 and what is like them
        dump = getattr(result, method, None)
        if callable(dump) and not isinstance(result, type):
            return _members(dump(mode="json") if method == "model_dump" else dump())
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        return _members({one.name: getattr(result, one.name) for one in dataclasses.fields(result)})
    if type(result).__module__ in ("datetime", "decimal", "fractions", "uuid", "enum", "builtins"):
        return result
    raise NoData(f"it returns a {type(result).__module__}.{type(result).__qualname__}, which is no data")


_OBJECTS = (tuple, str, int, float, type(None))


def _members(value: Any) -> Any:
    """The value with objects in lists and members in plain data; itself where there are none."""
    if type(value) is dict:
        changed = {key: plain(item) for key, item in value.items() if not _is_plain(item)}
        return {**value, **changed} if changed else value
    if type(value) in (list, tuple):
        return value if all(map(_is_plain, value)) else [plain(item) for item in value]
    return value


def _is_plain(value: Any) -> bool:
    """Whether nothing in a value is an object of a class; looked at level by level, however deep it is."""
    level = [value]
    seen: set[int] = set()  # a value may hold itself: then it is plain, and too large for whoever writes it
    while level:
        below: list[Any] = []
        for item in level:
            if id(item) in seen:
                continue
            if type(item) is dict:
                seen.add(id(item))
                below.extend(item.values())
            elif type(item) in (list, tuple):
                seen.add(id(item))
                below.extend(item)
            elif not isinstance(item, _OBJECTS) or hasattr(item, "_asdict"):
                return False
        level = below
    return True
