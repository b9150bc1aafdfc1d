"""Boards and grids: parameters of which a function reads cells, `grid[row][column]`, that it turns by `zip(*grid)`, or that
are called a grid or a matrix.

Their rows are of one length, unless the function asks for the length of a row itself; they have as many rows and columns as
the loops over them where these are constant (`for i in range(3)`) and no length is asked for.
"""

import ast
import random
import re
from collections.abc import Iterator
from typing import Any

from kgents.verify.reference.inside.facts import called
from kgents.verify.reference.inside.positions import Position, Positions, number, put

_FEWEST, _MOST = 2, 9  # rows of a board of a constant size
_SMALL = 4  # cells of a side, of boards that a few draws fill
_CALLED = re.compile(r"(^|_)(grid|matrix|board|maze|image|pixels|bitmap)$")
_NESTED = re.compile(r"(list|sequence|tuple)\[(list|sequence|tuple)\[", re.IGNORECASE)


class Grids:
    """The parameters of one function that are grids. `positions` is given for a method."""

    def __init__(self, function: Any, positions: Positions | None = None) -> None:
        self.sizes: dict[Position, int] = {}
        self._perhaps: set[Position] = set()  # of rows or of texts, which no annotation tells
        if function is None:
            return
        positions = positions or Positions(function)
        nodes = list(ast.walk(function))
        asked = {position for node in nodes for position in _lengths(node, positions)}
        rows = {position for position, row in asked if row}
        lengths = {position for position, _ in asked}
        turns: dict[str, int] = {}
        for name, count in (turn for node in nodes for turn in _turns(node)):
            turns[name] = max(count, turns.get(name, 0))
        for node in nodes:
            position = cell_of(node, positions)
            if position is not None and position not in rows:
                size = 0 if position in lengths else max((turns.get(name, 0) for name in _names(node)), default=0)
                self.sizes[position] = max(size, self.sizes.get(position, 0))
        for position in (*_called(function, positions), *_turned(function, positions)):
            if position not in rows:
                self.sizes.setdefault(position, 0)
        self._perhaps = set(_turned(function, positions, told=False)) - rows - set(self.sizes)

    def fitted(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, the rows of their grids of one length."""
        for position, size in self.sizes.items():
            arguments = put(arguments, position, lambda grid, size=size: _even(grid, size))  # type: ignore[misc]
        for position in self._perhaps:
            arguments = put(arguments, position, lambda grid: grid if _of_texts(grid) else _even(grid, 0))
        return arguments


def cell_of(node: ast.AST, positions: Positions) -> Position | None:
    """The grid of which an expression reads a cell, None where it reads none."""
    match node:
        case ast.Subscript(value=ast.Subscript(value=grid, slice=row), slice=column):
            plain = any(isinstance(part, ast.Slice | ast.Tuple) for part in (row, column))
            named = any(isinstance(part, ast.Name) for each in (row, column) for part in ast.walk(each))
            return positions.of(grid) if named and not plain else None
        case ast.Subscript(value=ast.Name(id=name), slice=column) if (
            not isinstance(column, ast.Slice) and number(column) is None
        ):
            position = positions.names.get(name)
            return position[:-1] if position is not None and len(position) > 1 and position[-1] < 0 else None
    return None


def maze(draw: random.Random, way: Any, wall: Any) -> list[list[Any]]:
    """A maze: from each corner one way to each other, with turns in all directions."""
    rows, columns = draw.randint(2, 4), draw.randint(2, 4)
    cells = [[wall] * (2 * columns - 1) for _ in range(2 * rows - 1)]
    stack = [(0, 0)]
    cells[0][0] = way
    while stack:
        row, column = stack[-1]
        near = [(row + 2, column), (row - 2, column), (row, column + 2), (row, column - 2)]
        new = [(r, c) for r, c in near if 0 <= r < len(cells) and 0 <= c < len(cells[0]) and cells[r][c] == wall]
        if not new:
            stack.pop()
            continue
        stack.append(draw.choice(new))
        cells[stack[-1][0]][stack[-1][1]] = way
        cells[(row + stack[-1][0]) // 2][(column + stack[-1][1]) // 2] = way
    return cells


def _called(function: Any, positions: Positions) -> list[Position]:
    """The parameters that are called a grid."""
    return [position for name, position in positions.parameters.items() if _CALLED.search(name)]


def _turned(function: Any, positions: Positions, told: bool = True) -> Iterator[Position]:
    """The parameters of rows of which `zip(*rows)` makes columns. Of texts it makes a common beginning: those of which an
    annotation says that they are of rows, or none says what they are where it need not be `told`.
    """
    parameters = {part.arg: part.annotation for part in (*function.args.posonlyargs, *function.args.args)}
    nested = {
        name
        for name, kind in parameters.items()
        if (kind is not None and _NESTED.search(ast.unparse(kind)) if told else kind is None)
    }
    held = {name: {name} for name in nested}  # what stands for the rows of which parameter
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                for rows in held.values():
                    rows.update({name} if _same_rows(value) in rows else ())
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Name(id="zip"), args=[ast.Starred(value=value)], keywords=[]):
                yield from (positions.parameters[name] for name, rows in held.items() if _same_rows(value) in rows)


def _same_rows(node: ast.AST) -> str:
    """The name of what an expression has the rows of: itself, backwards, or a copy; '' where it has those of none."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Subscript(value=value, slice=ast.Slice()):
            return _same_rows(value)
        case ast.Call(func=ast.Name() | ast.Attribute(), args=[ast.Name(id="list" | "tuple"), value]) if (
            called(node) == "map"
        ):
            return _same_rows(value)
        case ast.Call(args=[value]) if called(node) in ("list", "tuple", "reversed", "deepcopy", "copy"):
            return _same_rows(value)
        case ast.ListComp(elt=elt, generators=[ast.comprehension(target=ast.Name(id=row), iter=source, ifs=[])]):
            return _same_rows(source) if _same_rows(elt) == row else ""
    return ""


def _lengths(node: ast.AST, positions: Positions) -> Iterator[tuple[Position, bool]]:
    """(grid, whether it is one of its rows) whose length is asked for; the first row stands for all."""
    if not isinstance(node, ast.Call) or called(node) != "len" or len(node.args) != 1:
        return
    match node.args[0]:
        case ast.Subscript(value=grid, slice=row):
            position = positions.of(grid)
            if position is not None:
                yield position, not isinstance(row, ast.Constant)
        case asked:
            position = positions.of(asked)
            if position is not None:
                yield (position[:-1], True) if position[-1] < 0 else (position, False)


def _turns(node: ast.AST) -> Iterator[tuple[str, int]]:
    """(name, the end of what it counts) of a loop over a constant range."""
    match node:
        case ast.For(target=ast.Name(id=name), iter=source) | ast.comprehension(target=ast.Name(id=name), iter=source):
            match source:
                case ast.Call(
                    func=ast.Name(id="range"),
                    args=[ast.Constant(value=int(end))] | [ast.Constant(), ast.Constant(value=int(end)), *_],
                ) if _FEWEST <= end <= _MOST:
                    yield name, end


def _of_texts(grid: Any) -> bool:
    return type(grid) in (list, tuple) and any(type(row) is str for row in grid)


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _even(grid: Any, size: int) -> Any:
    """A grid whose rows are of one length, `size` of them where it is not 0; as it is where it is none.

    What is missing of one up to 4 wide is what is there once more, so that lines of it are alike; of a larger one its commonest
    cell, which is likelier to stand for nothing.
    """
    kinds = {type(row) for row in grid} if type(grid) in (list, tuple) else set()
    if len(kinds) != 1 or not kinds <= {str, list, tuple}:
        return grid
    rows = [row for row in grid if row]
    if not rows:
        return grid[:0]
    if not size:
        width = min(map(len, rows))
        return type(grid)(row[:width] for row in rows)
    if size <= _SMALL:
        rows = (rows * size)[:size]
        return type(grid)((row * size)[:size] for row in rows)
    cells = [cell for row in rows for cell in row]
    commonest = max(cells, key=cells.count)
    ground = type(rows[0])([commonest] if type(rows[0]) is not str else commonest) * size
    rows = (rows + [ground] * size)[:size]
    return type(grid)((row + ground)[:size] for row in rows)
