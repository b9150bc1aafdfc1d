"""Nodes of `ast`, which cross as themselves: those that the library has, with what their fields hold and nothing private."""

import ast
from collections.abc import Sequence
from typing import Any

from .codec import Malformed


def kinds() -> list[type]:
    """The classes of nodes that are made as any class is."""
    named = [kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.AST)]
    return list(dict.fromkeys(kind for kind in named if type(kind) is type and kind.__module__ == "ast"))


def blocks(node: Any) -> Sequence[Sequence[Any]]:
    """(names, values) of what a node holds."""
    held = vars(node)
    return [list(held), list(held.values())]


def fill(node: Any, names: Sequence[Any], values: Sequence[Any]) -> None:
    """Gives a node other contents."""
    if not all(type(name) is str and not name.startswith("_") for name in names):
        raise Malformed("names that no node has")
    held = vars(node)
    held.clear()
    held.update(zip(names, values, strict=True))
