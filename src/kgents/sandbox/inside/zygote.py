"""The zygote: a process that is confined once and then forks a child for every job.

Rule: it is blind to data. Code and arguments travel on the child's own socket, so neither the oracle nor an earlier
candidate is in the memory that a child inherits. The control socket carries numbers and descriptors only.
"""

import gc
import importlib
import json
import os
import pkgutil
import random
import resource
import select
import signal
import site
import socket
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kgents.sandbox.inside import protocol as orders
from kgents.sandbox.inside import watch
from kgents.sandbox.inside.linux import landlock, namespaces, seccomp
from kgents.sandbox.inside.linux import syscalls as system
from kgents.sandbox.inside.rehearsing import looked_up

if TYPE_CHECKING:
    from kgents.sandbox.inside.messages import Configuration

PERIOD = 0.5  # seconds between looking for children that are overdue
PLAIN_PERIOD = 0.005  # for children that have ended, where the system does not tell
SPACING = 500  # between the numbers of processes, so that threads take none of another
CHANNEL = 3  # the descriptor of a job in its process


@dataclass(slots=True)
class _Served:
    """The function of a job, and what its module does to be quick from the second job on: `rehearse_` with its name."""

    main: Callable[[int], None]
    rehearse: Callable[[], None] | None
    ordered: bool = False


@dataclass(slots=True)
class _Child:
    job: int
    status: int
    deadline: float
    pid: int = 0
    overdue: bool = False


def main(fd: int) -> None:
    """Confines this process as its configuration, which comes through `fd`, says, and serves."""
    control = socket.socket(fileno=fd)
    config = _configuration(control)
    served = _imported(config)
    last_pid = _last_pid()
    layers: dict[str, object] = {}
    pids = None if config["plain"] else _confine(config, layers)
    for which, limit in system.common_limits(config["limits"]):
        with suppress(*(ValueError, OSError) if config["plain"] else ()):  # the attack will show it
            resource.setrlimit(which, limit)
    if not config["trusted"]:
        watch.watch()
    tight = seccomp.candidate_filter() if layers.get("seccomp") is True and not config["trusted"] else None
    numbered = last_pid if os.getpid() == 1 else None  # only where the numbers are those of a namespace of its own
    zygote = _Zygote(control, config, pids, tight, served, numbered)
    complaints = _silenced()
    control.sendall(orders.READY)
    gc.freeze()
    try:
        zygote.serve()
    except BaseException:
        os.write(complaints, traceback.format_exc().encode()[-2000:])
        os._exit(1)


def _configuration(control: socket.socket) -> "Configuration":
    """What the other end says first: its length in four bytes, and JSON."""
    length = int.from_bytes(control.recv(4, socket.MSG_WAITALL), "big")
    config: Configuration = json.loads(control.recv(length, socket.MSG_WAITALL))
    return config


def _imported(config: "Configuration") -> list[_Served]:
    """Imports all that will be needed while files can still be read; the jobs that may be ordered.

    Afterwards what is visible is the standard library and what the configuration names: our own folder leaves the path.
    """
    for module in config["modules"]:
        package = importlib.import_module(module)
        for part in pkgutil.walk_packages(getattr(package, "__path__", ()), module + "."):
            importlib.import_module(part.name)
    served = [_served(*main.split(":")) for main in config["mains"]]
    if not config["own"]:
        sys.path = [path for path in sys.path if path != config["folder"]] + config["path"]
        for name in [name for name in sys.modules if name.partition(".")[0] == "kgents"]:
            del sys.modules[name]
        site.setquit()
        site.setcopyright()
        site.sethelper()
    sys.path_importer_cache.clear()
    for module in config["preload"]:
        with suppress(ImportError):
            importlib.import_module(module)
    sys.argv, sys.orig_argv = [""], []
    return served


def _served(module: str, name: str) -> _Served:
    imported = importlib.import_module(module)
    return _Served(getattr(imported, name), getattr(imported, f"rehearse_{name}", None))


def _last_pid() -> int | None:
    """A descriptor by which the number of the next process can be chosen; None where there is none."""
    try:
        return os.open("/proc/sys/kernel/ns_last_pid", os.O_WRONLY | os.O_CLOEXEC)
    except OSError:
        return None


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


