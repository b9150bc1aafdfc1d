"""Elements as source text: strategies that write expressions of a type.

Rule: every parameter of a constructor is generated, also those with a default: what is never varied passes every law.
"""

import collections
import enum
import inspect
import string
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kgents.errors import UsageError
from kgents.laws.literals import Environment, render

ARROWS = (
    "(lambda x: x)", "(lambda x: x + 1)", "(lambda x: x * 2)", "(lambda x: -x)", "(lambda x: x * x)", "(lambda x: x - 3)",
    "(lambda x: 7)", "(lambda x: x % 5)", "(lambda x: x // 2)", "(lambda x: abs(x))",
)  # fmt: skip
CURRIED = (
    "(lambda s: lambda y: (s, y))",
    "(lambda s: lambda y: y)",
    "(lambda s: lambda y: s)",
    "(lambda s: lambda y: [y, s])",
)
NONE_ARROWS = ("(lambda x: None)", "(lambda x: x is None)", "(lambda x: None if x == 0 else x)", "(lambda x: 7)")
PREDICATES = (
    "(lambda x: True)",
    "(lambda x: False)",
    "(lambda x: x % 2 == 0)",
    "(lambda x: x > 0)",
    "(lambda x: x == 3)",
)
TEXT_ARROWS = (
    "(lambda x: x)",
    "(lambda x: x + 'a')",
    "(lambda x: x.upper())",
    "(lambda x: x[::-1])",
    "(lambda x: x.strip())",
)
GUESSED = " guessed"  # in an environment: some type was guessed, so that a TypeError says nothing
CONSTANTS = " constants"  # in an environment: integers that the code of the target mentions
_DEPTH = 3
_ALPHABET = string.printable + "\0\x1b\x7f\xa0\xadßÀéİıΣςﬁǅ\u0301\u200b\u200d\u202e\u2028\ufeff٣²Ⅷ漢한🙂𝔸\U0001f468"
_NAMED: dict[str, object] = {
    "name": str, "text": str, "label": str, "items": list, "values": list, "iterable": list, "elements": list, "data": list,
    "seq": list, "args": list, "maps": dict, "mapping": dict, "f": Callable[[int], int], "fn": Callable[[int], int],
    "func": Callable[[int], int], "function": Callable[[int], int],
}  # fmt: skip


def sources(annotation: Any, environment: Environment, depth: int = 0) -> Any:
    """A strategy of source texts whose values are of the annotated type; names used are added to `environment`."""
    from hypothesis import strategies as st

    if annotation is dict:
        environment[GUESSED] = True
    plain = _plain(annotation)
    if plain is not None:
        mined = environment.get(CONSTANTS) if annotation is int else None
        return plain | st.sampled_from(mined) if mined else plain
    origin = typing.get_origin(annotation)
    if origin is not None:
        return _generic(annotation, origin, environment, depth)
    if isinstance(annotation, typing.TypeVar):
        return sources(annotation.__bound__ or int, environment, depth)
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        environment[annotation.__name__] = annotation
        members = st.sampled_from([render(member) for member in annotation])
        if issubclass(annotation, enum.Flag):
            return st.lists(members, min_size=1, max_size=3).map(lambda some: f"({' | '.join(some)})") | st.just(
                f"{annotation.__name__}(0)"
            )
        return members
    if isinstance(annotation, type) and depth < _DEPTH:
        return constructed(annotation, environment, depth)
    raise UsageError(f"values of {annotation!r} cannot be generated", "give --elements or LawSpec(elements=…)")


def _plain(annotation: Any) -> Any:
    """Strategies of the types that have literals, or None."""
    from hypothesis import strategies as st

    numbers = st.integers(-8, 8) | st.integers(-200, 200) | st.integers(-(2**70), 2**70)
    halves = st.integers(-40, 40).map(lambda half: half / 2)
    text = st.text("ab, A\n1", max_size=5) | st.text(_ALPHABET, max_size=4)
    table: dict[Any, Any] = {
        **_collections(),
        int: numbers,
        float: halves | st.floats(),
        bool: st.booleans(),
        str: text,
        bytes: st.binary(max_size=4),
        complex: st.builds(complex, st.integers(-9, 9), st.integers(-9, 9)) | st.complex_numbers(),
        type(None): st.none(),
        None: st.none(),
        Any: st.integers(-200, 200),
        object: st.integers(-200, 200),
        Fraction: st.fractions(max_denominator=20),
        Decimal: st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-1000, max_value=1000)
        | st.decimals(allow_nan=False, allow_infinity=False),
        timedelta: st.timedeltas(timedelta(-1000), timedelta(1000)),
        date: st.dates(),
        time: st.times(),
        datetime: st.datetimes(),
    }
    try:
        strategy = table.get(annotation)
    except TypeError:
        return None
    return None if strategy is None else strategy.map(render)


