"""The names of a package, each imported from its module when it is first asked for."""

import sys
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any


class _Package(ModuleType):
    """A package whose name that a function shares with its module is the function's."""

    _where: Mapping[str, str]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._where:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{self.__name__}.{self._where[name]}"), name)
        super().__setattr__(name, value)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        """Sets an attribute, but for the modules of such names, which the import system would set."""
        if not (isinstance(value, ModuleType) and name in self._where):
            super().__setattr__(name, value)


def by_name(package: str, modules: Mapping[str, str]) -> None:
    """Has a package find its names: for each of its modules, those that come from there."""
    module = sys.modules[package]
    module.__dict__["_where"] = {name: where for where, names in modules.items() for name in names.split()}
    module.__class__ = _Package
