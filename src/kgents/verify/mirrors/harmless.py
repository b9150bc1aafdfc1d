"""Tests that keep nothing from one candidate to the next, so that one process may judge several."""

import ast
import re
import warnings
from functools import lru_cache

from kgents.sandbox.syntax import nodes

_HARMLESS = frozenset(
    (
        "math", "cmath", "copy", "random", "typing", "re", "string", "itertools", "functools", "collections", "heapq",
        "bisect", "fractions", "decimal", "statistics", "hashlib", "operator", "numbers", "datetime", "textwrap", "json",
        "enum",
    )
)  # fmt: skip
_FAR = frozenset(
    (
        "exec", "eval", "compile", "__import__", "globals", "locals", "vars", "setattr", "delattr", "getattr", "open",
        "input", "breakpoint", "__builtins__",
    )
)  # fmt: skip

_SHARED = ("decimal", "_os", "environ", "chdir")  # without these words nothing that is shared can be reached

# Words without which a program reaches nothing that is shared; `os` is one where it stands alone.
_REACHING = (
    "decimal", "environ", "chdir", "putenv", "posix", "exec", "eval", "compile", "__import__", "__builtins__", "__loader__",
    "importlib", "runpy", "modules", "pickle", "ctypes",
)  # fmt: skip
_OS = re.compile(r"\bos\b")


@lru_cache(maxsize=4096)
def quiet(setup: str, tests: str) -> bool:
    """Whether a test program keeps nothing beyond its own names: no import but of harmless modules, nothing assigned to
    what is not its own, no way around it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            every = (*nodes(setup), *nodes(tests))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return not any(map(_far, every))


def still(setup: str, tests: str) -> bool:
    """Whether a test program that is `quiet` leaves variables, the folder and the context of decimal numbers as they are."""
    return quiet(setup, tests) and not any(word in text for text in (setup, tests) for word in _SHARED)


def leaves(program: str) -> bool:
    """Whether a program by itself leaves variables, the folder and the context of decimal numbers as they are."""
    return not any(word in program for word in _REACHING) and ("os" not in program or _OS.search(program) is None)


def _far(node: ast.AST) -> bool:
    """Whether a node reaches beyond the program, or might."""
    match node:
        case ast.Import(names=aliases):
            return any(alias.name.partition(".")[0] not in _HARMLESS for alias in aliases)
        case ast.ImportFrom(module=module):
            return (module or "").partition(".")[0] not in _HARMLESS
        case ast.Attribute(attr=name, ctx=context):
            return not isinstance(context, ast.Load) or name.startswith("__")
        case ast.Name(id=name):
            return name in _FAR
        case _:
            return False
