"""Scripts of steps for the objects of one class: what they are made with, and what is done to them one after another.

What tells programs with a state apart are values that come again, limits that are met, and orders that change. So a script
draws its values from a small world of its own, favours some of its methods, and goes on where comparisons were close.
"""

import ast
import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from kgents.verify.reference.inside.domains import BOOL, INT, STR, Domain, is_dataclass, is_named_tuple
from kgents.verify.reference.inside.drawing import Hint
from kgents.verify.reference.inside.giving import Giving, Parameter
from kgents.verify.reference.inside.objects import methods_of
from kgents.verify.reference.inside.recipes import Recipe
from kgents.verify.reference.inside.steps import BINARY, ENTER, EXIT, GO_ON, OPERATORS
from kgents.verify.reference.inside.taking import domains_of

Script = tuple[tuple[Any, ...], tuple[Any, ...]]  # (arguments of the constructor, ((step, arguments), …))
STEPS = 40
_FAR = 10**6  # beyond it an int is no length of time
_LARGE = 5_000  # what is drawn for an object is no larger, where its class mentions nothing larger
_FIRST_TEXTS = ("a", "b", "ab", "abc", "c", "A", "b", "a", "")
_LOOSE_LENGTHS, _NARROW_LENGTHS = (1, 2, 4, 8, 12), (3, 6, 10, 16, 24)


@dataclass(slots=True)
class _World:
    """The values of one script.

    width    so many values of a type, where the world is narrow; 0 where it is not
    often    how often a value comes again, where it is not narrow
    lengths  what the object was made with that may be a length of time
    """

    width: int
    often: float
    known: dict[str, list[Any]] = field(default_factory=dict)
    lengths: list[int] = field(default_factory=list)

    def learn(self, values: Sequence[Any]) -> None:
        """Values, and what is in them, are known from now on."""
        for value in values:
            for part in value if isinstance(value, list | tuple | set | dict) else (value,):
                self.known.setdefault(type(part).__name__, []).append(part)


