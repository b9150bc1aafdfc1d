"""The zygote: a process that is confined once and then forks a child for every job.

Rule: it is blind to data. Code and arguments travel on the child's own socket, so neither the oracle nor an earlier
candidate is in the memory that a child inherits. The control socket carries numbers and descriptors only.
"""

import gc
import importlib
import json
import os
import random
import resource
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgents.sandbox.inside import candidate
from kgents.sandbox.inside import protocol as orders
from kgents.sandbox.inside.linux import landlock, namespaces, seccomp
from kgents.sandbox.inside.linux import syscalls as system

PERIOD = 0.5  # seconds between looking for children that are overdue
PLAIN_PERIOD = 0.005  # for children that have ended, where the system does not tell
CHANNEL = 3  # the descriptor of a job in its process
CANDIDATE = "kgents.sandbox.inside.candidate:main"


@dataclass(slots=True)
class _Child:
    job: int
    pid: int
    status: int
    deadline: float
    overdue: bool = False


def main() -> None:
    """Confines this process as its configuration (argv) says, reports what was reached, and serves."""
    config = json.loads(sys.argv[1])
    for module in config["preload"]:
        with suppress(ImportError):
            __import__(module)
    job = _function(config["main"])
    guest = _function(config["guest"]) if config.get("guest") else None
    control = socket.socket(fileno=config["fd"])
    layers: dict[str, Any] = {}
    pids = None if config["plain"] else _confine(config, layers)
    for which, limit in system.common_limits(config["limits"]):
        with suppress(*(ValueError, OSError) if config["plain"] else ()):  # the attack will show it
            resource.setrlimit(which, limit)
    tight = seccomp.candidate_filter() if layers.get("seccomp") is True else None
    zygote = _Zygote(control, config, pids, tight, job, guest)
    complaints = _silenced()
    control.sendall(orders.READY)
    if config["main"] == CANDIDATE:
        candidate.rehearse()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        zygote.serve()
    except BaseException:
        os.write(complaints, traceback.format_exc().encode()[-2000:])
        os._exit(1)


def _silenced() -> int:
    """Turns the standard streams into nothing and signals into what a fresh program has, for this process and all its
    children; the descriptor that leads to where it may still complain.
    """
    complaints = os.dup(2)
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.close(null)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    return complaints


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
    _readable_here(config["prefixes"])
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


def _readable_here(prefixes: Sequence[str]) -> None:
    """PermissionError where this user cannot enter a folder that the interpreter is in."""
    for prefix in prefixes:
        if not os.access(prefix, os.R_OK | os.X_OK):
            closed = next((str(folder) for folder in reversed(Path(prefix).parents) if not _enterable(folder)), prefix)
            raise PermissionError(f"user {os.geteuid()} cannot read the interpreter: {closed} is closed to others")


def _enterable(folder: Path) -> bool:
    return os.access(folder, os.X_OK)


class _Zygote:
    """Forks on request, reaps, and kills what is overdue. Whatever it writes to after a fork is copied, page by page, so
    it does little.
    """

    def __init__(
        self,
        control: socket.socket,
        config: dict[str, Any],
        pids: int | None,
        tight: seccomp.Filter | None,
        main: Callable[[int], None],
        guest: Callable[[int], None] | None,
    ) -> None:
        self._guest = guest
        self._control = control
        self._plain = config["plain"]
        self._bare = config["main"] == CANDIDATE and guest is None and not self._plain
        self._main = main
        self._limits = system.own_limits(config["limits"])
        self._pids = pids
        self._tight = tight
        if tight is not None and pids is not None:
            tight.aim(1)
        self._children: dict[int, _Child] = {}
        self._next = 0.0
        self._poller = select.poll()
        self._poller.register(control.fileno(), select.POLLIN)

    def serve(self) -> None:
        """Until the control socket ends."""
        control = self._control.fileno()
        while True:
            period = PLAIN_PERIOD if self._plain else PERIOD
            for fd, _ in self._poller.poll(period * 1000 if self._children else None):
                if fd == control:
                    self._command()
                else:
                    self._reap(fd)
            if self._plain:
                self._reap_ended()
            now = time.monotonic()
            if now >= self._next:
                self._next = now + PERIOD
                self._end_overdue(now)

    def _end_overdue(self, now: float) -> None:
        for child in self._children.values():
            if now > child.deadline:
                os.kill(child.pid, signal.SIGKILL)
                child.deadline, child.overdue = now + 3600, True

    def _command(self) -> None:
        message, passed, _, _ = self._control.recvmsg(orders.SIZE, orders.ROOM, socket.MSG_WAITALL)
        if not message:
            os._exit(0)
        what, number, wall, guest = orders.order(message)
        if what == orders.START:
            self._spawn(number, wall, guest, *orders.descriptors(passed[0][2]))
            return
        for child in self._children.values():
            if child.job == number:
                os.kill(child.pid, signal.SIGKILL)

    def _spawn(self, number: int, wall: float, guest: bool, status: int, job: int) -> None:
        try:
            if self._bare:
                random.seed(int.from_bytes(os.urandom(16), "little"))
            if self._pids is not None:
                system.unshare(system.NEWPID)
            pid = system.fork() if self._bare else os.fork()
            if pid == 0:
                self._child(job, guest)
        except OSError as wrong:
            os.write(status, f"{wrong}".encode())
            os.close(status)
            return
        finally:
            os.close(job)
            if self._pids is not None:
                system.setns(self._pids, system.NEWPID)
        child = _Child(number, pid, status, time.monotonic() + wall)
        if self._plain:
            self._children[-pid] = child
            return
        pidfd = os.pidfd_open(pid)
        self._children[pidfd] = child
        self._poller.register(pidfd, select.POLLIN)

    def _reap(self, pidfd: int) -> None:
        child = self._children.pop(pidfd)
        _, status, used = os.wait4(child.pid, 0)
        self._poller.unregister(pidfd)
        os.close(pidfd)
        self._told(child, status, used)

    def _reap_ended(self) -> None:
        """Where the system has no descriptors for processes."""
        for key, child in list(self._children.items()):
            pid, status, used = os.wait4(child.pid, os.WNOHANG)
            if pid:
                del self._children[key]
                self._told(child, status, used)

    def _told(self, child: _Child, status: int, used: resource.struct_rusage) -> None:
        with suppress(OSError):
            os.write(child.status, orders.told(status, child.overdue, used.ru_utime + used.ru_stime, used.ru_maxrss))
        os.close(child.status)

    def _child(self, job: int, guest: bool) -> None:
        code = 1
        try:
            os.setsid()
            if not self._plain:
                system.prctl(system.PDEATHSIG, signal.SIGKILL)
            os.dup2(job, CHANNEL)
            os.closerange(CHANNEL + 1, 4096)
            for which, limit in self._limits:
                resource.setrlimit(which, limit)
            system.drop_capabilities()
            if self._tight is not None:
                self._tight.apply(os.getpid())
            if guest and self._guest is not None:
                self._guest(CHANNEL)
            else:
                self._main(CHANNEL)
            code = 0
        except BaseException:
            code = 2
        finally:
            os._exit(code)
