"""Starts programs for a process that may be killed at any moment: run as `python -I -S launcher.py SOCKET`, never imported.

One server per process of ours waits on SOCKET for a control socket and forks a launcher for it, which is the parent of one
program at a time and the subreaper of all that the program leaves behind. Over control it is told what to start (with the
descriptors of stdin, stdout, stderr and perhaps one more) and when to stop, and says `starting`, then `started` or `error
ERRNO`, `status STATUS`, and `done` once nothing of the program is left.

Rules: the end of control (kg was killed) ends the program and its descendants; a program that kills its parent hits only
its launcher, dies with it, and what it leaves behind falls to the server. Nothing but the standard library.
"""

import contextlib
import ctypes
import errno
import json
import os
import select
import signal
import socket
import struct
import sys
import time

_PDEATHSIG, _SUBREAPER = 1, 36
_SWEEP_SECONDS = 5.0  # for descendants that do not die: uninterruptible ones, or more than can be killed
_libc = ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, value: int) -> None:
    number = ctypes.c_ulong
    if _libc.prctl(option, number(value), number(0), number(0), number(0)) < 0:
        raise OSError(ctypes.get_errno(), "prctl")


class Children:
    """The children of this process: told by `wake`, a descriptor that becomes readable when one ends."""

    def __init__(self) -> None:
        self.wake, write = os.pipe()
        os.set_blocking(write, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)

    def ended(self) -> list[tuple[int, int]] | None:
        """(pid, exit status) of those that have ended, reaped; None where there are no children at all any more."""
        ends: list[tuple[int, int]] = []
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return ends or None
            if not pid:
                return ends
            ends.append((pid, os.waitstatus_to_exitcode(status)))

    def kill(self, spared: set[int]) -> None:
        """SIGKILL for all of them but these."""
        for pid in set(_living()) - spared:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)

    def sweep(self) -> None:
        """Kills and reaps until none is left: the children of a child that died become ours."""
        end = time.monotonic() + _SWEEP_SECONDS
        while self.ended() is not None and time.monotonic() < end:
            self.kill(set())
            if select.select([self.wake], [], [], 0.05)[0]:
                os.read(self.wake, 4096)


def _living() -> list[int]:
    own = os.getpid()
    try:
        with open(f"/proc/self/task/{own}/children") as file:
            return [int(word) for word in file.read().split()]
    except FileNotFoundError:  # a kernel without that list
        return [int(name) for name in os.listdir("/proc") if name.isdigit() and _parent(name) == own]


def _parent(name: str) -> int:
    try:
        with open(f"/proc/{name}/stat") as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except (OSError, ValueError):
        return 0


def serve(channel: socket.socket) -> None:
    """Forks a launcher for every descriptor that comes; ends when the other side is gone and every launcher has ended."""
    children, launchers, open_ = Children(), set[int](), True
    while open_ or launchers:
        ready = select.select([children.wake, *([channel.fileno()] if open_ else [])], [], [])[0]
        if children.wake in ready:
            os.read(children.wake, 4096)
            ends = children.ended() or []
            launchers -= {pid for pid, _ in ends}
            if any(status < 0 for _, status in ends):
                children.kill(launchers)
        if channel.fileno() in ready:
            message, files, _, _ = socket.recv_fds(channel, 1, 1)
            open_ = bool(message)
            if open_:
                launchers.add(_fork_launcher(channel, files[0]))


def _fork_launcher(channel: socket.socket, file: int) -> int:
    pid = os.fork()
    if not pid:
        try:
            channel.close()
            launch(socket.socket(fileno=file))
        finally:
            os._exit(0)
    os.close(file)
    return pid


def launch(control: socket.socket) -> None:
    """Starts one program after the other, does what control says until each has ended, and leaves nothing of it behind."""
    children = Children()
    _prctl(_SUBREAPER, 1)
    while True:
        header, files, _, _ = socket.recv_fds(control, 4, 4)
        if len(header) < 4:
            return
        request = _request(control, *struct.unpack("!I", header))
        _say(control, b"starting\n")
        wrong, child = _start(request, files)
        for file in files:
            os.close(file)
        if wrong:
            _say(control, b"error %d\n" % wrong)
        else:
            _say(control, b"started\n")
            _say(control, b"status %d\n" % _watch(control, children, child))
            children.sweep()
        _say(control, b"done\n")


