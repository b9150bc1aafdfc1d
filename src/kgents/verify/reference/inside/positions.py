"""Where in the arguments of a function an expression reads: a parameter, a part of one by its place, a part of each item.

A position is (parameter, step …): its number among the positional parameters, then the number of a part, or EACH for all items.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kgents.verify.reference.inside.domains import Function
from kgents.verify.reference.inside.recipes import Recipe

Position = tuple[int, ...]
EACH = -1000
_LARGEST = 8  # of the parts of a tuple that are told apart


class Positions:
    """The places that the names of one function stand for. A name that is bound to anything else stands for none.

    kinds       attributes, with their numbers, of the objects that are at some places
    constructs  whether it is a constructor: its arguments are parts of the first, the object
    """

    def __init__(
        self, function: Any, kinds: Mapping[Position, Mapping[str, int]] | None = None, constructs: bool = False
    ) -> None:
        self._kinds = kinds or {}
        parameters = [part.arg for part in (*function.args.posonlyargs, *function.args.args)]
        self.parameters: dict[str, Position] = {
            name: (0, position - 1) if constructs and position else (position,)
            for position, name in enumerate(parameters)
        }
        self.names = dict(self.parameters)
        self._bound: dict[str, set[Position | None]] = {name: {position} for name, position in self.names.items()}
        self._drawn: set[int] = set()
        for node in ast.walk(function):
            self._read(node)
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) and id(node) not in self._drawn:
                self.names.pop(node.id, None)

    def of(self, node: ast.AST | None) -> Position | None:
        """The place that an expression reads, None where it reads none."""
        match node:
            case ast.Name(id=name):
                return self.names.get(name)
            case ast.Subscript(value=value, slice=ast.Constant(value=int(part))) if 0 <= part < _LARGEST:
                above = self.of(value)
                return None if above is None else (*above, part)
            case ast.Attribute(value=value, attr=attr) if self._kinds:
                above = self.of(value)
                number = self._kinds.get(above, {}).get(attr) if above is not None else None
                return None if above is None or number is None else (*above, number)
        return None

    def once(self, node: ast.AST) -> Position | None:
        """The place that an expression reads, also of a parameter that is bound anew somewhere."""
        return (
            self.parameters.get(node.id) if isinstance(node, ast.Name) and node.id not in self.names else self.of(node)
        )

    def _read(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                if len(targets) == len(values) and not _crossed(targets, values):
                    for target, value in zip(targets, values, strict=True):
                        self._bind(target, self.of(value))
            case ast.Assign(targets=[ast.Tuple() as target], value=value):
                self._bind(target, self.of(value))
            case ast.For(target=target, iter=source) | ast.comprehension(target=target, iter=source):
                above = self.of(_items(source))
                self._bind(target, None if above is None else (*above, EACH))

    def _bind(self, target: ast.expr, position: Position | None) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            for part, inner in enumerate(target.elts):
                self._bind(inner, None if position is None else (*position, part))
        elif isinstance(target, ast.Name):
            self._drawn.add(id(target))
            bound = self._bound.setdefault(target.id, set())
            bound.add(position)
            self.names.pop(target.id, None)
            if len(bound) == 1 and position is not None:
                self.names[target.id] = position


def _items(source: ast.expr) -> ast.expr:
    """What is gone through: `items` of `sorted(items)`."""
    match source:
        case ast.Call(func=ast.Name(id="sorted" | "list" | "reversed" | "set" | "tuple"), args=[inner, *_]):
            return _items(inner)
    return source


def _crossed(targets: list[ast.expr], values: list[ast.expr]) -> bool:
    """Whether names are bound to each other: an exchange."""
    names = {getattr(part, "id", None) for part in targets}
    return any(isinstance(part, ast.Name) and part.id in names for value in values for part in ast.walk(value))


def own_functions(tree: ast.Module) -> dict[str, Any]:
    """The functions of a module by their names."""
    return {node.name: node for node in tree.body if isinstance(node, Function)}


def moved(position: Position, arguments: list[Position | None]) -> Position | None:
    """A place in the arguments of a call, as a place in those of the caller. `given` has that of each argument."""
    above = arguments[position[0]] if position[0] < len(arguments) else None
    return None if above is None else (*above, *position[1:])


def put(container: Any, steps: Position, change: Callable[[Any], Any]) -> Any:
    """A container with the part at a place changed; as it is where it has no such part."""
    if not steps:
        return change(container)
    if isinstance(container, Recipe) and container.kind == "instance":
        return Recipe(container.kind, container.name, put(container.parts, steps, change))
    if type(container) not in (tuple, list):
        return container
    chosen = range(len(container)) if steps[0] == EACH else steps[:1]
    parts = [put(part, steps[1:], change) if at in chosen else part for at, part in enumerate(container)]
    return type(container)(parts)


def compared(node: ast.Compare) -> Iterator[tuple[ast.expr, ast.cmpop, ast.expr]]:
    """(left, operator, right) of each single comparison of a chain."""
    yield from zip([node.left, *node.comparators], node.ops, node.comparators, strict=False)


def number(node: ast.AST) -> int | None:
    """The whole number that is written there."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return int(value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -int(value)
    return None


def is_text(node: ast.AST) -> bool:
    """Whether an expression is seen to be a text or a list."""
    text = isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    return text or isinstance(node, ast.JoinedStr | ast.List)
