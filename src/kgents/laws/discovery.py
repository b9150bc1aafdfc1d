"""Discovery: what a class composes with, what its identity may be, and what text stands for an operation.

Rule: methods are looked up in the `vars()` of the MRO, never with getattr on the class: the metaclass lends every class
a `|` and a call.
"""

import builtins
import dis
import enum
import inspect
import re
import typing
from collections.abc import Collection, Mapping
from itertools import product
from numbers import Number
from types import MappingProxyType
from typing import Any

from kgents.laws.literals import Environment
from kgents.laws.spec import LawSpec, Source

OPERATORS = {
    "__rshift__": "({0} >> {1})", "__or__": "({0} | {1})", "__matmul__": "({0} @ {1})", "__and__": "({0} & {1})",
    "__add__": "({0} + {1})", "__mul__": "({0} * {1})",
}  # fmt: skip
ARITHMETIC = ("__add__", "__mul__", "__and__", "__or__")
METHODS = ("then", "and_then", "compose", "pipe", "combine", "concat", "merge", "append", "union")
IDENTITIES = (
    "identity", "Id", "id", "ID", "empty", "EMPTY", "zero", "ZERO", "unit", "one", "neutral", "noop", "mempty", "IDENTITY",
)  # fmt: skip
SEMIRINGS = (("__mul__", "__add__"), ("__matmul__", "__add__"), ("mul", "add"), ("times", "plus"), ("multiply", "add"),
             ("__and__", "__or__"))  # fmt: skip
LATTICES = (("__or__", "__and__"), ("join", "meet"), ("union", "intersection"), ("lub", "glb"), ("sup", "inf"))
ZEROS = ("zero", "ZERO", "empty", "EMPTY", "bottom", "BOTTOM")
UNITS = ("unit", "of", "pure", "just", "return_", "from_value")
BINDS = ("bind", "flat_map", "chain")
_FOREIGN = {
    OPERATORS["__mul__"]: ("zero", "empty"), OPERATORS["__matmul__"]: ("zero", "empty"), OPERATORS["__add__"]: ("one", "unit"),
    OPERATORS["__and__"]: ("zero", "empty"),
}  # fmt: skip
ROLES = {"plus": 2, "map": 2, "unit": 1, "bind": 2, "inverse": 1, "image": 1, "image_compose": 2}
INVERSES = {"inverse": "{0}.inverse()", "invert": "{0}.invert()", "__neg__": "(-{0})", "__invert__": "(~{0})"}


def members_of(cls: type) -> dict[str, object]:
    """What a class and its ancestors define, `object` left out, nearest first."""
    members: dict[str, object] = {}
    for kind in cls.__mro__:
        if kind is not object:
            for key, value in vars(kind).items():
                members.setdefault(key, value)
    return members


def arity_of(function: Any) -> int | None:
    """Required parameters beyond self; None where it has no signature."""
    first = 0 if isinstance(function, staticmethod) else 1
    function = getattr(function, "__func__", function)
    try:
        parameters = list(inspect.signature(function).parameters.values())[first:]
    except (ValueError, TypeError):
        return None
    plain = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    return sum(p.default is p.empty for p in plain)


def has_equality(cls: type) -> bool:
    """Whether a class defines its own equality, rather than having one made for its fields."""
    definer = next(kind for kind in cls.__mro__ if "__eq__" in vars(kind))
    return definer is not object and "__dataclass_params__" not in vars(definer)


