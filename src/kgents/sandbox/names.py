"""The names that a module binds, as far as its source shows."""

import ast
from collections.abc import Iterator

from kgents.sandbox.syntax import parse

_DYNAMIC = frozenset({"globals", "exec", "eval", "setattr", "vars", "locals"})


def bound(source: str) -> set[str] | None:
    """The names that are bound at the top of a module, also below `if` and `try`.

    None where the source does not show them all: a star import, `__getattr__`, code that binds names as it runs, or one that
    puts another module in its place (sys.modules).
    SyntaxError or ValueError where it is no module.
    """
    tree = parse(source)
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    names = set(_bound(tree.body))
    is_replaced = any(isinstance(node, ast.Attribute) and node.attr == "modules" for node in ast.walk(tree))
    return None if called & _DYNAMIC or names & {"*", "__getattr__"} or is_replaced else names


def _bound(body: list[ast.stmt]) -> Iterator[str]:
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement.name
            continue
        if isinstance(statement, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in statement.names)
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield node.name
            elif isinstance(node, ast.Import | ast.ImportFrom):
                yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
