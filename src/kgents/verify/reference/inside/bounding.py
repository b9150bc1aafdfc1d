"""Which parameters bound one value from below and from above, and which count something: told by what one function does.

`a <= x <= b`, `max(a, min(x, b))`, `x < a or x > b`, `if x < a: … elif x > b: …`, `range(a, b + 1)`, `text[a:b]`,
`% (b - a)` and the overlap of two intervals say that a is not above b. `range(n)`, `text[:n]`, `" " * n` say that n counts.
A function that compares a with b, exchanges or sorts them is asked both orders; one that compares n with a number any n.
"""

import ast
import itertools
from dataclasses import dataclass, field
from typing import Any

from kgents.verify.reference.inside.branches import blocks
from kgents.verify.reference.inside.facts import called
from kgents.verify.reference.inside.positions import Position, Positions, compared, is_text, number

NATURAL = frozenset({"width", "height", "size", "count", "length", "depth", "done", "copies", "times"})  # never below 0
PAIRS = (("start", "end"), ("start", "stop"), ("begin", "end"), ("first", "last"), ("low", "high"), ("lo", "hi"),
         ("lower", "upper"), ("minimum", "maximum"), ("earliest", "latest"))  # fmt: skip
_BELOW, _ABOVE = (ast.Lt, ast.LtE), (ast.Gt, ast.GtE)
_ORDER = (*_BELOW, *_ABOVE)
_WIDTHS = frozenset({"ljust", "rjust", "center", "zfill"})
_SORTING = frozenset({"min", "max", "sorted"})
_CLIPS = frozenset({"clip", "between"})
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


