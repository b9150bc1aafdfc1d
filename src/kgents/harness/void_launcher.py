"""Goes into the void and starts a program there: run as `python -I -S void_launcher.py SOCKET`, never imported.

It makes new user, mount, pid, network and ipc namespaces; sends a listening socket of the new network (which has nothing
but loopback) over SOCKET; waits for {"argv", "env"} as JSON; and runs that below pid 1 of the new pid namespace, so
that nothing outlives it. Where the kernel says no to all of it, it says so over SOCKET and runs the program all the same.
Rule: nothing but the standard library, and no part of it that is slow to import.
"""

import ctypes
import json
import os
import signal
import socket
import struct
import sys

_USER, _MOUNT, _PID, _NET, _IPC = 0x10000000, 0x20000, 0x20000000, 0x40000000, 0x08000000
_PRIVATE_REC = (1 << 18) | 16384
_NOSUID_NODEV_NOEXEC = 2 | 4 | 8
_PDEATHSIG = 1
_TOKEN = "KGENTS_RUN_TOKEN"  # by which what outlives the program is found where there are no namespaces
libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, call: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")


def enter() -> None:
    """Leaves the namespaces of the caller; OSError where the kernel says no."""
    if sys.platform != "linux":
        raise OSError(f"{sys.platform} has none")
    uid, gid = os.geteuid(), os.getegid()
    _check(libc.unshare(ctypes.c_int(_USER | _MOUNT | _PID | _NET | _IPC)), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    _loopback_up()


def _loopback_up() -> None:
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        flags = struct.pack("16sh", b"lo", 1 | 64)  # IFF_UP, IFF_RUNNING
        fcntl.ioctl(any_socket, 0x8914, flags + bytes(22))  # SIOCSIFFLAGS


def _own_proc() -> None:
    """A /proc that shows nobody else; without it the program would see the processes of this user."""
    libc.mount(b"none", b"/", None, ctypes.c_ulong(_PRIVATE_REC), None)
    libc.mount(b"proc", b"/proc", b"proc", ctypes.c_ulong(_NOSUID_NODEV_NOEXEC), None)


def main() -> None:
    """See the module."""
    control = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(control.fileno(), False)
    try:
        enter()
        message, inside = "", True
    except OSError as error:
        message, inside = str(error), False
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        socket.send_fds(control, [json.dumps({"inside": inside, "refusal": message}).encode()], [listener.fileno()])
    with control.makefile("rb") as lines:
        line = lines.readline()
    if not line:
        os._exit(125)
    order = json.loads(line)
    order["env"].update({name: value for name, value in os.environ.items() if name == _TOKEN})
    if not inside:
        _execute(order)
    child = os.fork()
    if child == 0:
        libc.prctl(_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0))
        _own_proc()
        child = os.fork()
        if child == 0:
            _execute(order)
    _wait(child)


def _wait(child: int) -> None:
    """Lets go of everything and ends as the child ends: 128 + n for signal n. As pid 1 it takes all the rest along."""
    for name in (0, 1, 2):
        os.close(name)
    ended = 0
    while ended != child:
        ended, status = os.waitpid(-1, 0)
    code = os.waitstatus_to_exitcode(status)
    os._exit(128 - code if code < 0 else code)


def _execute(order: dict) -> None:  # type: ignore[type-arg]
    try:
        os.execve(order["argv"][0], order["argv"], order["env"])
    except OSError as error:
        os.write(2, f"{order['argv'][0]}: {error.strerror}\n".encode())
        os._exit(127)


if __name__ == "__main__":
    main()
