"""At the candidate's end: how objects of the tests are kinds of what the standard library has here as well."""

import abc
import importlib
import types
from collections.abc import Callable
from typing import Any


def as_told(about: Any) -> dict[str, object]:
    """At the candidate's end: an object of a class of the standard library says by `__class__` that it is one."""
    if not about.kinds or about.kinds[0] != f"{about.module}:{about.name}":
        return {}
    kind = _kind_of(about.kinds[0])
    return {} if kind is None else {"__class__": property(lambda thing: kind)}


def binding(about: Any) -> dict[str, object]:
    """At the candidate's end: a function of the tests that is put in the place of a method is called with its object."""
    if (about.module, about.name) != ("builtins", "function"):
        return {}
    return {
        "__get__": lambda function, thing, kind=None: function if thing is None else types.MethodType(function, thing)
    }


def zoned(peer: Any, name: str) -> Callable[..., Any]:
    """A method of a time zone of the tests, which a datetime of the candidate's end asks."""
    return lambda zone, when: peer.ask("call", peer.ask("get", zone, name), when)


def register(made: type, about: Any) -> None:
    """At the candidate's end: a class of the tests is a kind of the abstract ones that it is said to be a kind of."""
    for label in about.kinds:
        kind = _kind_of(label)
        if isinstance(kind, abc.ABCMeta) and not issubclass(made, kind):
            kind.register(made)


def _kind_of(label: str) -> type | None:
    module, _, name = label.partition(":")
    kind = getattr(importlib.import_module(module), name, None)
    return kind if isinstance(kind, type) else None
