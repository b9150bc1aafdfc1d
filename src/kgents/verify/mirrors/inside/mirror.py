"""Mirrors: local classes, objects, generators and coroutines that stand for those of the other end.

A class of the candidate's becomes a local class of its name, with its bases as far as they are known here and those
special methods that it has; whatever is done to one of its objects is asked of the other end. Subclasses of int, str,
float, tuple, bytes and frozenset are local objects of that base: they compare and hash by it, and only it.
"""

import dataclasses
import datetime
import inspect
import sys
import types
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from .codec import Malformed
from .descriptors import parts_of
from .dunders import DUNDERS, OF_VALUES, OPERATORS
from .known import as_told, binding, register, zoned
from .turns import future_body

BASES: tuple[type, ...] = (str, int, float, tuple, bytes, frozenset)
_DESCRIPTORS = ("property", "staticmethod", "classmethod")
HELD = (list, dict, set)  # kinds whose subclasses cannot be represented from outside


class Mirror(type):
    """The class of classes that live at the other end.

    _stood  what stood in one where tests put something else, by name: what patches do not find here they delete in the end
    """

    _peer: Any
    _stood: dict[str, tuple[Any, ...]]
    _kinds: frozenset[str]

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any], peer: Any = None, **more: Any) -> Any:
        if peer is None:
            owner = next(base for base in bases if isinstance(base, Mirror))
            owner._peer.stray("a class of the tests derives from one of the candidate's")
            raise TypeError("cannot derive from a class of another process")
        return type.__new__(cls, name, bases, body)

    def __init__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any], peer: Any = None, **more: Any) -> None:
        type.__init__(cls, name, bases, body)

    def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
        return cls._peer.ask("call", cls, *arguments, **keywords)

    def __getattr__(cls, name: str) -> Any:
        return cls._peer.ask("get", cls, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        if cls._peer.guard is not None and name not in cls._stood:
            held = cls._peer.ask("get", cls, "__dict__")
            cls._stood[name] = (held[name],) if name in held else ()
        parts = None if is_mirror(value) or cls._peer.guard is None else parts_of(value)
        if parts is None:
            cls._peer.ask("set", cls, name, value)
        else:
            cls._peer.ask("describe", cls, name, *parts)

    def __delattr__(cls, name: str) -> None:
        if stood := cls._stood.get(name):
            cls._peer.ask("set", cls, name, *stood)
        else:
            cls._peer.ask("del", cls, name)

    def __dir__(cls) -> Any:
        return type.__dir__(cls) if cls._peer.guard is None else _named(cls._peer, cls)

    def __iter__(cls) -> Any:
        return cls._peer.ask("dunder", cls, "__iter__")

    def __bool__(cls) -> bool:
        return True

    def __len__(cls) -> int:
        length: int = cls._peer.ask("dunder", cls, "__len__")
        return length

    def __getitem__(cls, key: Any) -> Any:
        return cls._peer.ask("dunder", cls, "__getitem__", key)

    def __contains__(cls, key: Any) -> bool:
        return bool(cls._peer.ask("dunder", cls, "__contains__", key))


def is_mirror(value: Any) -> bool:
    """Whether an object stands for one of the other end's."""
    return isinstance(type(value), Mirror)


@dataclasses.dataclass(frozen=True)
class Told:
    """What the other end tells of a class; `kinds` are labels of the standard library's classes that it is a kind of."""

    name: str
    module: str
    bases: tuple[type, ...]
    dunders: tuple[str, ...]
    unhashable: bool
    fields: tuple[str, ...]
    kinds: tuple[str, ...] = ()

    @cached_property
    def exception(self) -> bool:
        """Whether its objects are exceptions."""
        return any(issubclass(base, BaseException) for base in self.bases)

    @cached_property
    def future(self) -> bool:
        """Whether its objects are futures or tasks of asyncio."""
        return any(each in ("_asyncio:Future", "asyncio.futures:Future") for each in self.kinds)

    @cached_property
    def valued(self) -> bool:
        """Whether its objects are values of a builtin base."""
        return any(issubclass(base, BASES) for base in self.bases)


def told(name: Any, module: Any, bases: Any, dunders: Any, unhashable: Any, fields: Any, kinds: Any) -> Told:
    """The same, checked."""
    if not all(isinstance(base, type) for base in bases) or type(name) is not str or type(module) is not str:
        raise Malformed("no class")
    known = tuple(each for each in dunders if each in DUNDERS)
    labels = tuple(map(str, fields)), tuple(map(str, kinds))
    return Told(name[:200], module[:200], tuple(bases), known, bool(unhashable), *labels)


def label_of(kind: type) -> str:
    """ "module:name" of a class of the standard library; "" of any other, and of builtins that are values."""
    module, name = kind.__module__, kind.__qualname__
    if type(module) is not str or type(name) is not str or (module == "builtins" and name not in _DESCRIPTORS):
        return ""
    return f"{module}:{name}" if module.partition(".")[0] in sys.stdlib_module_names else ""


def class_of(peer: Any, about: Told) -> type:
    """The local class for one of the other end's."""
    body: dict[str, object] = {"_peer": peer, "__module__": about.module, "__getattr__": _asking(peer, "get")}
    body |= {"_kinds": frozenset(about.kinds), "_stood": {}}
    if not about.exception:
        body |= _reflection(peer) | _at_the_tests(peer, about)
    for dunder in about.dunders:
        method = _method(peer, about, dunder)
        if method is not None:
            body[dunder] = method
    if about.future:
        body |= future_body(peer)
    body |= _equality(peer, about, body)
    if about.fields:
        body["__dataclass_fields__"] = {name: _field(name) for name in about.fields}
    if peer.guard is not None and any(issubclass(base, HELD) for base in about.bases):
        peer.stray("an object of the candidate's is a kind of list, dict or set")
    usable: tuple[type, ...] = tuple(
        base for base in about.bases if isinstance(base, Mirror) or about.exception or base in BASES
    )
    if peer.guard is None:
        body |= as_told(about) | binding(about)
    if (
        peer.guard is None
        and "datetime:tzinfo" in about.kinds
        and not any(issubclass(each, datetime.tzinfo) for each in usable)
    ):
        usable, body = (datetime.tzinfo,), body | {name: zoned(peer, name) for name in ("utcoffset", "dst", "tzname")}
    made: type = Mirror(about.name, usable or (object,), body, peer=peer)
    if peer.guard is None:
        register(made, about)
    return made


def _asking(peer: Any, operation: str) -> Callable[..., Any]:
    return lambda thing, *arguments: peer.ask(operation, thing, *arguments)


def _at_the_tests(peer: Any, about: Told) -> dict[str, object]:
    """What tests can ask besides: names, and `__new__`, which only they call by name; a call of the class is asked as such."""
    if peer.guard is None:
        return {}
    bare = {} if about.valued else {"__new__": _bare}
    return {"__dir__": lambda thing: _named(peer, thing), **bare}


def _bare(kind: Any, *arguments: Any, **keywords: Any) -> Any:
    return kind._peer.ask("get", kind, "__new__")(kind, *arguments, **keywords)


def _named(peer: Any, thing: Any) -> list[str]:
    """The names that an object of the other end says it has."""
    return [name for name in peer.ask("dir", thing) if type(name) is str]


def _reflection(peer: Any) -> dict[str, object]:
    """What any object can be asked."""
    return {
        "__copy__": lambda thing: peer.ask("copy", thing),
        "__deepcopy__": lambda thing, memo: peer.ask("deepcopy", thing),
        "__signature__": property(lambda thing: signature(peer.ask("signature", thing))),
        "__setattr__": _asking(peer, "set"),
        "__delattr__": _asking(peer, "del"),
        "__dict__": property(lambda thing: peer.ask("get", thing, "__dict__")),
        "__doc__": property(lambda thing: peer.ask("get", thing, "__doc__")),
    }


def _method(peer: Any, about: Told, dunder: str) -> Callable[..., Any] | None:
    if about.valued and dunder in OF_VALUES:
        return None
    if peer.guard is not None and not about.exception and dunder in OPERATORS:
        return lambda thing, *arguments: peer.operator(thing, dunder, *arguments)
    if dunder == "__call__":
        return lambda thing, *arguments, **keywords: peer.ask("call", thing, *arguments, **keywords)
    if dunder in ("__hash__", "__eq__", "__ne__") and about.exception:
        return None
    if dunder == "__exit__":
        return lambda thing, *raised: peer.ask("dunder", thing, dunder, *without_frames(raised))
    if dunder in ("__aenter__", "__aexit__", "__anext__"):
        return lambda thing, *arguments: _awaitable(peer, thing, dunder, *arguments)
    return lambda thing, *arguments: peer.ask("dunder", thing, dunder, *arguments)


def without_frames(raised: Sequence[Any]) -> list[Any]:
    """What `__exit__` is given, with True for the traceback: its frames stay here, the other end makes one of its own."""
    return [True if isinstance(each, types.TracebackType) else each for each in raised]


async def _awaitable(peer: Any, thing: Any, dunder: str, *arguments: Any) -> Any:
    answer = peer.ask("dunder", thing, dunder, *without_frames(arguments))
    return await answer if hasattr(answer, "__await__") else answer


def _equality(peer: Any, about: Told, body: dict[str, object]) -> dict[str, object]:
    """How objects of a class compare and hash, where it says so itself."""
    if "__eq__" not in body:
        return {}
    methods: dict[str, object] = {}
    if peer.guard is not None:  # the tests' end, where `equal` is set once the candidate is loaded
        methods["__eq__"] = lambda thing, other: peer.equal(thing, other)
        methods["__ne__"] = lambda thing, other: _opposite(peer.equal(thing, other))
    if "__hash__" not in body or about.unhashable:
        methods["__hash__"] = None if about.unhashable else object.__hash__
    return methods


def _opposite(answer: Any) -> Any:
    return answer if answer is NotImplemented else not answer


def _field(name: str) -> Any:
    field: Any = dataclasses.field()
    field.name = name
    field._field_type = getattr(dataclasses, "_FIELD")  # noqa: B009
    return field


def signature(parameters: Any) -> inspect.Signature:
    """The signature that the other end told as (name, kind, has a default, default)."""
    return inspect.Signature(
        [
            inspect.Parameter(name, tuple(_KINDS)[kind], default=default if has else inspect.Parameter.empty)
            for name, kind, has, default in parameters
        ]
    )


_KINDS = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL,
    inspect.Parameter.KEYWORD_ONLY,
    inspect.Parameter.VAR_KEYWORD,
)


def object_of(kind: Any, plain: Any) -> Any:
    """The local object for one of the other end's, of a mirrored class; `plain` its value where it has a builtin base."""
    if not isinstance(kind, Mirror):
        raise Malformed("no class of the other end")
    base = next((each for each in BASES if issubclass(kind, each)), object)
    if base is object:
        maker: Any = datetime.tzinfo if issubclass(kind, datetime.tzinfo) else object
        return maker.__new__(kind)
    if type(plain) is not base:
        raise Malformed("not the base")
    return base.__new__(kind, plain)  # type: ignore[call-overload]


def generator_of(peer: Any, original: Callable[[], Any]) -> Any:
    """A local generator that drives the one which `found` gives; it is lazy as that one is."""

    def run() -> Any:
        step: tuple[str, Sequence[Any]] = ("next", ())
        while True:
            try:
                item = peer.ask(step[0], original(), *step[1])
            except StopIteration as end:
                return end.value
            try:
                sent = yield item
                step = ("next", ()) if sent is None else ("send", (sent,))
            except GeneratorExit:
                peer.ask("close", original())
                raise
            except Exception as thrown:
                step = ("throw", (thrown,))

    return run()
