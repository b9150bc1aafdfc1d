"""What a program compares, looks for and reads is a hint on which inputs make a difference."""

import ast
import re
from typing import Any

from kgents.verify.stdio.inside.shapes import Shape

_LOOKING = frozenset({"count", "find", "index", "startswith", "endswith", "replace", "split", "get", "strip", "rfind"})
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
