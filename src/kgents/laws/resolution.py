"""Resolution: what a target is as a family. An explicit LawSpec comes first, then discovery.

Rule: methods are looked up in the `vars()` of the MRO, never with getattr on the class: the metaclass lends every class
a `|` and a call.
"""

import collections.abc
import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kgents.errors import UsageError
from kgents.laws import roles
from kgents.laws.discovery import (
    METHODS,
    OPERATORS,
    ROLES,
    arity_of,
    concrete,
    identities_of,
    identity_text,
    members_of,
    operations_of,
    pair_up,
    paired,
    template,
    zeros_of,
)
from kgents.laws.elements import CONSTANTS, arrows, holds_none, lifted, sources
from kgents.laws.family import Family
from kgents.laws.law import Law
from kgents.laws.literals import Environment, constants_of, imports, standard
from kgents.laws.looking import any_of, kind_of, looked_at, many, observation, strategy_of, takes_any
from kgents.laws.places import neighbours
from kgents.laws.spec import LawSpec

CALLS = ("__call__", "invoke", "run", "apply", "execute")
OTHERS = {"unit": 1, "map": 2}
MANIFOLD = (
    "(lambda: 7)", "(lambda a: a + 1)", "(lambda a: a * 2)", "(lambda a, b: a - b)", "(lambda a, b: a * 10 + b)",
    "(lambda a, b, c: a - b * c)", "(lambda a, b, c: a + 2 * b - c)",
)  # fmt: skip
_FUNCTIONS = ("f", "fn", "fns", "func", "funcs", "function", "functions", "callables", "steps")
Callable_: Any = collections.abc.Callable


