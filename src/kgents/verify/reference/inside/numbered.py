"""Numbers of things that a function makes itself: `counts = [0] * size; counts[end] += 1`.

What is looked up in a list, or a dict, of `size` things is from 0 to size - 1, and of `size + 1` things from 1 to size.
So is what stands in a list that is followed into itself (`node = parents[node]`), -1 besides where the function speaks of it.
Rule: what a function compares with bounds is left as it is: it looks at it itself.
"""

import ast
from collections.abc import Iterator
from typing import Any

from kgents.verify.reference.inside.domains import Function
from kgents.verify.reference.inside.facts import called
from kgents.verify.reference.inside.intervals import Bounds
from kgents.verify.reference.inside.positions import EACH, Position, Positions, number, put

# Things; of more, every second number of them is made less, so that something happens twice to one.
_FEW, _LESS = 12, 10
_KEPT = frozenset({"append", "add", "discard"})
Size = tuple[Position, int]  # where it is said how many there are, the first of them


class Numbered:
    """The places in the arguments of one function that are numbers of things, each with how many there are."""

    def __init__(self, function: Any, positions: Positions, bounds: Bounds) -> None:
        self.sizes: dict[Position, Size] = {}
        self._followed: dict[int, int] = {}
        if function is None:
            return
        self._positions = positions
        self._nodes = list(ast.walk(function))
        root = any(isinstance(node, ast.USub) for node in self._nodes)  # -1, which is none of them
        self._followed = dict.fromkeys(_followed(self._nodes, positions), -1 if root else 0)
        self._inner = {node.name: node for node in self._nodes if isinstance(node, Function) and node is not function}
        self._made = {name: size for node in self._nodes for name, size in _made(node, positions)}
        for node in self._nodes:
            for size, position in self._read(node):
                if position not in bounds.limited and len(position) > 1:
                    self.sizes[position] = size
                    self.sizes.update({other: size for other in _other(position) if other not in bounds.limited})

    def fitted(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, their numbers of things within how many there are."""
        if not self.sizes and not self._followed:
            return arguments
        for counted, _ in {*self.sizes.values()}:
            arguments = put(arguments, counted, _fewer)
        for at, least in self._followed.items():
            arguments = put(arguments, (at,), lambda listed, least=least: _led_back(listed, least))  # type: ignore[misc]
        for position, (counted, first) in self.sizes.items():
            many = arguments[counted[0]] if len(counted) == 1 and counted[0] < len(arguments) else None
            if type(many) is not int:
                continue
            if many < 1:
                whole = position[: position.index(EACH)] if EACH in position else position
                arguments = put(arguments, whole, lambda value: type(value)())
            else:
                arguments = put(arguments, position, lambda value, many=many, first=first: _within(value, many, first))  # type: ignore[misc]
        return arguments

    def _read(self, node: ast.AST) -> Iterator[tuple[Size, Position]]:
        """(how many, place) of each number of a thing that an expression looks up or keeps."""
        match node:
            case ast.Subscript(value=held, slice=key):
                size = self._size(held)
                yield from ((size, position) for position in self._places(key) if size is not None)
            case ast.Call(func=ast.Attribute(value=ast.Subscript(value=held), attr=attr), args=[kept]) if attr in _KEPT:
                size = self._size(held)
                first = kept.elts[0] if isinstance(kept, ast.Tuple) and kept.elts else kept
                yield from ((size, position) for position in self._places(first) if size is not None)

    def _size(self, held: ast.expr) -> Size | None:
        """How many things are in what is looked up, also in a row of a square of them."""
        while isinstance(held, ast.Subscript):
            held = held.value
        return self._made.get(held.id) if isinstance(held, ast.Name) else None

    def _places(self, key: ast.expr) -> Iterator[Position]:
        """The places that a key reads; of a call of an inner function, and of a parameter of one, those that it is given."""
        position = self._positions.of(key)
        if position is not None:
            yield position
        elif called(key) in self._inner and isinstance(key, ast.Call):
            yield from (position for part in key.args if (position := self._positions.of(part)) is not None)
        elif isinstance(key, ast.Name):
            for name, function in self._inner.items():
                names = [part.arg for part in function.args.args]
                if key.id in names:
                    yield from self._handed(name, names.index(key.id))

    def _handed(self, name: str, at: int) -> Iterator[Position]:
        for node in self._nodes:
            if isinstance(node, ast.Call) and called(node) == name and at < len(node.args):
                position = self._positions.of(node.args[at])
                if position is not None:
                    yield position


def _made(node: ast.AST, positions: Positions) -> Iterator[tuple[str, Size]]:
    """(name, how many) of a list or a dict that is made of so many things."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            match value:
                case ast.BinOp(left=left, op=ast.Mult(), right=right):
                    counts = [right if isinstance(left, ast.List) else left]
                case ast.ListComp(generators=[only]) | ast.DictComp(generators=[only]):
                    counts = _ranged(only.iter)
                case ast.Call(func=ast.Name(id="list" | "dict"), args=[inner]):
                    counts = _ranged(inner)
                case _:
                    return
            for count in counts:
                first, named = _first(count)
                position = positions.of(named)
                if position is not None:
                    yield name, (position, first)


def _followed(nodes: list[ast.AST], positions: Positions) -> Iterator[int]:
    """The numbers of parameters that are lists of places in themselves."""
    for node in nodes:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Subscript(value=ast.Name() as held, slice=ast.Name(id=key))
            ) if name == key:
                position = positions.of(held)
                if position is not None and len(position) == 1:
                    yield position[0]


def _led_back(listed: Any, least: int) -> Any:
    if type(listed) is not list:
        return listed
    return [item if item == least else _within(item, len(listed), 0) for item in listed]


def _ranged(node: ast.expr) -> list[ast.expr]:
    """`n` of `range(n)`, `n + 1` of `range(1, n + 1)`."""
    match node:
        case ast.Call(func=ast.Name(id="range"), args=[end]):
            return [end]
        case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=1), end]):
            return [end]
    return []


def _first(count: ast.expr) -> tuple[int, ast.expr]:
    match count:
        case ast.BinOp(left=left, op=ast.Add(), right=right) if number(right) == 1:
            return 1, left
    return 0, count


def _other(position: Position) -> Iterator[Position]:
    """The other end of an edge: the other part of a pair."""
    if position[-2:] in ((EACH, 0), (EACH, 1)):
        yield (*position[:-1], 1 - position[-1])


def _fewer(value: Any) -> Any:
    return value % _LESS if type(value) is int and value > _FEW and value % 2 else value


def _within(value: Any, many: int, first: int) -> Any:
    if type(value) is not int or first <= value < first + many:
        return value
    return first + value % many