class Scripts:
    """Draws and changes scripts for one class."""

    def __init__(self, node: ast.ClassDef, tree: ast.Module, classes: dict[str, Domain], giving: Giving) -> None:
        self._giving, self._draw, self._drawing = giving, giving.draw, giving.drawing
        self._largest = max([_LARGE, *(number * 2 for number in self._drawing.facts.integers)])
        functions = {part.name: part for part in methods_of(node, tree)}
        own = classes.get(node.name, ("instance", node.name))
        self.methods = {
            name: _taken(part, classes, own)
            for name, part in functions.items()
            if (not name.startswith("_") or name in OPERATORS)
            and not any("setter" in ast.dump(decorator) for decorator in part.decorator_list)
        }
        self.methods |= _made_by_the_decorator(node, own, self.methods)
        self._fertile = {name for name in self.methods if name in functions and _makes(functions[name], node.name)}
        self._made = _constructed(node, functions, classes)

    def fresh(self) -> Script:
        """A script."""
        width = self._draw.choice([0, 1, 2, 2, 3, 4]) if self.methods else 0
        made = tuple(self._small(part) if width else part for part in self._giving.arguments_for(self._made))
        if not self.methods:
            return made, ()
        world = self._world(made, width)
        count = self._draw.choice(_NARROW_LENGTHS if width else _LOOSE_LENGTHS)
        return made, self._balanced(self._steps(world, count))

    def _small(self, part: Any) -> Any:
        """A number that the object is made with: often a small one, so that limits are met."""
        small = type(part) in (int, float) and self._draw.random() < 0.6
        return type(part)(self._draw.randint(1, 4)) if small else part

    def _world(self, made: tuple[Any, ...], width: int) -> _World:
        world = _World(width, self._draw.choice([0.3, 0.6, 0.85]))
        world.learn(made)
        world.lengths = [part for part in world.known.get("int", ()) if type(part) is int and 0 < part < _FAR]
        return world

    def _steps(self, world: _World, count: int) -> tuple[Any, ...]:
        names = list(self.methods)
        weights = [self._draw.choice([0, 1, 1, 2, 4]) if world.width else 1 for _ in names]
        chosen = self._draw.choices(names, weights if any(weights) else None, k=count)
        return tuple(self._step(name, world) for name in chosen)

    def _step(self, name: str, world: _World) -> tuple[str, tuple[Any, ...]]:
        arguments = tuple(self._shared(drawn, world) for drawn in self._giving.arguments_for(self.methods[name]))
        return (name + GO_ON if name in self._fertile and self._draw.random() < 0.5 else name), arguments

    def _shared(self, drawn: Any, world: _World) -> Any:
        """A value that was drawn, or one of the world in its place."""
        if type(drawn) in (list, tuple) and world.width:
            return type(drawn)([self._shared(item, world) for item in drawn])
        if isinstance(drawn, Recipe) and drawn.kind == "instance":
            return Recipe(drawn.kind, drawn.name, tuple(self._shared(part, world) for part in drawn.parts))
        if type(drawn) is int and abs(drawn) > self._largest:
            drawn %= self._largest
        known = world.known.setdefault(type(drawn).__name__, [])
        value = self._narrow(drawn, known, world) if world.width else self._loose(drawn, known, world)
        known.append(value) if len(known) < 40 else None
        return value

    def _narrow(self, drawn: Any, known: list[Any], world: _World) -> Any:
        draw = self._draw
        distinct = list({repr(value): value for value in known}.values())
        if len(distinct) < world.width or draw.random() < 0.05:
            return self._first(drawn, distinct)
        value = draw.choice(distinct)
        return self._onwards(known[-1], world.lengths) if draw.random() < 0.2 else value

    def _first(self, drawn: Any, distinct: list[Any]) -> Any:
        """A value for a world: small numbers, short texts, texts that are like one that is there."""
        draw = self._draw
        if type(drawn) is int and draw.random() < 0.7:
            return draw.randint(0, 6)
        if type(drawn) is not str:
            return drawn
        if distinct and draw.random() < 0.4:
            near = draw.choice(distinct)
            return draw.choice([near.swapcase(), self._drawing.change(near), near[:-1], near + draw.choice("ab ")])
        return draw.choice(_FIRST_TEXTS) if draw.random() < (0.3 if self._drawing.texts.words else 0.7) else drawn

    def _loose(self, drawn: Any, known: list[Any], world: _World) -> Any:
        draw = self._draw
        if not known or draw.random() >= world.often:
            return drawn
        earlier = draw.choice(known[-4:] if draw.random() < 0.5 else known)
        return self._onwards(earlier, world.lengths) if draw.random() < 0.3 else earlier

    def _onwards(self, value: Any, lengths: list[int]) -> Any:
        """A value a little after an earlier one: times and sequences go forwards, by lengths that the object knows."""
        step = self._draw.choice(
            [self._draw.randint(0, 5), *(length + self._draw.randint(-1, 1) for length in lengths)]
        )
        if type(value) in (int, float):
            return value + step
        if isinstance(value, dt.date):
            days = dt.timedelta(days=min(step, 400))
            return value + (days if type(value) is dt.date else self._draw.choice([days, dt.timedelta(seconds=step)]))
        return value

    def _balanced(self, steps: tuple[Any, ...]) -> tuple[Any, ...]:
        """Without the ends of blocks that were not begun, and without blocks in blocks."""
        kept, inside = [], False
        for step in steps:
            if step[0] in (ENTER, EXIT):
                if inside == (step[0] == ENTER):
                    continue
                inside = not inside
            kept.append(step)
        return tuple(kept)

    def changed(self, script: Script, hints: Sequence[Hint]) -> Script:
        """A script near another."""
        made, steps = script
        draw = self._draw
        if not self.methods:
            return tuple(self._drawing.change(part, hints) for part in made), steps
        at = draw.randrange(len(steps) + 1)
        here = list(steps[at : at + 1])
        other = [(name, tuple(self._drawing.change(part, hints) for part in arguments)) for name, arguments in here]
        new = list(self._steps(self._known(made, steps), 2))
        more = draw.choice([here * 2, other, [], here + new, new + here, here + list(steps[:2])])
        if made and draw.random() < 0.2:
            made = tuple(self._drawing.change(part, hints) for part in made)
        changed = [*steps[:at], *more, *steps[at + 1 :]]
        if steps and hints and draw.random() < 0.35:
            changed = [*steps, *self._once_more(steps[-1], hints), *new]
        return made, self._balanced(tuple(changed[-STEPS:]))

    def _once_more(self, step: tuple[str, Any], hints: Sequence[Hint]) -> list[Any]:
        """The last step again, its arguments nearer to what they were compared with."""
        return [(step[0], tuple(self._drawing.change(part, hints[-4:]) for part in step[1]))]

    def _known(self, made: tuple[Any, ...], steps: tuple[Any, ...]) -> _World:
        """The world that a script shows."""
        world = self._world(made, 3)
        for _, arguments in steps:
            world.learn(arguments)
        return world


