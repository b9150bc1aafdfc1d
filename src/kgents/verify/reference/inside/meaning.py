"""What is meant by the arguments of a function: what nobody means, and a spec says nothing about, is not asked.

A start is not after its end, a count not below zero, the thirteenth month no month. Rule: what a spec asks of its arguments
itself (a comparison with bounds, a look-up, an exchange) is asked of candidates as well.
"""

import ast
import datetime as dt
from functools import partial
from typing import Any

from kgents.verify.reference.inside.bounds import bounds_of, bounds_of_class
from kgents.verify.reference.inside.calendars import Calendar
from kgents.verify.reference.inside.graphs import Graphs
from kgents.verify.reference.inside.grids import Grids
from kgents.verify.reference.inside.intervals import Bounds
from kgents.verify.reference.inside.numbered import Numbered
from kgents.verify.reference.inside.objects import Objects, objects_of
from kgents.verify.reference.inside.observing import Arguments
from kgents.verify.reference.inside.positions import Position, Positions, put
from kgents.verify.reference.inside.recipes import Recipe
from kgents.verify.reference.inside.steps import GO_ON

_ORDERED = (int, float, dt.date, dt.datetime)
_MANY = 5000  # things that are counted are fewer: programs may make each of them
_ROUNDS = 4  # in which pairs that share a member come into order


class Meaning:
    """What is meant by the arguments of one function."""

    def __init__(self, function: Any, bounds: Bounds, positions: Positions) -> None:
        self._pairs = sorted((*pair, True) for pair in bounds.pairs) + sorted((*pair, False) for pair in bounds.named)
        self._apart = bounds.apart
        self._counts = sorted(bounds.counts.items())
        self._calendar, self._grids = Calendar(function), Grids(function, positions)
        self._digits = _digits(function)
        self._graphs, self._numbered = Graphs(function), Numbered(function, positions, bounds)

    @property
    def notable(self) -> list[Arguments]:
        """Arguments that are asked whatever else is."""
        return self._calendar.notable

    def fitted(self, arguments: Arguments) -> Arguments:
        """The arguments with pairs in order, counts not below their least, texts of digits where the default is one, parts of
        dates and times in range, numbers of things within how many there are, grids with rows of one length, and nodes that are
        in their graph.
        """
        for at, default in self._digits:
            arguments = put(arguments, (at,), partial(_only_digits, default))
        for index, least in self._counts:
            arguments = put(arguments, index, partial(_counted, least))
        for _ in range(_ROUNDS if len(self._pairs) > 1 else 1):
            for low, high, told in self._pairs:
                arguments = self._in_order(arguments, low, high, told)
        arguments = self._numbered.fitted(self._calendar.fitted(arguments))
        return self._graphs.fitted(self._grids.fitted(arguments))

    def _in_order(self, arguments: Arguments, low: Position, high: Position, told: bool) -> Arguments:
        def ordered(parts: Any) -> Any:
            one, other = low[-1], high[-1]
            if isinstance(parts, Recipe) and parts.kind == "instance":
                return Recipe(parts.kind, parts.name, ordered(parts.parts))
            if type(parts) not in (tuple, list) or max(one, other) >= len(parts):
                return parts
            kinds = (*_ORDERED, str) if told else _ORDERED
            if type(parts[one]) is not type(parts[other]) or type(parts[one]) not in kinds:
                return parts
            changed = list(parts)
            changed[one], changed[other] = sorted((parts[one], parts[other]))
            if (low, high) in self._apart and changed[one] == changed[other] and type(parts[one]) in (int, float):
                changed[other] += 1
            return type(parts)(changed)

        fitted: Arguments = put(arguments, low[:-1], ordered)
        return fitted


