"""What nodes of a program that reads standard input say: names, loops, the kinds that are made of words."""

import ast
from typing import Any

NUMBERS = {"int": "int", "float": "float"}


COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def starred_names(parts: list[ast.expr]) -> tuple[str, ...]:
    """The names of `*rest` among the targets of an assignment."""
    return tuple(part.value.id for part in parts if isinstance(part, ast.Starred) and isinstance(part.value, ast.Name))


def drawn(loop: ast.AST | None) -> tuple[str, Any]:
    """(`x`, `items`) of `for x in items` and of `for n, x in enumerate(items)`; ('', None) of anything else."""
    if not isinstance(loop, ast.For | ast.comprehension):
        return "", None
    match loop.target, loop.iter:
        case ast.Tuple(elts=[_, ast.Name(id=name)]), ast.Call(func=ast.Name(id="enumerate"), args=[source, *_]):
            return name, source
        case ast.Name(id=name), source:
            return name, source
    return "", None


def is_whole(iterated: ast.AST) -> bool:
    """Whether it is standard input itself, and no call that reads it."""
    return not isinstance(iterated, ast.Call) or (isinstance(iterated.func, ast.Name) and iterated.func.id == "open")


def turns_of(loop: ast.AST | None) -> str:
    """`n` of a loop over `range(n)`, or of `while i < n`."""
    source = loop.generators[0].iter if isinstance(loop, COMPREHENSIONS) else getattr(loop, "iter", None)
    match source:
        case ast.Call(func=ast.Name(id="range"), args=[ast.Name(id=name)]):
            return name
    match loop:
        case ast.While(test=ast.Compare(ops=[ast.Lt()], comparators=[ast.Name(id=name)])):
            return name
    return ""


def way_of(method: ast.AST) -> str:
    """Whether a method reads bytes or text."""
    return "bytes" if "buffer" in ast.dump(method) else "text"


def has_name(node: ast.AST, name: str) -> bool:
    """Whether a name stands somewhere in an expression."""
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))


def kind_made(node: ast.AST) -> str:
    """int or float where an expression makes such a number, else word."""
    calls = {part.func.id for part in ast.walk(node) if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)}
    return next((number for number in NUMBERS if number in calls), "word")


def is_stdin(node: ast.AST) -> bool:
    """Whether an expression is standard input, or a method of it."""
    match node:
        case ast.Attribute(attr="stdin") | ast.Name(id="stdin"):
            return True
        case ast.Attribute(value=value):
            return is_stdin(value)
        case ast.Call(func=ast.Name(id="open"), args=[ast.Constant(value=0), *_]):
            return True
    return False


class Swap(ast.NodeTransformer):
    """Puts other nodes in the place of some, which are named by their identity."""

    def __init__(self, replaced: dict[int, ast.expr]) -> None:
        self._replaced = replaced

    def visit(self, node: ast.AST) -> Any:
        new = self._replaced.get(id(node))
        if new is None:
            return self.generic_visit(node)
        return new
