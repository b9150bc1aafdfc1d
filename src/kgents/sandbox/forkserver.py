"""A zygote from outside: the handle on one confined fork server.

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
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from kgents.errors import SandboxUnavailable
from kgents.sandbox.guest import Guest
from kgents.sandbox.inside import protocol as orders
from kgents.sandbox.inside.protocol import Ended
from kgents.sandbox.levels import Recipe

PRELOAD = """
    math cmath re string itertools functools operator collections collections.abc heapq bisect copy typing random
    fractions datetime time json textwrap enum dataclasses abc numbers types contextlib io os sys struct calendar
    warnings traceback linecache signal encodings.idna
"""
PLAIN = sys.platform != "linux"  # a system with limits, and nothing else of what Linux has
NEARLY = 0.8  # the kernel enforces the limit of CPU time by ticks, and tells the time used by another clock
AGAIN = "nothing is lost; see to memory, the disk and the number of processes (ulimit -u), then do it again"
_LIBRARIES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # an interpreter may need them to find its own library
_START = "import sys; sys.path.insert(0, {root!r}); from kgents.sandbox.inside.zygote import main; main()"


class SandboxFault(SandboxUnavailable):
    """The sandbox failed, not the candidate."""

    def __init__(self, message: str) -> None:
        super().__init__(message, AGAIN)


Job = tuple[socket.socket, int, int]  # its channel, its number, the descriptor that tells how it ended


class Zygote:
    """One confined fork server, which may still be on its way up when this returns."""

    def __init__(
        self,
        main: str,
        recipe: Recipe,
        limits: Mapping[str, int],
        hash_seed: str = "0",
        more: Sequence[str] = (),
        guest: Guest | None = None,
    ) -> None:
        ours, theirs = socket.socketpair()
        self.token = secrets.token_hex(8)  # in the command line of the zygote and of all its forks
        config = {
            "token": self.token,
            "main": main,
            "plain": PLAIN,
            "preload": [*PRELOAD.split(), *more],
            "fd": theirs.fileno(),
            "limits": dict(limits),
            "layers": list(recipe.layers),
            "prefixes": _prefixes(),
            "readable": [*_readable(), *(guest.readable if guest else ())],
            "guest": guest and guest.function,
        }
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONHASHSEED": hash_seed, "HOME": "/nonexistent",
                       "PYTHONDONTWRITEBYTECODE": "1", "LD_BIND_NOW": "1"}  # fmt: skip
        environment.update({name: os.environ[name] for name in _LIBRARIES if name in os.environ})
        root = str(Path(__file__).parents[2])
        command = [sys.executable, "-I", "-c", _START.format(root=root), json.dumps(config)]
        self._process = subprocess.Popen(
            command,
            pass_fds=[theirs.fileno()],
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C on a terminal asks us to stop, not the sandbox
        )
        theirs.close()
        self._control = ours
        self._control.settimeout(20)
        self._lock = threading.Lock()
        self._jobs = itertools.count()
        self._ready = False

    def _wait(self) -> None:
        """Until the zygote is confined; the first time only. SandboxFault where it never is."""
        try:
            ready = self._control.recv(1) == orders.READY
        except OSError:
            ready = False
        if not ready:
            *_, error = self.close().splitlines() or ["no reason given"]
            raise SandboxFault(f"a zygote did not start: {error}")
        self._ready = True

    def spawn(self, wall: float, guest: bool = False) -> Job:
        """Starts a job that may take `wall` seconds. SandboxFault where the zygote is gone."""
        with self._lock:
            if not self._ready:
                self._wait()
        ours, theirs = socket.socketpair()
        status, told = os.pipe()
        number = next(self._jobs)
        try:
            with self._lock:
                socket.send_fds(self._control, [orders.start(number, wall, guest)], [told, theirs.fileno()])
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
        """Ends the zygote and all its children; returns what it complained about."""
        self._control.close()
        if self._process.stderr is None or self._process.stderr.closed:
            return ""
        try:
            _, error = self._process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            _, error = self._process.communicate()
        return error.decode(errors="replace").strip()[-300:]


def _prefixes() -> list[str]:
    """The folders without which the interpreter cannot run."""
    return sorted({os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, os.path.dirname(os.__file__))})


def _readable() -> list[str]:
    libraries = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")
    return _prefixes() + [path for path in libraries if os.path.isdir(path)]


def ended_of(status: int, patience: float, cpu_s: float) -> Ended:
    """Waits until every process of the job is gone; overdue if it used up its time, wall-clock or CPU."""
    try:
        ready, _, _ = select.select([status], [], [], patience)
        said = os.read(status, 4096) if ready else b""
    finally:
        os.close(status)
    if not said:
        raise SandboxFault("a zygote did not say how a job ended")
    ended = orders.read(said)
    if isinstance(ended, str):
        raise SandboxFault(f"a job could not be started: {ended}")
    killed = ended.signal == signal.SIGKILL and ended.cpu_s >= NEARLY * cpu_s
    return replace(ended, overdue=ended.overdue or killed or ended.cpu_s >= cpu_s)