def _request(control: socket.socket, size: int) -> dict[str, object]:
    """{"argv", "env", "cwd", "number"}: every text is bytes, each as the character of that number; `number` is that of the
    fourth descriptor in the program.
    """
    data = b""
    while len(data) < size:
        part = control.recv(size - len(data))
        if not part:
            os._exit(0)
        data += part
    return dict(json.loads(data))


def _start(request: dict[str, object], files: list[int]) -> tuple[int, int]:
    """(0, pid), or (errno, 0) where the program could not be started."""
    read, write = os.pipe()
    launcher, child = os.getpid(), os.fork()
    if not child:
        os.setsid()
        report = _place(files, request["number"], write)
        try:
            _become(request, launcher)
        except OSError as error:
            os.write(report, struct.pack("!I", error.errno or errno.EIO))
        finally:
            os._exit(127)
    os.close(write)
    answer = os.read(read, 4)
    os.close(read)
    if not answer:
        return 0, child
    os.waitpid(child, 0)
    return struct.unpack("!I", answer)[0], 0


def _place(files: list[int], number: object, write: int) -> int:
    """Gives the descriptors the numbers that the program expects, and closes all others but `write`: its number."""
    targets = [0, 1, 2, *([number] if isinstance(number, int) and len(files) > 3 else [])]
    report = 4 if 3 in targets else 3
    sources, top = [*files, write], max(*targets, report)
    while min(sources) <= top:
        sources = [os.dup(file) for file in sources]
    for source, target in zip(sources, [*targets, report], strict=True):
        os.dup2(source, target, inheritable=target != report)
    kept = sorted({*targets, report})
    for low, high in zip(kept, [*kept[1:], max(sources) + 1], strict=True):
        os.closerange(low + 1, high)
    return report


def _become(request: dict[str, object], launcher: int) -> None:
    """Turns this process into the program; OSError where that cannot be."""
    _prctl(_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != launcher:
        os._exit(127)
    signal.set_wakeup_fd(-1)
    for name in ("SIGCHLD", "SIGPIPE", "SIGXFSZ"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    argv, env, cwd = request["argv"], request["env"], request["cwd"]
    assert isinstance(argv, list)
    assert isinstance(env, dict)
    assert isinstance(cwd, str)
    os.chdir(cwd.encode("latin-1"))
    environment = {key.encode("latin-1"): value.encode("latin-1") for key, value in env.items()}
    words = [word.encode("latin-1") for word in argv]
    os.execvpe(words[0], words, environment)


def _watch(control: socket.socket, children: Children, child: int) -> int:
    """The exit status of the program, negative for a signal; T on control is SIGTERM for its group, all else SIGKILL."""
    heard = [control.fileno()]
    while True:
        for pid, status in children.ended() or []:
            if pid == child:
                return status
        ready = select.select([children.wake, *heard], [], [])[0]
        if children.wake in ready:
            os.read(children.wake, 4096)
        if control.fileno() in ready:
            order = _order(control)
            heard = heard if order else []
            _signal(child, *((signal.SIGTERM, signal.SIGCONT) if order == b"T" else (signal.SIGKILL,)))


def _order(control: socket.socket) -> bytes:
    try:
        return control.recv(1)
    except OSError:
        return b""


def _signal(group: int, *numbers: int) -> None:
    for number in numbers:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)


def _say(control: socket.socket, line: bytes) -> None:
    """Whoever listens may be gone: that ends nothing here."""
    with contextlib.suppress(OSError):
        control.sendall(line)


def main(number: int) -> None:
    """Serves the socket of this number, with nothing else that whoever started us had open."""
    os.setsid()
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in (0, 1, 2, number):
            with contextlib.suppress(OSError):
                os.close(int(name))
    _prctl(_SUBREAPER, 1)
    serve(socket.socket(fileno=number))


if __name__ == "__main__":
    main(int(sys.argv[1]))
