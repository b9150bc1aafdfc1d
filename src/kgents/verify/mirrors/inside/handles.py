"""What has no plain form crosses as a handle: classes, objects, functions, exceptions, generators, coroutines.

The reader makes a mirror of it. At the candidate's end, functions and classes of the standard library and numpy that the
tests hand over are looked up by name; at the tests' end nothing is ever looked up because the candidate names it.
"""

import importlib
import inspect
import json
import logging
import sys
import types
from asyncio import CancelledError
from collections.abc import Callable
from typing import Any

from .codec import Cursor, Malformed, TooLarge, put_int, put_u32
from .dunders import DUNDERS
from .mirror import BASES, Told, class_of, generator_of, label_of, object_of, told
from .objects import Objects
from .table import KIND_NAMES
from .turns import coroutine_of, is_future, is_loop, loop_of_this_end

_LIBRARIES = frozenset((*sys.stdlib_module_names, "numpy", "pandas"))
# Modules whose exceptions are themselves at both ends: none of theirs ends a test.
_RAISING = frozenset(sys.stdlib_module_names) - {"builtins", "unittest", "doctest", "bdb", "pdb"}
_ENDING = (Exception, CancelledError)
_PLAIN = frozenset({("sqlite3", "Row")})
_ATTRIBUTES = 100  # of an exception
_CLASS = b"Cg\0\0\0\x08"  # how a class begins: its number, and seven things that are told of it
_FUNCTION = b"hg\0\0\0\3"  # how an object begins: its number, its class and its value
_OF_FUNCTIONS: list[
    tuple[bytes, Told]
] = []  # what is told of their class: to look through all that it has costs more than a call


class Handles(Objects):
    """Writes and reads handles."""

    def __init__(self, first: int, guard: Callable[..., None] | None) -> None:
        super().__init__(first)
        self.guard = guard
        self._stands: dict[type, object] = {}  # for classes of libraries whose objects the tests handed over

    def stray(self, why: str) -> None:
        """Notes a limit of ours; see `Peer`."""
        raise NotImplementedError

    # -- writing ----------------------------------------------------------------------------------------------------
    def _write_other(self, out: bytearray, value: Any) -> None:
        kind = type(value)
        if self.guard is not None and isinstance(value, types.ModuleType):
            self.stray("a module is handed to the candidate")
            raise TooLarge("a module does not cross")
        where = _known(value) if self.guard is not None else None
        if where is not None:
            self._tagged(out, b"G", *where)
        elif isinstance(value, Stand):
            self._write_class(out, value.kind, value)
        elif isinstance(value, type):
            self._write_class(out, value)
        elif isinstance(value, BaseException):
            self._write_exception(out, value)
        elif kind is types.GeneratorType:
            self._tagged(out, b"g", self.number(value))
        elif self.guard is not None and is_loop(value):
            self._tagged(out, b"L")
        elif self.guard is not None and kind is logging.Logger:
            self._tagged(out, b"L", value.name)
        elif inspect.isawaitable(value) and not is_future(value):
            self._tagged(out, b"c", self.number(value))
        else:
            self._foreseen(kind)
            self._tagged(out, b"h", self.number(value), self._shown(kind), _plain(value))

    def _write_function(self, out: bytearray, value: Any) -> None:
        if self.guard is not None:
            self._write_other(out, value)
            return
        out += _FUNCTION
        put_int(out, self.number(value))
        known = self.numbers.get(id(types.FunctionType))
        if known is None:
            self._write_class(out, types.FunctionType)
        else:
            out += b"="
            put_u32(out, known)
        out += b"N"

    def _tagged(self, out: bytearray, tag: bytes, *parts: Any) -> None:
        out += tag
        self.write_items(out, parts, 0)

    def _shown(self, kind: type) -> Any:
        """The class of an object as it is told: of a library's, what stands for it, because a real one has no mirrors."""
        if self.guard is None or _known(kind) is None:
            return kind
        return self._stands.setdefault(kind, Stand(kind))

    def _foreseen(self, kind: type) -> None:
        """Objects of foreign libraries have no form at the candidate's end."""
        library = kind.__module__.partition(".")[0]
        if self.guard is not None and library not in _LIBRARIES and library in sys.modules and _installed(library):
            self.stray(f"an object of {library} ({kind.__name__}) is handed to the candidate")

    def _write_class(self, out: bytearray, value: type, known_as: object = None) -> None:
        number = self.number(value if known_as is None else known_as)
        out += _CLASS
        put_int(out, number)
        if value is not types.FunctionType or known_as is not None:
            out += self._body_of(value, known_as)
            return
        out += self._of_functions()[0]

    def _of_functions(self) -> tuple[bytes, Told]:
        """What is told of the class of functions, as it is written and as it is read."""
        if not _OF_FUNCTIONS:
            body = self._body_of(types.FunctionType, None)
            cursor = Cursor(body)
            _OF_FUNCTIONS.append((body, told(*[self.read(cursor, 1) for _ in range(7)])))
        return _OF_FUNCTIONS[0]

    def _body_of(self, value: type, known_as: object) -> bytes:
        """What is told of a class, as it is written behind its number."""
        known = [base for base in value.__mro__ if base in KIND_NAMES]
        own = {name for base in value.__mro__ if base not in KIND_NAMES for name in vars(base)}
        held = [base for base in known if base not in (object, *BASES) and not issubclass(base, BaseException)]
        own |= {name for base in held for name in vars(base)}
        bases = (
            tuple(
                base
                for base in value.__bases__
                if base in KIND_NAMES or base.__module__ != "builtins" or base is object
            )
            if known_as is None
            else (object,)
        )
        dunders = tuple(sorted(own & DUNDERS))
        fields = tuple(vars(value).get("__dataclass_fields__", ()))
        kinds = tuple(label for base in value.__mro__ if (label := label_of(base)))
        told_of = (str(value.__name__), str(value.__module__), bases, dunders, value.__hash__ is None, fields, kinds)
        body = bytearray()
        for part in told_of:
            self.write(body, part, 1)
        return bytes(body)

    def _write_exception(self, out: bytearray, value: BaseException) -> None:
        number = self.number(value)
        kind = type(value)
        standard = kind in KIND_NAMES or kind.__module__.partition(".")[0] in _RAISING
        named = standard and kind is not json.JSONDecodeError
        more = {name: each for name, each in list(vars(value).items())[:_ATTRIBUTES] if named and type(name) is str}
        cause = value.__cause__ if value.__cause__ is not value else None
        self._tagged(out, b"x", number, kind, _arguments(value), tuple(more), tuple(more.values()), cause)

    # -- reading ----------------------------------------------------------------------------------------------------
    def _read_other(self, tag: bytes, cursor: Cursor, depth: int) -> Any:
        if tag not in (b"G", b"L", b"C", b"x", b"g", b"c", b"h"):
            raise Malformed("unknown tag")
        if tag == b"x" or tag == b"h":
            return self._read_object(tag, self.read_items(cursor, depth))
        if tag == b"C":
            return self._read_class(cursor, depth)
        parts = self.read_items(cursor, depth)
        match tag, parts:
            case b"L", [str(name)] if self.guard is None:
                return logging.getLogger(name)
            case b"L", [] if self.guard is None:
                return loop_of_this_end()
            case b"G", [str(module), str(name)] if self.guard is None:
                return _looked_up(module, name)
            case b"g", [int(number)]:
                return self.lent(number, generator_of(self, lambda: self.things[number]))
            case b"c", [int(number)]:
                return self.theirs(number, coroutine_of(self, lambda: self.things[number]))
        raise Malformed("no handle")

    def _read_class(self, cursor: Cursor, depth: int) -> Any:
        body, of_functions = self._of_functions()
        known = cursor.between(_CLASS[1:] + b"i", body)
        if known is not None:
            return self.theirs(known, class_of(self, of_functions))
        match self.read_items(cursor, depth):
            case [int(number), *rest] if len(rest) == 7:
                about = told(*rest)
                return self.theirs(number, self._standard(about) or class_of(self, about))
        raise Malformed("no class")

    def _standard(self, about: Told) -> type | None:
        """The exception of the standard library that a class of the candidate's is called, where the tests have it loaded; or one
        that only makes something of what it is given.
        """
        library = about.module.partition(".")[0]
        if self.guard is None or library not in _RAISING:
            return None
        kind = vars(sys.modules.get(about.module, object)).get(about.name)
        plain = (about.module, about.name) in _PLAIN
        return kind if isinstance(kind, type) and (plain or issubclass(kind, _ENDING)) else None

    def _read_object(self, tag: bytes, parts: list[Any]) -> Any:
        match tag, parts:
            case b"h", [int(number), kind, plain]:
                return self.lent(number, object_of(kind, plain))
            case b"x", [int(number), kind, tuple(arguments), tuple(names), tuple(values), cause]:
                return self.theirs(number, _exception(kind, arguments, dict(zip(names, values, strict=True)), cause))
        raise Malformed("no object")


