"""What one end does when the other asks: calls, attributes, special methods, coroutines, line-ups, patches."""

import builtins
import copy
import inspect
import sys
from collections.abc import Callable
from typing import Any

from .descriptors import described
from .lineup import line_up
from .turns import cancel, ended, on_loop, renew, step, turn


def perform(operation: Any, thing: Any, arguments: list[Any], keywords: dict[str, object]) -> Any:
    """The answer to one operation but a plain call. ValueError for one that there is not; else what it raises."""
    if operation == "call on a loop":
        return on_loop(thing, arguments, keywords)
    done = _OPERATIONS.get(operation)
    if done is None:
        raise ValueError("no such operation")
    return done(thing, *arguments)


def _dunder(thing: Any, name: str, *arguments: Any) -> Any:
    if name in ("__exit__", "__aexit__") and len(arguments) == 3 and arguments[2] is True:
        arguments = (*arguments[:2], _traceback(arguments[1]))
    return _bound(thing, name)(*arguments)


def _bound(thing: Any, name: str) -> Any:
    """A special method as Python looks it up: of the class, bound where it is a descriptor (what a mock puts there is none)."""
    kind = type(thing)
    owner = next((base for base in kind.__mro__ if name in vars(base)), None)
    if owner is None:
        raise AttributeError(f"{kind.__name__!r} object has no attribute {name!r}")
    method = vars(owner)[name]
    bind = getattr(type(method), "__get__", None)
    return method if bind is None else bind(method, thing, kind)


def _traceback(wrong: Any) -> Any:
    """A traceback of this process for an exception that was raised in the other one."""
    try:
        raise wrong
    except BaseException:
        return sys.exc_info()[2]


def _signature(thing: Any) -> list[tuple[str, int, bool, Any]]:
    return [
        (
            each.name,
            int(each.kind),
            each.default is not each.empty,
            None if each.default is each.empty else each.default,
        )
        for each in inspect.signature(thing).parameters.values()
    ]


def _patch(thing: None, module: str, name: str, value: Any) -> None:
    """Gives a module of the standard library, or one that is loaded, another attribute."""
    setattr(sys.modules.get(module) or __import__(module, fromlist=["x"]), name, value)


def _directory(thing: Any) -> list[str]:
    return dir(thing)


_OPERATIONS: dict[Any, Callable[..., Any]] = {
    "get": getattr,
    "set": setattr,
    "del": delattr,
    "describe": described,
    "dunder": _dunder,
    "dir": _directory,
    "await": ended,
    "step": step,
    "cancel": cancel,
    "turn": turn,
    "renew": renew,
    "next": next,
    "send": lambda thing, sent: thing.send(sent),
    "throw": lambda thing, wrong: thing.throw(wrong),
    "close": lambda thing: thing.close(),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "signature": _signature,
    "input": lambda thing, *prompt: builtins.input(*prompt),
    "readline": lambda thing, *size: sys.stdin.readline(*size),
    "read": lambda thing, *size: sys.stdin.read(*size),
    "line-up": lambda thing, *row: line_up(thing, row),
    "patch": _patch,
}
