"""Laws as data: two sides over named variables, written with the operations of a family.

Rule: a side is source text. What is evaluated is what is printed, so a counterexample can be pasted and run.
Variables: a, b, c are elements, x and y plain values, f and g functions of plain values, k and m functions into elements, p
and q elements that hold functions, made of the elements p0 and q0; others are one of what the law says.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Operations = Mapping[str, str]
"""Templates by name: op, plus, inverse, map, bind, unit, image, op2, and those of `roles`; `e` and `z`, the texts of the
neutral elements of op and plus."""
Sides = tuple[str, str]
Choose = Callable[[Operations], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Law:
    """A law: its variables, the operations it needs, and its two sides.

    function   the user's own function, where the law is one
    kinds      the annotations of its parameters; a variable without one is what its name says
    choices    variables that depend on others: by name an expression of the sequence of which each is one
    given      two sides that have to be the same for the law to say anything
    among      variables that are one of several texts
    plain      whether the sides are compared as they are, because they are no elements
    """

    name: str
    variables: tuple[str, ...]
    needs: tuple[str, ...]
    sides: Callable[[Operations], Sides]
    function: Callable[..., Any] | None = None
    kinds: Mapping[str, Any] = field(default_factory=dict)
    choices: Choose | None = None
    premise: Callable[[Operations], Sides] | None = None
    among: Mapping[str, Sequence[str]] = field(default_factory=dict)
    plain: bool = False


def apply(operations: Operations, name: str, *arguments: str) -> str:
    """The text of an operation applied to texts."""
    return operations[name].format(*arguments)


def inside(text: str) -> str:
    """A text as the body of a lambda, where nothing can be awaited: coroutines are left to who calls it."""
    return text.replace("(await ", "(")