def resolve(
    target: Any, spec: LawSpec, name: str, origin: str, wanted: Sequence[Law] = (), among: Sequence[Law] = ()
) -> Family:
    """The family of a class, a function, or an object that is a structure. `origin` is the line that imports it.

    wanted   the laws in question; none: those of compositions
    among    all laws that are asked together, which say what the operations of each are

    UsageError where nothing composes, although a law in question needs it to.
    """
    environment: Environment = {name: target, CONSTANTS: constants_of(target)}
    asked = _Asked(
        composes=not wanted or any("op" in law.needs for law in wanted),
        roles=tuple(dict.fromkeys(need for law in (*wanted, *among) for need in law.needs)),
        lattice=any(law.name.startswith("absorption") for law in (*wanted, *among)),
    )
    if inspect.isclass(target):
        family = _of_class(target, spec, name, environment, asked)
    elif callable(target) and not asked.is_object(target):
        family = _of_function(target, spec, name, environment, asked)
    elif (structure := roles.of_object(target, name, asked.structural, environment)) is not None:
        family = _of_structure(structure, spec, name, environment, asked)
    else:
        raise UsageError(f"{name} is neither a class nor a function", "name one of them: PATH.py:NAME")
    known = {**family.environment, **family.variables}
    lines = neighbours([*family.operations.values(), family.observed], target, known)
    family.environment.update({key: known[key] for key in known if key not in family.variables})
    return replace(family, prelude=(origin, *imports(family.environment, name), *lines, *family.prelude))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the laws in question need."""

    composes: bool
    roles: tuple[str, ...]
    lattice: bool

    @property
    def structural(self) -> tuple[str, ...]:
        """Roles of structures, and what goes with them; none where no law is about one."""
        return tuple(role for role in self.roles if role in roles.NAMES) if set(self.roles) & set(roles.ROLES) else ()

    def is_object(self, target: Any) -> bool:
        """Whether a callable is a structure with methods rather than a function."""
        return bool(self.structural) and not inspect.isroutine(target) and type(target).__module__ != "builtins"


def _of_class(cls: type, spec: LawSpec, name: str, environment: Environment, asked: _Asked) -> Family:
    members = members_of(cls)
    environment.update(standard())
    own = roles.of_elements(members, cls, asked.structural)
    structural = set(asked.structural) & set(roles.ROLES)
    missing = structural - set(own) - roles.named_roles(spec) - {"arity", "domain"}
    if structural and (missing or structural & {"get", "put"}) and not roles.named_roles(spec) & structural:
        structure = roles.of_object(cls, name, asked.structural, environment)
        if structure is not None:
            return _of_structure(structure, spec, name, environment, asked)
    taken = " ".join(own.values())
    free = (call for call in CALLS if call in members and f".{call}(" not in taken)
    calls = next((call for call in free if arity_of(members[call]) in (0, 1)), None)
    elements, prelude = _elements_of(cls, spec, members, name, environment)
    observed, probes = observation(cls, spec, members, calls, environment)
    pair = paired(members, asked.roles, asked.lattice) if spec.compose is None and spec.plus is None else {}
    operations = operations_of(cls, spec, members, name, environment, pair)
    operations.update({**own, **_stated(spec, environment, members)})
    roles.fallbacks(operations, asked.structural, cls)
    if "insert" in operations and takes_any(members.get("__call__")) and spec.observe is None:
        observed, probes = "{0}(*x[:n])", many(environment)
    if asked.composes and "op" not in operations and not (set(operations) & {"map", "bind"}):
        raise UsageError(
            f"{name} has no composition: none of {', '.join([*OPERATORS, *METHODS])}",
            "name it with --compose, such as --compose then or --compose '{0}.join({1})'",
        )
    identities, declared = identities_of(cls, spec, members, name, environment, operations.get("op", ""))
    zeros, zero_declared = _zeros(cls, spec, members, name, environment)
    return Family(
        name, operations, elements, probes, observed, environment, prelude, identities, declared,
        zeros=zeros, zero_declared=zero_declared, parts=_parts(operations, observed),
        nothing=spec.probes is None and bool(set(operations) & {"map", "bind"}) and holds_none(cls),
        part_told=spec.probes is not None,
    )  # fmt: skip


def _elements_of(
    cls: type, spec: LawSpec, members: Mapping[str, object], name: str, environment: Environment
) -> tuple[Any, tuple[str, ...]]:
    """What elements of a class are drawn from, and the source that has to run before."""
    if spec.elements is not None:
        return strategy_of(spec.elements, environment), ()
    if inspect.isabstract(cls) and not _has_parts(cls, members):
        return _lift(cls, members, name, environment)
    if kinds := concrete(cls, members):
        return any_of([sources(kind, environment) for kind in kinds]), ()
    return sources(cls, environment), ()


def _zeros(
    cls: type, spec: LawSpec, members: Mapping[str, object], name: str, environment: Environment
) -> tuple[tuple[str, ...], bool]:
    if spec.zero is not None:
        return (identity_text(spec.zero, issubclass(cls, str), environment, "zero"),), True
    return zeros_of(cls, members, name)


def _parts(operations: Mapping[str, str], observed: str) -> dict[str, str]:
    """How a target was understood: what a law is about, and how an element is looked at."""
    shown_operations = {
        shown: operations[key] for key, shown in (("op", "composition"), ("plus", "plus")) if key in operations
    }
    shown_operations |= {roles.SHOWN[role]: _unescaped(operations[role]) for role in roles.ROLES if role in operations}
    return {**(shown_operations or {"composition": "none"}), "observation": observed}


def _unescaped(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")


def _stated(spec: LawSpec, environment: Environment, members: Mapping[str, object]) -> dict[str, str]:
    """The roles of structures that the user names."""
    stated = {}
    for role in roles.named_roles(spec):
        value = getattr(spec, role)
        text = roles.called(role, value) if callable(value) else None
        if text is not None:
            environment[role] = value
        stated[role] = text or template(value, role, environment, roles.ROLES[role], members)
    return stated


def _of_structure(
    structure: roles.Structure, spec: LawSpec, name: str, environment: Environment, asked: _Asked
) -> Family:
    """The family of an object that is a structure, or of a function and its neighbours."""
    environment.update(standard())
    operations = {**structure.operations, **_stated(spec, environment, {})}
    for key in ("unit", "map"):
        if getattr(spec, key) is not None:
            operations[key] = template(getattr(spec, key), key, environment, OTHERS[key])
    wanted = spec.elements if spec.elements is not None else structure.element
    functional = wanted is Callable_ or typing.get_origin(wanted) is Callable_
    if wanted is None:
        raise UsageError(f"nothing says what the elements of {name} are", "--elements, such as 'dict[str, int]'")
    roles.fallbacks(operations, asked.structural, Callable_ if functional else kind_of(wanted, environment))
    environment["arity"] = environment.get("arity", roles.arity)
    observed, probes = (
        "{0}",
        strategy_of(spec.probes if spec.probes is not None else structure.part or int, environment),
    )
    if functional and "insert" in operations:
        from hypothesis import strategies as st

        observed, elements, probes = "{0}(*x[:n])", st.sampled_from(MANIFOLD), many(environment)
    else:
        elements = strategy_of(wanted, environment)
    if spec.observe is not None:
        observed = looked_at(spec.observe, environment)
    identity = operations.pop("e", None)
    if spec.identity is not None:
        identity = identity_text(spec.identity, wanted is str, environment)
    return Family(
        name, operations, elements, probes, observed, environment, structure.prelude,
        (identity,) if identity is not None else (), identity is not None, variables=structure.variables,
        parts=_parts(operations, observed), part_told=spec.probes is not None or structure.part is not None,
    )  # fmt: skip


def _has_parts(cls: type, members: Mapping[str, object]) -> bool:
    """Whether an abstract class is that of a family of values, so that its elements are those of its subclasses."""
    functional = any(call in cls.__abstractmethods__ for call in CALLS)  # type: ignore[attr-defined]
    return not functional and bool(concrete(cls, members))


def _lift(cls: type, members: Mapping[str, object], name: str, environment: Environment) -> tuple[Any, tuple[str, ...]]:
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


def _of_function(function: Any, spec: LawSpec, name: str, environment: Environment, asked: _Asked) -> Family:
    if asked.structural and not inspect.isclass(function):
        structure = roles.of_function(function, name, asked.structural, environment)
        return _of_structure(structure, spec, name, environment, asked)
    environment.update(standard())
    composes = asked.composes
    parameters = _parameters_of(function)
    variadic = any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters)
    if composes and parameters and not variadic and spec.compose is None:
        _check_two(name, parameters)
    hints = _function_hints(function)
    wanted = hints.get(parameters[0].name) if parameters else None
    of_functions = parameters and parameters[0].name.lstrip("_") in _FUNCTIONS
    functions = spec.elements is None and (
        bool(variadic and of_functions) or typing.get_origin(wanted) is Callable_ or wanted is Callable_
    )
    declared = spec.elements if spec.elements is not None else (Callable[[int], int] if functions else wanted or int)
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
        observed = looked_at(spec.observe, environment)
    identities = ("(lambda x: x)",) if functions else ()
    if spec.identity is not None:
        identities = (identity_text(spec.identity, declared is str, environment),)
    zeros = () if spec.zero is None else (identity_text(spec.zero, declared is str, environment, "zero"),)
    probes = strategy_of(spec.probes if spec.probes is not None else int, environment)
    parts = {"composition": operations.get("op", "none"), "observation": observed}
    return Family(
        name, operations, strategy_of(declared, environment), probes, observed, environment,
        identities=identities, declared=spec.identity is not None, zeros=zeros, zero_declared=bool(zeros), parts=parts,
    )  # fmt: skip


def _parameters_of(function: Any) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(function).parameters.values())
    except (ValueError, TypeError):
        return []


def _check_two(name: str, parameters: Sequence[inspect.Parameter]) -> None:
    """UsageError where a function that is to be a composition takes another number of arguments than two."""
    required = [
        p for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    if len(required) != 2:
        raise UsageError(
            f"{name} takes {len(required)} arguments, a composition takes two", "name a function of two elements"
        )


def _function_hints(function: Any) -> dict[str, object]:
    try:
        return typing.get_type_hints(function)
    except Exception:  # noqa: BLE001 - a hint that cannot be resolved is no hint
        return {}
