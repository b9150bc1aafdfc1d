"""Candidates' processes and the processes that judge them, tied together by one line each.

Plain tests run in a confined process of ours; a file of pytest's runs in its own session, in the user's interpreter.
"""

import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from weakref import WeakKeyDictionary

from kgents.sandbox.backend import Process
from kgents.sandbox.deadline import TimedChannel
from kgents.sandbox.forkserver import SandboxFault
from kgents.sandbox.inside.protocol import Ended
from kgents.sandbox.program import TESTS, Program
from kgents.sandbox.sandbox import LIFETIME, WORKERS, Sandbox
from kgents.sandbox.syntax import nodes
from kgents.verify.mirrors.frames import put, taken
from kgents.verify.mirrors.harmless import leaves, quiet, still
from kgents.verify.mirrors.inside.candidate import job as first_message
from kgents.verify.mirrors.inside.messages import Asked, Report, TestsJob, Whereabouts
from kgents.verify.mirrors.inside.paths import used_names
from kgents.verify.mirrors.session import Session

_PRELOAD = ("shutil", "tempfile", "unittest", "unittest.mock", "asyncio", "logging")
CANDIDATE = "kgents.verify.mirrors.inside.candidate:main"
OURS = "kgents.verify.mirrors.inside.candidate:main_of_ours"
PLAIN = "kgents.verify.mirrors.inside.plain:main"
_BOTH = (
    "codec", "trees", "table", "calculating", "arrays", "numbering", "objects", "turns", "known", "dunders", "descriptors",
    "mirror", "handles", "lineup", "operations", "peer", "shared", "sharing", "effects",
)  # fmt: skip
_TESTS = (
    "standin", "lent", "authorizing", "guard", "nearmiss", "judging", "patches", "kinds", "run", "frames", "plain",
)  # fmt: skip
_INSIDE = tuple(f"kgents.verify.mirrors.inside.{name}" for name in (*_BOTH, "candidate"))
_PLAIN = tuple(f"kgents.verify.mirrors.inside.{name}" for name in (*_BOTH, *_TESTS))
RUNS = Program(CANDIDATE, modules=_INSIDE, preload=_PRELOAD)  # what runs a candidate
RUNS_OURS = replace(RUNS, main=OURS)
OWN = "/tmp/own"  # the folder of a candidate whose tests share no files
_CHANCE = ("random", "statistics")  # modules of the standard library whose answers the state of `random` decides
LONG = 2.0  # seconds after which a process of our programs loads no other
USES = 2000  # candidates that one process of plain tests judges
_lines: "WeakKeyDictionary[Sandbox, Lines]" = WeakKeyDictionary()


def lines_of(sandbox: Sandbox) -> "Lines":
    """What judges for all verifiers that share a sandbox."""
    if sandbox not in _lines:
        _lines[sandbox] = Lines(sandbox)
    return _lines[sandbox]