def _confine(config: "Configuration", layers: dict[str, object]) -> int | None:
    want = set(config["layers"])
    root = os.geteuid() == 0
    uid, gid = (65534, 65534) if root and "stay" not in want else (os.getuid(), os.getgid())
    view = (config["shown"], config["masked"])
    pids: int | None = None
    if "userns" in want:
        pids = namespaces.enter(want, uid, gid, view, layers)
    elif root and "stay" not in want:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    _readable_here(config["prefixes"])
    system.prctl(system.NO_NEW_PRIVS, 1)
    if "landlock" in want:
        try:
            readable, listed = (view[0], ()) if layers.get("mnt") is True else landlock.spread(*view)
            devices = ["/dev/null", "/dev/zero"]
            layers["landlock"] = landlock.confine([*readable, "/dev/urandom"], devices, (), listed, config["landlock"])
        except OSError as wrong:
            layers["landlock"] = str(wrong)
    if "seccomp" in want and seccomp.supported():
        try:
            seccomp.zygote_filter().apply(0)
            layers["seccomp"] = True
        except OSError as wrong:
            layers["seccomp"] = str(wrong)
    system.prctl(system.DUMPABLE, 0)
    if pids is not None and (config["trusted"] or layers.get("seccomp") is not True):
        system.unshare(system.NEWPID)
        system.setns(pids, system.NEWPID)
        return pids
    return None


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
        config: "Configuration",
        pids: int | None,
        tight: seccomp.Filter | None,
        served: Sequence[_Served],
        last_pid: int | None,
    ) -> None:
        self._last_pid = last_pid
        self._control = control
        self._plain = config["plain"]
        self._bare = not (config["trusted"] or config["own"] or self._plain)
        self._served = served
        self._limits_told = config["limits"]
        self._limits: dict[int, list[system.Limit]] = {}  # by seconds of CPU
        self._pids = pids
        self._tight = tight
        self._children: dict[int, _Child] = {}
        self._taken: set[int] = set()  # numbers of processes
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

    def _end_all(self) -> None:
        """Nothing runs any more once this process has ended, also where the system does not see to that."""
        for child in self._children.values():
            os.kill(child.pid, signal.SIGKILL)
        for child in self._children.values():
            os.waitpid(child.pid, 0)

    def _end_overdue(self, now: float) -> None:
        for child in self._children.values():
            if now > child.deadline:
                os.kill(child.pid, signal.SIGKILL)
                child.deadline, child.overdue = now + 3600, True

    def _command(self) -> None:
        message, passed, _, _ = self._control.recvmsg(orders.SIZE, orders.ROOM, socket.MSG_WAITALL)
        if not message:
            self._end_all()
            os._exit(0)
        code, number, which, cpu_s, wall = orders.order(message)
        if code == orders.START:
            status, job = orders.descriptors(passed[0][2])
            served = self._served[which]
            if served.rehearse is not None:
                self._rehearse(served)
            if cpu_s not in self._limits:
                self._limits[cpu_s] = system.own_limits(self._limits_told, cpu_s)
            self._spawn(_Child(number, status, time.monotonic() + wall), job, served.main, self._limits[cpu_s])
            return
        for child in self._children.values():
            if child.job == number:
                os.kill(child.pid, signal.SIGKILL)

    def _rehearse(self, served: _Served) -> None:
        """Before the second order. A run of one trial has no use for what makes the next ones quick."""
        if served.ordered and served.rehearse is not None:
            served.rehearse()
            served.rehearse = None
            looked_up()
            gc.freeze()
        served.ordered = True

    def _spawn(self, child: _Child, job: int, main: Callable[[int], None], limits: list[system.Limit]) -> None:
        try:
            if self._bare:
                random.seed(int.from_bytes(os.urandom(16), "little"))
            if self._pids is not None:
                system.unshare(system.NEWPID)
            else:
                self._choose_pid()
            child.pid = system.fork() if self._bare else os.fork()
            if child.pid == 0:
                self._child(job, main, limits)
        except OSError as wrong:
            os.write(child.status, f"{wrong}".encode())
            os.close(child.status)
            return
        finally:
            os.close(job)
            if self._pids is not None:
                system.setns(self._pids, system.NEWPID)
        if self._plain:
            self._children[-child.pid] = child
            return
        self._taken.add(child.pid)
        pidfd = os.pidfd_open(child.pid)
        self._children[pidfd] = child
        self._poller.register(pidfd, select.POLLIN)

    def _choose_pid(self) -> None:
        """Gives the next process a number that tells nothing of how many there were before."""
        if self._last_pid is None:
            return
        number = SPACING
        while number in self._taken:
            number += SPACING
        try:
            os.pwrite(self._last_pid, b"%d" % (number - 1), 0)
        except OSError:  # not allowed here, or a number that this system does not have
            os.close(self._last_pid)
            self._last_pid = None

    def _reap(self, pidfd: int) -> None:
        child = self._children.pop(pidfd)
        _, status, used = os.wait4(child.pid, 0)
        self._taken.discard(child.pid)
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
        record = orders.told(status, child.overdue, used.ru_utime + used.ru_stime, used.ru_maxrss)
        try:  # noqa: SIM105 - `suppress` is three calls of functions of Python
            os.write(child.status, record)
        except OSError:
            pass
        os.close(child.status)

    def _child(self, job: int, main: Callable[[int], None], limits: list[system.Limit]) -> None:
        code = 1
        try:
            os.setsid()
            if not self._plain:
                system.prctl(system.PDEATHSIG, signal.SIGKILL)
            os.dup2(job, CHANNEL)
            os.closerange(CHANNEL + 1, 4096)
            for which, limit in limits:
                resource.setrlimit(which, limit)
            system.drop_capabilities()
            if self._tight is not None:
                self._tight.apply(os.getpid())
            main(CHANNEL)
            code = 0
        except BaseException:
            code = 2
        finally:
            os._exit(code)