class Stand:
    """Stands for a class of a library in what is told of its objects."""

    def __init__(self, kind: type) -> None:
        self.kind = kind


def _plain(value: Any) -> Any:
    """The value of an object whose class has a builtin base, by that base and not by the object's own methods."""
    base = next((each for each in BASES if isinstance(value, each) and issubclass(type(value), each)), None)
    if base is None:
        return None
    if base is str:
        return str.__str__(value)
    if base is frozenset:
        return frozenset(frozenset.__iter__(value))
    plain: Any = base.__getnewargs__(value)[0]  # type: ignore[attr-defined]
    return plain


def _arguments(value: BaseException) -> tuple[Any, ...]:
    match value:
        case json.JSONDecodeError():
            return (value.msg, value.doc, value.pos)
        case OSError() if len(value.args) == 2 and value.filename is not None:
            return (*value.args, value.filename)
    return tuple(value.args)


def _exception(kind: Any, arguments: tuple[Any, ...], more: dict[Any, Any], cause: Any) -> BaseException:
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        raise Malformed("no exception")
    if not (cause is None or isinstance(cause, BaseException)):
        raise Malformed("no cause")
    if kind in KIND_NAMES:
        made: Any = kind(*arguments)
    else:
        made = kind.__new__(kind, *arguments)
        made.args = arguments
    vars(made).update({name: each for name, each in more.items() if type(name) is str and _settable(name)})
    made.__cause__ = cause
    assert isinstance(made, BaseException)
    return made


def _settable(name: str) -> bool:
    return not name.startswith("__") or name == "__notes__"


def _known(value: Any) -> tuple[str, str] | None:
    """(module, name) of a function or class of a library that the candidate's end has as well."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if not (isinstance(module, str) and isinstance(name, str)) or module.partition(".")[0] not in _LIBRARIES:
        return None
    known: Any = sys.modules.get(module)
    for part in name.split("."):
        known = getattr(known, part, None)
    return (module, name) if known is value else None


def _looked_up(module: str, name: str) -> Any:
    value: Any = importlib.import_module(module)
    for part in name.split("."):
        value = getattr(value, part)
    return value


def _installed(library: str) -> bool:
    """Whether a module comes from where packages are installed."""
    return "site-packages" in (getattr(sys.modules[library], "__file__", None) or "")
