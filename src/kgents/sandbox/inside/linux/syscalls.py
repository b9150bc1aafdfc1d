"""System calls that Python has no function for, by ctypes: nothing is compiled.

Rule: every function raises OSError with its name where the kernel says no; nothing is assumed to have worked.
"""

import ctypes
import errno
import os
import resource
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kgents.sandbox.inside.messages import LimitsData

libc = ctypes.CDLL(None, use_errno=True)
syscall = libc.syscall
syscall.restype = ctypes.c_long
_fork = ctypes.PyDLL(None, use_errno=True).fork
_prctl = getattr(libc, "prctl", None)  # Linux only, as the next
_capset = getattr(libc, "capset", None)
if _prctl is not None:
    _prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)

NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x80, 0x20000, 0x02000000, 0x04000000, 0x08000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000
NEW_ALL = 0x7E020000
THREAD = 0x00010000
PDEATHSIG, DUMPABLE, NO_NEW_PRIVS, SECCOMP = 1, 4, 38, 22
RDONLY, NOSUID, NODEV, REMOUNT, NOATIME, BIND, REC, PRIVATE = 1, 2, 4, 32, 1024, 4096, 16384, 1 << 18
_NO_CAPABILITIES = (ctypes.c_char_p(struct.pack("=Ii", 0x20080522, 0)), ctypes.c_char_p(b"\0" * 24))


def check(result: int, call: str) -> int:
    """The result of a call, or the OSError it stands for."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")
    return result


def prctl(option: int, value: int = 0, more: int = 0) -> int:
    """prctl(2) with one argument or two."""
    if _prctl is None:
        raise OSError(errno.ENOSYS, "prctl: not on this system")
    result: int = _prctl(option, value, more, 0, 0)
    return check(result, "prctl") if result < 0 else result


def fork() -> int:
    """fork(2), without what Python does in the child for the sake of other threads and of `random`: that would touch, and
    so copy, a hundred pages. For a process with one thread only.
    """
    pid: int = _fork()
    return check(pid, "fork") if pid < 0 else pid


def unshare(flags: int) -> int:
    """unshare(2)."""
    return check(libc.unshare(flags), "unshare")


def setns(fd: int, flags: int) -> int:
    """setns(2)."""
    return check(libc.setns(fd, flags), "setns")


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None = None) -> int:
    """mount(2)."""

    def encoded(text: str | None) -> bytes | None:
        return None if text is None else os.fsencode(text)

    done = libc.mount(encoded(source), encoded(target), encoded(kind), ctypes.c_ulong(flags), encoded(data))
    return check(done, f"mount {source} on {target}")


def unmount(target: str) -> int:
    """umount2(2), detaching."""
    return check(libc.umount2(os.fsencode(target), 2), f"umount {target}")


def pivot_root(new: str, old: str) -> int:
    """pivot_root(2)."""
    number = 155 if os.uname().machine == "x86_64" else 41
    return check(syscall(number, os.fsencode(new), os.fsencode(old)), "pivot_root")


def set_host_name(name: str) -> int:
    """sethostname(2)."""
    encoded = os.fsencode(name)
    return check(libc.sethostname(encoded, ctypes.c_size_t(len(encoded))), "sethostname")


def drop_capabilities() -> None:
    """Empties the effective, permitted and inheritable sets; without any this changes nothing."""
    if _capset is not None:
        _capset(*_NO_CAPABILITIES)


Limit = tuple[int, tuple[int, int]]


def common_limits(limits: "LimitsData") -> list[Limit]:
    """From {as_mb, fsize}: what the zygote can bear itself, and its children inherit. Standing ones are never raised."""
    wanted = [
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_AS, limits["as_mb"] << 20, limits["as_mb"] << 20),
        (resource.RLIMIT_FSIZE, limits["fsize"], limits["fsize"]),
    ]
    names = ("RLIMIT_MEMLOCK", "RLIMIT_MSGQUEUE")
    wanted += [(getattr(resource, name), 0, 0) for name in names if hasattr(resource, name)]
    return [_allowed(*limit) for limit in wanted]


def own_limits(limits: "LimitsData", cpu_s: int) -> list[Limit]:
    """From seconds of CPU and {nofile, nproc}: what every child sets for itself."""
    wanted = [
        (resource.RLIMIT_CPU, cpu_s, cpu_s + 1),
        (resource.RLIMIT_NOFILE, limits["nofile"], limits["nofile"]),
    ]
    if limits["nproc"] is not None:
        wanted.append((resource.RLIMIT_NPROC, limits["nproc"], limits["nproc"]))
    return [_allowed(*limit) for limit in wanted]


def _allowed(which: int, soft: int, hard: int) -> Limit:
    standing = resource.getrlimit(which)[1]
    if standing == resource.RLIM_INFINITY:
        return which, (soft, hard)
    return which, (min(soft, standing), min(hard, standing))
