"""Tests are tried before trial 1: on a program that is right, where there is one, and on stubs that no tests may pass."""

import ast
import builtins
import importlib
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from random import Random
from typing import cast

from kgents.errors import UsageError
from kgents.sandbox.sandbox import Sandbox
from kgents.sandbox.syntax import nodes
from kgents.verify.bench import InsideJob, inside
from kgents.verify.mirrors.coins import LEAST, Run, coins_of, runs_of
from kgents.verify.mirrors.inside.messages import Asked, Report, TestsJob
from kgents.verify.mirrors.inside.paths import imported
from kgents.verify.mirrors.line import job_of, lines_of
from kgents.verify.oracle import Oracle

WALL = 60.0  # seconds
OUTSIDE = "outside"
_REMEDY = "compare what the function returns with a value that such a program does not return"
_UNCALLED = ("never call the candidate", "call the function that is wanted")
UNLIKE, UNKNOWN = "returns something else than it is given", "raises an exception of its own"
BLUNT = (UNLIKE, UNKNOWN)  # what no task asks for
_STUB = """
def _stub(*arguments, **keywords):
    {body}
class _Any:
    def __init__(self, *arguments, **keywords):
        pass
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _stub
def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _stub
"""
_OTHER = """
def _other(value):
    if isinstance(value, (int, float, complex)):
        return value * 7 + 1013
    if isinstance(value, (str, bytes)):
        return value + value[:1] + (b"stub" if isinstance(value, bytes) else "stub")
    if callable(value):
        return lambda *arguments: _other(value(*arguments))
    if isinstance(value, (list, tuple)):
        return type(value)([_other(item) for item in value] or ["stub"])
    if isinstance(value, dict):
        return {key: _other(item) for key, item in value.items()} or {"stub": "stub"}
    return "stub"
"""
_RAISING = """
class _Stub(Exception):
    pass
def _made(kind):
    for arguments in (("stub",), ("stub", "", 0), ("utf-8", b"", 0, 1, "stub"), ()):
        try:
            return kind(*arguments)
        except TypeError:
            pass
    return RuntimeError("stub")
"""


def mirrored_job(oracle: Oracle, everything: bool = False) -> TestsJob:
    """What the tests' end is told of an oracle."""
    mode = "pytest" if oracle.pytest else oracle.kind
    more: Asked = {
        "entry": oracle.entry, "mode": mode, "defined": list(oracle.defined),
        "own_file": oracle.path, "stems": list(oracle.stems),
        "open": None if oracle.opened is None else [list(pair) for pair in oracle.opened], "everything": everything,
        "every": oracle.every,
    }  # fmt: skip
    return job_of(oracle.tests, oracle.setup, oracle.names, oracle.modules, more)


def inside_job(oracle: Oracle, tests: str, source: str) -> InsideJob:
    """What the process of a candidate is told, that runs these tests of an oracle."""
    return {
        "source": source,
        "tests": tests,
        "setup": oracle.setup,
        "names": list(oracle.names),
        "modules": list(oracle.modules),
        "entry": oracle.entry,
    }


def label_of(report: Report) -> str:
    """The integrity of a verdict: what the candidate's own operators decided, and how much of that was controlled."""
    controlled, loose = int(report.get("controlled") or 0), int(report.get("uncontrolled") or 0)
    if not controlled and not loose:
        return OUTSIDE
    return f"{OUTSIDE}, {controlled + loose} comparisons by the candidate's own operators ({controlled} controlled)"


class Unproven(UsageError):
    """Tests fail on a program that ought to be right; `error` says how."""

    def __init__(self, message: str, error: str) -> None:
        super().__init__(message, "correct one of them, or give the spec as a signature with its docstring")
        self.error = error


class Weak(UsageError):
    """Tests pass on a stub: they cannot tell right from wrong; `oracle` is what they are all the same."""

    def __init__(self, message: str, oracle: Oracle) -> None:
        super().__init__(message, _REMEDY)
        self.oracle = oracle


