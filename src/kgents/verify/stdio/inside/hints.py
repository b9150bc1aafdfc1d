"""What a program compares, looks for and reads is a hint on which inputs make a difference."""

import ast
import re
from typing import Any

from kgents.verify.stdio.inside.shapes import Shape

_LOOKING = frozenset({"count", "find", "index", "startswith", "endswith", "replace", "split", "get", "strip", "rfind"})
_KINDS = {
    frozenset({"isupper", "islower", "lower", "upper", "swapcase", "title", "capitalize", "casefold"}): "abcyzABCYZ",
    frozenset({"ascii_lowercase", "ascii_uppercase", "ascii_letters"}): "abcyzABCYZ",
    frozenset({"isdigit", "isnumeric", "isdecimal"}): "0123456789",
    frozenset({"isalpha", "isalnum", "isupper", "islower", "isspace"}): " -.1",
}
_PARTNERS = {"(": ")", ")": "(", "[": "]", "]": "[", "{": "}", "}": "{", "<": ">", ">": "<"}
_WIDTHS = re.compile(r"(?i)m|w|c|cols?|columns|width")  # of rows of text


def hints_of(tree: ast.Module) -> set[Any]:
    """Constants that the program compares what it reads with, or looks for in it."""
    parts: list[ast.AST] = []
    for node in ast.walk(tree):
        match node:
            case ast.Compare() | ast.Subscript() | ast.MatchValue() | ast.BinOp():
                parts.append(node)
            case ast.Dict(keys=keys):
                parts += [key for key in keys if key is not None]
            case ast.Call(func=ast.Attribute(attr=name)) if name in _LOOKING:
                parts += node.args
            case ast.Call(func=ast.Name(id="range")) | ast.Call(func=ast.Name(id="set")):
                parts += node.args
            case _:
                pass
    inner = (child for part in parts for child in ast.walk(part))
    return {child.value for child in inner if isinstance(child, ast.Constant) and child.value is not None}


def signs_of(tree: ast.Module) -> str:
    """Signs of the kinds that the program tells apart: letters in both cases, digits, and what is neither."""
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    used |= {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return "".join(signs for names, signs in _KINDS.items() if used & names)


def counting(tree: ast.Module) -> set[str]:
    """Names that say how often something is done, or how long it is."""
    counts: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="range"), args=parts):
                counts |= {one.id for part in parts for one in ast.walk(part) if isinstance(one, ast.Name)}
            case (
                ast.Subscript(slice=part)
                | ast.BinOp(op=ast.Mult(), left=ast.List() | ast.Constant(value=str()), right=part)
            ):
                counts |= {one.id for one in ast.walk(part) if isinstance(one, ast.Name)}
            case _:
                pass
    return counts


def widths_of(shapes: list[Shape]) -> set[str]:
    """Variables that say how long rows are: read beside the one that says how many there are, and no number of turns."""
    turns = {shape.turns for shape in shapes if shape.turns}
    rows = {shape.turns for shape in shapes if shape.many == 0 or shape.kind == "text"}
    pairs = [set(shape.names) for shape in shapes if shape.kind == "int" and len(shape.names) == 2]
    return {name for pair in pairs if pair & rows for name in pair - turns}


def compared_with(tree: ast.Module) -> list[int]:
    """Whole numbers that a variable is asked to be equal to, such as the one that ends the input."""
    values = set()
    for node in ast.walk(tree):
        match node:
            case ast.Compare(
                left=ast.Name(), ops=[ast.Eq() | ast.NotEq()], comparators=[ast.Constant(value=int(value))]
            ):
                values.add(int(value))
            case _:
                pass
    return sorted(values)
