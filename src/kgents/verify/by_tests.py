"""By tests: in a process of their own against mirrors, or in the candidate's process under secret coins."""

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from random import Random, SystemRandom
from typing import Any

from kgents.domain.outcome import Cause, Check
from kgents.domain.ports import UNLOADED, Judgement
from kgents.sandbox.inside import values as codec
from kgents.sandbox.inside.protocol import Ended
from kgents.sandbox.sandbox import Sandbox
from kgents.sandbox.syntax import nodes
from kgents.verify.bench import inside
from kgents.verify.blame import SEPARATE, death, lacking, unreadable
from kgents.verify.fixtures import executed
from kgents.verify.hidden import started
from kgents.verify.mirrors.coins import LEAST, Run, coins_of, runs_of
from kgents.verify.mirrors.inside.messages import Report, TestsJob
from kgents.verify.mirrors.line import lines_of
from kgents.verify.mirrors.proof import inside_job, label_of, mirrored_job
from kgents.verify.oracle import Oracle


class TestsJudge:
    """Judges candidates by the tests of one oracle. Rule: SandboxFault is ours."""

    __test__ = False  # no class of tests

    def __init__(self, oracle: Oracle, sandbox: Sandbox, wall: float) -> None:
        self._oracle = oracle
        self._sandbox = sandbox
        self._wall = wall

    @cached_property
    def _executing(self) -> str:
        return executing(self._oracle)

    @cached_property
    def _job(self) -> TestsJob:
        return mirrored_job(self._oracle)

    def judge(self, candidate: str) -> Judgement:
        """One candidate in, one judgement out."""
        if self._oracle.inside:
            return self._inside(candidate)
        return self._outside(candidate)

    def _outside(self, candidate: str) -> Judgement:
        """Tests in their own process, against mirrors of what is the candidate's."""
        report, ended = lines_of(self._sandbox).judge(candidate, self._job, self._wall)
        if report.get("missing") or report.get("unreadable"):
            return lacking(report["missing"]) if report.get("missing") else unreadable(report["unreadable"])
        if report.get("unusable"):  # they could be run before the first trial
            return Judgement(None, Cause.SANDBOX, f"the tests cannot be run any more: {report['unusable']}"[:300])
        kind, integrity = self._oracle.kind, label_of(report) + self._executing
        if self._oracle.outside and integrity != SEPARATE:
            return Judgement(None, Cause.CANNOT_CROSS, f"judged {integrity}"[:300], integrity=integrity)
        cases = max(1, int(report.get("cases") or 1))
        if report.get("passed") is True:
            return Judgement(True, None, None, (Check(kind, True),), cases, cases, integrity)
        if report.get("forged"):
            error = str(report["forged"])[:300]
            return Judgement(False, Cause.FORBIDDEN, error, (Check(kind, False, error),), cases, 0, integrity)
        if not report.get("calls") and not report.keys() & {"kind", "died", "timeout", "load", "error"}:
            report["error"] = "the tests never called the candidate"
        cause, error = _blame(_shaped(report), ended)
        right = min(int(report.get("right") or 0), cases - 1) if self._oracle.every else 0
        return Judgement(False, cause, error, (Check(kind, False, error),), cases, right, integrity)

    def _inside(self, candidate: str) -> Judgement:
        """Tests in the candidate's process, under secret coins."""
        runs = runs_of(self._oracle.tests, Random(SystemRandom().getrandbits(128)))
        coins = coins_of(runs)
        if coins < LEAST:
            error = f"the tests run in the candidate's process and hold {coins} literal coins, fewer than {LEAST}"
            return Judgement(None, Cause.CANNOT_CROSS, error, integrity="inside, not controlled")
        integrity, cases = f"inside, {coins} coins", 1
        for run in runs:
            wrong, cases = self._run_inside(run, candidate)
            if (
                wrong is not None and wrong[0] is Cause.FORBIDDEN
            ):  # a wrong answer may be the near miss of the right one
                plain, _ = self._run_inside(next(each for each in runs if all(each.true)), candidate)
                wrong = plain or wrong
            if wrong is not None:
                cause, error = wrong
                return Judgement(False, cause, error, (Check("tests", False, error),), cases, 0, integrity)
        checks = (Check("tests", True), Check(f"agrees with {coins} coins", True))
        return Judgement(True, None, None, checks, cases, cases, integrity)

    def _run_inside(self, run: Run, candidate: str) -> tuple[tuple[Cause, str] | None, int]:
        """((the cause, what is said of it) where one run does not agree with its coins, how many tests there are)."""
        answer, ended = inside(self._sandbox, inside_job(self._oracle, run.tests, candidate), self._wall)
        report: Report = {"died": True, "timeout": ended.overdue}
        report = _readable(answer) if isinstance(answer, dict) else report
        cases = int(report.get("cases") or 1)
        failure = run.failure(report.get("notes", ()))
        if report.get("passed") is True and failure is None:
            return None, cases
        if report.get("passed") is not True and (failure is None or not failure[1]):
            return _blame(report, ended), cases
        error, forged = failure or ("", False)
        return (Cause.FORBIDDEN if forged else Cause.WRONG_OUTPUT, error), cases


def executing(oracle: Oracle) -> str:
    """What is added to the label of a verdict whose tests execute what a candidate returns."""
    if oracle.kind != "tests" or oracle.inside:
        return ""
    try:
        name = executed(nodes(oracle.tests))
    except (SyntaxError, ValueError):
        return ""
    return "" if name is None else f", the tests use {name}"


def _readable(answer: Mapping[str, Any]) -> Report:
    """What a process says that the candidate could speak for, as far as it has the form of what ours says."""
    kinds = {"passed": bool, "timeout": bool, "died": bool, "cases": int, "error": str, "test": str, "forbidden": str}
    fields: Any = {name: answer[name] for name, kind in kinds.items() if isinstance(answer.get(name), kind)}
    if not 0 <= fields.get("cases", 0) <= codec.MAX_ITEMS:
        del fields["cases"]
    notes = answer.get("notes")
    if isinstance(notes, list) and all(
        isinstance(note, list) and len(note) == 2 and type(note[0]) is int and type(note[1]) is bool for note in notes
    ):
        fields["notes"] = notes
    with suppress(ValueError):
        if "load" in answer:
            fields["load"] = codec.exception_of(answer["load"])
    report: Report = fields
    return report


def _shaped(report: Report) -> Report:
    """A report of the tests' process, with what kept a candidate from being loaded as others tell it."""
    shaped: Report = {**report}
    if "load" in report:
        kinds, text, _, started = report["load"]
        shaped["load"] = (kinds[0] if kinds else "Exception", kinds, text)
        shaped["forbidden"] = started
    return shaped


def _blame(report: Report, ended: Ended) -> tuple[Cause, str]:
    if report.get("timeout"):
        return death(ended, True, "")
    if report.get("died"):
        raised = report.get("load")
        if raised and report.get("forbidden"):
            return Cause.FORBIDDEN, started(report["forbidden"])
        if raised:
            return Cause.EXCEPTION, f"{UNLOADED}: {raised[0]}: {raised[2]}"[:300]
        return death(ended, False, f" ({report.get('error', '')})")
    if report.get("forbidden"):
        return Cause.FORBIDDEN, f"{started(report['forbidden'])}; {report.get('error', '')}"[:300]
    error = str(report.get("error", "the tests ended without a verdict"))
    test = f"{report['test']}: " if report.get("test") else ""
    cause = Cause.WRONG_OUTPUT if error.startswith(("AssertionError", "Failed:")) else Cause.EXCEPTION
    return cause, (test + error)[:300]
