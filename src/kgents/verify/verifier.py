"""The verifier: one candidate in, one judgement out; computed here, outside of the candidate's process.

Rule: what a candidate does is its own failure; what the sandbox does is ours. A fault of the sandbox is tried once more
on fresh zygotes, and then reported as cause `sandbox`, with no verdict on the candidate.
"""

import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from random import Random, SystemRandom
from typing import Any

from kgents.domain.outcome import Cause, Check
from kgents.domain.ports import UNLOADED, Judgement
from kgents.sandbox.facts import LARGEST
from kgents.sandbox.inside import values as codec
from kgents.sandbox.sandbox import Batch, Ended, Sandbox, SandboxFault
from kgents.sandbox.syntax import parse
from kgents.verify.bench import inside
from kgents.verify.difference import difference_of, shown
from kgents.verify.fixtures import executed
from kgents.verify.hidden import explained, started
from kgents.verify.inputs import said_of
from kgents.verify.mirrors.coins import LEAST, Run, coins_of, runs_of
from kgents.verify.mirrors.inside.messages import Report
from kgents.verify.mirrors.line import lines_of
from kgents.verify.mirrors.proof import inside_job, label_of, mirrored_job
from kgents.verify.oracle import Oracle
from kgents.verify.reference.judging import Reference, judged
from kgents.verify.reference.showing import call_shown
from kgents.verify.shrinking import shrunk
from kgents.verify.static import static_checks
from kgents.verify.stdio.judging import judged_program

WALL = 60.0  # seconds; generous, because CPU time is what is limited
SYNTAX = ("SyntaxError", "IndentationError", "TabError", "ValueError", "UnicodeEncodeError")
NO_THREAD = "can't start new thread"
THREAD = "import threading\ndef f():\n    t = threading.Thread(target=int)\n    t.start()\n    t.join()\n"
SEPARATE = "outside"  # the verdict is computed outside of the candidate's process