class Reader:
    """Reads one function: `bounds` is what it does itself, `places` what its names stand for."""

    def __init__(self, function: Any, places: Positions) -> None:
        self.places = places
        self._nodes = list(ast.walk(function))
        self._tests: list[Test] = []
        self._cuts: dict[str, tuple[set[Position], set[Position]]] = {}
        self._limits: dict[Position, int] = {}
        self._middles: set[ast.Call] = set()
        self.bounds = Bounds()
        self._named()
        for node in self._nodes:
            self._read(node)
        self._extents()
        self._chains()
        self._clamped()
        self._intervals()
        self._cut()
        self._settled()

    def _named(self) -> None:
        names = {**self.places.parameters, **self.places.names}
        for one, other in PAIRS:
            if one in names and other in names and names[one][:-1] == names[other][:-1]:
                self.bounds.named.add((names[one], names[other]))
        for name in NATURAL & set(names):
            self._count(names[name], 0)

    def _pair(self, low: Position | None, high: Position | None, apart: bool = False) -> None:
        """Notes a pair; parts of different things are none."""
        if low is None or high is None or low == high or low[:-1] != high[:-1]:
            return
        self.bounds.pairs.add((low, high))
        if apart:
            self.bounds.apart.add((low, high))

    def _count(self, position: Position | None, least: int) -> None:
        if position is not None:
            self.bounds.counts[position] = max(least, self.bounds.counts.get(position, 0))

    def _read(self, node: ast.AST) -> None:
        match node:
            case ast.Compare():
                self._compared(node)
            case ast.Call():
                self._called(node)
            case ast.Subscript():
                self._taken(node)
            case ast.BinOp(op=ast.Mod(), right=right) if not is_text(node.left):
                self._spans(right, apart=isinstance(right, ast.BinOp) and self.places.of(right.left) is not None)
            case ast.BinOp(op=ast.Mult(), left=left, right=right) if is_text(left) or is_text(right):
                self._counted(right if is_text(left) else left)
            case ast.FormattedValue(format_spec=ast.JoinedStr(values=parts)):
                for part in parts:
                    self._counted(part.value) if isinstance(part, ast.FormattedValue) else None
            case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
                self._truth(test)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self._truth(operand)

    def _truth(self, node: ast.expr) -> None:
        """A count that is asked whether it is 0 may be."""
        position = self.places.of(node)
        if position is not None:
            self._limits[position] = 0

    def _compared(self, node: ast.Compare) -> None:
        for left, operator, right in compared(node):
            sides = (self.places.once(_bare(left)), self.places.once(_bare(right)))
            if isinstance(operator, _ORDER):
                if None not in sides:
                    self.bounds.related.add(frozenset(position for position in sides if position is not None))
                for one, other in ((left, right), (right, left)):
                    if number(other) is not None:
                        self._limited_by(one)
            for position, other in zip(sides, (right, left), strict=True):
                count = number(other)
                if position is not None and count is not None and not isinstance(operator, _ORDER):
                    self._limits[position] = min(count, self._limits.get(position, count))

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
                                self._count(self.places.of(width), 0)

    def _limited_by(self, node: ast.expr) -> None:
        """A number bounds a place, or the difference of two."""
        inner = {self.places.once(part) for part in ast.walk(self._meant(node))} - {None}
        self.bounds.limited |= {position for position in inner if position is not None}
        if len(inner) == 2:
            self.bounds.related.add(frozenset(position for position in inner if position is not None))

    def _meant(self, node: ast.expr) -> ast.expr:
        """The expression that a name was assigned, where it is one."""
        if not isinstance(node, ast.Name) or node.id in self.places.names:
            return node
        values = [
            part.value
            for part in self._nodes
            if isinstance(part, ast.Assign) and any(getattr(target, "id", "") == node.id for target in part.targets)
        ]
        return values[0] if len(values) == 1 else node

    def _taken(self, node: ast.Subscript) -> None:
        match node:
            case ast.Subscript(value=value, slice=ast.Slice() as cut):
                self._sliced(value, cut)
            case ast.Subscript(value=ast.Call() as call, slice=ast.Constant(value=1)) if called(call) == "sorted":
                self._middle(call)

    def _middle(self, node: ast.Call) -> None:
        """The middle of three, `sorted((a, x, b))[1]`: it bounds x, which stands between its bounds, or before them as it
        does among the parameters.
        """
        places = [self.places.of(part) for part in _listed(node)]
        known = [position for position in places if position is not None]
        if len(known) == len(places) == len(set(known)) == 3:
            self._middles.add(node)
            low, high = known[1:] if known == sorted(known) else (known[0], known[2])
            self._pair(low, high)

    def _called(self, node: ast.Call) -> None:
        name, arguments = called(node), node.args
        if name == "median":
            self._middle(node)
        if name in (*_SORTING, "abs") and node not in self._middles:
            listed = _listed(node)
            places = [position for position in map(self.places.once, listed) if position is not None]
            self.bounds.related |= {frozenset(pair) for pair in itertools.combinations(places, 2)}
            if name == "abs" or any(number(part) is not None for part in arguments):
                self.bounds.limited |= set(places)
        elif name == "range" and isinstance(node.func, ast.Name):
            self._ranged(arguments)
        elif name in _WIDTHS and arguments:
            self._counted(arguments[0])
        elif name == "islice" and len(arguments) > 1:
            self._counted(arguments[1])
        elif name in _CLIPS and len(arguments) > 1:
            self._pair(self.places.of(arguments[-2]), self.places.of(arguments[-1]))

    def _ranged(self, arguments: list[ast.expr]) -> None:
        match arguments:
            case [end]:
                self._counted(end)
                self._spans(end)
            case [begin, end]:
                self._begun(begin, end)
            case [begin, end, step]:
                if not (isinstance(step, ast.UnaryOp) or (number(step) or 0) < 0):
                    self._begun(begin, end)
                    self._count(self.places.of(step), 1)

    def _begun(self, begin: ast.expr, end: ast.expr) -> None:
        """A range of numbers: from a constant it counts, else its ends are in order."""
        if number(begin) is not None:
            self._counted(end)
        else:
            self._pair(self.places.of(_bare(begin)), self.places.of(_bare(end)))

    def _sliced(self, value: ast.expr, cut: ast.Slice) -> None:
        lower, upper = cut.lower, cut.upper
        self._count(self.places.of(cut.step), 1)
        ends = [None if end is None else self.places.of(_bare(end)) for end in (lower, upper)]
        self._pair(ends[0], ends[1])
        for end in (lower, upper):
            self._counted(end, negative=True)
        match upper:
            case ast.BinOp(op=ast.Add(), left=start, right=width) if lower is not None:
                if ast.dump(start) == ast.dump(lower):  # windows from a place that goes on are of something
                    goes_on = isinstance(start, ast.Name) and start.id not in self.places.parameters
                    self._count(self.places.of(width), int(goes_on))
        uppers, lowers = self._cuts.setdefault(ast.dump(value), (set(), set()))
        if ends[1] is not None and lower is None:
            uppers.add(ends[1])
        if ends[0] is not None and upper is None:
            lowers.add(ends[0])

    def _cut(self) -> None:
        """`text[:a]` and `text[b:]` of one text leave out what is between them."""
        for uppers, lowers in self._cuts.values():
            if len(uppers) == len(lowers) == 1:
                self._pair(min(uppers), min(lowers))

    def _counted(self, node: ast.expr | None, negative: bool = False, least: int = 0) -> None:
        """Notes the places of which an expression is a number of things. `negative` is where one below 0 means something else."""
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                self._counted(operand, negative, least)
            case ast.BinOp(op=ast.Sub(), left=left, right=right):
                count = number(right)
                self._counted(left, negative, least + count if negative and count is not None else least)
            case ast.BinOp(op=ast.Add(), left=left, right=right) if number(right) is not None:
                self._counted(left, negative, least)
            case ast.BinOp(op=ast.Mult(), left=left, right=right) if number(left) is not None:
                self._counted(right, negative, least)
            case ast.Name() | ast.Subscript() | ast.Attribute():
                self._count(self.places.of(node), max(0, least))

    def _spans(self, node: ast.AST, apart: bool = False) -> None:
        """`b - a` is how many there are from a to b."""
        for part in ast.walk(node):
            if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub):
                self._pair(self.places.of(part.right), self.places.of(part.left), apart)

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
            if isinstance(operator, _ORDER):
                below = isinstance(operator, _BELOW)
                for side, other, under in ((left, right, below), (right, left, not below)):
                    position = self.places.of(other)
                    if position is not None:
                        tests.append((ast.dump(side), under, position))
        return tests

    def _inside(self, tests: list[Test]) -> None:
        for one, other in itertools.permutations(tests, 2):
            if one[0] == other[0] and not one[1] and other[1]:
                self._pair(one[2], other[2])

    def _outside(self, tests: list[Test], one_way: bool) -> None:
        """Below the first, or above the second. `one_way` is where of two that ask the same way the first is met first."""
        for one, other in itertools.combinations(tests, 2):
            if one[0] == other[0] and (one_way or one[1] != other[1]):
                low, high = (one, other) if one[1] else (other, one)
                self._pair(low[2], high[2])

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
                    self._pair(position, other) if lowest else self._pair(other, position)
                elif isinstance(inner, ast.Name) and inner.id not in self.places.names:
                    (lows if lowest else highs)[inner.id] = position
        for name in lows.keys() & highs.keys():
            self._pair(lows[name], highs[name])

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
            if one is not None and other is not None and isinstance(operator, _ORDER):
                intervals.append((one, other) if isinstance(operator, _BELOW) == together else (other, one))
        return intervals

    def _like(self, start: Position, end: Position, other_start: Position, other_end: Position) -> None:
        """Notes two intervals, if they look alike: as far apart in their parameters, and all different."""
        of_one = start[:-1] == end[:-1] and other_start[:-1] == other_end[:-1]
        if of_one and len({start, end, other_start, other_end}) == 4:
            alike = end[-1] - start[-1] == other_end[-1] - other_start[-1] > 0
            self._pair(start, end if alike else None)
            self._pair(other_start, other_end if alike else None)

    def _settled(self) -> None:
        """Counts that are compared with a number are none; those that are asked whether they are a number may be it."""
        counts = {
            position: least for position, least in self.bounds.counts.items() if position not in self.bounds.limited
        }
        self.bounds.counts = {
            position: min(least, self._limits.get(position, least)) for position, least in counts.items()
        }


def _listed(node: ast.Call) -> list[ast.expr]:
    """What a call is given one by one, or in one list."""
    arguments = node.args
    return arguments[0].elts if len(arguments) == 1 and isinstance(arguments[0], ast.Tuple | ast.List) else arguments


def _bare(node: ast.expr) -> ast.expr:
    """`a` of `a + 1`, `a - 1` and `max(a, 1)`."""
    match node:
        case ast.BinOp(op=ast.Add() | ast.Sub(), left=left, right=right) if number(right) is not None:
            return _bare(left)
        case ast.Call(func=ast.Name(id="max" | "min"), args=[one, other]):
            if number(one) is not None or number(other) is not None:
                return _bare(other if number(one) is not None else one)
    return node
