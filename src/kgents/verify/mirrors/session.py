"""pytest of a user's interpreter on one test file: started once, it judges candidate after candidate.

Rule: for each interpreter one process imports pytest, and forks for each file; it ends with this process.
"""

import atexit
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from kgents.sandbox.deadline import TimedChannel
from kgents.sandbox.environment import Environment
from kgents.sandbox.forkserver import SandboxFault
from kgents.sandbox.owned import owned
from kgents.verify.mirrors.frames import HEADER, exactly, message, put, taken
from kgents.verify.mirrors.inside.messages import CandidateJob, Prepared, Report, Surroundings, TestsJob

_BOOT = Path(__file__).parent / "inside" / "boot.py"
_READY = 60.0  # seconds
_ENDING = 5.0
# What an interpreter reads when it starts: where it differs, the process is another.
_AT_START = ("PYTHON", "LD_", "DYLD_", "LC_", "LANG", "TZ", "MALLOC")
_OWN = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
_Key = tuple[int, str, tuple[str, ...], tuple[tuple[str, str], ...]]


class Session:
    """pytest of the user's interpreter on one test file. `unusable` says why it cannot be, where it cannot.

    It is trusted, and has what the user has; candidates are only ever at the other end of a line.
    """

    def __init__(self, job: TestsJob, environment: Environment) -> None:
        self.pid: int | None = None
        self._private = tempfile.TemporaryDirectory(prefix=owned("kgents-tests-"))
        self._lock = threading.Lock()
        self._line, theirs = socket.socketpair()
        try:
            with theirs:
                _fork(environment, theirs)
            self._line.settimeout(_READY)
            put(self._line, {**job, "private": self._private.name, "paths": list(environment.path)})
            told: Any = message(self._line, time.monotonic() + _READY)
        except (OSError, EOFError, ValueError) as wrong:
            self.close()
            raise SandboxFault(f"a session of pytest did not start: {type(wrong).__name__}") from wrong
        except SandboxFault:
            self.close()
            raise
        prepared: Prepared = told
        self.pid = prepared["pid"]
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
                    put(self._line, more, candidate.fileno(), theirs.fileno())
            except OSError as wrong:
                raise SandboxFault("a session of pytest is gone") from wrong
            theirs.close()
            return self._answer(reply, deadline + 1)

    def _answer(self, reply: socket.socket, deadline: float) -> Report:
        channel = TimedChannel(reply, deadline)
        try:
            (pid,) = HEADER.unpack(exactly(channel, HEADER.size))
        except (OSError, EOFError) as wrong:
            raise SandboxFault("a session of pytest did not begin") from wrong
        try:
            return taken(reply, deadline)
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            return {"passed": False, "timeout": True}
        except (OSError, EOFError, ValueError) as wrong:
            raise SandboxFault(f"the tests ended without a verdict ({type(wrong).__name__})") from wrong

    def close(self) -> None:
        """Ends the session."""
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_WR)
            self._line.settimeout(_ENDING)
            try:
                while self._line.recv(4096):
                    pass
            except TimeoutError:
                if self.pid is not None:
                    os.kill(self.pid, signal.SIGKILL)
        self._line.close()
        self._private.cleanup()


class _Server:
    """A process of a user's interpreter that has imported pytest."""

    def __init__(self, python: str, paths: tuple[str, ...], variables: dict[str, str]) -> None:
        self.line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [python, "-P", str(_BOOT), str(theirs.fileno()), *paths],
                pass_fds=[theirs.fileno()],
                env=variables,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def fork(self, session: socket.socket) -> None:
        """A process of its own at the other end of a line, in this folder and with these variables. OSError."""
        folder = "/"
        with suppress(FileNotFoundError):
            folder = os.getcwd()
        surroundings: Surroundings = {"folder": folder, "variables": {**os.environ, **_OWN}}
        put(self.line, {**surroundings}, session.fileno())

    def close(self) -> None:
        """Ends it, but not its sessions."""
        self.line.close()
        self._process.wait()


_lock = threading.Lock()
_servers: dict[_Key, _Server] = {}


def _fork(environment: Environment, session: socket.socket) -> None:
    """A new process at the other end of a session. SandboxFault where there can be none."""
    python = environment.python
    variables = {**os.environ, **_OWN}
    started = tuple(sorted((name, value) for name, value in variables.items() if name.startswith(_AT_START)))
    key = (os.getpid(), python, environment.path, started)
    with _lock:
        try:
            try:
                _server(key, variables).fork(session)
            except (BrokenPipeError, ConnectionResetError):
                _servers.pop(key).close()
                _server(key, variables).fork(session)
        except OSError as wrong:
            raise SandboxFault(f"{python} cannot be started: {wrong.strerror}") from wrong


def _server(key: _Key, variables: dict[str, str]) -> _Server:
    if key not in _servers:
        _, python, paths, _ = key
        _servers[key] = _Server(python, paths, variables)
    return _servers[key]


@atexit.register
def _close() -> None:
    for key in [key for key in _servers if key[0] == os.getpid()]:
        _servers.pop(key).close()
