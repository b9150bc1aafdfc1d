"""Tests in the candidate's own process, under secret coins: expected literals are replaced by near misses, or are not.

Assertions become notes. The process does not know which literals are true ones, so a note that is forged, or an object
that is equal to everything, agrees with all coins only by chance: 2 to the power of minus their number.
"""

import ast
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from kgents.sandbox.syntax import parse
from kgents.verify.mirrors.inside.nearmiss import row_of

LEAST = 8  # coins below which nothing is believed
RUNS, MOST_RUNS = 6, 12  # one of them with all literals true
NOTE = "__note__"


@dataclass(frozen=True, slots=True)
class Run:
    """One run: the tests, and for each literal whether it is the true one; `lines` are where the literals stand."""

    tests: str
    true: tuple[bool, ...]
    lines: tuple[int, ...]

    def failure(self, notes: Sequence[tuple[int, bool]]) -> tuple[str, bool] | None:
        """(what is wrong, whether it can only be forged) with what a run noted; None where it agrees with the coins."""
        noted = {index for index, _ in notes}
        for index, held in notes:
            if not 0 <= index < len(self.true):
                return "a note that no test makes", True
            if held and not self.true[index]:
                return f"what line {self.lines[index]} of the tests compares equals what it must not equal", True
            if self.true[index] and not held:
                return f"AssertionError (line {self.lines[index]} of the tests)", False
        missed = next((index for index in range(len(self.true)) if index not in noted), None)
        return None if missed is None else (f"line {self.lines[missed]} of the tests was not reached", False)


def runs_of(tests: str, chance: Random) -> list[Run]:
    """The runs of a test program, in a random order; none where it compares with too few literals."""
    sites = _bent(tests, (), chance).lines
    if not sites:
        return []
    number = min(MOST_RUNS, max(RUNS, -(-LEAST // len(sites)) + 1))
    columns = [_column(number - 1, chance) for _ in sites]
    masks = [tuple(True for _ in sites), *zip(*columns, strict=True)]
    runs = [_bent(tests, mask, chance) for mask in masks]
    chance.shuffle(runs)
    return runs


def coins_of(runs: Sequence[Run]) -> int:
    """How many coins a candidate would have to guess."""
    return (len(runs) - 1) * len(runs[0].true) if runs else 0


def _column(length: int, chance: Random) -> tuple[bool, ...]:
    """Coins of one literal, not all alike."""
    while True:
        column = tuple(bool(chance.getrandbits(1)) for _ in range(length))
        if len(set(column)) == 2:
            return column


def _bent(tests: str, true: Sequence[bool], chance: Random) -> Run:
    change = _Notes(true, chance)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = change.visit(parse(tests))
    text = ast.unparse(ast.fix_missing_locations(tree))
    return Run(text, tuple(true), tuple(change.lines))


class _Notes(ast.NodeTransformer):
    """Turns comparisons with literals into notes."""

    def __init__(self, true: Sequence[bool], chance: Random) -> None:
        self._true = true
        self._chance = chance
        self.lines: list[int] = []

    def visit_Assert(self, node: ast.Assert) -> ast.stmt:
        match node.test:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                return self._noted(node, left, right) or node
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        match node.value:
            case ast.Call(func=ast.Attribute(attr="assertEqual" | "assertEquals"), args=[left, right, *_]):
                return self._noted(node, left, right) or node
        return node

    def _noted(self, node: ast.stmt, left: ast.expr, right: ast.expr) -> ast.stmt | None:
        """The note in the place of a comparison; None where neither side is a literal that has near misses."""
        for value, other in ((right, left), (left, right)):
            misses = self._misses(value)
            if misses:
                index = len(self.lines)
                self.lines.append(node.lineno)
                true = index >= len(self._true) or self._true[index]
                shown = value if true else parse(repr(self._chance.choice(misses)), mode="eval").body
                compared = ast.Compare(other, [ast.Eq()], [shown])
                call = ast.Call(ast.Name(NOTE, ast.Load()), [ast.Constant(index), compared], [])
                return ast.copy_location(ast.Expr(call), node)
        return None

    def _misses(self, node: ast.expr) -> list[Any]:
        try:
            value = ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return []
        return [each for each in row_of(value, self._chance) if each != value]
