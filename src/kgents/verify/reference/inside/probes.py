"""A spec that reports on itself: comparisons tell their operands, conditions their truth, and every step is counted, so
that how far a search goes depends on no clock. For the search only.
"""

import ast
import copy
import datetime as dt
import math
import sys
from collections import deque
from functools import partial
from typing import Any

from kgents.verify.reference.inside.calling import TimedOut

_COMPARED, _TRUTH, _PREFIX = "__compared__", "__truth__", "__prefix__"
_READERS = {"int": "__int_read__", "float": "__float_read__"}
_MOST_HINTS, _LATEST, _ALPHABET = 40, 12, 80
_NUMBERS = frozenset({int, float, bool})
STEPS = 5_000  # of one call


class Probes:
    """What was reached in one call: `met` places, and pairs of operands as hints; `numbers` are (int or float, text)
    of what these read; `spent` are the steps of all calls.
    """

    def __init__(self) -> None:
        self.spent = 0
        self._end = STEPS
        self.met: set[tuple[Any, ...]] = set()
        self.hints: list[tuple[Any, Any]] = []
        self.latest: deque[tuple[Any, Any]] = deque(maxlen=_LATEST)
        self.numbers: list[tuple[str, str]] = []

    @property
    def names(self) -> dict[str, Any]:
        """What an instrumented program calls."""
        readers = {_READERS[kind.__name__]: partial(self._read, kind) for kind in (int, float)}
        return {_COMPARED: self._compared, _TRUTH: self._truth, _PREFIX: self._prefixed, **readers}

    def clear(self) -> None:
        """Before a call."""
        self.met.clear()
        self.hints.clear()
        self.latest.clear()
        self.numbers.clear()
        self._end = self.spent + STEPS

    def _step(self) -> None:
        self.spent += 1
        if self.spent > self._end:
            raise TimedOut

    def _read(self, kind: type, *arguments: Any, **named: Any) -> Any:
        value = kind(*arguments, **named)
        if arguments and type(arguments[0]) is str and len(self.numbers) < _MOST_HINTS:
            self.numbers.append((kind.__name__, arguments[0]))
        return value

    def _truth(self, index: int, value: Any) -> Any:
        self.spent += 1  # as `_step`
        if self.spent > self._end:
            raise TimedOut
        self.met.add((index, bool(value)))
        return value

    def _compared(self, index: int, left: Any, right: Any, test: Any) -> Any:
        self._step()
        value = test(left, right)
        self._hint(index, left, right)
        if isinstance(value, bool) or type(value) in _numpy_truths():
            self.met.add((index, bool(value)))
        return value

    def _hint(self, index: int, left: Any, right: Any) -> None:
        if type(left) is str and type(right) is str:
            self._keep((left, right))
            if len(left) == 1 < len(right) < _ALPHABET:  # one sign among many: which of them changes from call to call
                self._keep((left, right[self.spent % len(right)]))
            return
        numbers = type(left) in _NUMBERS and type(right) in _NUMBERS
        if not numbers:
            left, right = _plain(left), _plain(right)
            numbers = isinstance(left, int | float) and isinstance(right, int | float)
        dates = isinstance(left, dt.date) and type(left) is type(right)
        if numbers or dates or (isinstance(left, str) and isinstance(right, str)):
            self._keep((left, right))
        elif isinstance(left, str) and type(right) in (list, tuple, set, frozenset, dict):
            for item in sorted(map(str, right))[:3] if len(self.hints) < _MOST_HINTS else ():
                self._keep((left, item))
        if numbers and abs(left) < 1e300 and abs(right) < 1e300:  # also not where one is no number
            self.met.add((index, "near", int(math.log2(1 + abs(left - right)))))
            self.met.add((index, "side", (left > right) - (left < right)))

    def _keep(self, pair: tuple[Any, Any]) -> None:
        self.latest.append(pair)
        if len(self.hints) < _MOST_HINTS:
            self.hints.append(pair)

    def _prefixed(self, index: int, text: Any, other: Any, method: str) -> Any:
        value = getattr(text, method)(other)
        if isinstance(text, str) and isinstance(other, str):
            self.hints.append((text, other) if len(text) < 8 else ("", other))
        self.met.add((index, bool(value)))
        return value