class Lines:
    """Puts candidates to tests. SandboxFault where a process of ours fails."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._lock = threading.Lock()
        self._plain: list[_Plain] = []
        self._ours: list[_Ours] = []  # for stubs
        self._solving: list[_Ours] = []  # for solutions
        self._sessions: dict[str, Session] = {}
        sandbox.ending.append(self._end)

    def _end(self) -> None:
        for plain in self._plain:
            with suppress(SandboxFault):
                plain.end()
        for ours in (*self._ours, *self._solving):
            with suppress(SandboxFault):
                ours.process.kill()
                ours.process.ended()
        for session in self._sessions.values():
            session.close()
        self._plain, self._ours, self._solving, self._sessions = [], [], [], {}

    def expect(self) -> None:
        """Has a process of plain tests ready before it is needed. Does not wait for it."""
        with suppress(RuntimeError):  # the system starts no thread: whoever needs the process says so
            self._sandbox.pool.submit(self._ready)

    def _ready(self) -> None:
        with suppress(SandboxFault, OSError):  # whoever needs it meets the same
            plain = _Plain(self._sandbox)
            with self._lock:
                self._plain.append(plain)

    def judge(self, source: str, job: TestsJob, wall: float) -> tuple[Report, Ended]:
        """The report of the tests on one candidate, and how the candidate's process ended."""
        job = _with_chance(source, job)
        session = self.session(job) if job["mode"] == "pytest" else None
        if session is None:
            return self._judge(source, job, wall, OWN, lambda line, end: self._plainly(job, line, end + 1))
        if session.unusable is not None:
            return {"passed": False, "unusable": session.unusable}, Ended()
        with tempfile.TemporaryDirectory(prefix="kgents-test-", ignore_cleanup_errors=True) as folder:
            job = {**job, "stand": session.stand, "folder": os.path.realpath(folder)}
            return self._judge(source, job, wall, job["folder"], lambda line, end: session.judge(job, line, end))

    def judge_ours(self, source: str, job: TestsJob, wall: float) -> Report:
        """The report of the tests on a program of ours that does nothing but answer: such programs share a process."""
        if job["mode"] == "pytest":
            return self.judge(source, job, wall)[0]
        return self._judge_shared(source, _with_chance(source, job), wall, self._ours)

    def judge_solution(self, source: str, job: TestsJob, wall: float) -> Report:
        """The report of the tests on a program that ought to be right. One that keeps nothing shares a process with others
        like it; where it is not right there, what it is in a process of its own counts.
        """
        told = _with_chance(source, job)
        if job["mode"] != "pytest" and not told["chance"] and still("", source):
            with suppress(SandboxFault):
                report = self._judge_shared(source, told, wall, self._solving)
                if report.get("passed") is True:
                    return report
        return self.judge(source, job, wall)[0]

    def _judge_shared(self, source: str, job: TestsJob, wall: float, idle: "list[_Ours]") -> Report:
        """The report on a program in one of the processes that are idle, or in one that is then idle."""
        with self._lock:
            ours = idle.pop() if idle else None
        ours = ours or _Ours(self._sandbox.start(self._candidate(RUNS_OURS), LIFETIME))
        report: Report = {"died": True}
        begun = time.monotonic()
        try:
            end = begun + wall
            ours.tell(self._first(source, job, OWN), end)
            report = self._plainly(job, ours.process.socket, end + 1)
        except (BrokenPipeError, ConnectionResetError) as wrong:
            raise SandboxFault(f"a process of ours ended ({type(wrong).__name__})") from wrong
        finally:
            ours.seconds += time.monotonic() - begun
            usable = ours.usable and not (report.get("died") or report.get("timeout") or report.get("strayed"))
            with self._lock:
                kept = usable and len(idle) < WORKERS
                if kept:
                    idle.append(ours)
            if not kept:
                self._sandbox.left(ours.process, wait=False)
        return report

    def _judge(
        self, source: str, job: TestsJob, wall: float, folder: str, ask: Callable[[socket.socket, float], Report]
    ) -> tuple[Report, Ended]:
        process = self._sandbox.start(self._candidate(), wall + 1)
        deadline = time.monotonic() + wall
        report: Report = {"passed": False}
        try:
            TimedChannel(process.socket, deadline).write(self._first(source, job, folder))
            process.socket.settimeout(None)
            report = ask(process.socket, deadline)
        except (BrokenPipeError, ConnectionResetError) as wrong:
            report["died"], report["error"] = True, f"while it was loaded: {type(wrong).__name__}"
        finally:
            ended = self._sandbox.left(process, wait=report.get("passed") is not True)
        return report, ended

    def _first(self, source: str, job: TestsJob, folder: str) -> bytes:
        """What a candidate's process is told first. What packages do is not read in its program."""
        environment = self._sandbox.environment
        still = not (job["chance"] or environment.entries or environment.folders) and leaves(source)
        return first_message(source, job["stand"], job["defined"], folder, job["chance"], still)

    def _candidate(self, runs: Program = RUNS) -> Program:
        return replace(runs, limits=self._sandbox.candidate.limits, environment=self._sandbox.environment)

    def session(self, job: TestsJob) -> Session:
        """The session of these tests, started when it is first asked for. SandboxFault where it cannot be."""
        with self._lock:
            if job["tests"] not in self._sessions:
                self._sessions[job["tests"]] = Session(job, self._sandbox.environment)
            return self._sessions[job["tests"]]

    def _plainly(self, job: TestsJob, candidate: socket.socket, deadline: float) -> Report:
        """What plain tests say; those that may keep something have a process to themselves."""
        again = quiet(job["setup"], job["tests"])
        job = {**job, "still": not job["chance"] and still(job["setup"], job["tests"])}
        with self._lock:
            plain = self._plain.pop() if again and self._plain else None
        plain = plain or _Plain(self._sandbox)
        report: Report = {"died": True}
        try:
            report = plain.ask(job, candidate, deadline)
        except TimeoutError:
            report = {"passed": False, "timeout": True}
        except (OSError, EOFError, ValueError) as wrong:
            raise SandboxFault(f"the process of the tests ended without a verdict ({type(wrong).__name__})") from wrong
        finally:
            again = again and not (report.get("died") or report.get("timeout"))
            with self._lock:
                kept = again and plain.uses < USES and len(self._plain) < WORKERS
                if kept:
                    self._plain.append(plain)
            if not kept:
                plain.end()
        return report