def _taken(function: Any, classes: dict[str, Domain], own: Domain) -> list[Parameter]:
    """The parameters of one step."""
    if function.name == EXIT:
        return [(BOOL, False, "positional", "raises")]
    if _decorated(function, "property"):
        return []
    parameters = domains_of(function, classes, not _decorated(function, "staticmethod"))
    if function.name not in BINARY or not parameters:
        return parameters
    domain, *rest = parameters[0]
    known = domain if domain[0] not in ("any", "object", "record") else ("or", own, own, own, INT, STR)
    return [(known, *rest)]  # type: ignore[list-item]


def _made_by_the_decorator(node: ast.ClassDef, own: Domain, known: Collection[str]) -> dict[str, list[Parameter]]:
    """The steps that a dataclass has of its decorator: equality, an order, and fields that cannot be set."""
    if not is_dataclass(node):
        return {}
    told = {
        keyword.arg: keyword.value.value
        for decorator in node.decorator_list
        for keyword in getattr(decorator, "keywords", ())
        if isinstance(keyword.value, ast.Constant)
    }
    names = [] if told.get("eq") is False else ["__eq__"]
    names += ["__lt__", "__le__"] if told.get("order") else []
    made: dict[str, list[Parameter]] = {name: [(own, False, "positional", "other")] for name in names}
    fields = tuple(
        part.target.id for part in node.body if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
    )
    if told.get("frozen") and fields:
        made["__setattr__"] = [(("choice", fields), False, "positional", "name"), (INT, False, "positional", "value")]
    return {name: parameters for name, parameters in made.items() if name not in known}


def _constructed(node: ast.ClassDef, functions: dict[str, Any], classes: dict[str, Domain]) -> list[Parameter]:
    """The parameters of the constructor."""
    if "__init__" in functions:
        return domains_of(functions["__init__"], classes, True)
    if not is_dataclass(node) and not is_named_tuple(node):
        return []
    domain = classes.get(node.name, ("instance", node.name))
    fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
    pairs = zip(domain[2:], fields, strict=False)
    return [(inner, part.value is not None, "positional", ast.unparse(part.target)) for inner, part in pairs]


def _makes(function: Any, name: str) -> bool:
    """Whether a method seems to return a new object of its own class."""
    if function.returns is not None and ast.unparse(function.returns).strip("'\"") in (name, "Self"):
        return True
    called = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    names = {getattr(part, "id", getattr(part, "attr", "")) for part in called}
    return bool(names & {name, "cls", "type", "__class__", "replace"})


def _decorated(function: Any, name: str) -> bool:
    return any(name in ast.dump(decorator) for decorator in function.decorator_list)