class SandboxVerifier:
    """Judges candidates by one oracle. Several may share a sandbox; `aclose` ends it."""

    def __init__(self, oracle: Oracle, sandbox: Sandbox, wall: float = WALL) -> None:
        self._wall = wall
        self._oracle = oracle
        self._sandbox = sandbox
        self._executing = executing(oracle)
        in_order = oracle.strength is not None and oracle.strength.keeps_state
        shown_of = {name: list(names) for name, names in oracle.shown}
        self._held_against = Reference(oracle.rows, shown_of, oracle.defined, oracle.tolerance, in_order)
        by_target: dict[str, list[Any]] = {}
        for row in oracle.rows:
            by_target.setdefault(row[2], []).append(row)
        self._parts = list(by_target.items()) if oracle.version == 1 else []
        self._job = mirrored_job(oracle)

    def describe(self) -> Mapping[str, object]:
        """For the plan."""
        sandbox = self._sandbox.describe()
        return {"oracle": self._oracle.kind, "oracle_digest": self._oracle.digest, "sandbox": sandbox}

    async def verify(self, candidate: str, draw: int = 0) -> Judgement:
        """Judges one candidate; the order in which it is asked is drawn from `draw`."""
        try:
            return await self._sandbox.in_thread(self.judge, candidate, draw)
        except SandboxFault as fault:
            return Judgement(None, Cause.SANDBOX, f"{fault}"[:300])

    async def aclose(self) -> None:
        """Stops every process."""
        self._sandbox.close()

    def judge(self, candidate: str, draw: int = 0) -> Judgement:
        """The same, in this thread."""
        if len(candidate) > LARGEST:
            return unreadable(["TooLarge", f"{len(candidate)} characters; at most {LARGEST} are read", None])
        for attempt in (1, 2):
            try:
                judgement = self._dynamic(candidate, draw)
                self._blame_threads(judgement)
                return self._further(candidate, explained(judgement, candidate, self._sandbox))
            except (SandboxFault, OSError) as fault:
                if attempt == 2:
                    return Judgement(None, Cause.SANDBOX, f"the sandbox failed twice: {fault}"[:300])
                try:
                    self._sandbox.renew()
                except (SandboxFault, OSError) as gone:
                    return Judgement(None, Cause.SANDBOX, f"the sandbox cannot be started again: {gone}"[:300])
        raise AssertionError("the second attempt returns")

    def _blame_threads(self, judgement: Judgement) -> None:
        """SandboxFault where a candidate failed for want of a thread that no other candidate would get either."""
        if judgement.success is False and NO_THREAD in (judgement.error or ""):
            batch = self._sandbox.calls(THREAD, "f", [[]], 10)
            if not batch.answers or "value" not in batch.answers[0]:
                raise SandboxFault(NO_THREAD)

    def _read(self, candidate: str) -> Judgement:
        """Judged by reading alone, which a child does."""
        facts = self._sandbox.facts(candidate)
        if facts.error is not None:
            return unreadable([facts.error.kind, facts.error.message, facts.error.line])
        missing = [name for name in self._oracle.defined if name not in facts.names]
        if missing and not facts.binds_unseen:
            return lacking(missing)
        integrity = (
            f"read, not run: whether it defines {', '.join(missing)} is not known" if missing else "read, not run"
        )
        return Judgement(True, None, None, (Check("compiles", True),), 1, 1, integrity)

    def _dynamic(self, candidate: str, draw: int) -> Judgement:
        match self._oracle.kind:
            case "reference":
                return self._reference(candidate, draw)
            case "tests" | "doctest":
                return self._tests(candidate)
            case "stdio":
                return self._programs(candidate)
            case _:
                return self._read(candidate)

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

    def _reference(self, candidate: str, draw: int) -> Judgement:
        return self._reference_1(candidate) if self._oracle.version == 1 else self._reference_2(candidate, draw)

    def _reference_2(self, candidate: str, draw: int) -> Judgement:
        """By what the spec does on every row: the answer, exceptions, changed arguments, prints and files."""
        rows = self._oracle.rows
        seen = judged(candidate, self._held_against, self._sandbox, self._wall, draw)
        watched, error = seen.watched, seen.error
        if watched.missing or watched.unreadable:
            return lacking(watched.missing) if watched.missing else unreadable(watched.unreadable or [])
        cause = Cause.TIMEOUT if seen.slow else Cause.EXCEPTION if seen.raised else Cause.WRONG_OUTPUT
        if error is None and watched.unloaded is not None:
            cause, error = Cause.EXCEPTION, f"{UNLOADED}: {': '.join(watched.unloaded)}"
        elif error is None and seen.next is not None:
            cause, error = _death(watched.ended, watched.late, f" at {call_shown(seen.next[2], seen.next[0])}")
        if error is None:
            return Judgement(True, None, None, (Check("reference", True),), len(rows), seen.passed, SEPARATE)
        if watched.forbidden:
            cause, error = Cause.FORBIDDEN, f"{started(watched.forbidden)}; {error}"
        check = Check("reference", False, error[:300])
        return Judgement(False, cause, error[:300], (check,), len(rows), seen.passed, SEPARATE)

    def _reference_1(self, candidate: str) -> Judgement:
        """By rows that version 1 of the algorithm derived."""
        oracle = self._oracle
        passed = 0
        names = oracle.defined
        for target, rows in self._parts:
            calls = [row[0] for row in rows]
            batch = self._sandbox.calls(candidate, target, calls, self._wall, defined=names)
            if batch.missing or batch.unreadable:
                return lacking(batch.missing) if batch.missing else unreadable(batch.unreadable or [])
            told = [
                difference_of(row, answer, oracle.tolerance) for row, answer in zip(rows, batch.answers, strict=False)
            ]
            first = next((place for place, difference in enumerate(told) if difference is not None), None)
            passed += told.count(None)
            if first is not None or batch.fault or batch.load is not None:
                cause, error = _blame(batch, None if first is None else (first, str(told[first])), rows)
                if first is not None:
                    error = shrunk(candidate, rows[first], oracle, self._sandbox) or error
                check = Check("reference", False, error[:300])
                return Judgement(False, cause, error[:300], (check,), len(oracle.rows), passed, SEPARATE)
        return Judgement(True, None, None, (Check("reference", True),), len(oracle.rows), passed, SEPARATE)

    def _programs(self, candidate: str) -> Judgement:
        """By examples of standard input and output, or of arguments and results."""
        programs = self._oracle.programs
        assert programs is not None
        cases = len(programs.examples)
        seen = judged_program(candidate, programs, self._oracle.defined, self._sandbox, self._wall, self._oracle.every)
        ran, error = seen.ran, seen.error
        if ran.missing or ran.unreadable:
            return lacking(ran.missing) if ran.missing else unreadable(ran.unreadable or [])
        if error is None and seen.passed == cases:
            return Judgement(True, None, None, (Check("stdio", True),), cases, cases, SEPARATE)
        cause = Cause.EXCEPTION if ran.raised or ran.exit else Cause.WRONG_OUTPUT
        if error is None:
            cause, error = _death(ran.ended, ran.late, f" at {seen.place}")
        if ran.forbidden and ran.raised:
            cause, error = Cause.FORBIDDEN, f"{started(ran.forbidden)}; {error}"
        check = Check("stdio", False, error[:300])
        return Judgement(False, cause, error[:300], (check,), cases, seen.passed, SEPARATE)

    def _tests(self, candidate: str) -> Judgement:
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
        cause, error = _test_blame(_shaped(report), ended)
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
            return _test_blame(report, ended), cases
        error, forged = failure or ("", False)
        return (Cause.FORBIDDEN if forged else Cause.WRONG_OUTPUT, error), cases


