"""A family: elements, composition, identity and observation of one target, and how they are found.

Resolution: an explicit LawSpec, then discovery. Rule: methods are looked up in the `vars()` of the MRO, never with
getattr on the class: the metaclass lends every class a `|` and a call.
"""

import builtins
import inspect
import typing
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from numbers import Number
from typing import Any

from kgents.errors import UsageError
from kgents.laws.elements import Environment, Given, arrows, constructed, imports, lifted, sources, standard

OPERATORS = {
    "__rshift__": "({0} >> {1})", "__or__": "({0} | {1})", "__matmul__": "({0} @ {1})", "__and__": "({0} & {1})",
    "__add__": "({0} + {1})", "__mul__": "({0} * {1})",
}  # fmt: skip
ARITHMETIC = ("__add__", "__mul__", "__and__", "__or__")
METHODS = ("then", "and_then", "compose", "pipe", "combine", "concat", "merge", "append", "union")
CALLS = ("__call__", "invoke", "run", "apply", "execute")
IDENTITIES = (
    "identity", "Id", "id", "ID", "empty", "EMPTY", "zero", "ZERO", "unit", "one", "neutral", "noop", "mempty", "IDENTITY",
)  # fmt: skip
UNITS = ("unit", "of", "pure", "just", "return_", "from_value")
BINDS = ("bind", "flat_map", "chain")
_FOREIGN = {
    OPERATORS["__mul__"]: ("zero", "empty"), OPERATORS["__matmul__"]: ("zero", "empty"), OPERATORS["__add__"]: ("one", "unit"),
    OPERATORS["__and__"]: ("zero", "empty"),
}  # fmt: skip
ROLES = {"plus": 2, "map": 2, "unit": 1, "bind": 2, "inverse": 1, "image": 1, "image_compose": 2}
INVERSES = {"inverse": "{0}.inverse()", "invert": "{0}.invert()", "__neg__": "(-{0})", "__invert__": "(~{0})"}


@dataclass(frozen=True, slots=True)
class LawSpec:
    """What the user says about a target; what is left out is discovered.

    compose   an operator (">>"), the name of a method, a template ("{0}.then({1})") or a function of two elements
    identity  an expression, or the value itself
    elements  a type, a Hypothesis strategy, a sequence of values, or an expression of one of them
    observe   a function of an element, an expression of one, or a template ("{0}(x)")
    probes    what x is, in `observe` and in the laws of functors and monads: as `elements`
    image     a homomorphism, a function of an element; `image_compose` composes what it gives (default: as `compose`)
    sample    draws one element: a function of a `random.Random`, or an expression of `random`; declares the sampler of
              a stochastic target
    """

    compose: Any = None
    identity: Any = None
    elements: Any = None
    observe: Any = None
    probes: Any = None
    inverse: Any = None
    plus: Any = None
    map: Any = None
    unit: Any = None
    bind: Any = None
    image: Any = None
    image_compose: Any = None
    sample: Any = None


