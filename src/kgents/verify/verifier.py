"""The verifier: one candidate in, one judgement out; computed here, outside of the candidate's process.

Rule: what a candidate does is its own failure; what the sandbox does is ours. A fault of the sandbox is tried once more
on fresh zygotes, and then reported as cause `sandbox`, with no verdict on the candidate.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kgents.domain.outcome import Cause, Check
from kgents.domain.ports import UNLOADED, Judgement
from kgents.sandbox.environment import EVERYDAY
from kgents.sandbox.facts import LARGEST
from kgents.sandbox.sandbox import Batch, Sandbox, SandboxFault
from kgents.verify.blame import SEPARATE, death, lacking, unreadable
from kgents.verify.difference import difference_of, shown
from kgents.verify.hidden import hidden_package, not_seen, started
from kgents.verify.inputs import said_of
from kgents.verify.oracle import Oracle
from kgents.verify.reference.judging import Reference, judged
from kgents.verify.reference.showing import call_shown
from kgents.verify.static import static_checks

if TYPE_CHECKING:
    from kgents.verify.by_tests import TestsJudge

WALL = 60.0  # seconds; generous, because CPU time is what is limited
NO_THREAD = "can't start new thread"
THREAD = "import threading\ndef f():\n    t = threading.Thread(target=int)\n    t.start()\n    t.join()\n"


class SandboxVerifier:
    """Judges candidates by one oracle. Several may share a sandbox; `aclose` ends it."""

    def __init__(self, oracle: Oracle, sandbox: Sandbox, wall: float = WALL) -> None:
        self._wall = wall
        self._oracle = oracle
        self._sandbox = sandbox
        in_order = oracle.strength is not None and oracle.strength.keeps_state
        shown_of = {name: list(names) for name, names in oracle.shown}
        self._held_against = Reference(oracle.rows, shown_of, oracle.defined, oracle.tolerance, in_order)
        by_target: dict[str, list[Any]] = {}
        for row in oracle.rows:
            by_target.setdefault(row[2], []).append(row)
        self._parts = list(by_target.items()) if oracle.version == 1 else []
        self._by_tests = _by_tests(oracle, sandbox, wall)
        self._wider: dict[str, SandboxVerifier | None] = {}
        self._widening = threading.Lock()

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
                name = hidden_package(judgement, candidate, self._sandbox)
                if name is None:
                    return self._further(candidate, judgement)
                wider = self._with_package(name) if name in EVERYDAY else None
                return not_seen(judgement, name) if wider is None else wider.judge(candidate, draw)
            except (SandboxFault, OSError) as fault:
                if attempt == 2:
                    return Judgement(None, Cause.SANDBOX, f"the sandbox failed twice: {fault}"[:300])
                try:
                    self._sandbox.renew()
                except (SandboxFault, OSError) as gone:
                    return Judgement(None, Cause.SANDBOX, f"the sandbox cannot be started again: {gone}"[:300])
        raise AssertionError("the second attempt returns")

    def _with_package(self, name: str) -> "SandboxVerifier | None":
        """One whose candidates see this package besides; None where there can be none. The same one every time."""
        with self._widening:
            if name not in self._wider:
                sandbox = self._sandbox.with_package(name)
                self._wider[name] = None if sandbox is None else SandboxVerifier(self._oracle, sandbox, self._wall)
            return self._wider[name]

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
        if self._by_tests is not None:
            return self._by_tests.judge(candidate)
        match self._oracle.kind:
            case "reference":
                return self._reference(candidate, draw)
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
            cause, error = death(watched.ended, watched.late, f" at {call_shown(seen.next[2], seen.next[0])}")
        if error is None:
            return Judgement(True, None, None, (Check("reference", True),), len(rows), seen.passed, SEPARATE)
        if watched.forbidden:
            cause, error = Cause.FORBIDDEN, f"{started(watched.forbidden)}; {error}"
        check = Check("reference", False, error[:300])
        return Judgement(False, cause, error[:300], (check,), len(rows), seen.passed, SEPARATE)

    def _reference_1(self, candidate: str) -> Judgement:
        """By rows that version 1 of the algorithm derived."""
        from kgents.verify.shrinking import shrunk

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
            first = next((index for index, difference in enumerate(told) if difference is not None), None)
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
        from kgents.verify.stdio.judging import judged_program

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
            cause, error = death(ran.ended, ran.late, f" at {seen.where}")
        if ran.forbidden and ran.raised:
            cause, error = Cause.FORBIDDEN, f"{started(ran.forbidden)}; {error}"
        check = Check("stdio", False, error[:300])
        return Judgement(False, cause, error[:300], (check,), cases, seen.passed, SEPARATE)


def _by_tests(oracle: Oracle, sandbox: Sandbox, wall: float) -> "TestsJudge | None":
    """What judges by tests, where the oracle is tests; all that mirrors need is imported only then."""
    if oracle.kind not in ("tests", "doctest"):
        return None
    from kgents.verify.by_tests import TestsJudge

    return TestsJudge(oracle, sandbox, wall)


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
    index = len(batch.answers)
    call = shown(rows[index][2], rows[index][0]) if index < len(rows) else ""
    return death(batch.ended, batch.fault == "timeout", f" at {call}" if call else "")
