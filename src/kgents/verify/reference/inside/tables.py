"""Inputs along a table of a spec: what goes by one of its entries goes by another, in all arguments at once."""

import ast
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Table = Mapping[str, str]


def tables_of(tree: ast.Module) -> list[Table]:
    """The dicts of texts that a module writes out."""
    return [table for node in ast.walk(tree) if isinstance(node, ast.Dict) if len(table := _read(node)) > 1]


def _read(node: ast.Dict) -> Table:
    pairs = zip(node.keys, node.values, strict=True)
    return {
        key.value: value.value
        for key, value in pairs
        if isinstance(key, ast.Constant) and isinstance(value, ast.Constant)
        if type(key.value) is str and type(value.value) is str and key.value and value.value
    }


def relabelled(arguments: Any, tables: Sequence[Table], draw: random.Random) -> Any:
    """Arguments in which one key of a table is another, and what it stands for, or a sign of it, what the other stands for."""
    table = draw.choice(tables)
    there = "".join(_texts(arguments))
    present = [key for key in table if key in there]
    if not present:
        return arguments
    one, other = draw.choice(present), draw.choice(list(table))
    return _each(arguments, lambda text: _swapped(text, (one, other), (table[one], table[other]), draw))


def _swapped(text: str, keys: tuple[str, str], values: tuple[str, str], draw: random.Random) -> str:
    """A text with keys and values exchanged for others, each place once."""
    made, at = [], 0
    while at < len(text):
        for before, after in (keys, values):
            if text.startswith(before, at):
                made.append(after)
                at += len(before)
                break
        else:
            sign = text[at]
            known = sign in values[0] or sign.lower() in values[0]
            new = draw.choice(values[1]) if known and len(keys[0]) == 1 else sign
            made.append(new.upper() if sign.isupper() else new)
            at += 1
    return "".join(made)


def _texts(value: Any) -> Iterator[str]:
    if type(value) is str:
        yield value
    elif type(value) in (list, tuple):
        for part in value:
            yield from _texts(part)


def _each(value: Any, change: Any) -> Any:
    """A value with all of its texts changed."""
    if type(value) is str:
        return change(value)
    return type(value)(_each(part, change) for part in value) if type(value) in (list, tuple) else value