def _numpy_truths() -> tuple[type, ...]:
    """The class of truth values of numpy, where the spec uses it."""
    numpy = sys.modules.get("numpy")
    return () if numpy is None else (numpy.bool_,)


def _plain(value: Any) -> Any:
    """A number of a library as the builtin it stands for: their own operators may not take differences."""
    for kind in (int, float):
        if isinstance(value, kind) and type(value) not in (int, float, bool):
            return kind(value)
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == () and hasattr(value, "item"):
        return value.item()
    return value


def _same_again(node: ast.expr) -> bool:
    """Whether an expression may be worked out twice: names, what is in them, and their lengths."""
    match node:
        case ast.Call(func=ast.Name(id="len"), args=[inner], keywords=[]):
            return _same_again(inner)
        case ast.Attribute(value=inner):
            return _same_again(inner)
        case ast.Subscript(value=inner, slice=index):
            return _same_again(inner) and _same_again(index)
    return isinstance(node, ast.Name | ast.Constant)


class _Rewrite(ast.NodeTransformer):
    def __init__(self) -> None:
        self.count = 0

    def _probe(self, name: str, *parts: ast.expr) -> ast.Call:
        self.count += 1
        return ast.Call(ast.Name(name, ast.Load()), [ast.Constant(self.count), *parts], [])

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        if len(node.ops) > 1 and all(map(_same_again, node.comparators[:-1])):
            sides = [node.left, *node.comparators]
            pairs = [
                ast.Compare(left, [op], [right]) for left, op, right in zip(sides, node.ops, sides[1:], strict=False)
            ]
            probed: list[Any] = [self.visit_Compare(copy.deepcopy(pair)) for pair in pairs]
            return ast.BoolOp(ast.And(), probed)
        self.generic_visit(node)
        if len(node.ops) > 1:
            return self._probe(_TRUTH, node)
        names = [ast.arg("l_"), ast.arg("r_")]
        signature = ast.arguments([], names, None, [], [], None, [])
        test = ast.Compare(ast.Name("l_", ast.Load()), node.ops, [ast.Name("r_", ast.Load())])
        return self._probe(_COMPARED, node.left, node.comparators[0], ast.Lambda(signature, test))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr in ("startswith", "endswith") and len(node.args) == 1:
            return self._probe(_PREFIX, function.value, node.args[0], ast.Constant(function.attr))
        if isinstance(function, ast.Name):
            first = node.args[0] if function.id == "map" and node.args else function
            if isinstance(first, ast.Name):
                first.id = _READERS.get(first.id, first.id)
        return node

    def _tested(self, node: Any) -> Any:
        self.generic_visit(node)
        node.test = self._probe(_TRUTH, node.test)
        return node

    visit_If = visit_While = visit_IfExp = _tested  # noqa: N815  names that ast looks up

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        node.values = [self._probe(_TRUTH, value) for value in node.values]
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        self.generic_visit(node)
        node.ifs = [self._probe(_TRUTH, value) for value in node.ifs or [ast.Constant(True)]]
        return node

    def _counted(self, node: Any) -> Any:
        self.generic_visit(node)
        node.body.insert(0, ast.Expr(self._probe(_TRUTH, ast.Constant(True))))
        return node

    visit_For = visit_AsyncFor = visit_FunctionDef = visit_AsyncFunctionDef = _counted  # noqa: N815

    def visit_Match(self, node: ast.Match) -> ast.AST:
        self.generic_visit(node)
        for case in node.cases:
            case.body.insert(0, ast.Expr(self._probe(_TRUTH, ast.Constant(True))))
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        return node


def instrumented(source: str) -> ast.Module:
    """The module of a source with probes; its raise statements keep their lines."""
    tree: ast.Module = _Rewrite().visit(ast.parse(source))
    return ast.fix_missing_locations(tree)
