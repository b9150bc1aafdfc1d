"""Which oracle judges, for what the user has given.

Strongest first: tests (a file of asserts or pytest functions), reference (the spec runs), doctest (examples in the
docstring), static (the candidate compiles and defines what the spec names). Programs that read standard input and print
are judged by `stdio`, examples of both.
"""

import ast
import builtins
from collections.abc import Mapping, Sequence
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
from kgents.verify.oracle import Oracle
from kgents.verify.reference.derive import Corpus, derive
from kgents.verify.spec import Spec, read_spec
from kgents.verify.static import missing_tools
from kgents.verify.stdio.examples import Programs
from kgents.verify.stdio.programs import is_asked_for

if TYPE_CHECKING:
    from kgents.verify.stdio.choosing import GivenExamples

CAUGHT = frozenset({"__file__", "__name__", "__doc__"})


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
    missing_tools(checks)
    judging: dict[str, Any] = {"checks": tuple(checks), "tolerance": _tolerated(tolerance)}
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


def _tolerated(tolerance: float | None) -> float:
    """The relative tolerance. UsageError for one that is none."""
    if tolerance is not None and not 0 <= tolerance < 1:
        raise UsageError(f"--tolerance {tolerance:g}: from 0 to below 1", "such as --tolerance 1e-6")
    return 1e-9 if tolerance is None else tolerance


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
