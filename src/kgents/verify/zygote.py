"""The zygote: a process that is confined once and then forks a child for every job.

Rule: it is blind to data. Code and arguments travel on the child's own socket, so neither the oracle nor an earlier
candidate is in the memory that a child inherits. The control socket carries numbers and descriptors only.
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from kgents.verify import landlock, namespaces, seccomp, system, worker

FIRST = 3  # the first descriptor of a job in its process


@dataclass(slots=True)
class _Child:
    job: int
    pidfd: int
    status: int
    deadline: float
    overdue: bool = False


def main() -> None:
    """Confines this process as its configuration (argv) says, reports what was reached, and serves."""
    config = json.loads(sys.argv[1])
    for module in config["preload"]:
        with suppress(ImportError):
            __import__(module)
    guest = _function(config["guest"]) if config.get("guest") else None
    control = socket.socket(fileno=config["fd"])
    layers: dict[str, Any] = {}
    pids = _confine(config, layers)
    tight = seccomp.candidate_filter() if layers.get("seccomp") is True else None
    control.send(json.dumps(layers).encode())
    gc.collect()
    gc.freeze()
    gc.disable()
    _Zygote(control, config, pids, tight, guest).serve()


def _function(place: str) -> Callable[[int], None]:
    """MODULE:FUNCTION, imported while files can still be read."""
    module, _, name = place.partition(":")
    found: Callable[[int], None] = getattr(importlib.import_module(module), name)
    return found


def _confine(config: dict[str, Any], layers: dict[str, Any]) -> int | None:
    want = set(config["layers"])
    root = os.geteuid() == 0
    uid, gid = (65534, 65534) if root and "stay" not in want else (os.getuid(), os.getgid())
    readable = config["readable"]
    pids: int | None = None
    if "userns" in want:
        pids = namespaces.enter(want, uid, gid, readable, layers)
    elif root and "stay" not in want:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    system.prctl(system.NO_NEW_PRIVS, 1)
    if "landlock" in want:
        try:
            layers["landlock"] = landlock.confine([*readable, "/dev/urandom"], ["/dev/null", "/dev/zero"])
        except OSError as wrong:
            layers["landlock"] = str(wrong)
    if "seccomp" in want and seccomp.supported():
        try:
            seccomp.zygote_filter().apply(0)
            layers["seccomp"] = True
        except OSError as wrong:
            layers["seccomp"] = str(wrong)
    system.prctl(system.DUMPABLE, 0)
    if pids is not None:
        system.unshare(system.NEWPID)
        system.setns(pids, system.NEWPID)
        layers["pid"] = True
    return pids


class _Zygote:
    """Forks on request, reaps, and kills what is overdue."""

    def __init__(
        self,
        control: socket.socket,
        config: dict[str, Any],
        pids: int | None,
        tight: Any,
        guest: Callable[[int], None] | None,
    ) -> None:
        self._guest = guest
        self._control = control
        self._config = config
        self._pids = pids
        self._tight = tight
        self._null = os.open("/dev/null", os.O_RDWR)
        self._children: dict[int, _Child] = {}
        self._poller = select.poll()
        self._poller.register(control.fileno(), select.POLLIN)

    def serve(self) -> None:
        """Until the control socket ends."""
        while True:
            for fd, _ in self._poller.poll(self._patience()):
                if fd == self._control.fileno():
                    self._command()
                else:
                    self._reap(fd)
            now = time.monotonic()
            for pid, child in self._children.items():
                if now > child.deadline:
                    os.kill(pid, signal.SIGKILL)
                    child.deadline, child.overdue = now + 3600, True

    def _patience(self) -> float | None:
        if not self._children:
            return None
        nearest = min(child.deadline for child in self._children.values())
        return max(0.0, (nearest - time.monotonic()) * 1000) + 1

    def _command(self) -> None:
        message, descriptors, _, _ = socket.recv_fds(self._control, 4096, 4)
        if not message:
            os._exit(0)
        order = json.loads(message)
        if "kill" in order:
            for pid, child in self._children.items():
                if child.job == order["kill"]:
                    os.kill(pid, signal.SIGKILL)
            return
        self._spawn(order, descriptors[0], descriptors[1:])

    def _spawn(self, order: dict[str, Any], status: int, job: list[int]) -> None:
        try:
            if self._pids is not None:
                system.unshare(system.NEWPID)
            pid = os.fork()
        except OSError as wrong:
            os.write(status, json.dumps({"failed": str(wrong)}).encode())
            for fd in (status, *job):
                os.close(fd)
            return
        if pid == 0:
            self._child(job, order)
        if self._pids is not None:
            system.setns(self._pids, system.NEWPID)
        for fd in job:
            os.close(fd)
        pidfd = os.pidfd_open(pid)
        self._children[pid] = _Child(order["id"], pidfd, status, time.monotonic() + order["wall"])
        self._poller.register(pidfd, select.POLLIN)

    def _reap(self, pidfd: int) -> None:
        pid = next(pid for pid, child in self._children.items() if child.pidfd == pidfd)
        child = self._children.pop(pid)
        _, status, used = os.wait4(pid, 0)
        self._poller.unregister(pidfd)
        os.close(pidfd)
        ended = {
            "exit": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
            "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
            "overdue": child.overdue,
            "cpu_s": used.ru_utime + used.ru_stime,
            "rss_kb": used.ru_maxrss,
        }
        with suppress(OSError):
            os.write(child.status, json.dumps(ended).encode())
        os.close(child.status)

    def _child(self, job: list[int], order: dict[str, Any]) -> None:
        code = 1
        try:
            os.setsid()
            system.prctl(system.PDEATHSIG, signal.SIGKILL)
            for fd in (0, 1, 2):
                os.dup2(self._null, fd)
            for place, fd in enumerate(job):
                os.dup2(fd, 100 + place)
            for place in range(len(job)):
                os.dup2(100 + place, FIRST + place)
            os.closerange(FIRST + len(job), 4096)
            system.limit({**self._config["limits"], **order.get("limits", {})})
            system.drop_capabilities()
            if self._tight is not None:
                self._tight.apply(os.getpid())
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
                signal.signal(number, signal.SIG_DFL)
            if order.get("guest") and self._guest is not None:
                self._guest(FIRST)
            elif self._config["mode"] == "candidate":
                worker.candidate_main(FIRST)
            elif self._config["mode"] == "inside":
                worker.inside_main(FIRST)
            else:
                worker.oracle_main(FIRST)
            code = 0
        except BaseException:
            code = 2
        finally:
            os._exit(code)
