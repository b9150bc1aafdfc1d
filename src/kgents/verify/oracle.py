"""Oracles: what a candidate is judged by, frozen before the first trial and the same for every trial.

Strongest first: tests (a file of asserts or pytest functions), reference (the spec runs), doctest (examples in the
docstring), static (the candidate compiles and defines what the spec names).
"""

import ast
import builtins
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from kgents.errors import UsageError
from kgents.sandbox.sandbox import Sandbox
from kgents.sandbox.syntax import parse as parse_source
from kgents.verify.controls import needs_inside
from kgents.verify.fixtures import refuse_fixtures
from kgents.verify.reference import derive
from kgents.verify.spec import Spec, read_spec

CHECKS = ("types", "lint")


@dataclass(frozen=True, slots=True)
class Oracle:
    """One oracle, as data.

    kind       tests, reference, doctest or static
    entry      the function in question, where there is one
    defined    names that a candidate has to define
    rows       reference: (encoded arguments, expectation, target), the target a function or `Name()` for a class
    source     reference: the program that says what is right, for smaller counterexamples
    tests      tests: the program; doctest: the docstring
    names      tests: the names that stand for the candidate's functions
    modules    tests: modules that they are imported from
    inside     tests: values cannot cross, so they run in the candidate's process, with controls
    checks     further static checks: types, lint
    tolerance  relative, of floats
    """

    kind: str
    entry: str | None = None
    defined: tuple[str, ...] = ()
    rows: tuple[Any, ...] = ()
    source: str = ""
    tests: str = ""
    setup: str = ""
    names: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    inside: bool = False
    tolerance: float = 1e-9
    how: str = ""
    _digest: list[str] = field(default_factory=list, compare=False, repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of everything that judges."""
        if not self._digest:
            content = json.dumps(self.to_data(), sort_keys=True, separators=(",", ":")).encode()
            self._digest.append(sha256(content).hexdigest())
        return self._digest[0]

    @property
    def title(self) -> str:
        """For people."""
        more = f" + {', '.join(self.checks)}" if self.checks else ""
        match self.kind:
            case "reference":
                return f"reference: {len(self.rows)} inputs, types from {self.how}{more}"
            case "tests":
                where = ", in the candidate's process with negative controls" if self.inside else ""
                return f"tests{where}{more}"
            case "doctest":
                return f"doctest: the examples of the docstring{more}"
            case _:
                return f"static: compiles{' and defines ' + ', '.join(self.defined) if self.defined else ''}{more}"

    def to_data(self) -> dict[str, Any]:
        """JSON data."""
        names = ("kind", "entry", "source", "tests", "setup", "how", "tolerance", "inside")
        lists = ("defined", "rows", "names", "modules", "checks")
        return {**{name: getattr(self, name) for name in names}, **{name: list(getattr(self, name)) for name in lists}}

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> "Oracle":
        """The inverse of `to_data`."""
        lists = ("defined", "names", "modules", "checks")
        fields = {
            **data,
            **{name: tuple(data[name]) for name in lists},
            "rows": tuple(tuple(row) for row in data["rows"]),
        }
        return Oracle(**fields)


def choose_oracle(
    spec: str | None,
    tests: str | None,
    sandbox: Sandbox,
    *,
    entry_point: str | None = None,
    inputs: str | None = None,
    tolerance: float | None = None,
    checks: Sequence[str] = (),
) -> Oracle:
    """The strongest oracle that there is material for. UsageError names the option that cannot be what it says."""
    unknown = [check for check in checks if check not in CHECKS]
    if unknown:
        raise UsageError(f"--check {unknown[0]}: there is no such check", f"one of {', '.join(CHECKS)}")
    if tolerance is not None and not 0 <= tolerance < 1:
        raise UsageError(f"--tolerance {tolerance:g}: from 0 to below 1")
    read = read_spec(spec, entry_point) if spec is not None else Spec("", None, None, False)
    common: dict[str, Any] = {"entry": read.name, "defined": read.defined, "checks": tuple(checks)}
    common["tolerance"] = 1e-9 if tolerance is None else tolerance
    if tests is not None:
        return tests_oracle(tests, common, entry_point, tuple(node.name for node in read.classes))
    if read.runnable:
        corpus = derive(read, sandbox, _given(inputs))
        return Oracle("reference", rows=corpus.rows, source=read.text, how=corpus.how, **common)
    if inputs is not None:
        raise UsageError("--inputs needs a spec that runs", "give --spec with a body, or --tests")
    if read.examples:
        return Oracle("doctest", tests=read.docstring, names=tuple(read.defined), **common)
    return Oracle("static", **common)


def tests_oracle(tests: str, common: Mapping[str, Any], entry_point: str | None, classes: Sequence[str]) -> Oracle:
    """The oracle of a test file; names that it uses and does not define are the candidate's."""
    try:
        tree = parse_source(tests)
    except (SyntaxError, ValueError) as wrong:
        raise UsageError(f"--tests: a syntax error in line {getattr(wrong, 'lineno', '?')}: {wrong}", None) from wrong
    refuse_fixtures(tree)
    names, modules = free_names(tree)
    names = tuple(dict.fromkeys([*names, *common["defined"], *([entry_point] if entry_point else [])]))
    if not names:
        raise UsageError("--tests uses no name that a candidate could define", "call the function that is wanted")
    inside = needs_inside(tree, names, classes)
    return Oracle("tests", tests=tests, names=names, modules=modules, inside=inside, **common)


def free_names(tree: ast.Module) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names that a test program uses and nothing in it defines, and the modules that it would import them from."""
    nodes = list(ast.walk(tree))
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    stored |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    stored |= {node.name for node in nodes if isinstance(node, definitions)}
    stored |= {node.name for node in nodes if isinstance(node, ast.ExceptHandler) and node.name}
    found: dict[str, None] = {}
    modules: dict[str, None] = {}
    for node in nodes:
        match node:
            case ast.Import(names=aliases):
                stored |= {(alias.asname or alias.name).partition(".")[0] for alias in aliases}
            case ast.ImportFrom(module=str(module), names=aliases) if not _known(module):
                modules[module] = None
                found.update(dict.fromkeys(alias.name for alias in aliases))
            case ast.ImportFrom(names=aliases):
                stored |= {alias.asname or alias.name for alias in aliases}
            case _:
                pass
    for node in nodes:
        loaded = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in stored
        if loaded and isinstance(node, ast.Name) and not hasattr(builtins, node.id) and not node.id.startswith("__"):
            found[node.id] = None
    return tuple(found), tuple(modules)


def _known(module: str) -> bool:
    import sys

    top = module.partition(".")[0]
    return top in sys.stdlib_module_names or top in ("pytest", "numpy", "hypothesis")


def _given(inputs: str | None) -> list[tuple[Any, ...]] | None:
    """--inputs: one JSON list of arguments a line."""
    if inputs is None:
        return None
    found = []
    for number, line in enumerate(inputs.splitlines(), 1):
        if not line.strip():
            continue
        try:
            arguments = json.loads(line)
        except ValueError as wrong:
            raise UsageError(
                f"--inputs line {number}: no JSON: {wrong}", "one JSON list of arguments a line"
            ) from wrong
        if not isinstance(arguments, list):
            raise UsageError(f"--inputs line {number}: not a list", "one JSON list of arguments a line, such as [1, 2]")
        found.append(tuple(arguments))
    if not found:
        raise UsageError("--inputs: the file is empty", "one JSON list of arguments a line")
    return found