def _digits(function: Any) -> list[tuple[int, str]]:
    """(place, default) of the parameters whose default is a text of digits, and of which nothing is done but that they are
    joined with other texts: they are of digits.
    """
    names = [part.arg for part in (*function.args.posonlyargs, *function.args.args)]
    bare = len(names) - len(function.args.defaults)
    joined = {
        id(part)
        for node in ast.walk(function)
        if isinstance(node, ast.FormattedValue) or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add))
        for part in ast.iter_child_nodes(node)
    }
    read = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
    return [
        (bare + at, node.value)
        for at, node in enumerate(function.args.defaults)
        if isinstance(node, ast.Constant)
        and type(node.value) is str
        and node.value.isdecimal()
        and all(id(name) in joined for name in read if name.id == names[bare + at])
    ]


def _only_digits(default: str, value: Any) -> Any:
    return ("".join(sign for sign in value if sign in "0123456789") or default) if type(value) is str else value


def _counted(least: int, value: Any) -> Any:
    if type(value) not in (int, float):
        return value
    enough = value if value >= least else 2 * least - value
    return enough if enough < _MANY else least + enough % _MANY


class Constructors:
    """What is meant by what objects of the classes of a spec are made with, wherever they stand."""

    def __init__(self, objects: Objects) -> None:
        self.objects = objects
        self._bounds = {name: bounds_of_class(name, objects) for name in objects.classes}
        self._calendars = {name: Calendar(made.methods["__init__"]) for name, made in objects.classes.items()}
        self._made = {name: self.method(name, "__init__") for name in objects.classes}

    def method(self, name: str, method: str) -> Meaning:
        """What is meant by the arguments of one method of a class, the object the first of them."""
        function = self.objects.classes[name].methods[method]
        positions = Positions(function, self.objects.kinds(function, name), method == "__init__")
        return Meaning(function, self._bounds[name][method], positions)

    def made(self, name: str, arguments: Arguments) -> Arguments:
        """The arguments of the constructor of a class."""
        _, *dated = self._calendars[name].fitted((None, *self.within(arguments)))
        fitted: Arguments = self._made[name].fitted((tuple(dated),))[0]
        return fitted

    def within(self, value: Any) -> Any:
        """A value, the objects in it made with what is meant."""
        if not self._made:
            return value
        if isinstance(value, Recipe) and value.kind == "instance" and value.name in self._made:
            return Recipe(value.kind, value.name, self.made(value.name, value.parts))
        return type(value)(map(self.within, value)) if type(value) in (tuple, list) else value


class FunctionMeaning:
    """What is meant by the arguments of a function, and by the objects among them."""

    def __init__(self, function: Any, constructors: Constructors) -> None:
        self._constructors = constructors
        objects = constructors.objects
        positions = Positions(function, objects.kinds(function, ""))
        self._own = Meaning(function, bounds_of(function, objects), positions)
        self.notable = self._own.notable

    def fitted(self, arguments: Arguments) -> Arguments:
        """The arguments as what is meant by them."""
        return self._own.fitted(self._constructors.within(arguments))


class ScriptMeaning:
    """What is meant by a script: by what an object is made with, and by the arguments of its methods."""

    def __init__(self, name: str, constructors: Constructors) -> None:
        self.notable: list[Arguments] = []
        self._name, self._constructors = name, constructors
        self._methods = {
            method: constructors.method(name, method)
            for method in constructors.objects.classes[name].methods
            if method != "__init__"
        }

    def fitted(self, script: Arguments) -> Arguments:
        """A script whose arguments are what is meant by them."""
        made = self._constructors.made(self._name, script[0])
        return made, tuple(
            (step, self._given(step.removesuffix(GO_ON), made, arguments)) for step, arguments in script[1]
        )

    def _given(self, method: str, made: Arguments, arguments: Arguments) -> Arguments:
        arguments = self._constructors.within(arguments)
        return self._methods[method].fitted((made, *arguments))[1:] if method in self._methods else arguments


def meaning_of(tree: ast.Module, target: str) -> FunctionMeaning | ScriptMeaning:
    """That of a target: of a function, or of `Class()`."""
    constructors = Constructors(objects_of(tree))
    if target.endswith("()"):
        return ScriptMeaning(target[:-2], constructors)
    return FunctionMeaning(constructors.objects.functions[target], constructors)
