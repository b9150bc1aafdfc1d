"""Mutants that went another way on many inputs and made no difference: a guard that only saves turns, say.

Evidence, not proof: an expression without effects is worked out as the spec has it and as the mutant has it, and the inputs are
counted on which the two differ although the answer, one of many, is the same.
"""

import ast
import copy
import itertools
from collections.abc import Iterator
from typing import Any

from kgents.verify.reference.inside.facts import called
from kgents.verify.reference.inside.matching import differs
from kgents.verify.reference.inside.observing import Program
from kgents.verify.reference.inside.searching import ONE_CALL, Row

_APART = "__apart__"
INPUTS, ANSWERS = 150, 20  # on which a mutant went another way, and different answers among them
_TRIED = 1500  # inputs that are tried at most
_FEW_AT = 300  # inputs after which no more are tried where too few are to be expected
_LONGEST = 5000  # items of an iterator that are compared
_PURE = frozenset(
    {"len", "range", "min", "max", "sorted", "sum", "abs", "int", "str", "float", "bool", "any", "all", "zip", "enumerate",
     "isinstance", "set", "list", "dict", "tuple", "round", "divmod", "ord", "chr", "reversed", "frozenset", "repr",
     "split", "rsplit", "join", "get", "lower", "upper", "strip", "lstrip", "rstrip", "startswith", "endswith", "count",
     "find", "rfind", "index", "keys", "values", "items", "copy", "isdigit", "isalpha", "isalnum", "isupper", "islower",
     "isspace", "replace", "title", "capitalize", "casefold", "partition", "rpartition", "splitlines", "zfill", "ljust",
     "rjust", "center", "timedelta", "date", "weekday", "isoweekday", "total_seconds", "bit_length", "Decimal", "Fraction"}
)  # fmt: skip
_CLOSED = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)


class Apart:
    """What a program calls that works out an expression both ways: `went` is whether they have differed."""

    def __init__(self) -> None:
        self.went = False

    def __call__(self, where: str, own: Any, other: Any) -> Any:
        """What the spec has there."""
        try:
            self.went = self.went or _told(own(), where) != _told(other(), where)
        except Exception:
            self.went = True
        return own()


def _told(value: Any, where: str) -> Any:
    """What counts of a value where it stands: of a condition its truth, of what a loop goes over its items."""
    if where == "test":
        return bool(value)
    if where == "iter" or hasattr(value, "__next__"):
        return list(itertools.islice(value, _LONGEST))
    return type(value), value


def inert(source: str, mutant: str, rows: list[Row], load: Any) -> bool:
    """Whether a mutant that no input told apart went another way on so many that it is likely to be the same program.

    load(tree, names)  the program of a module that calls what names say
    """
    apart = Apart()
    tree = both_ways(source, mutant)
    if tree is None:
        return False
    program: Program = load(tree, {_APART: apart})
    inputs, answers = 0, set()
    for tried, row in enumerate(rows[:: max(1, len(rows) // _TRIED)]):
        if tried >= _FEW_AT and inputs * _TRIED < INPUTS * tried:
            return False
        apart.went = False
        got = program.call(row.arguments, ONE_CALL)
        if apart.went and not differs(row.seen, got):
            inputs += 1
            answers.add(repr(row.seen.answer))
            if inputs >= INPUTS and len(answers) >= ANSWERS:
                return True
    return False


def both_ways(source: str, mutant: str) -> ast.Module | None:
    """The spec with the expression in which a mutant differs worked out both ways; None where they differ in more, or it may
    have effects.
    """
    tree = ast.parse(source)
    parents = list(_apart(tree, ast.parse(mutant)))
    at = next((index for index, (_, _, node, _) in enumerate(parents) if isinstance(node, ast.expr)), None)
    if at is None:
        return None
    parent, (name, index), own, other = parents[at]
    if isinstance(parent, ast.Return) or not (isinstance(own, ast.expr) and isinstance(other, ast.expr)):
        return None
    loaded = isinstance(getattr(own, "ctx", ast.Load()), ast.Load)
    if not (loaded and _is_pure(own) and _is_pure(other)):
        return None
    ways = [_lazily(copy.deepcopy(node)) for node in (own, other)]
    call = ast.Call(ast.Name(_APART, ast.Load()), [ast.Constant(name), *ways], [])
    if index is None:
        setattr(parent, name, call)
    else:
        getattr(parent, name)[index] = call
    return ast.fix_missing_locations(tree)


def _lazily(node: ast.expr) -> ast.Lambda:
    return ast.Lambda(ast.arguments([], [], None, [], [], None, []), node)


Place = tuple[str, int | None]


def _apart(one: ast.AST, other: ast.AST) -> Iterator[tuple[ast.AST, Place, ast.AST, ast.AST]]:
    """(parent, place, node, node of the other tree) from the root to where two trees differ, as long as it is at one place."""
    differing = list(_children_apart(one, other))
    while len(differing) == 1:
        place, node, twin = differing[0]
        yield one, place, node, twin
        if type(node) is not type(twin):
            return
        one, differing = node, list(_children_apart(node, twin))


def _children_apart(one: ast.AST, other: ast.AST) -> Iterator[tuple[Place, ast.AST, ast.AST]]:
    for name in one._fields:
        left, right = getattr(one, name, None), getattr(other, name, None)
        if isinstance(left, list) and isinstance(right, list):
            for index, (a, b) in enumerate(zip(left, right, strict=False)):
                if isinstance(a, ast.AST) and isinstance(b, ast.AST) and ast.dump(a) != ast.dump(b):
                    yield (name, index), a, b
        elif isinstance(left, ast.AST) and isinstance(right, ast.AST) and ast.dump(left) != ast.dump(right):
            yield (name, None), left, right


def _is_pure(node: ast.expr) -> bool:
    parts = list(ast.walk(node))
    calls = [part for part in parts if isinstance(part, ast.Call)]
    return not any(isinstance(part, _CLOSED) for part in parts) and all(called(call) in _PURE for call in calls)
