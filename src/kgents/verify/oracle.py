"""Oracles: what a candidate is judged by, frozen before the first trial and the same for every trial.

Strongest first: tests (a file of asserts or pytest functions), reference (the spec runs), doctest (examples in the
docstring), static (the candidate compiles and defines what the spec names). Programs that read standard input and print
are judged by `stdio`, examples of both.
"""

import ast
import builtins
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from kgents.domain.json_lines import values
from kgents.errors import UsageError
from kgents.sandbox.sandbox import Sandbox
from kgents.sandbox.syntax import parse as parse_source
from kgents.verify.fixtures import (
    asks_fixtures,
    derives,
    executed,
    imported_modules,
    refuse_files,
    runs_by_pytest,
)
from kgents.verify.reference.derive import FULL, Corpus, Strength, derive
from kgents.verify.spec import Spec, read_spec
from kgents.verify.stdio.examples import Programs
from kgents.verify.stdio.programs import is_asked_for

if TYPE_CHECKING:
    from kgents.verify.stdio.choosing import GivenExamples

CHECKS = ("types", "lint")
CAUGHT = frozenset({"__file__", "__name__", "__doc__"})


@dataclass(frozen=True, slots=True)
class Oracle:
    """One oracle, as data.

    kind       tests, reference, doctest, static or stdio
    entry      the function in question, where there is one
    defined    names that a candidate has to define
    rows       reference: (encoded arguments, expectation, target), the target a function or `Name()` for a class
    source     reference: the program that says what is right, for smaller counterexamples
    tests      tests: the program; doctest: the docstring
    names      tests: the names that stand for the candidate's functions
    modules    tests: modules that they are imported from
    inside     tests: values cannot cross, so they run in the candidate's process, with controls
    pytest     tests: they are run by pytest, in a session of its own
    opened     tests: operators with plain data that the good run needed of the candidate's classes; None: there was none
    outside    tests: trials that are not judged wholly outside of the candidate's process are not counted
    stems      tests: modules that they import and that are called as the spec's file
    path       tests: the path of their file, for the conftest files above it; no part of the digest
    checks     further static checks: types, lint
    tolerance  relative, of floats
    version    of the algorithm that derived the rows of a reference
    strength   what these rows tell apart
    shown      public attributes that are asked of objects, by class
    programs   stdio: examples, and how outputs are compared
    every      all tests and examples are run, also after one that failed: the share that passes is the score
    apart      pairs that the question shows and nobody is judged by, as text
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
    version: int = 1
    strength: Strength | None = None
    shown: tuple[tuple[str, tuple[str, ...]], ...] = ()
    pytest: bool = False
    opened: tuple[tuple[str, str], ...] | None = None
    path: str = ""
    stems: tuple[str, ...] = ()
    outside: bool = False
    programs: Programs | None = None
    apart: tuple[str, ...] = ()
    every: bool = False
    _digest: list[str] = field(default_factory=list, init=False, compare=False, repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of everything that judges."""
        if not self._digest:
            self._digest.append(digest_of_data(self.to_data()))
        return self._digest[0]

    @property
    def title(self) -> str:
        """For people."""
        more = f" + {', '.join(self.checks)}" if self.checks else ""
        shown = (
            f"{len(self.apart)} pair{'s' if len(self.apart) != 1 else ''} of it are in the question and judge nothing"
        )
        more += f"; {shown}" if self.apart else ""
        match self.kind:
            case "reference":
                weak = " (WEAK)" if self.weak else ""
                strength = f"; {self.strength.sentence}{weak}{self._survivors}" if self.strength else ""
                return f"reference: {len(self.rows)} inputs, types from {self.how}{strength}{more}"
            case "tests":
                where = ", in the candidate's process under secret coins" if self.inside else ""
                return f"tests{where}{more}"
            case "stdio" if self.programs is not None:
                return f"stdio: {self.programs.title}{more}"
            case "doctest":
                return f"doctest: the examples of the docstring{more}"
            case _:
                return f"static: compiles{' and defines ' + ', '.join(self.defined) if self.defined else ''}{more}"

    @property
    def weak(self) -> bool:
        """Whether it is a reference, or examples, that do not tell right from wrong well enough."""
        blind = self.programs is not None and self.programs.weak
        return blind or (self.strength is not None and self.strength.weak)

    @property
    def _survivors(self) -> str:
        """Mutants that are left, where they are too many for the full label."""
        strength = self.strength
        return f"; alive: {strength.survivors}" if strength and strength.alive and strength.share < FULL else ""

    def to_data(self) -> dict[str, Any]:
        """JSON data; what oracles of version 1 have not is left out for them."""
        newer: dict[str, Any] = {}
        if self.version > 1:
            newer = {"version": self.version, "shown": [[name, list(names)] for name, names in self.shown]}
            newer["strength"] = self.strength.to_data() if self.strength else None
        return {**self._plain_data(), **newer}

    def _plain_data(self) -> dict[str, object]:
        names = ("kind", "entry", "source", "tests", "setup", "how", "tolerance", "inside")
        lists = ("defined", "rows", "names", "modules", "checks")
        newer: dict[str, object] = {"pytest": self.pytest, "place": self.path} if self.pytest else {}
        newer |= {"stems": list(self.stems)} if self.stems else {}
        newer |= {"outside": True} if self.outside else {}
        newer |= {"programs": self.programs.to_data()} if self.programs is not None else {}
        newer |= {"apart": list(self.apart)} if self.apart else {}
        newer |= {"every": True} if self.every else {}
        opened = {} if self.opened is None else {"opened": [list(pair) for pair in self.opened]}
        old = {**{name: getattr(self, name) for name in names}, **{name: list(getattr(self, name)) for name in lists}}
        return {**old, **newer, **opened}

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> "Oracle":
        """The inverse of `to_data`; rows of two columns, as they were once written, are of the entry."""
        lists = ("defined", "names", "modules", "checks")
        fields = {
            **{name: value for name, value in data.items() if name != "place"},
            "path": data.get("place", ""),
            **{name: tuple(data[name]) for name in lists},
            "rows": tuple(tuple(row) if len(row) == 3 else (*row, data["entry"]) for row in data["rows"]),
            "strength": Strength.from_data(data["strength"]) if data.get("strength") else None,
            "shown": tuple((name, tuple(names)) for name, names in data.get("shown", ())),
            "stems": tuple(data.get("stems", ())),
            "apart": tuple(data.get("apart", ())),
            "programs": Programs.from_data(data["programs"]) if data.get("programs") else None,
        }
        if fields.get("opened") is not None:
            fields["opened"] = tuple((str(name), str(operation)) for name, operation in fields["opened"])
        return Oracle(**fields)


