"""A fork server from outside: the handle on one confined process that forks a child for every job.

Rule: only a fault of the sandbox itself is raised (SandboxFault); how a job ended is told through its descriptor.
"""

import itertools
import json
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

from kgents.errors import SandboxUnavailable
from kgents.sandbox import copies
from kgents.sandbox.environment import Environment
from kgents.sandbox.inside import protocol as orders
from kgents.sandbox.inside.messages import Configuration
from kgents.sandbox.inside.protocol import Ended
from kgents.sandbox.levels import Recipe
from kgents.sandbox.program import Program

PRELOAD = """
    math cmath re string itertools functools operator collections collections.abc heapq bisect copy typing random
    fractions datetime time json textwrap enum dataclasses abc numbers types contextlib io os sys struct calendar
    warnings traceback linecache signal threading locale base64 csv encodings.idna
"""
PLAIN = sys.platform != "linux"  # a system with limits, and nothing else of what Linux has
NEARLY = 0.8  # the kernel enforces the limit of CPU time by ticks, and tells the time used by another clock
AGAIN = "nothing is lost; see to memory, the disk and the number of processes (ulimit -u), then do it again"
TIME_ZONES = "/usr/share/zoneinfo"
_LIBRARIES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # an interpreter may need them to find its own library
_START = (  # what is imported stays: whoever looks for garbage among it finds none
    "import gc, sys; gc.disable(); sys.path.insert(0, {root!r}); "
    "from kgents.sandbox.inside.zygote import main; main({fd})  # {token}"
)

Job = tuple[socket.socket, int, int]  # its channel, its number, the descriptor that tells how it ended


class SandboxFault(SandboxUnavailable):
    """The sandbox failed, not the candidate."""

    def __init__(self, message: str) -> None:
        super().__init__(message, AGAIN)


class Zygote:
    """One confined fork server, which may still be on its way up when this returns."""

    def __init__(self, program: Program, recipe: Recipe) -> None:
        self.program = program
        self.token = secrets.token_hex(8)  # in the command line of the server and of all its forks
        own = program.environment.own
        self._folder = None if own else copies.copied(program.modules)
        root = self._folder or str(Path(__file__).parents[2])
        ours, theirs = socket.socketpair()
        start = _START.format(root=root, fd=theirs.fileno(), token=self.token)
        command = [program.environment.python, *(("-I",) if own else ("-I", "-S")), "-c", start]
        try:
            self._process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                env=_variables(program.hash_seed),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C on a terminal asks us to stop, not the sandbox
            )
        except OSError:
            ours.close()
            self._remove_copy()
            raise
        finally:
            theirs.close()
        self._control = ours
        self._control.settimeout(20)
        self._lock = threading.Lock()
        self._ending = threading.Lock()  # whoever judges may find it dead while another closes it
        self._jobs = itertools.count()
        self._ready = False
        content = json.dumps(_configuration(program, recipe, root)).encode()
        try:
            ours.sendall(len(content).to_bytes(4, "big") + content)
        except OSError:
            self._ready = False  # `_wait` will say why

    def _wait(self) -> None:
        """Until the server is confined; the first time only. SandboxFault where it never is."""
        try:
            ready = self._control.recv(1) == orders.READY
        except OSError:
            ready = False
        self._remove_copy()
        if not ready:
            *_, error = self.close().splitlines() or ["no reason given"]
            raise SandboxFault(f"a zygote did not start: {error}")
        self._ready = True

    def _remove_copy(self) -> None:
        if self._folder is not None:
            copies.removed(self._folder)
            self._folder = None

    def spawn(self, program: Program, wall: float) -> Job:
        """Starts a job of a program that this server serves; it may take `wall` seconds. SandboxFault where it is gone."""
        with self._lock:
            if not self._ready:
                self._wait()
        ours, theirs = socket.socketpair()
        status, told = os.pipe()
        number = next(self._jobs)
        order = orders.start(number, self.program.mains.index(program.main), program.limits.cpu_s, wall)
        try:
            with self._lock:
                socket.send_fds(self._control, [order], [told, theirs.fileno()])
        except OSError as wrong:
            ours.close()
            os.close(status)
            raise SandboxFault(f"a zygote is gone: {wrong}") from wrong
        finally:
            theirs.close()
            os.close(told)
        return ours, number, status

    def kill(self, number: int) -> None:
        """Ends a job and everything in it."""
        with self._lock:
            try:
                self._control.sendall(orders.kill(number))
            except OSError as wrong:
                raise SandboxFault(f"a zygote is gone: {wrong}") from wrong

    def close(self) -> str:
        """Ends the server and all its children; returns what it complained about."""
        self._control.close()
        self._remove_copy()
        with self._ending:
            if self._process.stderr is None or self._process.stderr.closed:
                return ""
            try:
                _, error = self._process.communicate(timeout=5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                _, error = self._process.communicate()
        return error.decode(errors="replace").strip()[-300:]


def _variables(hash_seed: str) -> dict[str, str]:
    """The environment of a fork server and its children."""
    variables = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONHASHSEED": hash_seed, "HOME": "/nonexistent",
                 "PYTHONDONTWRITEBYTECODE": "1", "LD_BIND_NOW": "1"}  # fmt: skip
    return variables | {name: os.environ[name] for name in _LIBRARIES if name in os.environ}


def _configuration(program: Program, recipe: Recipe, root: str) -> Configuration:
    environment = program.environment
    shown, masked = _view(environment)
    return {
        "mains": list(program.mains),
        "modules": [] if environment.own else [copies.INSIDE, *program.modules],
        "preload": [*PRELOAD.split(), *program.preload],
        "folder": root,
        "own": environment.own,
        "path": list(environment.path),
        "limits": program.limits.to_data(),
        "trusted": program.trusted,
        "plain": PLAIN,
        "layers": list(recipe.layers),
        "landlock": recipe.landlock,
        "prefixes": list(environment.stdlib),
        "shown": shown,
        "masked": masked,
    }


def _view(environment: Environment) -> tuple[list[str], list[str]]:
    """(paths that are shown, folders in them that are masked) of a confined process."""
    prefix = str(Path(environment.stdlib[0]).parents[1])
    libraries, masked = copies.shared_libraries(prefix)
    shown = {*libraries, *environment.stdlib, *environment.entries, *environment.folders}
    if os.path.isdir(TIME_ZONES):
        shown.add(TIME_ZONES)
    return sorted(shown), [] if environment.own else sorted({*masked, *environment.masked})


def ended_of(status: int, patience: float, cpu_s: float) -> Ended:
    """Waits until every process of the job is gone; overdue if it used up its time, wall-clock or CPU."""
    try:
        ready, _, _ = select.select([status], [], [], patience)
        record = os.read(status, 4096) if ready else b""
    finally:
        os.close(status)
    if not record:
        raise SandboxFault("a zygote did not say how a job ended")
    ended = orders.read(record)
    if isinstance(ended, str):
        raise SandboxFault(f"a job could not be started: {ended}")
    killed = ended.signal == signal.SIGKILL and ended.cpu_s >= NEARLY * cpu_s
    return replace(ended, overdue=ended.overdue or killed or ended.cpu_s >= cpu_s)
