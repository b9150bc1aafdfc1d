"""What can be said of a program without running it: asked of a child, because reading it may already be an attack."""

import ast
import re
import symtable
import sys
import types
import warnings
from collections.abc import Container
from typing import TYPE_CHECKING, Any

from kgents.sandbox.inside.values import Channel

if TYPE_CHECKING:
    from kgents.sandbox.inside.messages import ClassFacts, FactsData, FunctionFacts

UNREADABLE = (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError)
MOST_NAMES = 2_000
# By which a program binds names unseen.
BINDERS = frozenset({"*", "__dict__", "exec", "globals", "locals", "modules", "setattr", "vars"})

_SILENT: Any = [("ignore", None, Warning, None, 0)]  # filters of warnings
_DEFINES = re.compile(r"^[ \t]*(?:async def|def|class) \w+.*:", re.MULTILINE)


def main(fd: int) -> None:
    """Answers {"source": text} with facts, again and again until the channel ends."""
    channel = Channel(fd)
    while True:
        try:
            source = channel.receive()["source"]
        except EOFError:
            return
        channel.send(facts_of(source))


def facts_of(source: str) -> "FactsData":
    """{error: [kind, message, line] or None, names, functions, classes, imports, bound, free, borrowed, unseen} of a program."""
    empty: FactsData = {
        "error": None,
        "names": [],
        "functions": [],
        "classes": [],
        "imports": [],
        "bound": [],
        "free": [],
        "borrowed": [],
        "unseen": False,
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
            compile(source, "<candidate>", "exec", dont_inherit=True, optimize=0)
            bound, free = bound_and_free(source)
    except UNREADABLE as wrong:
        return {**empty, "error": error_of(wrong)}
    functions = [_signature(node) for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    classes = [_class(node) for node in tree.body if isinstance(node, ast.ClassDef)]
    names = sorted(defined(tree))
    return {
        "error": None,
        "names": names[:MOST_NAMES],
        "functions": functions[:MOST_NAMES],
        "classes": classes[:MOST_NAMES],
        "imports": sorted(imported(tree))[:MOST_NAMES],
        "bound": sorted(bound)[:MOST_NAMES],
        "free": sorted(free)[:MOST_NAMES],
        "borrowed": sorted(borrowed(tree))[:MOST_NAMES],
        "unseen": binds_unseen(tree),
    }


def error_of(wrong: BaseException) -> list[Any]:
    """[kind, message, line or None] of a program that cannot be compiled."""
    message = getattr(wrong, "msg", None) or str(wrong) or type(wrong).__name__
    line = getattr(wrong, "lineno", None)
    return [type(wrong).__name__, str(message)[:300], line if isinstance(line, int) else None]


def defined(tree: ast.AST) -> set[str]:
    """Every name that a module may bind at its top level, or in a block at its top level."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name.partition(".")[0])
    return names


def compiled(source: str, names: list[str], file: str = "<candidate>") -> tuple[types.CodeType, list[str]]:
    """(the program, those of the names that it does not define as far as can be read: `unbound` knows once it has run)."""
    usual: Any = warnings.filters
    warnings.filters = _SILENT  # what `catch_warnings` does takes a fresh process longer than most programs do
    try:
        program = compile(source, file, "exec", dont_inherit=True, optimize=0)
        unseen = [name for name in names if name not in program.co_names]
        return program, lacking(ast.parse(source), unseen) if unseen else []
    finally:
        warnings.filters = usual


def lacking(tree: ast.AST, names: list[str]) -> list[str]:
    """Those of the names that a program does not define, as far as can be read."""
    return unbound(names, defined(tree))


def unbound(names: list[str], bound: Container[str]) -> list[str]:
    """Those of the names that are not bound; asked of a module that has been run, it is the truth."""
    return [name for name in names if name not in bound]


def binds_unseen(tree: ast.AST) -> bool:
    """Whether a program may bind names of its module that only running it shows: one of BINDERS is in it."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.alias(name=word) if word in BINDERS:
                return True
    return False


def bound_and_free(source: str) -> tuple[set[str], set[str]]:
    """(names that a module binds at its top level, names that it reads anywhere and binds nowhere)."""
    top = symtable.symtable(source, "<candidate>", "exec")
    bound = {each.get_name() for each in top.get_symbols() if each.is_assigned() or each.is_imported()}
    read: set[str] = set()
    tables = [top]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        outer = table is top
        read.update(
            each.get_name() for each in table.get_symbols() if each.is_referenced() and (outer or each.is_global())
        )
    return bound, read - bound


def says_nothing(body: list[ast.stmt]) -> bool:
    """Whether a body is no more than a docstring, `...`, `pass`, lone words or values, imports and definitions, or holds a
    program as a text.
    """
    doing = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)
    idle = (ast.Pass, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return all(
        isinstance(node, idle)
        or (isinstance(node, ast.Expr) and not isinstance(node.value, doing))
        or _holds_program(node)
        for node in body
    )


def _holds_program(node: ast.stmt) -> bool:
    """Whether a statement only names a value, or makes an object, that has the text of a program in it."""
    match node:
        case ast.Assign(targets=[ast.Name()], value=value) | ast.Expr(value=ast.Call(func=ast.Name()) as value):
            texts = [part.value for part in ast.walk(value) if isinstance(part, ast.Constant)]
            return any(isinstance(text, str) and _DEFINES.search(text) is not None for text in texts)
    return False


def imported(tree: ast.AST) -> set[str]:
    """Top-level names of the modules that a program imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names.add(node.module.partition(".")[0])
    return names


def borrowed(tree: ast.Module) -> set[str]:
    """Names that the top level has from modules outside of the standard library, and only from them."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            is_own = not node.level and (node.module or "").partition(".")[0] in sys.stdlib_module_names
            names.update(() if is_own else [alias.asname or alias.name for alias in node.names])
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.discard(node.name)
    return names


def _signature(node: Any) -> "FunctionFacts":
    """{name, is_async, line, parameters: [[name, kind, annotation or None, has a default], …], returns, doc, empty}."""
    parts = node.args
    positional = [*parts.posonlyargs, *parts.args]
    bare = len(positional) - len(parts.defaults)
    rows: list[list[Any]] = []
    for index, part in enumerate(positional):
        kind = "positional" if index < len(parts.posonlyargs) else "either"
        rows.append([part.arg, kind, _text(part.annotation), index >= bare])
    if parts.vararg:
        rows.append([parts.vararg.arg, "rest", _text(parts.vararg.annotation), False])
    for part, default in zip(parts.kwonlyargs, parts.kw_defaults, strict=True):
        rows.append([part.arg, "keyword", _text(part.annotation), default is not None])
    if parts.kwarg:
        rows.append([parts.kwarg.arg, "keywords", _text(parts.kwarg.annotation), False])
    return {
        "name": node.name,
        "is_async": isinstance(node, ast.AsyncFunctionDef),
        "line": node.lineno,
        "parameters": rows[:200],
        "returns": _text(node.returns),
        "doc": (ast.get_docstring(node) or "")[:4000],
        "empty": says_nothing(node.body),
    }


def _class(node: ast.ClassDef) -> "ClassFacts":
    """{name, line, bases, methods: signatures}."""
    methods = [_signature(part) for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {
        "name": node.name,
        "line": node.lineno,
        "bases": [_text(base) for base in node.bases],
        "methods": methods[:300],
    }


def _text(node: ast.expr | None) -> str | None:
    if node is None:
        return None
    try:
        return ast.unparse(node)[:300]
    except (RecursionError, ValueError):
        return "?"
