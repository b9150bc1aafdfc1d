"""Python source as syntax trees, from any thread.

CPython 3.11 counts the depth of the tree under construction once per interpreter: two threads that build trees at once may
both end in `SystemError: AST constructor recursion depth mismatch` (github.com/python/cpython/issues/106905). All parsing in
kgents' own process therefore takes one lock. Whoever else parses at that moment (a library) can still meet it: asked again.
"""

import ast
import threading
from functools import lru_cache
from typing import Literal, overload

_LOCK = threading.RLock()
_ATTEMPTS = 20


@lru_cache(maxsize=16)
def nodes(source: str) -> tuple[ast.AST, ...]:
    """Every node of a program. The last few are kept: what judges by tests reads them several times. Raises what `parse` does."""
    return tuple(ast.walk(parse(source)))


@overload
def parse(source: str, mode: Literal["exec"] = "exec") -> ast.Module: ...
@overload
def parse(source: str, mode: Literal["eval"]) -> ast.Expression: ...
def parse(source: str, mode: Literal["exec", "eval"] = "exec") -> ast.Module | ast.Expression:
    """The tree of `source`. Raises what `ast.parse` raises (SyntaxError, ValueError, RecursionError, MemoryError)."""
    for _ in range(_ATTEMPTS):
        try:
            with _LOCK:
                return ast.parse(source, mode="eval") if mode == "eval" else ast.parse(source)
        except SystemError as error:
            if "recursion depth mismatch" not in str(error):
                raise
    raise RecursionError("the source could not be parsed: other threads of this process parsed at every attempt")
