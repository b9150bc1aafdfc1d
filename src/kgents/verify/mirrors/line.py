"""Candidates' processes and the processes that judge them, tied together by one line each.

Plain tests run in a confined process of ours; a file of pytest's runs in its own session, in the user's interpreter.
"""

import json
import os
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from kgents.sandbox.deadline import TimedChannel
from kgents.sandbox.environment import Environment
from kgents.sandbox.forkserver import SandboxFault
from kgents.sandbox.inside.protocol import Ended
from kgents.sandbox.owned import owned
from kgents.sandbox.program import TESTS, Program
from kgents.sandbox.sandbox import LIFETIME, WORKERS, Sandbox
from kgents.sandbox.syntax import parse
from kgents.verify.mirrors.harmless import quiet
from kgents.verify.mirrors.inside.candidate import job as first_message
from kgents.verify.mirrors.inside.messages import Asked, CandidateJob, Prepared, Report, TestsJob, Whereabouts
from kgents.verify.mirrors.inside.paths import used_names

CANDIDATE = "kgents.verify.mirrors.inside.candidate:main"
PLAIN = "kgents.verify.mirrors.inside.plain:main"
_INSIDE = tuple(
    f"kgents.verify.mirrors.inside.{name}"
    for name in (
        "codec", "table", "arrays", "objects", "turns", "known", "mirror", "handles", "lineup", "operations", "peer", "shared", "effects",
        "candidate",
    )
)  # fmt: skip
_PLAIN = tuple(
    f"kgents.verify.mirrors.inside.{name}"
    for name in (
        "codec", "table", "arrays", "objects", "turns", "known", "mirror", "handles", "lineup", "operations", "peer", "shared", "effects",
        "standin", "lent", "guard", "nearmiss", "judging", "patches", "kinds", "run", "plain",
    )
)  # fmt: skip
_HEADER = struct.Struct(">I")
_BOOT = Path(__file__).parent / "inside" / "boot.py"
OWN = "/tmp/own"  # the folder of a candidate whose tests share no files
_CHANCE = ("random", "statistics")  # modules of the standard library whose answers the state of `random` decides
USES = 300  # candidates that one process of plain tests judges
_PRELOAD = ("shutil", "tempfile", "unittest", "unittest.mock", "asyncio", "logging")
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
        self._sessions: dict[str, Session] = {}
        sandbox.ending.append(self._end)

    def _end(self) -> None:
        for plain in self._plain:
            with suppress(SandboxFault):
                plain.end()
        for session in self._sessions.values():
            session.close()
        self._plain, self._sessions = [], {}

    def judge(self, source: str, job: TestsJob, wall: float) -> tuple[Report, Ended]:
        """The report of the tests on one candidate, and how the candidate's process ended."""
        job = {**job, "chance": any(name in text for text in (source, job["tests"], job["setup"]) for name in _CHANCE)}
        session = self.session(job) if job["mode"] == "pytest" else None
        if session is None:
            return self._judge(source, job, wall, OWN, lambda line, end: self._plainly(job, line, end + 1))
        if session.unusable is not None:
            return {"passed": False, "unusable": session.unusable}, Ended()
        with tempfile.TemporaryDirectory(prefix="kgents-test-", ignore_cleanup_errors=True) as place:
            job = {**job, "stand": session.stand, "folder": os.path.realpath(place)}
            return self._judge(source, job, wall, job["folder"], lambda line, end: session.judge(job, line, end))

    def _judge(
        self, source: str, job: TestsJob, wall: float, folder: str, ask: Callable[[socket.socket, float], Report]
    ) -> tuple[Report, Ended]:
        process = self._sandbox.start(self._candidate(), wall + 1)
        deadline = time.monotonic() + wall
        report: Report = {"passed": False}
        try:
            first = first_message(source, job["stand"], job["defined"], folder, job["chance"])
            TimedChannel(process.socket, deadline).write(first)
            process.socket.settimeout(None)
            report = ask(process.socket, deadline)
        except (BrokenPipeError, ConnectionResetError) as wrong:
            report["died"], report["error"] = True, f"while it was loaded: {type(wrong).__name__}"
        finally:
            ended = self._sandbox.left(process, wait=report.get("passed") is not True)
        return report, ended

    def _candidate(self) -> Program:
        limits = self._sandbox.candidate.limits
        return self._sandbox.program(CANDIDATE, modules=_INSIDE, preload=_PRELOAD, limits=limits)

    def session(self, job: TestsJob) -> "Session":
        """The session of these tests, started when it is first asked for. SandboxFault where it cannot be."""
        with self._lock:
            if job["tests"] not in self._sessions:
                self._sessions[job["tests"]] = Session(job, self._sandbox.environment)
            return self._sessions[job["tests"]]

    def _plainly(self, job: TestsJob, candidate: socket.socket, deadline: float) -> Report:
        with self._lock:
            plain = self._plain.pop() if self._plain else None
        plain = plain or _Plain(self._sandbox)
        report: Report = {"passed": False}
        again = False
        try:
            report = plain.ask(job, candidate, deadline)
            again = not report.get("died") and quiet(job["setup"], job["tests"])
        except TimeoutError:
            report["timeout"] = True
        except (OSError, EOFError, ValueError) as wrong:
            raise SandboxFault(f"the process of the tests ended without a verdict ({type(wrong).__name__})") from wrong
        finally:
            with self._lock:
                kept = again and plain.uses < USES and len(self._plain) < WORKERS
                if kept:
                    self._plain.append(plain)
            if not kept:
                plain.end()
        return report


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
        _put(line, job, candidate.fileno())
        return _taken(line, deadline)

    def end(self) -> None:
        """Ends the process. SandboxFault where its zygote is gone."""
        self._process.kill()
        self._process.ended()


