"""The candidate's module as the tests import it, and names that stand for its own until a candidate is there."""

import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .objects import ROOT
from .peer import Peer


class Needed(BaseException):
    """The tests ask something of a candidate while none is there."""


class Names:
    """The names of the candidate's module, asked of its end; `told` are what it said of some when it was loaded, which
    stands until it is asked for anything.
    """

    def __init__(self, end: Peer, told: Mapping[str, object]) -> None:
        self._end = end
        self._told = told
        end.things[ROOT] = self
        end.numbers[id(self)] = ROOT
        self._known: dict[str, object] = {}

    def _method(self, name: str) -> Any:
        if name not in self._known:
            self._known[name] = self._end.ask("get", self, name)
        return self._known[name]

    def get(self, name: str) -> Any:
        """AttributeError where there is none."""
        if not self._end.asked and name in self._told:
            return self._told[name]
        return self._quietly("get", name)

    def _quietly(self, method: str, *arguments: Any) -> Any:
        """Names are not counted as calls of the candidate."""
        calls = self._end.calls
        try:
            return self._method(method)(*arguments)
        finally:
            self._end.calls = calls

    def set(self, name: str, value: Any) -> None:
        """Binds a name in the candidate's module."""
        self._quietly("set", name, value)

    def delete(self, name: str) -> None:
        """Unbinds one."""
        self._quietly("delete", name)


class StandIn(types.ModuleType):
    """Stands for the candidate's module. Before `attach`, each name that is asked for is a `Placeholder`."""

    _names: Names | None

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__dict__["_names"] = None
        self.__dict__["_waiting"] = {}

    def attach(self, names: Names) -> None:
        """From now on names are asked of this candidate."""
        self.__dict__["_names"] = names

    @property
    def waiting(self) -> dict[str, "Placeholder"]:
        """The placeholders that were handed out."""
        waiting: dict[str, Placeholder] = self.__dict__["_waiting"]
        return waiting

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        names = self.__dict__["_names"]
        if names is not None:
            return names.get(name)
        return self.waiting.setdefault(name, Placeholder(name))

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("__"):
            super().__setattr__(name, value)
        else:
            self._there().set(name, value)

    def __delattr__(self, name: str) -> None:
        self._there().delete(name)

    def _there(self) -> Names:
        names: Names | None = self.__dict__["_names"]
        if names is None:
            raise Needed
        return names


class Placeholder:
    """Stands for a name of the candidate's while tests are collected; whoever asks anything of it needs the candidate."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    def __getattribute__(self, name: str) -> Any:
        if name == "__class__":
            return Placeholder
        if name.startswith(("_", "pytest")):  # what pytest and functools.wraps look for on whatever they meet
            raise AttributeError(name)
        raise Needed

    def _needed(self, *arguments: Any, **keywords: Any) -> Any:
        raise Needed

    __hash__ = object.__hash__
    __call__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __iter__ = __len__ = _needed
    __getitem__ = __contains__ = __mro_entries__ = __or__ = __ror__ = __add__ = __radd__ = __mul__ = __rmul__ = _needed
    __str__ = __repr__ = __format__ = __instancecheck__ = __subclasscheck__ = __enter__ = __setattr__ = _needed


def bound(module: types.ModuleType) -> Iterator[tuple[str, Placeholder]]:
    """The names of a module that are placeholders."""
    for name, value in list(vars(module).items()):
        if type(value) is Placeholder:
            yield name, value


def name_of(placeholder: Placeholder) -> str:
    """The name it stands for."""
    name: str = object.__getattribute__(placeholder, "_name")
    return name


def elsewhere(waiting: Mapping[str, Placeholder], modules: Iterable[types.ModuleType]) -> bool:
    """Whether one is held by anything but the names of these modules: then they cannot be rebound to a candidate's."""
    held = [id(value) for module in modules for _, value in bound(module)]
    return any(count > ALONE + held.count(id(waiting[name])) for name, count in _references(waiting).items())


def _references(waiting: Mapping[str, Placeholder]) -> dict[str, int]:
    return {name: sys.getrefcount(waiting[name]) for name in waiting}


ALONE = _references({"name": Placeholder("name")})["name"]
