"""Where a test file lies, what it imports, and how pytest is called on it."""

import ast
import builtins
import importlib.util
import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .messages import TestsJob

_ROOTS = ("pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg", "setup.py", ".git")
_INI = ("pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
_IMPORTS = (ast.Import, ast.ImportFrom)
_ALWAYS = ("solution", "candidate")  # names by which tests may import the candidate


def file_of(job: "TestsJob") -> str:
    """The path that pytest is given: the user's own file where it still says the same, else a copy in our folder."""
    own = job.get("own_file")
    if own is not None and own.endswith(".py"):
        try:
            with open(own, encoding="utf-8") as file:
                if file.read() == job["tests"]:
                    return str(own)
        except (OSError, UnicodeDecodeError):
            pass
    copy = os.path.join(job["private"], "test_file.py")
    with open(copy, "w", encoding="utf-8", errors="surrogatepass") as file:
        file.write(job["tests"])
    return copy


def arguments(job: "TestsJob") -> list[str]:
    """For pytest: the file, its project's settings without options for the command line, nothing written anywhere."""
    path = job["path"]
    root = (
        _root(os.path.dirname(path)) if path == os.path.realpath(job.get("own_file") or "") else os.path.dirname(path)
    )
    ini = next((each for each in (os.path.join(root, name) for name in _INI) if _has_settings(each)), os.devnull)
    return [
        path, "-q", *([] if job["every"] else ["-x"]), "--tb=line", "-p", "no:cacheprovider", "-p", "no:faulthandler", "--no-header",
        "--rootdir", root, "--confcutdir", root, "-c", ini, "-o", "addopts=",
    ]  # fmt: skip


def _root(folder: str) -> str:
    """The project that a folder belongs to, by what lies beside or above it."""
    project = folder
    while True:
        if any(os.path.exists(os.path.join(project, name)) for name in _ROOTS):
            return project
        above = os.path.dirname(project)
        if above == project:
            return folder
        project = above


def _has_settings(path: str) -> bool:
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError):
        return False
    marks = {"pyproject.toml": "[tool.pytest", "tox.ini": "[pytest]", "setup.cfg": "[tool:pytest]"}
    return marks.get(os.path.basename(path), "") in text


def stand_ins(tree: ast.Module, job: "TestsJob") -> tuple[list[str], list[str]]:
    """Modules that stand for the candidate's, and names that the file uses and nothing in it defines.

    ValueError names a module that is not there, and that the file needs to be loaded.
    """
    own = {*_ALWAYS, *job["stems"]}
    stand, missing = [*_ALWAYS], []
    needed = {module for module, _ in imported(node for node in tree.body if isinstance(node, _IMPORTS))}
    for module, names in imported(ast.walk(tree)):
        top = module.partition(".")[0]
        if module in own or set(names) & set(job["defined"]):
            stand.append(module)
        elif module in needed and not _there(top):
            missing.append(module)
    missing = list(dict.fromkeys(missing))
    if len(missing) == 1 and len(stand) == len(_ALWAYS) and not free_names(tree):
        stand, missing = [*missing, *stand], []
    if missing:
        raise ValueError(f"No module named {missing[0]!r}")
    return list(dict.fromkeys(stand)), free_names(tree)


def _there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return name in sys.modules


def imported(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, list[str]]]:
    """(module, names taken from it) of each import among the nodes."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, []
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, [alias.name for alias in node.names]


def free_names(tree: ast.Module) -> list[str]:
    """Names that a file uses and nothing in it defines."""
    nodes = list(ast.walk(tree))
    known = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    known |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    known |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    known |= {
        node.name for node in nodes if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name
    }
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            known |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    used = [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
    return [
        name for name in dict.fromkeys(used)
        if name not in known and not hasattr(builtins, name) and not name.startswith("__")
    ]  # fmt: skip


def used_names(nodes: Iterable[ast.AST]) -> list[str]:
    """Every name that the nodes of a file mention, attributes and imports included."""
    names: dict[str, None] = {}
    for node in nodes:
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                names[name] = None
            case ast.alias(name=name):
                names[name.rpartition(".")[2]] = None
            case _:
                pass
    return list(names)