@dataclass
class _Ours:
    """One confined process that loads programs of ours, one after another.

    seconds  of all of them: there is a limit on the CPU time of a process, of which the last one has to have most
    """

    process: Process
    uses: int = 0
    seconds: float = 0.0

    @property
    def usable(self) -> bool:
        """Whether it may load another."""
        return self.uses < USES and self.seconds < LONG

    def tell(self, program: bytes, deadline: float) -> None:
        """Has it load the next. OSError where it is gone."""
        self.uses += 1
        TimedChannel(self.process.socket, deadline).write(program)
        self.process.socket.settimeout(None)


class _Plain:
    """One confined process that runs plain tests."""

    def __init__(self, sandbox: Sandbox) -> None:
        program = sandbox.program(PLAIN, modules=_PLAIN, preload=(*_PRELOAD, "doctest"), limits=TESTS, trusted=True)
        self.uses = 0
        self._process = sandbox.start(program, LIFETIME)

    def ask(self, job: TestsJob, candidate: socket.socket, deadline: float) -> Report:
        """What the tests say of the candidate at the other end. TimeoutError; EOFError, OSError, ValueError where it died."""
        self.uses += 1
        line = self._process.socket
        line.settimeout(max(0.01, deadline - time.monotonic()))
        put(line, job, candidate.fileno())
        return taken(line, deadline)

    def end(self) -> None:
        """Ends the process. SandboxFault where its zygote is gone."""
        self._process.kill()
        self._process.ended()


def _with_chance(source: str, job: TestsJob) -> TestsJob:
    return {**job, "chance": any(name in text for text in (source, job["tests"], job["setup"]) for name in _CHANCE)}


def job_of(tests: str, setup: str, names: Sequence[str], modules: Sequence[str], more: Asked) -> TestsJob:
    """What a run of tests is told; `more` are entry, mode, defined, place and what the good run needed."""
    entry = more["entry"]
    used = _used(tests)
    return {
        "tests": tests, "setup": setup, "names": list(names),
        "stand": list(dict.fromkeys([*modules, "solution", "candidate"])),
        "used": [*used, *([entry] if entry else [])], **more, **Whereabouts(),
    }  # fmt: skip


@lru_cache(maxsize=512)
def _used(tests: str) -> tuple[str, ...]:
    try:
        return tuple(used_names(nodes(tests.lstrip("\ufeff"))))
    except (SyntaxError, ValueError):
        return ()