def executing(oracle: Oracle) -> str:
    """What is added to the label of a verdict whose tests execute what a candidate returns."""
    if oracle.kind != "tests" or oracle.inside:
        return ""
    try:
        name = executed(parse(oracle.tests))
    except (SyntaxError, ValueError):
        return ""
    return "" if name is None else f", the tests use {name}"


def unreadable(error: Sequence[Any]) -> Judgement:
    """Of a candidate that is no program: [kind, message, line or None]."""
    kind, message, line = error
    text = f"syntax error{f' in line {line}' if line else ''}: {message}"
    text = text if kind in SYNTAX else f"{kind}: {message}"
    return Judgement(False, Cause.SYNTAX, text[:300], (Check("compiles", False, text[:300]),), 1)


def lacking(names: Sequence[str]) -> Judgement:
    """Of a candidate that lacks names that it has to define."""
    text = f"{names[0]} is not defined"
    return Judgement(False, Cause.MISSING, text, (Check("defines", False, text),), 1)


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


def _blame(batch: Batch, wrong: tuple[int, str] | None, rows: Sequence[Any]) -> tuple[Cause, str]:
    """The cause, and what is said of it; `wrong`: (place, how it differs) of the first wrong answer."""
    if batch.load is not None and "forbidden" in batch.load:
        return Cause.FORBIDDEN, started(batch.load["forbidden"])
    if batch.load is not None:
        return Cause.EXCEPTION, f"{UNLOADED}: {said_of(batch)}"[:300]
    if wrong is not None:
        answer, difference = batch.answers[wrong[0]], wrong[1]
        raised = "raised" in answer
        if raised and "forbidden" in answer:
            return Cause.FORBIDDEN, f"{started(answer['forbidden'])}; {difference}"
        return Cause.EXCEPTION if raised and ", got " in difference else Cause.WRONG_OUTPUT, difference[:300]
    place = len(batch.answers)
    call = shown(rows[place][2], rows[place][0]) if place < len(rows) else ""
    return _death(batch.ended, batch.fault == "timeout", f" at {call}" if call else "")


def _death(ended: Ended, late: bool, place: str) -> tuple[Cause, str]:
    if late or ended.overdue or ended.signal == signal.SIGXCPU:
        return Cause.TIMEOUT, f"no answer within the limit{place} ({ended.cpu_s:.1f} s of CPU used)"
    if ended.signal is not None and ended.signal != signal.SIGKILL:
        return Cause.RESOURCES, f"killed by {signal.Signals(ended.signal).name}{place}"
    how = "killed" if ended.exit is None else f"exit {ended.exit}"
    return Cause.EXCEPTION, f"its process ended{place} ({how}, {ended.cpu_s:.1f} s of CPU used)"


def _test_blame(report: Report, ended: Ended) -> tuple[Cause, str]:
    if report.get("timeout"):
        return _death(ended, True, "")
    if report.get("died"):
        raised = report.get("load")
        if raised and report.get("forbidden"):
            return Cause.FORBIDDEN, started(report["forbidden"])
        if raised:
            return Cause.EXCEPTION, f"{UNLOADED}: {raised[0]}: {raised[2]}"[:300]
        return _death(ended, False, f" ({report.get('error', '')})")
    if report.get("forbidden"):
        return Cause.FORBIDDEN, f"{started(report['forbidden'])}; {report.get('error', '')}"[:300]
    error = str(report.get("error", "the tests ended without a verdict"))
    test = f"{report['test']}: " if report.get("test") else ""
    cause = Cause.WRONG_OUTPUT if error.startswith(("AssertionError", "Failed:")) else Cause.EXCEPTION
    return cause, (test + error)[:300]
