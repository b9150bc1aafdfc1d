"""What a candidate may ask of the tests: to call what it was handed, to read public data of it, to iterate; nothing else."""

import enum
import inspect
import types
import unittest
import unittest.mock
from collections.abc import Callable
from typing import Any

from . import lent
from .authorizing import Connections
from .dunders import DUNDERS
from .peer import Peer
from .standin import Names

_SERVED = ("input", "readline", "read")
_FUNCTIONS = (types.FunctionType, types.MethodType, types.BuiltinFunctionType)
_DESCRIBED = frozenset(
    {"__name__", "__qualname__", "__doc__", "__module__"}
)  # of a function; what functools.wraps reads
_OF_TUPLES = frozenset({"_replace", "_asdict", "_make", "_fields", "_field_defaults"})  # of a named tuple


def guard_of(end: Peer, own: Callable[[type], bool]) -> Callable[..., None]:
    """The guard of the tests' end. AttributeError for what is not to be had; a limit of ours is noted as straying.

    own  whether a class is one of the test files
    """

    connections = Connections(end.stray)

    def guard(operation: Any, thing: Any, arguments: list[Any]) -> None:
        if operation in _SERVED:
            return
        connections.watch(thing)
        name = arguments[0] if arguments and type(arguments[0]) is str else "_"
        lent = end.mine(thing) and not isinstance(thing, (Names, unittest.TestCase, types.ModuleType))
        if lent and _allowed(operation, thing, name, own):
            return
        if lent and not own(_kind(thing)) and not name.startswith("_") and operation in ("get", "set", "del"):
            end.stray(f"the candidate asks the tests for {name} of a {_kind(thing).__name__}")
        raise AttributeError("not to be had from the tests")

    return guard


def _kind(thing: Any) -> type:
    return thing if isinstance(thing, type) else type(thing)


def _allowed(operation: Any, thing: Any, name: str, own: Callable[[type], bool]) -> bool:
    if operation == "call" or operation == "call on a loop":
        return callable(thing)
    mock = isinstance(thing, unittest.mock.NonCallableMock)
    theirs = own(_kind(thing)) or mock
    match operation:
        case "get":
            return lent.readable(type(thing), name) or _readable(thing, name, theirs, mock)
        case "set" | "del":
            return lent.writable(type(thing), name) or (theirs and not mock and _settable(thing, name))
        case "dunder":
            return name in DUNDERS and (theirs or lent.is_lent(type(thing)))
        case "copy" | "deepcopy":
            return theirs and not mock
        case "next" | "send" | "throw" | "close":
            return isinstance(thing, types.GeneratorType)
        case "await" | "step" | "cancel":
            return inspect.isawaitable(thing)
        case "signature":
            return isinstance(thing, _FUNCTIONS)
    return False


def _readable(thing: Any, name: str, own: bool, mock: bool) -> bool:
    if isinstance(thing, _FUNCTIONS):
        return name in _DESCRIBED
    if not own:
        return False
    if name.startswith("_"):
        return not mock and _told_by(thing, name)
    return not (mock and (name.startswith("assert") or hasattr(unittest.mock.NonCallableMock, name)))


def _told_by(thing: Any, name: str) -> bool:
    """Whether a name with an underscore is public: of a named tuple, or the attributes of an object without private ones."""
    if name == "__dict__":
        return not isinstance(thing, type) and not any(str(each).startswith("_") for each in getattr(thing, name, "_"))
    if name == "__members__":
        return isinstance(thing, enum.EnumMeta)
    return name in _OF_TUPLES and issubclass(_kind(thing), tuple) and hasattr(thing, "_fields")


def _settable(thing: Any, name: str) -> bool:
    return not isinstance(thing, type) and not name.startswith("_") and not hasattr(type(thing), name)
