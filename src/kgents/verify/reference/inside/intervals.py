"""Which parameters bound one value, told by comparisons that stand together: chains, clamps, intervals that overlap."""

import ast
import itertools
from dataclasses import dataclass, field

from kgents.verify.reference.inside.branches import blocks
from kgents.verify.reference.inside.facts import called
from kgents.verify.reference.inside.positions import Position, Positions, compared

_BELOW, _ABOVE = (ast.Lt, ast.LtE), (ast.Gt, ast.GtE)
ORDER = (*_BELOW, *_ABOVE)
Test = tuple[str, bool, Position]  # what is compared, whether it is asked to be below, with what


@dataclass(slots=True)
class Bounds:
    """What is known of the arguments of one function.

    pairs     (lower, upper): places of which the first is not above the second, told by what is done with them
    named     such pairs, told by their names
    apart     those pairs of which the second is above the first
    counts    the least value at a place that counts
    related   pairs of places that the function relates to each other itself
    limited   places that the function compares with a number
    """

    pairs: set[tuple[Position, Position]] = field(default_factory=set)
    named: set[tuple[Position, Position]] = field(default_factory=set)
    apart: set[tuple[Position, Position]] = field(default_factory=set)
    counts: dict[Position, int] = field(default_factory=dict)
    related: set[frozenset[Position]] = field(default_factory=set)
    limited: set[Position] = field(default_factory=set)

    def pair(self, low: Position | None, high: Position | None, apart: bool = False) -> None:
        """Notes a pair; parts of different things are none."""
        if low is None or high is None or low == high or low[:-1] != high[:-1]:
            return
        self.pairs.add((low, high))
        if apart:
            self.apart.add((low, high))

    def count(self, position: Position | None, least: int) -> None:
        """Notes that a place counts, from a least value on."""
        if position is not None:
            self.counts[position] = max(least, self.counts.get(position, 0))


