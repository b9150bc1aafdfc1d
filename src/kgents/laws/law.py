"""Laws as data: two sides over named variables, written with the operations of a family.

Rule: a side is source text. What is evaluated is what is printed, so a counterexample can be pasted and run.
Variables: a, b, c are elements, x a plain value, f and g functions of plain values, k and m functions into elements.
"""

import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kgents.errors import UsageError

Operations = Mapping[str, str]
"""Templates by name: op, plus, inverse, map, bind, unit, image, op2; and `e`, the text of the identity."""


@dataclass(frozen=True, slots=True)
class Law:
    """A law: its variables, the operations it needs, and its two sides.

    function   the user's own function, where the law is one
    kinds      the annotations of its parameters; a variable without one is what its name says
    """

    name: str
    variables: tuple[str, ...]
    needs: tuple[str, ...]
    sides: Callable[[Operations], tuple[str, str]]
    function: Callable[..., Any] | None = None
    kinds: Mapping[str, Any] = field(default_factory=dict)


def apply(operations: Operations, name: str, *arguments: str) -> str:
    """The text of an operation applied to texts."""
    return operations[name].format(*arguments)


def inside(text: str) -> str:
    """A text as the body of a lambda, where nothing can be awaited: coroutines are left to who calls it."""
    return text.replace("(await ", "(")


def _associativity(o: Operations) -> tuple[str, str]:
    return (
        apply(o, "op", apply(o, "op", "a", "b"), "c"),
        apply(o, "op", "a", apply(o, "op", "b", "c")),
    )


def _distributivity(o: Operations) -> tuple[str, str]:
    return (
        apply(o, "op", "a", apply(o, "plus", "b", "c")),
        apply(o, "plus", apply(o, "op", "a", "b"), apply(o, "op", "a", "c")),
    )


def _distributivity_right(o: Operations) -> tuple[str, str]:
    return (
        apply(o, "op", apply(o, "plus", "a", "b"), "c"),
        apply(o, "plus", apply(o, "op", "a", "c"), apply(o, "op", "b", "c")),
    )


def _plus_associativity(o: Operations) -> tuple[str, str]:
    return (
        apply(o, "plus", apply(o, "plus", "a", "b"), "c"),
        apply(o, "plus", "a", apply(o, "plus", "b", "c")),
    )


def _homomorphism(o: Operations) -> tuple[str, str]:
    return (
        apply(o, "image", apply(o, "op", "a", "b")),
        apply(o, "op2", apply(o, "image", "a"), apply(o, "image", "b")),
    )


def _bind_twice(o: Operations) -> tuple[str, str]:
    inner = apply(o, "bind", "k(y)", "m")
    return apply(o, "bind", apply(o, "bind", "a", "k"), "m"), apply(o, "bind", "a", f"(lambda y: {inside(inner)})")


