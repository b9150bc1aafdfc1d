"""Tests that have to fail: the same tests with every assertion turned round, and with every expected constant changed.

For candidates that are judged in their own process, where a verdict could be forged: who passes everything is believed
nothing. None where a test program has nothing to turn round or to change.
"""

import ast
import warnings

from kgents.sandbox.syntax import parse as parse_source

_OPPOSITE = {
    "assertEqual": "assertNotEqual",
    "assertNotEqual": "assertEqual",
    "assertTrue": "assertFalse",
    "assertFalse": "assertTrue",
    "assertIs": "assertIsNot",
    "assertIn": "assertNotIn",
    "assertIsNone": "assertIsNotNone",
}


def negated(tests: str) -> str | None:
    """Every assertion turned round."""
    return _rewritten(tests, _Negation())


def perturbed(tests: str) -> str | None:
    """Every constant that something is compared with for equality changed."""
    return _rewritten(tests, _Perturbation())


class _Change(ast.NodeTransformer):
    changes = 0


class _Negation(_Change):
    def visit_Assert(self, node: ast.Assert) -> ast.Assert:
        self.changes += 1
        return ast.Assert(ast.UnaryOp(ast.Not(), node.test), node.msg)

    def visit_Attribute(self, node: ast.Attribute) -> ast.Attribute:
        self.generic_visit(node)
        if node.attr in _OPPOSITE:
            self.changes += 1
            node.attr = _OPPOSITE[node.attr]
        return node


class _Perturbation(_Change):
    def visit_Compare(self, node: ast.Compare) -> ast.Compare:
        if len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq | ast.Is):
            place = node.comparators[0] if _literal(node.comparators[0]) else node.left
            if _literal(place):
                self.changes += 1
                other = ast.Tuple([ast.Constant("another value"), place], ast.Load())
                if place is node.left:
                    node.left = other
                else:
                    node.comparators = [other]
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        equal = isinstance(node.func, ast.Attribute) and node.func.attr == "assertEqual"
        if equal and len(node.args) >= 2 and _literal(node.args[1]):
            self.changes += 1
            node.args[1] = ast.Tuple([ast.Constant("another value"), node.args[1]], ast.Load())
        return node


def _literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _rewritten(tests: str, change: _Change) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = change.visit(parse_source(tests))
    if not change.changes:
        return None
    return ast.unparse(ast.fix_missing_locations(tree))