def proven(
    oracle: Oracle,
    sandbox: Sandbox,
    good: str | None,
    classes: tuple[str, ...] = (),
    subject: str = "--tests",
    doubted: Callable[[str], None] | None = None,
) -> Oracle:
    """The oracle with what the good run needed; `good` is a program that is right, where there is one.

    subject  how errors call the tests
    doubted  told of a stub that passes and may be right (of `pytest.raises(SystemExit)`, what raises it is a solution):
             where no program is known to be right, and every stub fails that no task asks for. None: such tests are Weak
    UsageError where the tests cannot be loaded or never call the candidate; Weak where they pass on a stub, Unproven where
    they fail on the good program.
    """
    if oracle.kind != "tests":
        return oracle
    try:
        proof = _Proof(oracle, sandbox, classes, doubted is not None and good is None)
        tried = proof.proven(good)
        if doubted is not None and proof.doubts:
            doubted(f"{subject} pass on a program that only {' or '.join(proof.doubts)}: is that what is wanted?")
        return tried
    except Unproven as wrong:
        raise Unproven(f"{subject} {wrong.message}", wrong.error) from None
    except Weak as wrong:
        raise Weak(f"{subject} {wrong.message}", wrong.oracle) from None
    except UsageError as wrong:
        raise UsageError(f"{subject} {wrong.message}", wrong.hint) from None


class _Proof:
    """Tries tests. What it raises is told without the subject."""

    def __init__(self, oracle: Oracle, sandbox: Sandbox, classes: tuple[str, ...], lenient: bool) -> None:
        self._oracle = oracle
        self._sandbox = sandbox
        self._classes = classes
        self._lenient = lenient
        self.doubts: list[str] = []

    def proven(self, good: str | None) -> Oracle:
        """The oracle, with what the good run needed."""
        oracle = self._oracle
        if oracle.pytest:
            unusable = lines_of(self._sandbox).session(mirrored_job(oracle)).unusable
            if unusable is not None:
                raise UsageError(f"cannot be loaded: {unusable}", "install what is missing, or correct the file")
        if good is not None:
            self._try_good(good)
        self._try_stubs()
        return self._oracle

    def _controlled(self) -> Run:
        """The run with all literals true of tests that need the candidate's process.

        UsageError where they must not run there; Weak where they cannot be controlled.
        """
        if self._oracle.outside:
            hint = "leave --integrity out, or write tests that do not derive from the candidate's classes"
            raise UsageError("run in the candidate's own process, against --integrity outside", hint)
        runs = runs_of(self._oracle.tests, Random(0))
        if coins_of(runs) < LEAST:
            raise Weak("run in the candidate's own process and compare with no literal", self._oracle)
        return next(run for run in runs if all(run.true))

    def _job(self) -> TestsJob:
        return mirrored_job(self._oracle, everything=True)

    def _report_on(self, source: str, job: TestsJob, ours: bool = False) -> Report:
        """What the tests say of a program, which is one of `ours` or not. UsageError where they cannot be run."""
        if self._oracle.inside:
            run = self._controlled()
            answer, ended = inside(self._sandbox, inside_job(self._oracle, run.tests, source), WALL)
            report: Report = {"passed": False, "timeout": ended.overdue}
            if isinstance(answer, dict):
                report = cast(Report, answer)
            failure = run.failure([(index, held) for index, held in report.get("notes", ())])
            if report["passed"] and failure is not None:
                report = {**report, "passed": False, "error": failure[0]}
            return {"calls": 1, **report}
        lines = lines_of(self._sandbox)
        report = (lines.judge_ours if ours else lines.judge_solution)(source, job, WALL)
        if report.get("unusable"):
            hint = "install what is missing, or make what is needed in the file itself"
            raise UsageError(f"cannot be run: {report['unusable']}", hint)
        return report

    def _try_good(self, good: str) -> None:
        report = self._report_on(good, self._job())
        strayed = None if self._oracle.inside else report.get("strayed")
        if report.get("passed") is not True and strayed:
            outside = report
            self._oracle = replace(self._oracle, inside=True, pytest=False)
            report = self._report_on(good, self._job())
            if "No module named 'pytest'" in str(report.get("error")):
                report = {**outside, "error": f"{outside.get('error')}; {strayed}, which cannot cross"}
        if (
            report.get("passed") is not True
            and not report.get("calls")
            and not report.keys() & {"error", "load", "missing"}
        ):
            raise UsageError(*_UNCALLED)
        if report.get("passed") is not True:
            test = f"{report['test']}: " if report.get("test") else ""
            error = f"{test}{_why(report)}"[:300]
            raise Unproven(f"fail on the spec itself: {error}", error)
        if not self._oracle.inside:
            needed = tuple((str(kind), str(name)) for kind, name in report["needed"])
            self._oracle = replace(self._oracle, opened=needed)

    def _try_stubs(self) -> None:
        calls, collection, job = 0, None, self._job()
        for told, source in stubs(self._oracle, self._classes, self._lenient):
            report = self._report_on(source, job, ours=True)
            calls += int(report.get("calls") or 0) + bool(report.get("kind") or report.get("died"))
            collection = report.get("collection")
            if report.get("passed") is True and self._lenient and told not in BLUNT:
                self.doubts.append(told)
            elif report.get("passed") is True:
                raise Weak(f"pass on a program that {told}: they cannot tell right from wrong", self._oracle)
        if not calls and collection:
            raise UsageError(f"cannot be collected: {collection}", "correct the file")
        if not calls:
            raise UsageError(*_UNCALLED)