def _collections() -> dict[Any, Any]:
    """Strategies of collections whose elements are not told: of integers."""
    from hypothesis import strategies as st

    some = st.lists(st.integers(-9, 9), max_size=4)
    counts = st.dictionaries(st.sampled_from("abc"), st.integers(-3, 5), max_size=3)
    return {
        list: some,
        tuple: some.map(tuple),
        dict: _nested_dictionaries(),
        set: st.sets(st.integers(-9, 9), max_size=4),
        frozenset: st.frozensets(st.integers(-9, 9), max_size=4),
        collections.Counter: counts.map(collections.Counter),
        collections.deque: some.map(collections.deque),
        collections.OrderedDict: st.dictionaries(st.sampled_from("abc"), st.integers(-9, 9), max_size=3).map(
            collections.OrderedDict
        ),
    }


def _nested_dictionaries() -> Any:
    """Dictionaries of integers, or of integers, lists and dictionaries, whose keys meet."""
    from hypothesis import strategies as st

    integers = st.integers(-9, 9)
    flat = st.dictionaries(st.sampled_from("abc"), integers, max_size=3)
    inner = st.dictionaries(st.sampled_from("ab"), integers, min_size=1, max_size=2)
    several = integers | st.lists(integers, min_size=1, max_size=2) | inner
    rest = flat | st.dictionaries(st.sampled_from("ab"), several, max_size=2)
    drawn = st.tuples(st.tuples(st.just("a"), several), rest.map(lambda part: list(part.items())), st.integers(0, 9))
    return drawn.map(_mostly_met).map(dict)


def _mostly_met(drawn: tuple[Any, list[Any], int]) -> list[Any]:
    """Of a member whose key everything has, and others: that one alone, seldom with the others, seldom these alone."""
    met, others, chance = drawn
    return [met] if 0 < chance < 9 else [met, *others] if chance == 0 else others


def _generic(annotation: Any, origin: Any, environment: Environment, depth: int) -> Any:
    from hypothesis import strategies as st

    arguments = typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([sources(argument, environment, depth) for argument in arguments])
    if origin is typing.Literal:
        return st.sampled_from([render(argument) for argument in arguments])
    if origin is typing.Annotated:
        return sources(arguments[0], environment, depth)
    if origin is Callable or origin is collections.abc.Callable:
        return arrows(arguments, environment, depth)
    parts = [sources(argument, environment, depth + 1) for argument in arguments if argument is not Ellipsis]
    if issubclass(origin, tuple) and Ellipsis not in arguments:
        return st.tuples(*parts).map(lambda items: "(" + "".join(f"{item}, " for item in items) + ")")
    if issubclass(origin, collections.abc.Mapping):
        items = st.lists(st.tuples(*parts), max_size=3)
        if arguments[0] is str:  # keys have to meet for a merge to be seen
            met = st.tuples(st.just("'a'"), parts[1])
            items = st.tuples(met, items, st.integers(0, 9)).map(_mostly_met)
        return items.map(lambda pairs: "{" + ", ".join(f"{key}: {item}" for key, item in pairs) + "}")
    if issubclass(origin, collections.abc.Iterable) and len(parts) == 1:
        opening = {set: "set([{}])", frozenset: "frozenset([{}])", tuple: "tuple([{}])"}.get(origin, "[{}]")
        return st.lists(parts[0], max_size=4).map(lambda items: opening.format(", ".join(items)))
    return sources(origin, environment, depth)


def arrows(arguments: tuple[Any, ...], environment: Environment, depth: int = 0) -> Any:
    """A strategy of pure functions as lambdas; the result type of the annotation is honoured."""
    from hypothesis import strategies as st

    if len(arguments) < 2 or arguments[0] is Ellipsis:
        return st.sampled_from(ARROWS)
    domain, result = arguments[0], arguments[-1]
    if len(domain) != 1:
        names = ", ".join(f"y{number}" for number in range(len(domain)))
        return sources(result, environment, depth + 1).map(lambda text: f"(lambda {names}: {text})")
    if result is bool:
        return st.sampled_from(PREDICATES)
    if domain[0] is str and result is str:
        return st.sampled_from(TEXT_ARROWS)
    loose = (int, float, Any, object)
    if result in loose or isinstance(result, typing.TypeVar):
        return st.sampled_from(ARROWS)
    return sources(result, environment, depth + 1).map(lambda text: f"(lambda y: {text})")


