"""How many dimensions the arrays have that a function is given: read from what it does with them, and from what they are called.

`table.min(axis=0)` of a list of numbers is an accident, so is `values[1:-1]` of a table. Rule: a function that asks for the
number of dimensions, or goes along the last one (`axis=-1`), is given arrays of one and of two.
"""

import ast
import re
from typing import Any

from kgents.verify.reference.inside.positions import number

_FLAT = frozenset({"ravel", "flatten", "flat"})
_TURNED = frozenset({"T", "transpose", *_FLAT})
_TABLES = re.compile(r"(^|_)(table|matrix|image|grid|board|pixels|points|rows)$")
EITHER, LINE, TABLE = 0, 1, 2


def dimensions(function: Any) -> dict[str, int]:
    """Of each parameter EITHER, LINE or TABLE: what it is where it is an array."""
    arguments = function.args
    names = [part.arg for part in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    nodes = list(ast.walk(function))
    axes = [axis for node in nodes for axis in _axes(node)]
    if -1 in axes or any(isinstance(node, ast.Attribute) and node.attr == "ndim" for node in nodes):
        return dict.fromkeys(names, EITHER)
    tables = {name for node in nodes for name in _as_tables(node)}
    alone = len(names) == 1 and bool(axes)
    return {name: TABLE if alone or name in tables or _TABLES.search(name) else LINE for name in names}


def switches(function: Any) -> set[str]:
    """The names whose items are asked for nothing but their truth: `for flag in flags: if flag`, `~mask`, `flags.any()`."""
    parents = {id(child): node for node in ast.walk(function) for child in ast.iter_child_nodes(node)}
    loads: dict[str, list[ast.Name]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            loads.setdefault(node.id, []).append(node)

    def is_asked(node: ast.Name) -> bool:
        match parents.get(id(node)):
            case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
                return test is node
            case ast.UnaryOp(op=ast.Not() | ast.Invert()) | ast.BoolOp():
                return True
        return False

    found = {name for name, uses in loads.items() if uses and all(map(is_asked, uses))}
    for node in ast.walk(function):
        match node:
            case (
                ast.For(target=ast.Name(id=item), iter=ast.Name(id=name))
                | ast.comprehension(target=ast.Name(id=item), iter=ast.Name(id=name))
            ) if item in found and len(loads[name]) == 1:
                found.add(name)
    return found


def _as_tables(node: ast.AST) -> set[str]:
    """The names that an expression takes for tables."""
    match node:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Tuple(elts=parts)):
            return (
                {name}
                if not any(isinstance(part, ast.Constant) and part.value in (None, ...) for part in parts)
                else set()
            )
        case ast.Subscript(value=ast.Attribute(value=ast.Name(id=name), attr="shape"), slice=ast.Constant(value=1)):
            return {name}
        case ast.Assign(targets=[ast.Tuple(elts=[_, _])], value=ast.Attribute(value=ast.Name(id=name), attr="shape")):
            return {name}
        case ast.Attribute(value=ast.Name(id=name), attr=attr) if attr in _TURNED:
            return {name}
        case ast.Call() if _axes(node):
            owner = node.func.value if isinstance(node.func, ast.Attribute) else node.func
            return {part.id for part in (owner, *node.args[:1]) if isinstance(part, ast.Name)}
    return set()


def _axes(node: ast.AST) -> list[int | None]:
    """The dimensions along which a call goes, None where that is no number; none where it goes along all."""
    axes = [part.value for part in node.keywords if part.arg == "axis"] if isinstance(node, ast.Call) else []
    return [number(axis) for axis in axes if not (isinstance(axis, ast.Constant) and axis.value is None)]
