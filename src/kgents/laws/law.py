"""Laws as data: two sides over named variables, written with the operations of a family.

Rule: a side is source text. What is evaluated is what is printed, so a counterexample can be pasted and run.
Variables: a, b, c are elements, x a plain value, f and g functions of plain values, k and m functions into elements.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kgents.errors import UsageError

Operations = Mapping[str, str]
"""Templates by name: op, plus, inverse, map, bind, unit, image, op2; and `e`, the text of the identity."""


@dataclass(frozen=True, slots=True)
class Law:
    """A law: its variables, the operations it needs, and its two sides."""

    name: str
    variables: tuple[str, ...]
    needs: tuple[str, ...]
    sides: Callable[[Operations], tuple[str, str]]


def apply(operations: Operations, name: str, *arguments: str) -> str:
    """The text of an operation applied to texts."""
    return operations[name].format(*arguments)


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


def _homomorphism(o: Operations) -> tuple[str, str]:
    return (
        apply(o, "image", apply(o, "op", "a", "b")),
        apply(o, "op2", apply(o, "image", "a"), apply(o, "image", "b")),
    )


def _bind_twice(o: Operations) -> tuple[str, str]:
    inner = apply(o, "bind", "k(y)", "m")
    return apply(o, "bind", apply(o, "bind", "a", "k"), "m"), apply(o, "bind", "a", f"(lambda y: {inner})")


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
            lambda o: (apply(o, "bind", "a", f"(lambda y: {apply(o, 'unit', 'y')})"), "a"),
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
    "group": ("identity-left", "identity-right", "associativity", "inverse"),
}


def laws_of(names: tuple[str, ...]) -> tuple[Law, ...]:
    """The laws that names and names of sets stand for, each once. UsageError for an unknown one."""
    found: dict[str, Law] = {}
    for name in names:
        for member in SETS.get(name, (name,)):
            if member not in LAWS:
                known = ", ".join([*SETS, *LAWS])
                raise UsageError(f"--laws: there is no law named {name!r}", f"one of {known}")
            found[member] = LAWS[member]
    return tuple(found.values())
