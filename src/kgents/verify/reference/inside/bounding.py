"""Which parameters bound one value from below and from above, and which count something: told by what one function does.

`a <= x <= b`, `max(a, min(x, b))`, `x < a or x > b`, `if x < a: … elif x > b: …`, `range(a, b + 1)`, `text[a:b]`,
`% (b - a)` and the overlap of two intervals say that a is not above b. `range(n)`, `text[:n]`, `" " * n` say that n counts.
A function that compares a with b, exchanges or sorts them is asked both orders; one that compares n with a number any n.
"""

import ast
import itertools
from typing import Any

from kgents.verify.reference.inside.facts import called
from kgents.verify.reference.inside.intervals import ORDER, Bounds, Intervals
from kgents.verify.reference.inside.positions import Position, Positions, compared, is_text, number

NATURAL = frozenset({"width", "height", "size", "count", "length", "depth", "done", "copies", "times"})  # never below 0
PAIRS = (("start", "end"), ("start", "stop"), ("begin", "end"), ("first", "last"), ("low", "high"), ("lo", "hi"),
         ("lower", "upper"), ("minimum", "maximum"), ("earliest", "latest"))  # fmt: skip
_WIDTHS = frozenset({"ljust", "rjust", "center", "zfill"})
_SORTING = frozenset({"min", "max", "sorted"})
_CLIPS = frozenset({"clip", "between"})


class Reader:
    """Reads one function: `bounds` is what it does itself, `places` what its names stand for."""

    def __init__(self, function: Any, places: Positions) -> None:
        self.places = places
        self._nodes = list(ast.walk(function))
        self._cuts: dict[str, tuple[set[Position], set[Position]]] = {}
        self._limits: dict[Position, int] = {}
        self._middles: set[ast.Call] = set()
        self.bounds = Bounds()
        self._named()
        for node in self._nodes:
            self._read(node)
        Intervals(self._nodes, self.places, self.bounds)
        self._cut()
        self._settled()

    def _named(self) -> None:
        names = {**self.places.parameters, **self.places.names}
        for one, other in PAIRS:
            if one in names and other in names and names[one][:-1] == names[other][:-1]:
                self.bounds.named.add((names[one], names[other]))
        for name in NATURAL & set(names):
            self.bounds.count(names[name], 0)

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
            if isinstance(operator, ORDER):
                if None not in sides:
                    self.bounds.related.add(frozenset(position for position in sides if position is not None))
                for one, other in ((left, right), (right, left)):
                    if number(other) is not None:
                        self._limited_by(one)
            for position, other in zip(sides, (right, left), strict=True):
                count = number(other)
                if position is not None and count is not None and not isinstance(operator, ORDER):
                    self._limits[position] = min(count, self._limits.get(position, count))

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
            self.bounds.pair(low, high)

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
            self.bounds.pair(self.places.of(arguments[-2]), self.places.of(arguments[-1]))

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
                    self.bounds.count(self.places.of(step), 1)

    def _begun(self, begin: ast.expr, end: ast.expr) -> None:
        """A range of numbers: from a constant it counts, else its ends are in order."""
        if number(begin) is not None:
            self._counted(end)
        else:
            self.bounds.pair(self.places.of(_bare(begin)), self.places.of(_bare(end)))

    def _sliced(self, value: ast.expr, cut: ast.Slice) -> None:
        lower, upper = cut.lower, cut.upper
        self.bounds.count(self.places.of(cut.step), 1)
        ends = [None if end is None else self.places.of(_bare(end)) for end in (lower, upper)]
        self.bounds.pair(ends[0], ends[1])
        for end in (lower, upper):
            self._counted(end, negative=True)
        match upper:
            case ast.BinOp(op=ast.Add(), left=start, right=width) if lower is not None:
                if ast.dump(start) == ast.dump(lower):  # windows from a place that goes on are of something
                    goes_on = isinstance(start, ast.Name) and start.id not in self.places.parameters
                    self.bounds.count(self.places.of(width), int(goes_on))
        uppers, lowers = self._cuts.setdefault(ast.dump(value), (set(), set()))
        if ends[1] is not None and lower is None:
            uppers.add(ends[1])
        if ends[0] is not None and upper is None:
            lowers.add(ends[0])

    def _cut(self) -> None:
        """`text[:a]` and `text[b:]` of one text leave out what is between them."""
        for uppers, lowers in self._cuts.values():
            if len(uppers) == len(lowers) == 1:
                self.bounds.pair(min(uppers), min(lowers))

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
                self.bounds.count(self.places.of(node), max(0, least))

    def _spans(self, node: ast.AST, apart: bool = False) -> None:
        """`b - a` is how many there are from a to b."""
        for part in ast.walk(node):
            if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub):
                self.bounds.pair(self.places.of(part.right), self.places.of(part.left), apart)

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
