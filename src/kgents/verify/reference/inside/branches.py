"""Tests that a program makes one after another."""

import ast
from collections.abc import Iterator

_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def blocks(nodes: list[ast.AST]) -> Iterator[tuple[list[ast.expr], bool]]:
    """(tests that are made one after another, whether only one of them comes true): of `if … elif …`, of one `if` after the
    other, of `x if … else y if …`."""
    for node in nodes:
        if isinstance(node, ast.IfExp):
            yield [part.test for part in _conditional(node)], True
        for name in ("body", "orelse"):
            statements = getattr(node, name, None)
            if isinstance(statements, list):
                ifs = [part for part in statements if isinstance(part, ast.If)]
                ending = len(ifs) < 2 or all(isinstance(each.body[-1], _ENDS) for each in ifs)
                yield [part.test for each in ifs for part in _alternatives(each)], ending


def _alternatives(node: ast.If) -> Iterator[ast.If]:
    yield node
    if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        yield from _alternatives(node.orelse[0])


def _conditional(node: ast.IfExp) -> Iterator[ast.IfExp]:
    yield node
    if isinstance(node.orelse, ast.IfExp):
        yield from _conditional(node.orelse)