class Intervals:
    """Notes in `bounds` what the comparisons of one function say together; `nodes` is all of it."""

    def __init__(self, nodes: list[ast.AST], places: Positions, bounds: Bounds) -> None:
        self.places, self.bounds = places, bounds
        self._nodes = nodes
        self._extents()
        self._chains()
        self._clamped()
        self._intervals()

    def _extents(self) -> None:
        """`a <= x < a + n`: n is how far it goes from a."""
        nodes = [node for node in self._nodes if isinstance(node, ast.Compare)]
        tests = {(side, position) for node in nodes for side, _, position in self._of(node)}
        for node in nodes:
            for left, _, right in compared(node):
                for side, end in ((left, right), (right, left)):
                    match end:
                        case ast.BinOp(op=ast.Add(), left=start, right=width):
                            if (ast.dump(side), self.places.of(start)) in tests:
                                self.bounds.count(self.places.of(width), 0)

    def _chains(self) -> None:
        """Comparisons of one thing with two places: in one chain, joined by `and` or `or`, or in tests one after another."""
        for node in self._nodes:
            match node:
                case ast.Compare():
                    self._inside(self._of(node))
                case ast.BoolOp(op=operator, values=values):
                    tests = [test for value in values for test in self._of(value)]
                    self._inside(tests) if isinstance(operator, ast.And) else self._outside(tests, one_way=False)
                case ast.comprehension(ifs=tests):
                    self._inside([test for part in tests for test in self._of(part)])
        for block, exclusive in blocks(self._nodes):
            self._outside([test for part in block for test in self._of(part)], exclusive)

    def _of(self, node: ast.expr) -> list[Test]:
        """What an expression compares with places."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return [(side, not below, position) for side, below, position in self._of(node.operand)]
        if not isinstance(node, ast.Compare):
            return []
        tests: list[Test] = []
        for left, operator, right in compared(node):
            if isinstance(operator, ORDER):
                below = isinstance(operator, _BELOW)
                for side, other, under in ((left, right, below), (right, left, not below)):
                    position = self.places.of(other)
                    if position is not None:
                        tests.append((ast.dump(side), under, position))
        return tests

    def _inside(self, tests: list[Test]) -> None:
        for one, other in itertools.permutations(tests, 2):
            if one[0] == other[0] and not one[1] and other[1]:
                self.bounds.pair(one[2], other[2])

    def _outside(self, tests: list[Test], one_way: bool) -> None:
        """Below the first, or above the second. `one_way` is where of two that ask the same way the first is met first."""
        for one, other in itertools.combinations(tests, 2):
            if one[0] == other[0] and (one_way or one[1] != other[1]):
                low, high = (one, other) if one[1] else (other, one)
                self.bounds.pair(low[2], high[2])

    def _clamped(self) -> None:
        """`max(a, min(x, b))` and `min(b, max(x, a))`, in one expression or one after the other."""
        lows: dict[str, Position] = {}
        highs: dict[str, Position] = {}
        for node in self._nodes:
            if not isinstance(node, ast.Call) or called(node) not in ("min", "max") or len(node.args) != 2:
                continue
            lowest = called(node) == "max"
            for bound, inner in itertools.permutations(node.args):
                position = self.places.of(bound)
                if position is None:
                    continue
                if (
                    isinstance(inner, ast.Call)
                    and called(inner) == ("min" if lowest else "max")
                    and len(inner.args) == 2
                ):
                    other = self._nearest(position, inner.args, lowest)
                    self.bounds.pair(position, other) if lowest else self.bounds.pair(other, position)
                elif isinstance(inner, ast.Name) and inner.id not in self.places.names:
                    (lows if lowest else highs)[inner.id] = position
        for name in lows.keys() & highs.keys():
            self.bounds.pair(lows[name], highs[name])

    def _nearest(self, position: Position, arguments: list[ast.expr], after: bool) -> Position | None:
        """Of two arguments the one that is the other bound: what stands beside it, a lower bound before an upper one."""
        places = [
            other for other in map(self.places.of, arguments) if other is not None and other[:-1] == position[:-1]
        ]
        if len(places) == 2 and self._both(places):
            return None
        return min(
            places,
            key=lambda other: (abs(other[-1] - position[-1]), (other[-1] > position[-1]) != after),
            default=None,
        )

    def _both(self, places: list[Position]) -> bool:
        """Whether two places are asked for the lesser and for the greater of them: either may be it."""
        calls = [node for node in self._nodes if isinstance(node, ast.Call) and called(node) in ("min", "max")]
        return len({called(node) for node in calls if set(map(self.places.of, node.args)) == set(places)}) == 2

    def _intervals(self) -> None:
        """Two intervals that overlap: `a <= d and c <= b`, `b < c or d < a`, `max(a, c) <= min(b, d)`."""
        for node in self._nodes:
            if isinstance(node, ast.BoolOp):
                together = isinstance(node.op, ast.And)
                ends = [pair for value in node.values for pair in self._ends(value, together)]
                for (one, two), (three, four) in itertools.combinations(ends, 2):
                    self._like(one, four, three, two)
        calls = [node for node in self._nodes if isinstance(node, ast.Call) and len(node.args) == 2]
        for most, least in itertools.product(calls, calls):
            places = [self.places.of(part) for part in (*most.args, *least.args)]
            if (called(most), called(least)) == ("max", "min") and None not in places:
                one, three, two, four = (position or () for position in places)
                self._like(one, two, three, four)
                self._like(one, four, three, two)

    def _ends(self, node: ast.expr, together: bool) -> list[tuple[Position, Position]]:
        """(start, end) of a comparison that has to hold, or that must not."""
        intervals = []
        for left, operator, right in compared(node) if isinstance(node, ast.Compare) else ():
            one, other = self.places.of(left), self.places.of(right)
            if one is not None and other is not None and isinstance(operator, ORDER):
                intervals.append((one, other) if isinstance(operator, _BELOW) == together else (other, one))
        return intervals

    def _like(self, start: Position, end: Position, other_start: Position, other_end: Position) -> None:
        """Notes two intervals, if they look alike: as far apart in their parameters, and all different."""
        of_one = start[:-1] == end[:-1] and other_start[:-1] == other_end[:-1]
        if of_one and len({start, end, other_start, other_end}) == 4:
            alike = end[-1] - start[-1] == other_end[-1] - other_start[-1] > 0
            self.bounds.pair(start, end if alike else None)
            self.bounds.pair(other_start, other_end if alike else None)
