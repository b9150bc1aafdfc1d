"""A class as a target: what its objects answer to a script of steps, and what they show after each of them."""

import operator
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kgents.verify.reference.inside.awaiting import awaited
from kgents.verify.reference.inside.kinds import kinds_of
from kgents.verify.reference.inside.recipes import built, split
from kgents.verify.reference.inside.trees import CHANGEABLE, Tree, Trees

_NOTHING = object()
GO_ON = "!"  # at the end of a step: what it answers is the object from now on, where it is of its class
ENTER, EXIT = "__enter__", "__exit__"
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    f"__{name.strip('_')}__": getattr(operator, name)
    for name in (
        "eq", "ne", "lt", "le", "gt", "ge", "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_",
        "xor", "lshift", "rshift", "iadd", "isub", "imul", "ior", "iand",
    )
}  # fmt: skip
BINARY |= {"__radd__": lambda thing, other: other + thing, "__rsub__": lambda thing, other: other - thing}
BINARY |= {"__rmul__": lambda thing, other: other * thing, "__divmod__": divmod}


def _left(thing: Any, raises: bool) -> bool:
    """The end of a `with` block, in which something was raised: whether it is kept from those outside."""
    wrong = RuntimeError("in the block") if raises else None
    return bool(type(thing).__exit__(thing, type(wrong) if wrong else None, wrong, None))


OPERATORS: dict[str, Callable[..., Any]] = {
    **BINARY,
    ENTER: lambda thing: type(thing).__enter__(thing),
    EXIT: _left,
    "__len__": len,
    "__bool__": bool,
    "__str__": str,
    "__repr__": repr,
    "__iter__": lambda thing: list(iter(thing)),
    "__setattr__": setattr,
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
    "__pos__": operator.pos,
    "__invert__": operator.invert,
    "__round__": round,
    "__format__": format,
    "__index__": operator.index,
    "__bytes__": bytes,
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
    """(arguments of the constructor, ((step, arguments), …)): what is answered and shown, step by step; which answers changed
    afterwards.
    """
    thing = _made(played, script)
    answers: list[Tree] = [_shown(thing, played)]
    held: list[tuple[int, Any]] = []
    for number, (name, arguments) in enumerate(script[1]):
        answer, value, thing = _step(thing, name, arguments, played)
        answers += [answer, _shown(thing, played)]
        if type(value) in CHANGEABLE:
            held.append((number, value))
    later = [number for number, value in held if played.trees.of(value) != answers[1 + 2 * number]]
    return ("script", *answers, ("later", *later)) if later else ("script", *answers)


def _made(played: Played, script: tuple[Any, ...]) -> Any:
    positional, named = _given(script[0], played)
    return played.kind(*positional, **named)


def _given(arguments: tuple[Any, ...], played: Played) -> tuple[list[Any], dict[str, Any]]:
    if not arguments:
        return [], {}
    positional, keywords = split(arguments)
    named = {name: built(part, played.module) for name, part in keywords}
    return [built(part, played.module) for part in positional], named


def _step(thing: Any, step: str, arguments: tuple[Any, ...], played: Played) -> tuple[Tree, Any, Any]:
    """(the answer to one step, the value that it is of, the object with which the script goes on)."""
    try:
        positional, named = _given(arguments, played)
        value = _value(thing, step.removesuffix(GO_ON), positional, named)
        if hasattr(type(value), "__await__"):
            return ("aw", played.trees.of(awaited(value))), None, thing
        if step.endswith(GO_ON) and isinstance(value, played.kind) and value is not thing:
            return ("another",), None, value
        return (("itself",) if value is thing else played.trees.of(value)), value, thing
    except Exception as wrong:
        return ("raised", raised_here(wrong, played.module, played.raises), *kinds_of(wrong)), None, thing


def _value(thing: Any, name: str, positional: list[Any], named: dict[str, Any]) -> Any:
    if name in OPERATORS:
        return OPERATORS[name](thing, *positional)
    attribute = getattr(thing, name)
    return attribute(*positional, **named) if callable(attribute) else attribute


def broken_at(played: Played, script: tuple[Any, ...], answer: Tree) -> int | None:
    """The first step that merely happened to raise and left the object otherwise than it was: what it is worth afterwards
    is nothing that another program has to share. None where there is none.
    """
    answers = answer[1:] if isinstance(answer, tuple) and answer[:1] == ("script",) else ()
    accidents = [at for at, told in enumerate(answers[1::2]) if isinstance(told, tuple) and told[:2] == ("raised", 0)]
    thing = _made(played, script) if accidents else None
    for at, (name, arguments) in enumerate(script[1][: accidents[-1] + 1] if accidents else ()):
        before = _state(thing, played) if at in accidents else None
        _, _, thing = _step(thing, name, arguments, played)
        if at in accidents and before != _state(thing, played):
            return at
    return None


def _state(thing: Any, played: Played) -> Tree:
    """All that an object holds, as far as it can be written."""
    slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
    held = {**{name: getattr(thing, name, None) for name in slots}, **getattr(thing, "__dict__", {})}
    try:
        return played.trees.of({**held, "": list(thing) if isinstance(thing, list | dict | set) else 0})
    except Exception:
        return None


def raised_here(wrong: BaseException, module: types.ModuleType, lines: frozenset[int]) -> int:
    """The line of the program's own `raise` that raised it, 0 where it merely happened."""
    last = wrong.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    own = last is not None and last.tb_frame.f_globals is module.__dict__ and last.tb_lineno in lines
    return last.tb_lineno if last is not None and own else 0


def _shown(thing: Any, played: Played) -> Tree:
    shown: list[Tree] = ["ob", ""]
    for name in played.trees.names_of(thing, type(thing)):
        value = getattr(thing, name, _NOTHING)
        if value is not _NOTHING:
            shown.append((name, played.trees.of(value)))
    return tuple(shown)