class Session:
    """pytest of the user's interpreter on one test file. `unusable` says why it cannot be, where it cannot.

    It is trusted, and has what the user has; candidates are only ever at the other end of a line.
    """

    def __init__(self, job: TestsJob, environment: Environment) -> None:
        python = environment.python
        self._private = tempfile.TemporaryDirectory(prefix=owned("kgents-tests-"))
        self._lock = threading.Lock()
        self._line, theirs = socket.socketpair()
        variables = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
        try:
            self._process = subprocess.Popen(
                [python, "-P", str(_BOOT), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as wrong:
            raise SandboxFault(f"{python} cannot be started: {wrong.strerror}") from wrong
        finally:
            theirs.close()
        self._line.settimeout(60)
        try:
            _put(self._line, {**job, "private": self._private.name, "paths": list(environment.path)})
            message: Any = _message(self._line, time.monotonic() + 60)
        except (OSError, EOFError, ValueError) as wrong:
            self.close()
            raise SandboxFault(f"a session of pytest did not start: {type(wrong).__name__}") from wrong
        prepared: Prepared = message
        self.unusable = prepared.get("unusable")
        self.stand = prepared.get("stand", [])

    def judge(self, job: TestsJob, candidate: socket.socket, deadline: float) -> Report:
        """The report on the candidate at the other end."""
        reply, theirs = socket.socketpair()
        wall = max(0.1, deadline - time.monotonic())
        with reply, theirs:
            more: CandidateJob = {
                "wall": wall + 5,
                "open": job["open"],
                "everything": job["everything"],
                "folder": job["folder"],
                "chance": job["chance"],
            }
            try:
                with self._lock:
                    _put(self._line, more, candidate.fileno(), theirs.fileno())
            except OSError as wrong:
                raise SandboxFault("a session of pytest is gone") from wrong
            theirs.close()
            return self._answer(reply, deadline + 1)

    def _answer(self, reply: socket.socket, deadline: float) -> Report:
        channel = TimedChannel(reply, deadline)
        try:
            (pid,) = _HEADER.unpack(_exactly(channel, _HEADER.size))
        except (OSError, EOFError) as wrong:
            raise SandboxFault("a session of pytest did not begin") from wrong
        try:
            return _taken(reply, deadline)
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            return {"passed": False, "timeout": True}
        except (OSError, EOFError, ValueError) as wrong:
            raise SandboxFault(f"the tests ended without a verdict ({type(wrong).__name__})") from wrong

    def close(self) -> None:
        """Ends the session."""
        self._line.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._private.cleanup()


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
        return tuple(used_names(parse(tests.lstrip("\ufeff"))))
    except (SyntaxError, ValueError):
        return ()


def _put(line: socket.socket, data: Mapping[str, object], *descriptors: int) -> None:
    body = json.dumps(data).encode()
    header = _HEADER.pack(len(body))
    if descriptors:
        socket.send_fds(line, [header], descriptors)
        line.sendall(body)
    else:
        line.sendall(header + body)


def _taken(line: socket.socket, deadline: float) -> Report:
    """The report of a process of ours. TimeoutError, EOFError, OSError; ValueError where it is none."""
    message: Any = _message(line, deadline)
    report: Report = message
    return report


def _message(line: socket.socket, deadline: float) -> Mapping[str, object]:
    channel = TimedChannel(line, deadline)
    (length,) = _HEADER.unpack(_exactly(channel, _HEADER.size))
    message = json.loads(_exactly(channel, length))
    if not isinstance(message, dict):
        raise ValueError("no report")
    return message


def _exactly(channel: TimedChannel, length: int) -> bytes:
    """So many bytes. TimeoutError, EOFError, OSError."""
    parts = bytearray()
    while len(parts) < length:
        parts += channel._part(length - len(parts))
    return bytes(parts)
