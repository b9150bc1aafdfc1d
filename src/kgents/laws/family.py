"""A family: elements, composition, identity and observation of one target, and how they are found.

Resolution: an explicit LawSpec, then discovery. Rule: methods are looked up in the `vars()` of the MRO, never with
getattr on the class: the metaclass lends every class a `|` and a call.
"""

import collections.abc
import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kgents.errors import UsageError
from kgents.laws.discovery import (
    METHODS,
    OPERATORS,
    ROLES,
    arity_of,
    concrete,
    has_equality,
    identities_of,
    identity_text,
    members_of,
    operations_of,
    pair_up,
    template,
)
from kgents.laws.elements import (
    CONSTANTS,
    GUESSED,
    Environment,
    Given,
    arrows,
    constants_of,
    holds_none,
    imports,
    lifted,
    sources,
    standard,
)  # fmt: skip
from kgents.laws.spec import LawSpec

CALLS = ("__call__", "invoke", "run", "apply", "execute")
_FUNCTIONS = ("f", "fn", "fns", "func", "funcs", "function", "functions", "callables", "steps")
Callable_: Any = collections.abc.Callable


@dataclass(frozen=True, slots=True)
class Family:
    """A target, understood.

    operations   templates by name (see `law`); `e` is there once an identity is known
    elements     a strategy of source texts (or Given values); probes likewise
    observed     a template: how an element is looked at
    nothing      whether an element may hold None, so that values and results of functions are None as well
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
    nothing: bool = False

    @property
    def guessed(self) -> bool:
        """Whether the type of some part of an element was guessed."""
        return GUESSED in self.environment

    def with_identity(self, text: str) -> "Family":
        """The same with a known identity."""
        return replace(self, operations={**self.operations, "e": text})


def resolve(target: Any, spec: LawSpec, name: str, origin: str, composes: bool = True) -> Family:
    """The family of a class or function. `origin` is the line that imports it.

    UsageError where nothing composes, although a law in question needs it to (`composes`).
    """
    environment: Environment = {name: target, CONSTANTS: constants_of(target)}
    if inspect.isclass(target):
        family = _of_class(target, spec, name, environment, composes)
    elif callable(target):
        family = _of_function(target, spec, name, environment, composes)
    else:
        raise UsageError(f"{name} is neither a class nor a function", "name one of them: PATH.py:NAME")
    return replace(family, prelude=(origin, *imports(family.environment, name), *family.prelude))


def _of_class(cls: type, spec: LawSpec, name: str, environment: Environment, composes: bool) -> Family:
    members = members_of(cls)
    environment.update(standard())
    prelude: tuple[str, ...] = ()
    calls = next((call for call in CALLS if call in members and arity_of(members[call]) in (0, 1)), None)
    if spec.elements is not None:
        elements = strategy_of(spec.elements, environment)
    elif inspect.isabstract(cls) and not _has_parts(cls, members):
        elements, prelude = _lift(cls, members, name, environment)
    elif kinds := concrete(cls, members):
        elements = _any_of([sources(kind, environment) for kind in kinds])
    else:
        elements = sources(cls, environment)
    observed, probes = _observation(cls, spec, members, calls, environment)
    operations = operations_of(cls, spec, members, name, environment)
    if composes and "op" not in operations and not (set(operations) & {"map", "bind"}):
        raise UsageError(
            f"{name} has no composition: none of {', '.join([*OPERATORS, *METHODS])}",
            "name it with --compose, such as --compose then or --compose '{0}.join({1})'",
        )
    identities, declared = identities_of(cls, spec, members, name, environment, operations.get("op", ""))
    found = {"composition": operations.get("op", "none"), "observation": observed}
    return Family(
        name, operations, elements, probes, observed, environment, prelude, identities, declared, parts=found,
        nothing=spec.probes is None and bool(set(operations) & {"map", "bind"}) and holds_none(cls),
    )  # fmt: skip


def _has_parts(cls: type, members: Mapping[str, Any]) -> bool:
    """Whether an abstract class is that of a family of values, so that its elements are those of its subclasses."""
    functional = any(call in cls.__abstractmethods__ for call in CALLS)  # type: ignore[attr-defined]
    return not functional and bool(concrete(cls, members))


def _any_of(strategies: Sequence[Any]) -> Any:
    from hypothesis import strategies as st

    return st.one_of(list(strategies))


def _lift(cls: type, members: Mapping[str, Any], name: str, environment: Environment) -> tuple[Any, tuple[str, ...]]:
    from hypothesis import strategies as st

    methods = [m for m in cls.__abstractmethods__ if not isinstance(members[m], property)]  # type: ignore[attr-defined]
    if len(methods) != 1 or arity_of(members[methods[0]]) != 1:
        raise UsageError(
            f"{name} is abstract with {len(methods)} abstract methods: its elements cannot be made",
            "give --elements, an expression such as 'strategies.builds(Concrete)' or a concrete subclass",
        )
    source = lifted(cls, methods[0], inspect.iscoroutinefunction(members[methods[0]]))
    exec(source, environment)
    return arrows((), environment).map(lambda text: f"Lifted({text})") | st.nothing(), (source,)


def _observation(
    cls: type, spec: LawSpec, members: Mapping[str, Any], calls: str | None, environment: Environment
) -> tuple[str, Any]:
    hint = _probe_type(members[calls]) if calls else int
    if spec.probes is None and not _generated(hint, environment):
        calls, hint = None, int
    probes = strategy_of(spec.probes if spec.probes is not None else hint, environment)
    if spec.observe is not None:
        return _looked_at(spec.observe, environment, members), probes
    if calls is None or (calls != "__call__" and has_equality(cls)):
        return "{0}", probes
    call = "{0}" if calls == "__call__" else f"{{0}}.{calls}"
    return (f"{call}(x)" if arity_of(members[calls]) == 1 else f"{call}()"), probes


def _looked_at(given: Any, environment: Environment, members: Mapping[str, Any] | None = None) -> str:
    """The template of a given observation; a function of two takes the element and x."""
    text = template(given, "observe", environment, 1, members or {})
    twofold = callable(given) and not inspect.isclass(given) and arity_of(staticmethod(given)) == 2
    return text.replace("{0})", "{0}, x)") if twofold else text


def _generated(hint: Any, environment: Environment) -> bool:
    """Whether values of a type can be made without constructing classes that nobody asked for."""
    if inspect.isclass(hint) and hint.__module__ not in ("builtins", "decimal", "fractions", "datetime", "collections"):
        return False
    try:
        sources(hint, dict(environment))
    except UsageError:
        return False
    return True


def _probe_type(method: Any) -> Any:
    try:
        hints = typing.get_type_hints(method)
    except Exception:  # noqa: BLE001 - a hint that cannot be resolved is no hint
        return int
    hints.pop("return", None)
    wanted = next(iter(hints.values()), int)
    return int if isinstance(wanted, typing.TypeVar) else wanted


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


def _of_function(function: Any, spec: LawSpec, name: str, environment: Environment, composes: bool) -> Family:
    environment.update(standard())
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (ValueError, TypeError):
        parameters = []
    hints = _function_hints(function)
    variadic = any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters)
    required = [
        p for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    if composes and parameters and not variadic and len(required) != 2 and spec.compose is None:
        raise UsageError(
            f"{name} takes {len(required)} arguments, a composition takes two", "name a function of two elements"
        )
    wanted = hints.get(parameters[0].name) if parameters else None
    of_functions = parameters and parameters[0].name.lstrip("_") in _FUNCTIONS
    functions = spec.elements is None and (
        bool(variadic and of_functions) or typing.get_origin(wanted) is Callable_ or wanted is Callable_
    )
    given = spec.elements if spec.elements is not None else (Callable[[int], int] if functions else wanted or int)
    text = f"{name}({{0}}, {{1}})"
    operations = {"op": f"(await {text})" if inspect.iscoroutinefunction(function) else text} if composes else {}
    if spec.compose is not None:
        operations["op"] = template(spec.compose, "compose", environment, 2)
    for key, arity in ROLES.items():
        if getattr(spec, key) is not None:
            operations[key] = template(getattr(spec, key), key, environment, arity)
    pair_up(operations)
    observed = "{0}(x)" if functions else "{0}"
    if spec.observe is not None:
        observed = _looked_at(spec.observe, environment)
    identities = ("(lambda x: x)",) if functions else ()
    if spec.identity is not None:
        identities = (identity_text(spec.identity, given is str, environment),)
    probes = strategy_of(spec.probes if spec.probes is not None else int, environment)
    parts = {"composition": operations.get("op", "none"), "observation": observed}
    return Family(
        name, operations, strategy_of(given, environment), probes, observed, environment,
        identities=identities, declared=spec.identity is not None, parts=parts,
    )  # fmt: skip


def _function_hints(function: Any) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function)
    except Exception:  # noqa: BLE001 - a hint that cannot be resolved is no hint
        return {}
