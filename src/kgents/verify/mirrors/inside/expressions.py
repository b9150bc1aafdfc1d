"""`eval` for tests: an expression of values, and of what the candidate defines, is worked out here; nothing else is.

What is evaluated may be a text of the candidate's. So no attribute of a value is looked up, and nothing is called but its
own classes and functions, and what makes plain values.
"""

import ast
import builtins
import collections
import datetime
import decimal
import fractions
import math
import pathlib
import sys
import types
import uuid
from collections.abc import Mapping
from typing import Any

from .mirror import Mirror
from .standin import StandIn
from .table import KINDS

_BUILTINS = (
    "abs", "bool", "bytes", "bytearray", "complex", "dict", "divmod", "float", "frozenset", "int", "len", "list", "max", "min",
    "range", "reversed", "round", "set", "slice", "sorted", "str", "sum", "tuple", "repr",
)  # fmt: skip
_MADE: tuple[Any, ...] = (
    *(getattr(builtins, name) for name in _BUILTINS),
    datetime.date, datetime.datetime, datetime.time, datetime.timedelta, datetime.timezone, decimal.Decimal, fractions.Fraction,
    collections.Counter, collections.OrderedDict, collections.deque, uuid.UUID, pathlib.PurePosixPath, pathlib.PosixPath,
    math.sqrt, math.floor, math.ceil, math.sin, math.cos, math.tan, math.log, math.exp, math.factorial,
)  # fmt: skip
_MODULES = (datetime, decimal, fractions, collections, uuid, pathlib, math)
_NODES = (
    ast.Expression, ast.Constant, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Tuple, ast.List, ast.Dict,
    ast.Set, ast.Name, ast.Call, ast.keyword, ast.Attribute, ast.Subscript, ast.Slice, ast.Starred, ast.expr_context, ast.operator,
    ast.unaryop, ast.boolop, ast.cmpop,
)  # fmt: skip
_CALLED_BACK = ("key", "default_factory")
_LARGEST = 10_000  # exponents and shifts beyond it


def evaluated(text: Any, globals: Any = None, locals: Any = None, /) -> Any:  # noqa: A002  as the builtin has them
    """As the builtin, of expressions of values. ValueError for any other, SyntaxError for what is none."""
    caller = sys._getframe(1)
    scope = caller.f_globals if globals is None else globals
    names = {**vars(builtins), **scope, **((caller.f_locals if globals is None else {}) if locals is None else locals)}
    if not isinstance(text, str | bytes | bytearray):
        raise TypeError("eval() arg 1 must be a string, bytes or code object")
    source = str.__str__(text) if isinstance(text, str) else bytes(text).decode()
    tree = ast.parse(source.strip(" \t"), mode="eval")
    for node in ast.walk(tree):
        if not _harmless(node, names):
            shown = ast.unparse(node)[:80] if isinstance(node, ast.expr) else type(node).__name__
            raise ValueError(f"kgents evaluates expressions of values for tests, not {shown!r}")
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    code = compile(tree, "<expression>", "eval", dont_inherit=True)
    return eval(code, {"__builtins__": {}, **{name: names[name] for name in used if name in names}})


def _harmless(node: ast.AST, names: Mapping[str, object]) -> bool:
    match node:
        case ast.Name(id=name):
            return not name.startswith("_") and (name not in names or _known(names[name]))
        case ast.keyword(arg=name):
            return name is not None and name not in _CALLED_BACK
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            owner = names.get(name)
            theirs = isinstance(owner, Mirror | StandIn) or isinstance(type(owner), Mirror)
            public = not attribute.startswith("_")
            return public and (theirs or (owner in _MODULES and _known(getattr(owner, attribute, None))))
        case ast.Call(func=ast.Name() | ast.Attribute()):
            return True  # by the name that is called
        case ast.Call() | ast.Attribute():
            return False
        case ast.BinOp(op=ast.Pow() | ast.LShift(), right=right):
            return isinstance(right, ast.Constant) and isinstance(right.value, int | float) and right.value < _LARGEST
    return isinstance(node, _NODES)


def _known(value: Any) -> bool:
    """Whether it is the candidate's, a plain value, or what makes one."""
    if isinstance(value, types.ModuleType):
        return value in _MODULES or isinstance(value, StandIn)
    theirs = isinstance(value, Mirror) or isinstance(type(value), Mirror)
    return theirs or type(value) in _PLAIN or any(value is made for made in _MADE)


_PLAIN = frozenset(kind for kind in KINDS.values() if isinstance(kind, type) and kind is not type)
