"""Boards and grids: parameters of which a function reads cells, `grid[row][column]`.

Their rows are of one length, unless the function asks for the length of a row itself; they have as many rows and columns as
the loops over them where these are constant (`for i in range(3)`) and no length is asked for.
"""

import ast
import random
from collections.abc import Iterator
from typing import Any

from kgents.verify.reference.inside.facts import called
from kgents.verify.reference.inside.positions import Position, Positions, number, put

_FEWEST, _MOST = 2, 9  # rows of a board of a constant size


class Grids:
    """The parameters of one function that are grids. `positions` is given for a method."""

    def __init__(self, function: Any, positions: Positions | None = None) -> None:
        self.found: dict[Position, int] = {}
        if function is None:
            return
        positions = positions or Positions(function)
        nodes = list(ast.walk(function))
        asked = {place for node in nodes for place in _lengths(node, positions)}
        rows = {place for place, row in asked if row}
        lengths = {place for place, _ in asked}
        turns = {name: count for node in nodes for name, count in _turns(node)}
        for node in nodes:
            place = cell_of(node, positions)
            if place is not None and place not in rows:
                size = 0 if place in lengths else max((turns.get(name, 0) for name in _names(node)), default=0)
                self.found[place] = max(size, self.found.get(place, 0))

    def fitted(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, the rows of their grids of one length."""
        for place, size in self.found.items():
            arguments = put(arguments, place, lambda grid, size=size: _even(grid, size))  # type: ignore[misc]
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
            place = positions.names.get(name)
            return place[:-1] if place is not None and len(place) > 1 and place[-1] < 0 else None
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


def _lengths(node: ast.AST, positions: Positions) -> Iterator[tuple[Position, bool]]:
    """(grid, whether it is one of its rows) whose length is asked for; the first row stands for all."""
    if not isinstance(node, ast.Call) or called(node) != "len" or len(node.args) != 1:
        return
    match node.args[0]:
        case ast.Subscript(value=grid, slice=row):
            place = positions.of(grid)
            if place is not None:
                yield place, not isinstance(row, ast.Constant)
        case asked:
            place = positions.of(asked)
            if place is not None:
                yield (place[:-1], True) if place[-1] < 0 else (place, False)


def _turns(node: ast.AST) -> Iterator[tuple[str, int]]:
    """(name, how often) of a loop over a constant range."""
    match node:
        case ast.For(target=ast.Name(id=name), iter=source) | ast.comprehension(target=ast.Name(id=name), iter=source):
            match source:
                case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int(count))]) if (
                    _FEWEST <= count <= _MOST
                ):
                    yield name, count


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _even(grid: Any, size: int) -> Any:
    """A grid whose rows are of one length, `size` of them where it is not 0; as it is where it is none."""
    kinds = {type(row) for row in grid} if type(grid) in (list, tuple) else set()
    if len(kinds) != 1 or not kinds <= {str, list, tuple}:
        return grid
    rows = [row for row in grid if row]
    if not rows:
        return grid[:0]
    width = size or min(map(len, rows))
    rows = (rows * size)[:size] if size else rows
    return type(grid)((row * size)[:width] if size else row[:width] for row in rows)