LAWS = {
    law.name: law
    for law in (
        Law("identity-left", ("a",), ("op", "e"), lambda o: (apply(o, "op", o["e"], "a"), "a")),
        Law("identity-right", ("a",), ("op", "e"), lambda o: (apply(o, "op", "a", o["e"]), "a")),
        Law("associativity", ("a", "b", "c"), ("op",), _associativity),
        Law("commutativity", ("a", "b"), ("op",), lambda o: (apply(o, "op", "a", "b"), apply(o, "op", "b", "a"))),
        Law("idempotence", ("a",), ("op",), lambda o: (apply(o, "op", "a", "a"), "a")),
        Law(
            "inverse",
            ("a",),
            ("op", "e", "inverse"),
            lambda o: (apply(o, "op", "a", apply(o, "inverse", "a")), o["e"]),
        ),
        Law("distributivity", ("a", "b", "c"), ("op", "plus"), _distributivity),
        Law(
            "absorption",
            ("a", "b"),
            ("op", "plus"),
            lambda o: (apply(o, "op", "a", apply(o, "plus", "a", "b")), "a"),
        ),
        Law("distributivity-right", ("a", "b", "c"), ("op", "plus"), _distributivity_right),
        Law(
            "absorption-dual",
            ("a", "b"),
            ("op", "plus"),
            lambda o: (apply(o, "plus", "a", apply(o, "op", "a", "b")), "a"),
        ),
        Law("plus-associativity", ("a", "b", "c"), ("plus",), _plus_associativity),
        Law(
            "plus-commutativity",
            ("a", "b"),
            ("plus",),
            lambda o: (apply(o, "plus", "a", "b"), apply(o, "plus", "b", "a")),
        ),
        Law("plus-idempotence", ("a",), ("plus",), lambda o: (apply(o, "plus", "a", "a"), "a")),
        Law("functor-identity", ("a",), ("map",), lambda o: (apply(o, "map", "a", "(lambda y: y)"), "a")),
        Law(
            "functor-composition",
            ("a", "f", "g"),
            ("map",),
            lambda o: (
                apply(o, "map", apply(o, "map", "a", "f"), "g"),
                apply(o, "map", "a", "(lambda y: g(f(y)))"),
            ),
        ),
        Law(
            "monad-left-unit",
            ("x", "k"),
            ("bind", "unit"),
            lambda o: (apply(o, "bind", apply(o, "unit", "x"), "k"), "k(x)"),
        ),
        Law(
            "monad-right-unit",
            ("a",),
            ("bind", "unit"),
            lambda o: (apply(o, "bind", "a", f"(lambda y: {inside(apply(o, 'unit', 'y'))})"), "a"),
        ),
        Law("monad-associativity", ("a", "k", "m"), ("bind", "unit"), _bind_twice),
        Law("homomorphism", ("a", "b"), ("op", "op2", "image"), _homomorphism),
    )
}

SETS = {
    "identity": ("identity-left", "identity-right"),
    "functor": ("functor-identity", "functor-composition"),
    "monad": ("monad-left-unit", "monad-right-unit", "monad-associativity"),
    "monoid": ("identity-left", "identity-right", "associativity"),
    "semiring": ("associativity", "plus-associativity", "plus-commutativity", "distributivity", "distributivity-right"),
    "lattice": (
        "associativity",
        "commutativity",
        "idempotence",
        "absorption",
        "plus-associativity",
        "plus-commutativity",
        "plus-idempotence",
        "absorption-dual",
    ),
    "group": ("identity-left", "identity-right", "associativity", "inverse"),
}


def laws_of(names: Sequence[str | Callable[..., Any]]) -> tuple[Law, ...]:
    """The laws that names, names of sets and functions stand for, each once. UsageError for an unknown one."""
    found: dict[str, Law] = {}
    for name in names:
        if callable(name):
            made = own(name)
            found[made.name] = made
            continue
        for member in SETS.get(name, (name,)):
            if member not in LAWS:
                known = ", ".join([*SETS, *LAWS])
                raise UsageError(
                    f"--laws: there is no law named {name!r}",
                    f"one of {known}, or a function of yours: PATH.py:FUNCTION",
                )
            found[member] = LAWS[member]
    return tuple(found.values())


def own(function: Callable[..., Any]) -> Law:
    """A law that the user wrote: a function that returns its two sides, or whether it holds.

    Parameters are variables: annotated ones are generated by their type; of the others x is a plain value, f and g
    functions of plain values, k and m functions into elements, and every other name is an element.
    """
    name = getattr(function, "__name__", "law")
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError) as wrong:
        raise UsageError(f"the law {name} is not a function with a signature") from wrong
    if not parameters or any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD, p.KEYWORD_ONLY) for p in parameters):
        raise UsageError(f"the law {name} needs parameters by name, such as def {name}(a, b)")
    variables = tuple(parameter.name for parameter in parameters)
    call = f"{name}({', '.join(variables)})"
    said = f"sides(await {call})" if inspect.iscoroutinefunction(function) else f"sides({call})"
    return Law(name, variables, (), lambda operations: (f"{said}[0]", f"{said}[1]"), function, _annotations(function))


def _annotations(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        found = typing.get_type_hints(function)
    except Exception:  # noqa: BLE001 - a hint that cannot be resolved is no hint
        return {}
    return {name: kind for name, kind in found.items() if name != "return"}
