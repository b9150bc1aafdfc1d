"""Statements of a trace as they are shown, and expressions over variables computed in any arithmetic."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kgents.sandbox.syntax import parse as parse_source


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of a line: `left relation right`, both as Python expressions over numbers and short names.

    The relation "integer" says of `left` that it is a whole number. A statement that is only shown has empty sides.
    """

    line: int
    text: str
    left: str
    relation: str
    right: str
    names: frozenset[str]


def folded(expression: str, name: Callable[[str], Any], number: Callable[[str], Any]) -> Any:
    """The expression computed in any arithmetic: `name` stands for a variable, `number` for a constant as it is written.

    KeyError for what is no arithmetic.
    """
    return _folded(parse_source(expression, mode="eval").body, expression, name, number)


def _folded(node: ast.AST, text: str, name: Callable[[str], Any], number: Callable[[str], Any]) -> Any:
    match node:
        case ast.Name(id=variable):
            return name(variable)
        case ast.Constant():
            return number(ast.get_source_segment(text, node) or "0")
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_folded(operand, text, name, number)
        case ast.UnaryOp(operand=operand):
            return _folded(operand, text, name, number)
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int() as power)) if 1 <= power <= 8:
            base = result = _folded(left, text, name, number)
            for _ in range(power - 1):
                result = result * base
            return result
        case ast.BinOp(left=left, op=op, right=right):
            return _combined(op, _folded(left, text, name, number), _folded(right, text, name, number))
        case _:
            raise KeyError(type(node).__name__)


def _combined(op: ast.operator, left: Any, right: Any) -> Any:
    match op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right
        case _:
            raise KeyError(type(op).__name__)
