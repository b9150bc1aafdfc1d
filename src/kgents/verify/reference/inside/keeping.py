"""Whether a program could keep something from call to call, read from its text.

Rule: a program that has nowhere to keep anything and answers otherwise the second time is inexact (a sum of floats that
depends on where an array lies in memory), and only the inputs concerned are left out.
"""

import ast
from typing import Any

_CHANGEABLE = (ast.List, ast.Dict, ast.Set, ast.Call, ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp)


def may_keep(tree: ast.Module) -> bool:
    """Whether there is a global, a default or an attribute of a class or function in which something may be kept."""
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    bodies = [tree.body, *(node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef))]
    held = any(_holds(statement) for body in bodies for statement in body)
    return held or any(_keeps(node, names) for node in ast.walk(tree))


def _holds(statement: ast.stmt) -> bool:
    """Whether a statement of a module or class makes something that can be changed."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign) or statement.value is None:
        return False
    return any(isinstance(part, _CHANGEABLE) for part in ast.walk(statement.value))


def _keeps(node: Any, names: set[str]) -> bool:
    if isinstance(node, ast.Global | ast.Nonlocal):
        return True
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        defaults = [*node.args.defaults, *(part for part in node.args.kw_defaults if part is not None)]
        cached = any("cache" in ast.dump(decorator) for decorator in node.decorator_list)
        return cached or any(isinstance(part, _CHANGEABLE) for part in defaults)
    stored = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    return stored and isinstance(node.value, ast.Name) and (node.value.id in names or node.value.id == "cls")
