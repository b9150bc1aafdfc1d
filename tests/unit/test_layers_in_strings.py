"""Layers are not evaded by strings: a text that names a module of ours names one of its own layer or below."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import kgents

ROOT = Path(kgents.__file__).parent
LAYERS = [
    [name.strip() for name in row.split("|")]
    for contract in tomllib.loads((ROOT.parents[1] / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    if contract["type"] == "layers"
    for row in contract["layers"]
]
DEPTH = {name: depth for depth, row in enumerate(LAYERS) for name in row}
_NAMED = re.compile(r"^kgents(?:\.\w+)+|(?:from|import) (kgents(?:\.\w+)+)")
_NO_MODULE = {  # groups of entry points, a host, a handler of errors of codecs, a class of JUnit, a file
    "kgents.dev", "kgents.kinds", "kgents.harnesses", "kgents.strategies", "kgents.sandboxes",
    "kgents.escaped", "kgents.flaky", "kgents.db",
}  # fmt: skip
_WRITTEN = {("kinds/parse/export.py", "kgents.testing.parsing")}  # a file of tests for users, which we do not run


def _texts(path: Path) -> Iterator[str]:
    """The strings of a module that are no docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, documented) and node.body
            and isinstance(node.body[0], ast.Expr)}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def _named() -> Iterator[tuple[str, str]]:
    """(file, module of ours that a string in it names)."""
    for path in sorted(ROOT.rglob("*.py")):
        for text in _texts(path):
            for match in _NAMED.finditer(text):
                name = match[1] or match[0]
                if name not in _NO_MODULE:
                    yield str(path.relative_to(ROOT)), name


def test_a_string_names_no_module_of_a_higher_layer() -> None:
    """A higher layer hands a dotted name down as an argument."""
    named = list(_named())
    assert len(named) > 20
    wrong = []
    for file, name in named:
        here, there = file.split("/")[0].removesuffix(".py"), name.split(".")[1]
        if here in DEPTH and there in DEPTH and DEPTH[there] < DEPTH[here] and (file, name) not in _WRITTEN:
            wrong.append((file, name))
    assert wrong == []


def test_a_string_names_a_module_that_is_there() -> None:
    """Or something in one."""
    missing = []
    for file, name in _named():
        parts = name.split(".")
        above = (".".join(parts[:length]) for length in (len(parts), len(parts) - 1) if length > 1)
        missing += [] if any(map(_is_module, above)) else [(file, name)]
    assert missing == []


def _is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split(".")[1:])
    return path.is_dir() or path.with_suffix(".py").is_file()


def test_only_kinds_ask_which_kind_an_experiment_is_of() -> None:
    """Others call the kind: `kind_of(plan.kind)`."""
    compared = []
    for path in sorted(ROOT.rglob("*.py")):
        if path.relative_to(ROOT).parts[0] == "kinds":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
            sides += [node.subject] if isinstance(node, ast.Match) else []
            compared += [(str(path.relative_to(ROOT)), node.lineno) for side in sides
                         if isinstance(side, ast.Attribute) and ast.unparse(side).endswith("plan.kind")]  # fmt: skip
    assert compared == []
