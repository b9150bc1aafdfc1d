"""The verifier: one candidate in, one judgement out; computed here, outside of the candidate's process.

Rule: what a candidate does is its own failure; what the sandbox does is ours. A fault of the sandbox is tried once more
on fresh zygotes, and then reported as cause `sandbox`, with no verdict on the candidate.
"""

import ast
import asyncio
import signal
import warnings
from collections.abc import Mapping
from typing import Any

from kgents.domain.outcome import Cause, Check
from kgents.domain.ports import Judgement
from kgents.verify import codec
from kgents.verify.oracle import Oracle, shown
from kgents.verify.reference import equal
from kgents.verify.sandbox import Batch, Ended, Sandbox, SandboxFault
from kgents.verify.static import static_checks

WALL = 60.0  # seconds; generous, because CPU time is what is limited
SEPARATE = "verdict computed outside the candidate's process"


class SandboxVerifier:
    """Judges candidates by one oracle. Several may share a sandbox; `aclose` ends it."""

    def __init__(self, oracle: Oracle, sandbox: Sandbox, wall: float = WALL) -> None:
        self._wall = wall
        self._oracle = oracle
        self._sandbox = sandbox

    def describe(self) -> Mapping[str, Any]:
        """For the plan."""
        sandbox = self._sandbox.describe()
        return {"oracle": self._oracle.kind, "oracle_digest": self._oracle.digest, "sandbox": sandbox}

    async def verify(self, candidate: str) -> Judgement:
        """Judges one candidate."""
        return await asyncio.get_running_loop().run_in_executor(self._sandbox.pool, self.judge, candidate)

    async def aclose(self) -> None:
        """Stops every process."""
        self._sandbox.close()

    def judge(self, candidate: str) -> Judgement:
        """The same, in this thread."""
        static = self._static(candidate)
        if static is not None:
            return static
        for attempt in (1, 2):
            try:
                judgement = self._dynamic(candidate)
                break
            except (SandboxFault, OSError) as fault:
                if attempt == 2:
                    return Judgement(None, Cause.SANDBOX, f"the sandbox failed twice: {fault}"[:300])
                try:
                    self._sandbox.renew()
                except (SandboxFault, OSError) as gone:
                    return Judgement(None, Cause.SANDBOX, f"the sandbox cannot be started again: {gone}"[:300])
        return self._further(candidate, judgement)

    def _static(self, candidate: str) -> Judgement | None:
        """A judgement where reading the candidate is enough to fail it."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(candidate)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as wrong:
            line = getattr(wrong, "lineno", None)
            text = f"syntax error{f' in line {line}' if line else ''}: {getattr(wrong, 'msg', wrong)}"
            return Judgement(False, Cause.SYNTAX, text, (Check("compiles", False, text),), 1)
        missing = [name for name in self._oracle.defined if name not in _defined(tree)]
        if missing:
            text = f"{missing[0]} is not defined"
            return Judgement(False, Cause.MISSING, text, (Check("defines", False, text),), 1)
        return None

    def _dynamic(self, candidate: str) -> Judgement:
        match self._oracle.kind:
            case "reference":
                return self._reference(candidate)
            case "tests" | "doctest":
                return self._tests(candidate)
            case _:
                return Judgement(True, None, None, (Check("compiles", True),), 1, 1, "read, not run")

    def _further(self, candidate: str, judgement: Judgement) -> Judgement:
        if not self._oracle.checks or judgement.success is not True:
            return judgement
        checks = static_checks(candidate, self._oracle.checks)
        failed = next((check for check in checks if not check.passed), None)
        every = (*judgement.checks, *checks)
        passed = judgement.passed + sum(check.passed for check in checks)
        cases = judgement.cases + len(checks)
        if failed is None:
            return Judgement(True, None, None, every, cases, passed, judgement.integrity)
        error = f"{failed.name}: {failed.detail}"[:300]
        return Judgement(False, Cause.STATIC, error, every, cases, passed, judgement.integrity)

    def _reference(self, candidate: str) -> Judgement:
        oracle = self._oracle
        assert oracle.entry is not None
        wrong: list[str] = []

        def enough(index: int, answer: Any) -> bool:
            difference = _difference(oracle, oracle.rows[index], answer)
            if difference is not None:
                wrong.append(difference)
            return difference is not None

        calls = [row[0] for row in oracle.rows]
        batch = self._sandbox.calls(candidate, oracle.entry, calls, self._wall, enough=enough)
        passed = len(batch.answers) - len(wrong)
        if not wrong and not batch.fault and batch.load is None:
            return Judgement(True, None, None, (Check("reference", True),), len(calls), passed, SEPARATE)
        cause, error = _blame(batch, wrong, oracle)
        return Judgement(False, cause, error, (Check("reference", False, error),), len(calls), passed, SEPARATE)

    def _tests(self, candidate: str) -> Judgement:
        oracle = self._oracle
        job = {
            "names": list(oracle.names),
            "modules": list(oracle.modules),
            "setup": oracle.setup,
            "tests": oracle.tests,
            "mode": oracle.kind,
            "entry": oracle.entry,
        }
        said, ended = self._sandbox.check(candidate, job, self._wall)
        cases = int(said.get("cases") or 1)
        if said.get("passed") is True:
            return Judgement(True, None, None, (Check(oracle.kind, True),), cases, cases, SEPARATE)
        cause, error = _test_blame(said, ended)
        return Judgement(False, cause, error, (Check(oracle.kind, False, error),), cases, 0, SEPARATE)


def _defined(tree: ast.Module) -> set[str]:
    """Every name that a module binds anywhere at its top level."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name)
    return found


