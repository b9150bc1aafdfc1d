"""What an exception is, by the names of its classes."""

import builtins
from collections.abc import Sequence

MOST = 12
LEAVING = frozenset({"SystemExit", "KeyboardInterrupt", "GeneratorExit"})  # what ends a program is no answer of it


def kinds_of(wrong: BaseException) -> tuple[str, ...]:
    """The names of its class and of its bases, the nearest first.

    A class that only goes by the name of a builtin exception is told apart from it.
    """
    return _KNOWN.get(type(wrong)) or _kinds(type(wrong))


def _kinds(own: type) -> tuple[str, ...]:
    return tuple(_name(kind) for kind in type.__dict__["__mro__"].__get__(own) if kind is not object)[:MOST]


def _name(kind: type) -> str:
    name = str(type.__dict__["__name__"].__get__(kind))[:100]
    known = _BUILTIN.get(name)
    return name if known is None or known is kind else f"another {name}"


_BUILTIN = {name: kind for name, kind in vars(builtins).items() if isinstance(kind, type)}
_KNOWN = {kind: _kinds(kind) for kind in _BUILTIN.values() if issubclass(kind, BaseException)}


def happened(names: Sequence[str]) -> bool:
    """Whether it is an exception as it may happen on a call, not the end of the program."""
    return "Exception" in names and LEAVING.isdisjoint(names)