class Source(str):
    """Text that is an expression, where a text could be meant as a value."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Family:
    """A target, understood.

    operations   templates by name (see `law`); `e` is there once an identity is known
    elements     a strategy of source texts (or Given values); probes likewise
    observed     a template: how an element is looked at
    declared     whether the identity was named by the target or the user, rather than guessed
    candidates   texts that may be the identity, most likely first
    """

    name: str
    operations: Mapping[str, str]
    elements: Any
    probes: Any
    observed: str
    environment: Environment
    prelude: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()
    declared: bool = False
    candidates: tuple[str, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)

    def with_identity(self, text: str) -> "Family":
        """The same with a known identity."""
        return replace(self, operations={**self.operations, "e": text})


def resolve(target: Any, spec: LawSpec, name: str, origin: str, composes: bool = True) -> Family:
    """The family of a class or function. `origin` is the line that imports it.

    UsageError where nothing composes, although a law in question needs it to (`composes`).
    """
    environment: Environment = {name: target}
    if inspect.isclass(target):
        family = _of_class(target, spec, name, environment, composes)
    elif callable(target):
        family = _of_function(target, spec, name, environment)
    else:
        raise UsageError(f"{name} is neither a class nor a function", "name one of them: PATH.py:NAME")
    return replace(family, prelude=(origin, *imports(family.environment, name), *family.prelude))


def _of_class(cls: type, spec: LawSpec, name: str, environment: Environment, composes: bool) -> Family:
    members = members_of(cls)
    environment.update(standard())
    prelude: tuple[str, ...] = ()
    calls = next((call for call in CALLS if call in members and _arity(members[call]) in (0, 1)), None)
    if spec.elements is not None:
        elements = strategy_of(spec.elements, environment)
    elif inspect.isabstract(cls):
        elements, prelude = _lift(cls, members, name, environment)
    else:
        elements = sources(cls, environment)
    observed, probes = _observation(cls, spec, members, calls, environment)
    operations = _operations(spec, members, name, environment)
    if composes and "op" not in operations and not (set(operations) & {"map", "bind"}):
        raise UsageError(
            f"{name} has no composition: none of {', '.join([*OPERATORS, *METHODS])}",
            "name it with --compose, such as --compose then or --compose '{0}.join({1})'",
        )
    identities, declared = _identities(cls, spec, members, name, environment, operations.get("op", ""))
    found = {"composition": operations.get("op", "none"), "observation": observed}
    return Family(name, operations, elements, probes, observed, environment, prelude, identities, declared, parts=found)


def members_of(cls: type) -> dict[str, Any]:
    """What a class and its ancestors define, `object` left out, nearest first."""
    found: dict[str, Any] = {}
    for kind in cls.__mro__:
        if kind is not object:
            for key, value in vars(kind).items():
                found.setdefault(key, value)
    return found


def _lift(cls: type, members: Mapping[str, Any], name: str, environment: Environment) -> tuple[Any, tuple[str, ...]]:
    from hypothesis import strategies as st

    methods = [m for m in cls.__abstractmethods__ if not isinstance(members[m], property)]  # type: ignore[attr-defined]
    if len(methods) != 1 or _arity(members[methods[0]]) != 1:
        raise UsageError(
            f"{name} is abstract with {len(methods)} abstract methods: its elements cannot be made",
            "give --elements, an expression such as 'strategies.builds(Concrete)' or a concrete subclass",
        )
    source = lifted(cls, methods[0], inspect.iscoroutinefunction(members[methods[0]]))
    exec(source, environment)
    return arrows((), environment).map(lambda text: f"Lifted({text})") | st.nothing(), (source,)


def _arity(function: Any) -> int | None:
    """Required parameters beyond self; None where it has no signature."""
    first = 0 if isinstance(function, staticmethod) else 1
    function = getattr(function, "__func__", function)
    try:
        parameters = list(inspect.signature(function).parameters.values())[first:]
    except (ValueError, TypeError):
        return None
    plain = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    return sum(p.default is p.empty for p in plain)


def _observation(
    cls: type, spec: LawSpec, members: Mapping[str, Any], calls: str | None, environment: Environment
) -> tuple[str, Any]:
    hint = _probe_type(members[calls]) if calls else int
    probes = strategy_of(spec.probes if spec.probes is not None else hint, environment)
    if spec.observe is not None:
        return _template(spec.observe, "observe", environment, 1, members), probes
    if calls is None:
        return "{0}", probes
    call = "{0}" if calls == "__call__" else f"{{0}}.{calls}"
    return (f"{call}(x)" if _arity(members[calls]) == 1 else f"{call}()"), probes


def _probe_type(method: Any) -> Any:
    try:
        hints = typing.get_type_hints(method)
    except Exception:  # noqa: BLE001 - a hint that cannot be resolved is no hint
        return int
    hints.pop("return", None)
    wanted = next(iter(hints.values()), int)
    return int if isinstance(wanted, typing.TypeVar) else wanted


def _operations(spec: LawSpec, members: Mapping[str, Any], name: str, environment: Environment) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, arity in ROLES.items():
        given = getattr(spec, key)
        if given is not None:
            found[key] = _template(given, key, environment, arity, members)
    if "map" not in found and "map" in members:
        found["map"] = "{0}.map({1})"
    bind = next((key for key in BINDS if key in members), None)
    if "bind" not in found and bind is not None:
        found["bind"] = f"{{0}}.{bind}({{1}})"
    unit = next((key for key in UNITS if isinstance(members.get(key), classmethod | staticmethod)), None)
    if "unit" not in found and unit is not None:
        found["unit"] = f"{name}.{unit}({{0}})"
    if "inverse" not in found:
        inverse = next((text for key, text in INVERSES.items() if key in members), None)
        found.update({} if inverse is None else {"inverse": inverse})
    op = spec.compose
    if op is not None:
        found["op"] = _template(op, "compose", environment, 2, members)
    else:
        chosen = composition(members)
        if chosen is not None:
            found["op"] = chosen
    _pair(found)
    return found


def _pair(operations: dict[str, str]) -> None:
    """`op2` composes images: as it was declared, or as elements compose."""
    if "image_compose" in operations:
        operations["op2"] = operations.pop("image_compose")
    elif "op" in operations:
        operations["op2"] = operations["op"]


def composition(members: Mapping[str, Any]) -> str | None:
    """The template of the operation that composes, by the usual order of preference."""
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


def _template(given: Any, role: str, environment: Environment, arity: int, members: Collection[str] = ()) -> str:
    """A template for an operation: operator, template, method name, expression of a function, or a function."""
    holes = ", ".join(f"{{{number}}}" for number in range(arity))
    if callable(given):
        environment[role] = given
        text = f"{role}({holes})"
        return f"(await {text})" if inspect.iscoroutinefunction(given) else text
    text = str(given).strip()
    if "{0}" in text:
        return f"({text})"
    if arity == 2 and text in ("+", "-", "*", "/", "//", "%", "**", "|", "&", "^", "@", ">>", "<<"):
        return f"({{0}} {text} {{1}})"
    if text.isidentifier() and (text in members or not (text in environment or hasattr(builtins, text))):
        rest = ", ".join(f"{{{number}}}" for number in range(1, arity))
        return f"{{0}}.{text}({rest})"
    return f"({text})({holes})"


def strategy_of(given: Any, environment: Environment) -> Any:
    """A strategy of source texts or Given values from a type, a strategy, values, or an expression of them."""
    from hypothesis import strategies as st

    if isinstance(given, str):
        names = {**environment, "strategies": st, "st": st, "Callable": Callable}
        try:
            given = eval(given, names)
        except Exception as wrong:
            raise UsageError(f"{given!r} is not a type or strategy: {wrong}", "such as int, list[str]") from wrong
    if isinstance(given, st.SearchStrategy):
        return given.map(Given)
    if isinstance(given, Sequence):
        return st.sampled_from([Given(value) for value in given])
    return sources(given, environment)


def _identities(
    cls: type, spec: LawSpec, members: Mapping[str, Any], name: str, environment: Environment, op: str
) -> tuple[tuple[str, ...], bool]:
    if spec.identity is not None:
        return (_identity_text(spec.identity, issubclass(cls, str), environment),), True
    for key in IDENTITIES:
        member = members.get(key)
        if key.lower() in _FOREIGN.get(op, ()):
            continue
        if isinstance(member, classmethod | staticmethod) and _arity(member) == 0:
            return (f"{name}.{key}()",), True
        if member is not None and isinstance(member, cls):
            return (f"{name}.{key}",), True
    for kind in _subclasses(cls):
        if kind.__name__.startswith(("Identity", "Empty", "Noop", "Null")) and kind.__module__ == cls.__module__:
            environment[kind.__name__] = kind
            return (f"{kind.__name__}()",), True
    guesses = [f"{name}()"]
    if issubclass(cls, Number) or "__float__" in members:
        guesses += [f"{name}(1)", f"{name}(0)"]
    return tuple(guesses), False


def _identity_text(given: Any, of_texts: bool, environment: Environment) -> str:
    """A text is an expression, but for elements that are texts themselves; a value is named `identity`."""
    if isinstance(given, str):
        return str(given) if isinstance(given, Source) or not of_texts else repr(given)
    environment["identity"] = given
    return "identity"


def _subclasses(cls: type) -> list[type]:
    direct: list[type]
    try:
        direct = cls.__subclasses__()
    except TypeError:
        return []
    found: list[type] = []
    sub: type
    for sub in direct:
        found += [sub, *_subclasses(sub)]
    return found


def _of_function(function: Any, spec: LawSpec, name: str, environment: Environment) -> Family:
    environment.update(standard())
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (ValueError, TypeError):
        parameters = []
    hints = _function_hints(function)
    variadic = bool(parameters) and parameters[0].kind is inspect.Parameter.VAR_POSITIONAL
    required = [
        p for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    if parameters and not variadic and len(required) != 2 and spec.compose is None:
        raise UsageError(
            f"{name} takes {len(required)} arguments, a composition takes two", "name a function of two elements"
        )
    wanted = hints.get(parameters[0].name) if parameters else None
    functions = variadic or typing.get_origin(wanted) is __import__("collections").abc.Callable or wanted is Callable
    given = spec.elements if spec.elements is not None else (Callable[[int], int] if functions else wanted or int)
    text = f"{name}({{0}}, {{1}})"
    operations = {"op": f"(await {text})" if inspect.iscoroutinefunction(function) else text}
    if spec.compose is not None:
        operations["op"] = _template(spec.compose, "compose", environment, 2)
    for key, arity in ROLES.items():
        if getattr(spec, key) is not None:
            operations[key] = _template(getattr(spec, key), key, environment, arity)
    _pair(operations)
    observed = "{0}(x)" if functions else "{0}"
    if spec.observe is not None:
        observed = _template(spec.observe, "observe", environment, 1)
    identities = ("(lambda x: x)",) if functions else ()
    if spec.identity is not None:
        identities = (_identity_text(spec.identity, given is str, environment),)
    probes = strategy_of(spec.probes if spec.probes is not None else int, environment)
    parts = {"composition": operations["op"], "observation": observed}
    return Family(
        name, operations, strategy_of(given, environment), probes, observed, environment,
        identities=identities, declared=spec.identity is not None, parts=parts,
    )  # fmt: skip


def _function_hints(function: Any) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function)
    except Exception:  # noqa: BLE001 - a hint that cannot be resolved is no hint
        return {}


__all__ = ["Family", "LawSpec", "composition", "constructed", "members_of", "resolve", "strategy_of"]
