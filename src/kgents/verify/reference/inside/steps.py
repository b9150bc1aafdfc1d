"""A class as a target: what its objects answer to a script of steps, and what they show after each of them."""

import operator
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kgents.verify.reference.inside.kinds import kinds_of
from kgents.verify.reference.inside.recipes import built
from kgents.verify.reference.inside.trees import Tree, Trees

OPERATORS: dict[str, Callable[..., Any]] = {
    "__len__": len,
    "__bool__": bool,
    "__str__": str,
    "__repr__": repr,
    "__iter__": lambda thing: list(iter(thing)),
    "__next__": next,
    "__contains__": lambda thing, item: item in thing,
    "__getitem__": operator.getitem,
    "__setitem__": operator.setitem,
    "__delitem__": operator.delitem,
    "__call__": lambda thing, *rest: thing(*rest),
    "__int__": int,
    "__float__": float,
    "__abs__": abs,
    "__neg__": operator.neg,
    "__reversed__": lambda thing: list(reversed(thing)),
}


@dataclass(frozen=True, slots=True)
class Played:
    """A class of a program, and how its answers are written."""

    kind: Any
    module: types.ModuleType
    trees: Trees
    raises: frozenset[int]


def play(played: Played, script: tuple[Any, ...]) -> Tree:
    """(arguments of the constructor, ((step, arguments), …)): what is answered and shown, step by step."""
    made_with, steps = script[0], script[1]
    thing = played.kind(*[built(part, played.module) for part in made_with])
    said: list[Tree] = [_shown(thing, played)]
    for name, arguments in steps:
        said.append(_step(thing, name, [built(part, played.module) for part in arguments], played))
        said.append(_shown(thing, played))
    return ("script", *said)


def _step(thing: Any, name: str, arguments: list[Any], played: Played) -> Tree:
    try:
        if name in OPERATORS:
            value = OPERATORS[name](thing, *arguments)
        else:
            attribute = getattr(thing, name)
            value = attribute(*arguments) if callable(attribute) else attribute
        if hasattr(type(value), "__await__"):
            return ("aw", played.trees.of(awaited(value)))
        return ("itself",) if value is thing else played.trees.of(value)
    except Exception as wrong:
        return ("raised", raised_here(wrong, played.module, played.raises), *kinds_of(wrong))


def raised_here(wrong: BaseException, module: types.ModuleType, lines: frozenset[int]) -> int:
    """The line of the program's own `raise` that raised it, 0 where it merely happened."""
    last = wrong.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    own = last is not None and last.tb_frame.f_globals is module.__dict__ and last.tb_lineno in lines
    return last.tb_lineno if last is not None and own else 0


def awaited(value: Any) -> Any:
    """Drives a coroutine that waits for nothing outside."""
    try:
        while True:
            value.send(None)
    except StopIteration as end:
        return end.value


def _shown(thing: Any, played: Played) -> Tree:
    names = played.trees.names_of(thing, type(thing))
    return tuple(["ob", ""] + [(name, played.trees.of(getattr(thing, name))) for name in names if hasattr(thing, name)])
