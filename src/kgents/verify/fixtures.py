"""What a test file asks for, read before anything is run."""

import ast
from collections.abc import Iterator, Sequence
from importlib.util import find_spec

from kgents.errors import UsageError

_FILES = frozenset({"tmp_path", "tmp_path_factory", "tmpdir", "tmpdir_factory", "tempfile"})
_HINT = "write them as functions called test_…, which pytest runs (pip install pytest)"
_EXECUTE = frozenset(
    {
        ("os", "system"),
        ("os", "popen"),
        *((module, name) for module in ("pickle", "marshal") for name in ("load", "loads")),
    }
)
_RUNNING = frozenset({"subprocess", "runpy", "shelve"})
Function = ast.FunctionDef | ast.AsyncFunctionDef


def refuse_files(tree: ast.Module) -> None:
    """UsageError for tests outside of pytest's session that use files: there they can write none."""
    for node in ast.walk(tree):
        names = [node.arg] if isinstance(node, ast.arg) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            if name in _FILES:
                raise UsageError(f"--tests use {name} where no file can be written", _HINT)


def runs_by_pytest(tree: ast.Module) -> bool:
    """Whether a file holds tests as pytest collects them. UsageError where it needs pytest and there is none."""
    tests = [node for node in tree.body if isinstance(node, Function) and node.name.startswith("test")]
    kinds = [node for node in tree.body if isinstance(node, ast.ClassDef) and _holds_tests(node)]
    if not tests and not kinds:
        return False
    if find_spec("pytest") is not None:
        return True
    if "pytest" in imported_modules(tree) or asks_fixtures(tree):
        hint = "install pytest beside kgents: pip install pytest"
        raise UsageError("--tests needs pytest, which is not installed", hint)
    return False


def _holds_tests(node: ast.ClassDef) -> bool:
    return any(isinstance(part, Function) and part.name.startswith("test") for part in node.body)


def asks_fixtures(tree: ast.Module) -> bool:
    """Whether a test takes arguments."""
    for node in tree.body:
        if isinstance(node, Function) and node.name.startswith("test") and node.args.args:
            return True
        if isinstance(node, ast.ClassDef) and any(_asks(part) for part in node.body):
            return True
    return False


def _asks(node: ast.stmt) -> bool:
    return isinstance(node, Function) and node.name.startswith("test") and len(node.args.args) > 1


def derives(nodes: Sequence[ast.AST], names: Sequence[str]) -> bool:
    """Whether a class among the nodes of tests derives from one of the candidate's: then they run in its process."""
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            for base in node.bases:
                root = base.value if isinstance(base, ast.Attribute) else base
                if isinstance(root, ast.Name) and root.id in (*names, "solution", "candidate"):
                    return True
    return False


def executed(nodes: Sequence[ast.AST]) -> str | None:
    """What executes data among the nodes of a test file, such as `eval` or `pickle.loads`; None where nothing does. `eval` where
    nothing else does: in pytest's session it is one of values.

    A module that only is imported, or patched by its name, executes nothing.
    """
    named = {
        alias.asname or alias.name: alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names
    }
    evaluates = False
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id="eval")):
                evaluates = True
            case ast.Call(func=ast.Name(id="exec" | "compile" as name)):
                return name
            case ast.Attribute(value=ast.Name(id=called), attr=name):
                module = named.get(called, called)
                if (module, name) in _EXECUTE or (called in named and module in _RUNNING):
                    return f"{module}.{name}"
            case ast.ImportFrom(module=str(module)) if module in _RUNNING or any(
                (module, alias.name) in _EXECUTE for alias in node.names
            ):
                return module
    return "eval" if evaluates else None


def imported_modules(tree: ast.Module) -> Iterator[str]:
    """The modules that a file imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
