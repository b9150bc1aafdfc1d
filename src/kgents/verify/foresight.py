"""The calls that a test program begins with, where reading it is enough: plain statements with literal arguments.

What is foreseen is put to the candidate in waves. The test is run all the same, and only what it really asks counts: where
it asks for something else, the judgement is made again with nothing foreseen.
"""

import ast
import warnings
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from kgents.sandbox.inside import values as codec
from kgents.sandbox.syntax import parse as parse_source
from kgents.verify.waves import Call, in_waves

MOST = 500  # calls
_HARMLESS = ("abs", "round", "float", "int", "str", "len", "isinstance", "isclose", "approx", "math", "pytest")
_PLAIN = (
    ast.Compare, ast.cmpop, ast.BoolOp, ast.boolop, ast.UnaryOp, ast.unaryop, ast.Constant, ast.List, ast.Tuple, ast.Set,
    ast.Dict, ast.expr_context, ast.keyword,
)  # fmt: skip
_Foreseen = tuple[Call, list[Any] | None]


class _Unforeseeable(Exception):
    """From here on only running the tests tells."""


@lru_cache(maxsize=1024)
def foreseen(tests: str, names: tuple[str, ...], entry: str | None) -> list[list[bytes]]:
    """The first calls of a test program as they are written, in waves; none where nothing can be said."""
    found: list[_Foreseen] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parse_source(tests)
        for call in _program(tree, names, entry):
            found.append(call)
            if len(found) == MOST:
                break
    except (_Unforeseeable, SyntaxError, ValueError, RecursionError, MemoryError, codec.TooLarge):
        pass
    return [[codec.dumps(call) for call in wave] for wave in in_waves(found)]


def _program(tree: ast.Module, names: Sequence[str], entry: str | None) -> Iterator[_Foreseen]:
    """As the oracle's process runs it: the module, then check(candidate), then every test function."""
    functions = [part for part in tree.body if isinstance(part, ast.FunctionDef)]
    own = {name: name for name in names}
    yield from _block([part for part in tree.body if not isinstance(part, ast.FunctionDef)], own)
    for function in functions:
        if function.name == "check" and entry is not None:
            (parameter,) = _parameters(function, 1)
            yield from _block(function.body, {**own, parameter: entry})
    for function in functions:
        if function.name.startswith("test"):
            _parameters(function, 0)
            yield from _block(function.body, own)


def _parameters(function: ast.FunctionDef, count: int) -> list[str]:
    names = [part.arg for part in function.args.args]
    if len(names) != count or function.decorator_list:
        raise _Unforeseeable
    return names


def _block(body: Sequence[ast.stmt], targets: dict[str, str]) -> Iterator[_Foreseen]:
    for statement in body:
        if not _mentions(statement, targets):
            if isinstance(statement, ast.Return | ast.ClassDef):
                raise _Unforeseeable
            continue
        match statement:
            case ast.With(items=items, body=inner):
                yield from _block([ast.Expr(item.context_expr) for item in items], targets)
                yield from _block(inner, targets)
            case ast.Assert(test=test, msg=message) if message is None or not _mentions(message, targets):
                yield from _expression(test, targets)
            case ast.Expr(value=value):
                yield from _expression(value, targets)
            case ast.Assign(value=value):  # compared later, with who knows what
                yield from ((call, None) for call, _ in _expression(value, targets))
            case _:
                raise _Unforeseeable


def _mentions(part: ast.AST, targets: dict[str, str]) -> bool:
    return any(isinstance(node, ast.Name) and node.id in targets for node in ast.walk(part))


def _expression(expression: ast.expr, targets: dict[str, str]) -> Iterator[_Foreseen]:
    calls, rest = [], []
    for node in _outside(expression, targets):
        if _is_call(node, targets):
            calls.append(_call(node, targets))
        else:
            rest.append(node)
    plain = all(isinstance(node, _PLAIN) or _harmless(node) for node in rest)
    answers = [codec.encode(value) for value in _literals(rest)] if plain else None
    for call in calls:
        yield call, answers


def _outside(node: ast.AST, targets: dict[str, str]) -> Iterator[ast.AST]:
    """The nodes of an expression in order, without what is inside a call of the candidate."""
    yield node
    if isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        raise _Unforeseeable
    if not _is_call(node, targets):
        for child in ast.iter_child_nodes(node):
            yield from _outside(child, targets)


def _is_call(node: ast.AST, targets: dict[str, str]) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in targets


def _call(node: Any, targets: dict[str, str]) -> Call:
    try:
        arguments = [ast.literal_eval(part) for part in node.args]
        keywords = {str(part.arg): ast.literal_eval(part.value) for part in node.keywords if part.arg or _fail()}
    except (ValueError, TypeError, SyntaxError) as wrong:
        raise _Unforeseeable from wrong
    return [targets[node.func.id], codec.encode(arguments), codec.encode(keywords) if keywords else None]


def _fail() -> bool:
    raise ValueError("keywords that are unpacked")


def _harmless(node: ast.AST) -> bool:
    """Whether an operation leaves what is compared in sight: |f(2) - 0.5| < 1e-6."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Sub) and not (_is_literal(node.left) and _is_literal(node.right))
    if isinstance(node, ast.Name):
        return node.id in _HARMLESS
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return name in _HARMLESS
    return isinstance(node, ast.operator | ast.Attribute)


def _is_literal(node: ast.AST) -> bool:
    return not any(isinstance(part, ast.Name | ast.Call) for part in ast.walk(node))


def _literals(nodes: Sequence[ast.AST]) -> Iterator[Any]:
    for node in nodes:
        if isinstance(node, ast.Constant | ast.List | ast.Tuple | ast.Set | ast.Dict | ast.UnaryOp):
            try:
                yield ast.literal_eval(node)
            except (ValueError, TypeError):
                continue