def digest_of_data(data: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of all that judges in an oracle's data, whatever today's classes would make of data of before.

    Where its tests lie is no part of it.
    """
    judging = {name: value for name, value in data.items() if name != "place"}
    return sha256(json.dumps(judging, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def choose_oracle(
    spec: str | None,
    tests: str | None,
    sandbox: Sandbox,
    *,
    entry_point: str | None = None,
    inputs: str | None = None,
    tolerance: float | None = None,
    checks: Sequence[str] = (),
    allow_weak: bool = False,
    path: str = "",
    stem: str = "",
    examples: "GivenExamples | None" = None,
    apart: int = 0,
) -> Oracle:
    """The strongest oracle that there is material for. UsageError names the option that cannot be what it says.

    path      the path of the tests; stem: the name of the spec's file without its ending
    examples  what judges whole programs, where the user gives it
    apart     so many pairs are taken out of what judges, for the question to show them
    """
    _check_options(checks, tolerance)
    judging: dict[str, Any] = {"checks": tuple(checks), "tolerance": 1e-9 if tolerance is None else tolerance}
    if examples is not None:
        from kgents.verify.stdio.choosing import given_programs

        programs = given_programs(examples, spec or "", entry_point, tolerance, sandbox, allow_weak, apart)
        return _of_programs(programs, judging)
    if tests is None and spec is not None and entry_point is None and is_asked_for(spec):
        return _of_programs(_derived(spec, inputs, sandbox, tolerance, allow_weak, apart), judging)
    read = read_spec(spec, entry_point) if spec is not None else Spec("", None, None, False)
    common: dict[str, Any] = {"entry": read.name, "defined": read.defined, **judging}
    if apart and (tests is not None or not read.runnable):
        raise UsageError("--show-examples shows pairs of a spec that runs, or of --examples", "--describe TEXT")
    if tests is not None:
        return tests_oracle(tests, common, entry_point, path, stem)
    if read.runnable:
        return _reference(read, common, derive(read, sandbox, _given_arguments(inputs), allow_weak, apart=apart))
    return _of_words(read, common, inputs)


def _derived(
    spec: str, inputs: str | None, sandbox: Sandbox, tolerance: float | None, allow_weak: bool, apart: int
) -> Programs:
    """What judges programs like one that is a spec."""
    if inputs is not None:
        raise UsageError("--inputs are arguments of functions, --spec is a program", "give --examples FILE")
    from kgents.verify.stdio.deriving import derived_programs

    return derived_programs(spec, sandbox, tolerance, allow_weak, apart)


def _of_words(read: Spec, common: Mapping[str, Any], inputs: str | None) -> Oracle:
    """The oracle of a spec that does not run: its examples, or no more than whether what it asks for is there."""
    if inputs is not None:
        raise UsageError("--inputs needs a spec that runs", "give --spec with a body, or --tests")
    if read.examples:
        return Oracle("doctest", tests=read.docstring, names=tuple(read.defined), **common)
    return Oracle("static", **common)


def _of_programs(programs: Programs, judging: Mapping[str, Any]) -> Oracle:
    """The oracle that judges whole programs; `judging` has its checks and tolerance."""
    return Oracle("stdio", programs.entry, defined=programs.defined, programs=programs, apart=programs.apart, **judging)


def _check_options(checks: Sequence[str], tolerance: float | None) -> None:
    unknown = [check for check in checks if check not in CHECKS]
    if unknown:
        raise UsageError(f"--check {unknown[0]}: there is no such check", f"one of {', '.join(CHECKS)}")
    if tolerance is not None and not 0 <= tolerance < 1:
        raise UsageError(f"--tolerance {tolerance:g}: from 0 to below 1")


def _reference(read: Spec, common: Mapping[str, Any], corpus: Corpus) -> Oracle:
    newer: dict[str, Any] = {"version": corpus.version, "strength": corpus.strength, "shown": corpus.shown}
    newer["apart"] = corpus.apart
    return Oracle("reference", rows=corpus.rows, source=read.text, how=corpus.how, **newer, **common)


def tests_oracle(
    tests: str,
    common: Mapping[str, Any],
    entry_point: str | None,
    path: str = "",  # noqa: PT028
    stem: str = "",  # noqa: PT028
) -> Oracle:
    """The oracle of a test file; names that it uses and does not define are the candidate's. UsageError where there are none."""
    tests = tests.lstrip("\ufeff")
    tree = _parsed(tests)
    nodes = list(ast.walk(tree))
    names, modules = free_names(nodes)
    names = tuple(dict.fromkeys([*names, *common["defined"], *([entry_point] if entry_point else [])]))
    names = tuple(name for name in names if name not in CAUGHT)
    imported = tuple(dict.fromkeys(imported_modules(tree)))
    stems = tuple(name for name in imported if stem and name.rpartition(".")[2] == stem and not _known(name))
    if not names and not stems and not {*imported} & {"solution", "candidate"}:
        runs = (executed(nodes) or "").startswith("subprocess")
        remedy = (
            "judge a program by --examples (pairs of stdin and stdout)" if runs else "call the function that is wanted"
        )
        raise UsageError("--tests uses no name that a candidate could define", remedy)
    by_pytest, inside = _is_run_by_pytest(tree, "pytest" in imported), derives(nodes, names)
    if inside and by_pytest and asks_fixtures(tree):
        hint = "make what is needed in the test itself"
        raise UsageError("--tests derive from the candidate's class and ask for fixtures of pytest", hint)
    if not by_pytest or inside:
        refuse_files(tree)
    more: dict[str, Any] = {"pytest": True, "path": path} if by_pytest and not inside else {}
    modules = tuple(dict.fromkeys([*modules, *stems]))
    return Oracle("tests", tests=tests, names=names, modules=modules, inside=inside, stems=stems, **common, **more)


def _parsed(tests: str) -> ast.Module:
    """A test file as a tree. UsageError where it is none."""
    try:
        return parse_source(tests)
    except (SyntaxError, ValueError) as wrong:
        raise UsageError(f"--tests: a syntax error in line {getattr(wrong, 'lineno', '?')}: {wrong}", None) from wrong


def _is_run_by_pytest(tree: ast.Module, imports_pytest: bool) -> bool:
    """Whether a test file is for a session of pytest; what executes what a candidate returns is run where it does no damage.

    UsageError where it executes such things and needs pytest, too.
    """
    if not runs_by_pytest(tree):
        return False
    executes = executed(list(ast.walk(tree)))
    used = "fixtures of pytest" if asks_fixtures(tree) else "pytest" if imports_pytest else ""
    if executes is None or (executes == "eval" and used):  # in pytest's session `eval` is one of values
        return True
    if used:
        why = f"{executes} may execute what a candidate returns: such tests run confined, where pytest is not"
        raise UsageError(f"--tests use {executes} and {used}; {why}", f"leave {executes} out, or {used}")
    return False


def free_names(nodes: Sequence[ast.AST]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names that the nodes of a test program use and none of them defines, and the modules that it would import them from."""
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    stored |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    stored |= {node.name for node in nodes if isinstance(node, definitions)}
    stored |= {node.name for node in nodes if isinstance(node, ast.ExceptHandler) and node.name}
    imported: dict[str, None] = {}
    modules: dict[str, None] = {}
    for node in nodes:
        match node:
            case ast.Import(names=aliases):
                stored |= {(alias.asname or alias.name).partition(".")[0] for alias in aliases}
            case ast.ImportFrom(module=str(module), names=aliases) if not _known(module):
                modules[module] = None
                imported.update(dict.fromkeys(alias.name for alias in aliases))
            case ast.ImportFrom(names=aliases):
                stored |= {alias.asname or alias.name for alias in aliases}
            case _:
                pass
    for node in nodes:
        loaded = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in stored
        if loaded and isinstance(node, ast.Name) and not hasattr(builtins, node.id) and not node.id.startswith("__"):
            imported[node.id] = None
    return tuple(imported), tuple(modules)


def _known(module: str) -> bool:
    import sys

    top = module.partition(".")[0]
    return top in sys.stdlib_module_names or top in ("pytest", "numpy", "hypothesis")


def _given_arguments(inputs: str | None) -> list[tuple[Any, ...]] | None:
    """--inputs: one JSON list of arguments a line."""
    if inputs is None:
        return None
    hint = "one JSON list of arguments a line, such as [1, 2]"
    rows = []
    for number, arguments in values("--inputs", inputs.encode("utf-8", "surrogatepass"), hint):
        if not isinstance(arguments, list):
            raise UsageError(f"--inputs, line {number}: not a list", hint)
        rows.append(tuple(arguments))
    if not rows:
        raise UsageError("--inputs: the file is empty", hint)
    return rows