def _why(report: Report) -> str:
    """How a program failed, in a few words."""
    if report.get("missing"):
        return f"it does not define {report['missing'][0]}"
    load = report.get("load")
    return f"it cannot be loaded: {load[0][0]}: {load[1]}" if load else str(report.get("error") or "no verdict")


def stubs(oracle: Oracle, classes: tuple[str, ...], blunt: bool = False) -> Iterator[tuple[str, str]]:
    """(what it does, its source) of programs that are wrong whatever the task is; `blunt`: also those no task asks for."""
    read = nodes(oracle.tests)
    wanted = {
        name
        for module, names in imported(read)
        if module in (*oracle.modules, "solution", "candidate")
        for name in names
    }
    names = [name for name in dict.fromkeys([*oracle.names, *sorted(wanted)]) if name.isidentifier()]
    bodies = {
        "returns None": "return None",
        "returns its first argument": "return arguments[0] if arguments else None",
        "raises RuntimeError": "raise RuntimeError('stub')",
        **({UNLIKE: "return _other(arguments[0]) if arguments else 'stub'", UNKNOWN: "raise _Stub"} if blunt else {}),
        **{f"raises {name}": body for name, body in sorted(_raised(read))},
    }
    for told, body in bodies.items():
        lines = [_STUB.replace("{body}", body), *([_OTHER] if "_other(" in body else [])]
        lines += [_RAISING] if body.startswith(("raise", "import")) else []
        for name in names:
            is_class = (name in classes or name[:1].isupper()) and not body.startswith("raise")
            lines.append(f"class {name}(_Any): pass\n" if is_class else f"{name} = _stub\n")
        yield told, "".join(lines)


def _raised(read: Iterable[ast.AST]) -> set[tuple[str, str]]:
    """(name, statements that raise it) of exceptions of the standard library that the tests expect."""
    named: set[str] = set()
    for node in read:
        if isinstance(node, ast.Call) and node.args:
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("raises", "assertRaises", "assertRaisesRegex"):
                kinds = node.args[0].elts if isinstance(node.args[0], ast.Tuple) else [node.args[0]]
                named |= {ast.unparse(kind) for kind in kinds}
    return {(name, f"{_imports(name)}raise _made({name})") for name in named if _exception(name)}


def _imports(name: str) -> str:
    return f"import {name.rpartition('.')[0]}; " if "." in name else ""


def _exception(name: str) -> bool:
    """Whether it is a builtin exception, or one of a module of the standard library, by its dotted name."""
    module, _, last = name.rpartition(".")
    if module and module.partition(".")[0] not in sys.stdlib_module_names:
        return False
    try:
        kind = getattr(importlib.import_module(module) if module else builtins, last, None)
    except ImportError:
        return False
    return isinstance(kind, type) and issubclass(kind, BaseException)
