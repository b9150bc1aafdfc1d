"""Wrong programs one mistake away from a spec, each with the name of its operator.

They choose inputs in addition; they never shrink a corpus. Mistakes that nobody can see are left out: texts of
exceptions, docstrings, annotations, split for rsplit without a limit.
"""

import ast
from collections.abc import Iterator
from typing import Any

from kgents.verify.reference.inside.edits import KINDS, Edit, Tree


def _edits(module: ast.Module) -> list[tuple[str, Edit, int]]:
    """(operator, edit, place of the statement of the module in which it is) of every mistake."""
    tree = Tree(module)
    nodes = [(node, at) for at, top in enumerate(module.body) for node in ast.walk(top) if id(node) not in tree.silent]
    return [(*edit, at) for node, at in nodes for kind in KINDS for edit in kind(node, tree)]


class Original:
    """A module as it was, whatever edits make of it."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self._fields = [(node, dict(vars(node))) for node in ast.walk(tree)]
        lists = [value for _, fields in self._fields for value in fields.values() if isinstance(value, list)]
        self._lists = [(each, list(each)) for each in lists]

    def edited(self, edit: Edit) -> str | None:
        """The program once it is edited, None where that is none; the module is then as it was."""
        try:
            edit()
            text = ast.unparse(ast.fix_missing_locations(self.tree))
            compile(text, "<mutant>", "exec")
        except (SyntaxError, ValueError, TypeError, RecursionError, AttributeError):
            return None
        finally:
            for node, fields in self._fields:
                vars(node).clear()
                vars(node).update(fields)
            for each, items in self._lists:  # the same lists as before: other edits know them
                each[:] = items
        return text


def reached(tree: ast.Module, target: str) -> set[int]:
    """Places of the statements of a module on which a target depends, by the names that they use."""
    defining: dict[str, list[int]] = {}
    for index, node in enumerate(tree.body):
        for name in _defined(node):
            defining.setdefault(name, []).append(index)
    places = {index for index, node in enumerate(tree.body) if not _defined(node)}
    waiting = [target.removesuffix("()"), *(name for index in places for name in _used(tree.body[index]))]
    while waiting:
        new = set(defining.pop(waiting.pop(), ())) - places
        places |= new
        waiting += [name for index in new for name in _used(tree.body[index])]
    return places


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return [part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]
    return []


def _used(node: ast.stmt) -> list[str]:
    return [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]


def mutants(source: str, target: str, most: int = 400) -> Iterator[tuple[str, str, int]]:
    """(operator, program, place) of every mistake in what a target depends on, no program twice; evenly chosen where
    there are more than `most`. A place is the number of the mistake in the whole source.
    """
    tree = ast.parse(source)
    seen = {ast.unparse(tree)}
    original, tops = Original(tree), reached(tree, target)
    edits = _edits(tree)
    within = [index for index, (_, _, top) in enumerate(edits) if top in tops]
    for index in within[:: max(1, -(-len(within) // most))]:
        operator, edit, _ = edits[index]
        text = original.edited(edit)
        if text is not None and text not in seen:
            seen.add(text)
            yield operator, text, index


def controls(source: str, target: str, common: list[str]) -> Iterator[tuple[str, str]]:
    """(name, program) of programs that know nothing: one answer for all, the first argument, an exception."""
    plain = ast.parse(source)
    for function in [one for node in plain.body for one in _functions(node, target)]:
        function.body = function.body[ast.get_docstring(function) is not None :] or [ast.Pass()]
    itself = ast.unparse(plain)
    for answer in dict.fromkeys(["None", "0", "1", "''", "[]", "{}", "True", "False", "first", "raise", *common]):
        tree = ast.parse(source)
        for node in tree.body:
            for function in _functions(node, target):
                names = [argument.arg for argument in function.args.args if argument.arg not in ("self", "cls")]
                first = names[0] if names else "None"
                body = "raise ValueError" if answer == "raise" else f"return {first if answer == 'first' else answer}"
                function.body = ast.parse(f"def f():\n {body}").body[0].body  # type: ignore[attr-defined]
        text = ast.unparse(ast.fix_missing_locations(tree))
        if text != itself:  # of a spec that is one of them, that one is right
            yield answer, text


def _functions(node: ast.stmt, target: str) -> list[Any]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    if isinstance(node, ast.ClassDef) and f"{node.name}()" == target:
        return [part for part in node.body if isinstance(part, kinds) and part.name != "__init__"]
    return [node] if isinstance(node, kinds) and node.name == target else []
