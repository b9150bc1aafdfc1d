"""`isinstance` and `issubclass` for tests: an object of the candidate's may be of a kind that the standard library has.

What it is a kind of its class says, as any class may by `__class__`; nothing else is decided by it: values that cross
are of the builtin types themselves.
"""

import sys
import types
import unittest.case
from collections.abc import Iterator, MutableMapping
from typing import Any

from .mirror import Mirror, label_of


def is_instance(thing: Any, kind: Any) -> bool:
    """As the builtin; of an object of the candidate's also by what its class is told to be a kind of."""
    return isinstance(thing, kind) or _told(type(thing), kind)


def is_subclass(mine: Any, kind: Any) -> bool:
    """As the builtin; of a class of the candidate's also by what it is told to be a kind of."""
    return issubclass(mine, kind) or _told(mine, kind)


def _told(mine: Any, kind: Any) -> bool:
    if not isinstance(mine, Mirror):
        return False
    return any(label in mine._kinds for each in _parts(kind) if (label := _here(each)))


def _parts(kind: Any) -> Iterator[Any]:
    if isinstance(kind, tuple | types.UnionType):
        for part in kind if isinstance(kind, tuple) else kind.__args__:
            yield from _parts(part)
    else:
        yield kind


def _here(kind: Any) -> str:
    """The label of a class that the standard library has here by that name."""
    label = label_of(kind) if isinstance(kind, type) and not isinstance(kind, Mirror) else ""
    known: Any = sys.modules.get(kind.__module__) if label else None
    for part in kind.__qualname__.split(".") if label else ():
        known = getattr(known, part, None)
    return label if known is kind else ""


def lend(names: MutableMapping[str, object]) -> None:
    """Gives a module of tests, and what unittest asserts, these in the place of the builtins."""
    for namespace in (names, vars(unittest.case)):
        namespace.update(isinstance=is_instance, issubclass=is_subclass)
