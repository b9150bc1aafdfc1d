"""Tests put to candidates: in the oracle's process against a candidate in its own, or in one process with it."""

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

from kgents.sandbox.batch import first_frames
from kgents.sandbox.deadline import TimedChannel
from kgents.sandbox.forkserver import SandboxFault
from kgents.sandbox.inside import values as codec
from kgents.sandbox.inside.protocol import Ended
from kgents.sandbox.program import TESTS, Program
from kgents.sandbox.sandbox import WORKERS, Sandbox
from kgents.verify.foresight import foreseen
from kgents.verify.judge import USES, Judge, quiet

MODULES = tuple(f"kgents.verify.{name}" for name in ("worker", "collection", "proxy"))
OUTSIDE, INSIDE = "kgents.verify.worker:oracle_main", "kgents.verify.worker:inside_main"
TESTING = ("doctest", "unittest", "pytest")
_benches: "WeakKeyDictionary[Sandbox, Bench]" = WeakKeyDictionary()


def bench_of(sandbox: Sandbox) -> "Bench":
    """The one bench of a sandbox, shared by all verifiers that share the sandbox."""
    if sandbox not in _benches:
        _benches[sandbox] = Bench(sandbox)
    return _benches[sandbox]


class Bench:
    """Runs tests by processes of the oracle's that may be used again where nothing went wrong."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._judges: list[Judge] = []
        self._astray: set[Any] = set()  # tests whose calls cannot be foreseen
        self._lock = threading.Lock()
        sandbox.ending.append(self._end)

    def _end(self) -> None:
        for judge in self._judges:
            with suppress(SandboxFault):
                judge.end()
        self._judges = []

    def expect(self, job: Mapping[str, Any]) -> None:
        """Starts what judging by these tests will need, without waiting for it."""
        with suppress(SandboxFault, OSError):
            judge = Judge(self._sandbox, self._program(OUTSIDE, job))
            with self._lock:
                self._judges.append(judge)

    def inside(self, job: Mapping[str, Any], wall: float) -> tuple[Any, Ended]:
        """Runs a candidate and tests in one process; (what it says, which may be forged, or None; how it ended)."""
        return self._sandbox.ask(self._program(INSIDE, job), job, wall)

    def check(self, source: str, job: Mapping[str, Any], wall: float) -> tuple[dict[str, Any], Ended]:
        """Runs tests in the oracle's process against the candidate in its own; what the tests said, how the candidate ended."""
        program = (job["tests"], tuple(job["names"]), job["entry"])
        if job["mode"] == "tests" and program not in self._astray:
            said, ended = self._checked(source, {**job, "foreseen": foreseen(*program)}, wall)
            if not said.get("strayed"):
                return said, ended
            self._astray.add(program)
        return self._checked(source, {**job, "foreseen": []}, wall)

    def _checked(self, source: str, job: Mapping[str, Any], wall: float) -> tuple[dict[str, Any], Ended]:
        process = self._sandbox.fresh()
        said: dict[str, Any] = {"passed": False}
        try:
            deadline = time.monotonic() + wall
            waves = job["foreseen"]
            calls = codec.listed(waves[0]) if waves else b""
            TimedChannel(process.socket, deadline).write(first_frames(source, 0.0, calls, job["defined"]))
            process.socket.settimeout(None)
            said = self._asked(job, process.socket, deadline + 1)
        except OSError as wrong:
            said["error"] = f"the tests ended without a verdict: {type(wrong).__name__}"
        finally:
            ended = self._sandbox.left(process, wait=said.get("passed") is not True)
        return said, ended

    def _asked(self, job: Mapping[str, Any], candidate: Any, deadline: float) -> dict[str, Any]:
        """What the tests say, by a process of the oracle's."""
        with self._lock:
            judge = self._judges.pop() if self._judges else None
        judge = judge or Judge(self._sandbox, self._program(OUTSIDE, job))
        said: dict[str, Any] = {"passed": False}
        again = False
        try:
            told = judge.ask(job, candidate, deadline)
            said = told if isinstance(told, dict) else said
            again = isinstance(told, dict) and not said.get("died") and quiet(job["setup"], job["tests"])
        except TimeoutError:
            said["timeout"] = True
        except (OSError, EOFError, ValueError, RecursionError) as wrong:
            raise SandboxFault(f"the process of the tests ended without a verdict ({type(wrong).__name__})") from wrong
        finally:
            with self._lock:
                kept = again and judge.uses < USES and len(self._judges) < WORKERS
                if kept:
                    self._judges.append(judge)
            if not kept:
                judge.end()
        return said

    def _program(self, main: str, job: Mapping[str, Any]) -> Program:
        needed = [name for name in TESTING if name in job["setup"] or name in job["tests"] or name == job["mode"]]
        limits = TESTS if main == OUTSIDE else self._sandbox.candidate.limits
        trusted = main == OUTSIDE
        return self._sandbox.program(main, modules=MODULES, preload=tuple(needed), limits=limits, trusted=trusted)