def operations_of(
    cls: type,
    spec: LawSpec,
    members: Mapping[str, object],
    name: str,
    environment: Environment,
    pair: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """Templates by name (see `law`): what was given, then what can be found; `pair`: op and plus that go together."""
    operations: dict[str, str] = {}
    for key, arity in ROLES.items():
        declared = getattr(spec, key)
        if declared is not None:
            operations[key] = template(declared, key, environment, arity, members)
    if "map" not in operations and "map" in members:
        operations["map"] = _awaited("{0}.map({1})", members["map"])
    bind = next((key for key in BINDS if key in members), None)
    if "bind" not in operations and bind is not None:
        operations["bind"] = _awaited(f"{{0}}.{bind}({{1}})", members[bind])
    unit = next((key for key in UNITS if isinstance(members.get(key), classmethod | staticmethod)), None)
    if "unit" not in operations and unit is not None:
        operations["unit"] = _awaited(f"{name}.{unit}({{0}})", members[unit])
    if "inverse" not in operations:
        inverse = next((text for key, text in INVERSES.items() if key in members), None)
        operations.update({} if inverse is None else {"inverse": inverse})
    op = spec.compose
    if op is not None:
        operations["op"] = template(op, "compose", environment, 2, members)
    else:
        chosen = pair.get("op") or composition(cls, members)
        if "plus" not in operations and "plus" in pair:
            operations["plus"] = pair["plus"]
        if chosen is not None:
            operations["op"] = chosen
    pair_up(operations)
    return operations


def _awaited(text: str, member: Any) -> str:
    """The text of a call, awaited where the method is a coroutine function."""
    function = getattr(member, "__func__", member)
    return f"(await {text})" if inspect.iscoroutinefunction(function) else text


def is_stub(function: Any) -> bool:
    """Whether the body of a function is nothing but a docstring, `pass`, `...` or NotImplementedError."""
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    if code is None:
        return False
    names = {line.opname for line in dis.get_instructions(code)}
    nothing = names <= {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
    returned = set(code.co_consts) - {function.__doc__}
    return (nothing and returned <= {None, Ellipsis}) or (
        names >= {"RAISE_VARARGS"} and code.co_names == ("NotImplementedError",)
    )


def concrete(cls: type, members: Mapping[str, object]) -> list[type]:
    """The subclasses whose elements stand for those of an abstract class or one with stubs; none where it is neither."""
    if inspect.isabstract(cls):
        return [kind for kind in _subclasses(cls) if kind.__module__ == cls.__module__ and not inspect.isabstract(kind)]
    stubs = [key for key in (*OPERATORS, *METHODS, *BINDS, "map", "__call__") if is_stub(members.get(key))]
    if not stubs:
        return []
    return [kind for kind in _subclasses(cls) if kind.__module__ == cls.__module__
            and not any(is_stub(members_of(kind).get(key)) for key in stubs)]  # fmt: skip


def pair_up(operations: dict[str, str]) -> None:
    """`op2` composes images: as it was declared, or as elements compose."""
    if "image_compose" in operations:
        operations["op2"] = operations.pop("image_compose")
    elif "op" in operations:
        operations["op2"] = operations["op"]


def paired(members: Mapping[str, object], needs: Collection[str], lattice: bool) -> dict[str, str]:
    """`op` and `plus` of a lattice or a semiring, where a law needs both and a class has two that go together."""
    if "plus" not in needs:
        return {}
    for one, other in LATTICES if lattice else SEMIRINGS:
        texts = [OPERATORS.get(key) or _method(key, members.get(key)) for key in (one, other)]
        if all(callable(getattr(members.get(key), "__func__", members.get(key))) for key in (one, other)):
            return dict(zip(("op", "plus"), texts, strict=True))
    return {}


def zeros_of(cls: type, members: Mapping[str, object], name: str) -> tuple[tuple[str, ...], bool]:
    """Texts that may be the neutral element of `plus`, most likely first, and whether the class names it."""
    for key in ZEROS:
        member = members.get(key)
        if isinstance(member, classmethod | staticmethod) and arity_of(member) == 0:
            return (f"{name}.{key}()",), True
        if member is not None and isinstance(member, cls):
            return (f"{name}.{key}",), True
    return (f"{name}(0)", f"{name}()", f"{name}(1)"), False


def composition(cls: type, members: Mapping[str, object]) -> str | None:
    """The template of the operation that composes, by the usual order; what builtins lend a class comes last."""
    own = {key: members[key] for kind in cls.__mro__ if kind.__module__ != "builtins" for key in vars(kind)}
    return _preferred(own) or _preferred(members)


def _preferred(members: Mapping[str, object]) -> str | None:
    numeric = any(key in members for key in ("__index__", "__float__", "conjugate")) and "__add__" in members
    for key in (*ARITHMETIC, *OPERATORS) if numeric else OPERATORS:
        if (
            key in members
            and members[key] is not None
            and not (key == "__mul__" and "__rmul__" in members and not numeric)
        ):
            return OPERATORS[key]
    for key in METHODS:
        if key in members and callable(getattr(members[key], "__func__", members[key])):
            return _method(key, members[key])
    return None


def _method(key: str, member: Any) -> str:
    if isinstance(member, staticmethod | classmethod):
        return f"type({{0}}).{key}({{0}}, {{1}})"
    text = f"{{0}}.{key}({{1}})"
    return f"(await {text})" if inspect.iscoroutinefunction(member) else text


def template(declared: Any, role: str, environment: Environment, arity: int, members: Collection[str] = ()) -> str:
    """A template for an operation: operator, template, method name, expression of a function, or a function."""
    holes = ", ".join(f"{{{number}}}" for number in range(arity))
    if callable(declared):
        environment[role] = declared
        text = f"{role}({holes})"
        return f"(await {text})" if inspect.iscoroutinefunction(declared) else text
    text = escaped(str(declared).strip(), arity)
    if "{0}" in text:
        return f"({text})"
    if arity == 2 and text in ("+", "-", "*", "/", "//", "%", "**", "|", "&", "^", "@", ">>", "<<"):
        return f"({{0}} {text} {{1}})"
    if text.isidentifier() and (text in members or not (text in environment or hasattr(builtins, text))):
        rest = ", ".join(f"{{{number}}}" for number in range(1, arity))
        return f"{{0}}.{text}({rest})"
    return f"({text})({holes})"


def escaped(text: str, arity: int) -> str:
    """A template in which every brace that opens no hole is one of Python's: `{**{0}, 'a': {1}}`."""
    try:
        text.format(*["a"] * arity)
    except (KeyError, IndexError, ValueError, AttributeError):
        pieces = re.split(r"(\{\d\})", text)
        return "".join(
            piece if number % 2 else piece.replace("{", "{{").replace("}", "}}") for number, piece in enumerate(pieces)
        )
    return text


def identities_of(
    cls: type, spec: LawSpec, members: Mapping[str, object], name: str, environment: Environment, op: str
) -> tuple[tuple[str, ...], bool]:
    """Texts that may be the identity, most likely first, and whether it was declared rather than guessed."""
    if spec.identity is not None:
        return (identity_text(spec.identity, issubclass(cls, str), environment),), True
    for key in IDENTITIES:
        member = members.get(key)
        if key.lower() in _FOREIGN.get(op, ()):
            continue
        if isinstance(member, classmethod | staticmethod) and arity_of(member) == 0:
            return (f"{name}.{key}()",), True
        if member is not None and isinstance(member, cls):
            return (f"{name}.{key}",), True
    for kind in _subclasses(cls):
        if kind.__name__.startswith(("Identity", "Empty", "Noop", "Null")) and kind.__module__ == cls.__module__:
            environment[kind.__name__] = kind
            return (f"{kind.__name__}()",), True
    guesses = [f"{name}()"]
    if issubclass(cls, Number | enum.Flag) or "__float__" in members:
        guesses += [f"{name}(1)", f"{name}(0)"]
    return (*guesses, *_zeros_and_ones(cls, name)), False


def _zeros_and_ones(cls: type, name: str) -> list[str]:
    """Calls with zeros and ones, where a constructor takes two to four integers or floats: `Mat(a=1, b=0, c=0, d=1)`."""
    try:
        parameters = list(inspect.signature(cls).parameters.values())
        hints = typing.get_type_hints(vars(cls).get("__init__", cls))
    except (TypeError, ValueError, NameError, AttributeError):
        return []
    if not 2 <= len(parameters) <= 4 or not all(hints.get(one.name) in (int, float) for one in parameters):
        return []
    keys = [one.name for one in parameters]
    rows = [zip(keys, digits, strict=True) for digits in product("01", repeat=len(keys))]
    return [f"{name}({', '.join(f'{key}={digit}' for key, digit in row)})" for row in rows]


def identity_text(declared: Any, of_texts: bool, environment: Environment, role: str = "identity") -> str:
    """A text is an expression, but for elements that are texts themselves; a value is named by its role."""
    if isinstance(declared, str):
        return str(declared) if isinstance(declared, Source) or not of_texts else repr(declared)
    environment[role] = declared
    return role


def _subclasses(cls: type) -> list[type]:
    direct: list[type]
    try:
        direct = cls.__subclasses__()
    except TypeError:
        return []
    concrete_classes: list[type] = []
    sub: type
    for sub in direct:
        concrete_classes += [sub, *_subclasses(sub)]
    return concrete_classes