def constructed(cls: type, environment: Environment, depth: int = 0) -> Any:
    """A strategy of calls of a class with every parameter generated."""
    from hypothesis import strategies as st

    base = next((kind for kind in cls.__mro__[1:] if _plain(kind) is not None and kind is not object), None)
    environment[cls.__name__] = cls
    parameters = parameters_of(cls)
    if base is not None and "__init__" not in vars(cls) and "__new__" not in vars(cls):
        return sources(base, environment).map(lambda text: f"{cls.__name__}({text})")
    if parameters is None:
        return st.from_type(cls).map(render)
    hints = _hints(cls)
    parts: dict[str, Any] = {}
    starred: Any = None
    for parameter in parameters:
        if parameter.name not in hints and parameter.kind is not parameter.VAR_KEYWORD:
            environment[GUESSED] = True
        wanted = hints.get(parameter.name, _guess(parameter))
        if parameter.kind is parameter.VAR_POSITIONAL:
            starred = st.lists(sources(wanted, environment, depth + 1), max_size=4)
        elif parameter.kind is not parameter.VAR_KEYWORD:
            key = "" if parameter.kind is parameter.POSITIONAL_ONLY else parameter.name
            parts[key or f" {parameter.name}"] = sources(wanted, environment, depth + 1)
    return st.tuples(st.just([]) if starred is None else starred, st.fixed_dictionaries(parts)).map(
        lambda drawn: _call(cls.__name__, drawn[0], drawn[1])
    )


def _call(name: str, starred: list[str], keywords: Mapping[str, str]) -> str:
    if starred:
        return f"{name}({', '.join([*keywords.values(), *starred])})"
    shown = [text if key.startswith(" ") else f"{key}={text}" for key, text in keywords.items()]
    return f"{name}({', '.join(shown)})"


def parameters_of(cls: type) -> list[inspect.Parameter] | None:
    """The parameters of the constructor; a metaclass with a call of its own hides them from `signature`."""
    try:
        made = next(vars(kind)["__init__"] for kind in cls.__mro__ if "__init__" in vars(kind))
        if type(cls).__call__ is not type.__call__ and made is not object.__init__:
            return list(inspect.signature(made).parameters.values())[1:]
        return list(inspect.signature(cls).parameters.values())
    except (ValueError, TypeError):
        return None


def holds_none(cls: type) -> bool:
    """Whether some parameter of a constructor may be None, by its annotation, or by having none."""
    hints = _hints(cls)
    for parameter in parameters_of(cls) or ():
        hint = hints.get(parameter.name, Any)
        if hint in (Any, object, None) or isinstance(hint, typing.TypeVar) or type(None) in typing.get_args(hint):
            return True
    return False


def _hints(cls: type) -> dict[str, Any]:
    hints: dict[str, Any] = {}
    for source in (cls, *(getattr(cls, key) for key in ("__init__", "__new__"))):
        try:
            hints.update(typing.get_type_hints(source))
        except Exception:  # noqa: BLE001 - a hint that cannot be resolved is no hint
            continue
    return {name: _without_initvar(hint) for name, hint in hints.items() if name != "return"}


def _without_initvar(hint: Any) -> Any:
    return getattr(hint, "type", hint) if type(hint).__name__ == "InitVar" else hint


def _guess(parameter: inspect.Parameter) -> Any:
    """The type of a parameter without an annotation, from its name and its default."""
    default, named = parameter.default, _NAMED.get(parameter.name)
    if default is parameter.empty:
        return named or int
    return named or int | None if default is None else type(default)


def lifted(cls: type, method: str, is_async: bool) -> str:
    """The source of a class that lifts a pure function into an abstract class with one abstract method."""
    properties = [name for name in sorted(cls.__abstractmethods__) if name != method]  # type: ignore[attr-defined]
    needs = [
        p for p in parameters_of(cls) or [] if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]
    lines = [
        f"class Lifted({cls.__name__}):",
        "    def __init__(self, function):",
        *([] if needs else ["        super().__init__()"]),
        "        self.function = function",
        f"    {'async ' if is_async else ''}def {method}(self, x):",
        "        return self.function(x)",
    ]
    for name in properties:
        lines += ["    @property", f"    def {name}(self):", f"        return {name!r}"]
    return "\n".join(lines)