def _difference(oracle: Oracle, row: Any, answer: Any) -> str | None:
    """How an answer differs from what is expected, in one line; None where it does not."""
    arguments, expected = row
    call = shown(oracle.entry or "", arguments)
    if not isinstance(answer, dict):
        return f"{call}: no answer"
    if "raised" in expected:
        if "raised" in answer and answer["raised"][0] == expected["raised"]:
            return None
        return f"{call}: expected {expected['raised']}, got {_shown(answer)}"
    if "value" not in answer:
        return f"{call}: expected {_short(expected['value'])}, got {_shown(answer)}"
    if not _same(expected["value"], answer["value"], oracle.tolerance):
        return f"{call}: expected {_short(expected['value'])}, got {_shown(answer)}"
    if not _same(expected.get("args", arguments), answer.get("args", arguments), oracle.tolerance):
        return f"{call}: changes its arguments in another way than the reference"
    return None


def _same(expected: Any, got: Any, tolerance: float) -> bool:
    try:
        return equal(codec.decode(expected), codec.decode(got), tolerance)
    except (ValueError, TypeError, KeyError, IndexError, ArithmeticError, RecursionError):
        return False


def _shown(answer: Any) -> str:
    return f"{answer['raised'][0]}: {answer['raised'][2]}"[:120] if "raised" in answer else _short(answer.get("value"))


def _short(encoded: Any) -> str:
    try:
        text = repr(codec.decode(encoded))
    except (ValueError, TypeError, KeyError, RecursionError):
        text = "an answer that cannot be read"
    return text if len(text) <= 100 else text[:97] + "…"


def _blame(batch: Batch, wrong: list[str], oracle: Oracle) -> tuple[Cause, str]:
    if batch.load is not None:
        raised = batch.load.get("raised") if isinstance(batch.load, dict) else None
        return Cause.EXCEPTION, f"cannot be loaded: {f'{raised[0]}: {raised[2]}' if raised else 'no reason given'}"[
            :300
        ]
    if wrong:
        cause = Cause.EXCEPTION if ", got " in wrong[0] and _raised_at(batch) else Cause.WRONG_OUTPUT
        return cause, wrong[0][:300]
    place = len(batch.answers)
    call = shown(oracle.entry or "", oracle.rows[place][0]) if place < len(oracle.rows) else ""
    return _death(batch.ended, batch.fault == "timeout", f" at {call}" if call else "")


def _raised_at(batch: Batch) -> bool:
    return bool(batch.answers) and isinstance(batch.answers[-1], dict) and "raised" in batch.answers[-1]


def _death(ended: Ended, late: bool, place: str) -> tuple[Cause, str]:
    if late or ended.overdue or ended.signal == signal.SIGXCPU:
        return Cause.TIMEOUT, f"no answer within the limit{place} ({ended.cpu_s:.1f} s of CPU used)"
    if ended.signal is not None and ended.signal != signal.SIGKILL:
        return Cause.RESOURCES, f"killed by {signal.Signals(ended.signal).name}{place}"
    how = "killed" if ended.exit is None else f"exit {ended.exit}"
    return Cause.EXCEPTION, f"its process ended{place} ({how}, {ended.cpu_s:.1f} s of CPU used)"


def _test_blame(said: Mapping[str, Any], ended: Ended) -> tuple[Cause, str]:
    if said.get("timeout"):
        return _death(ended, True, "")
    if said.get("died"):
        raised = said.get("load")
        if raised:
            return Cause.EXCEPTION, f"cannot be loaded: {raised[0]}: {raised[2]}"[:300]
        return _death(ended, False, f" ({said.get('error', '')})")
    error = str(said.get("error", "the tests ended without a verdict"))
    test = f"{said['test']}: " if said.get("test") else ""
    cause = Cause.WRONG_OUTPUT if error.startswith("AssertionError") else Cause.EXCEPTION
    return cause, (test + error)[:300]
