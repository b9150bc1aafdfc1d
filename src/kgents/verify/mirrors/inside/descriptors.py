"""Descriptors that tests put into a class of the candidate's: made anew at its end, of functions that stay with the tests."""

import types
from typing import Any

_FUNCTIONS = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, types.MethodWrapperType)


def parts_of(value: Any) -> tuple[Any, ...] | None:
    """("property", getter, setter, deleter), ("classmethod", function), ("staticmethod", function); None of no descriptor."""
    kind = type(value)
    if issubclass(kind, property):
        return "property", value.fget, value.fset, value.fdel
    if issubclass(kind, classmethod | staticmethod):
        return "classmethod" if issubclass(kind, classmethod) else "staticmethod", value.__func__
    if isinstance(value, _FUNCTIONS) or not hasattr(kind, "__get__"):
        return None
    writes = (lambda thing, new: kind.__set__(value, thing, new)) if hasattr(kind, "__set__") else None
    deletes = (lambda thing: kind.__delete__(value, thing)) if hasattr(kind, "__delete__") else None
    return "property", lambda thing: kind.__get__(value, thing, type(thing)), writes, deletes


def described(thing: Any, name: str, kind: str, *parts: Any) -> None:
    """Puts a descriptor of these parts into a class."""
    setattr(thing, name, _MAKERS[kind](*parts))


_MAKERS: dict[str, Any] = {"property": property, "classmethod": classmethod, "staticmethod": staticmethod}
