"""System calls that Python has no function for, by ctypes: nothing is compiled.

Rule: every function raises OSError with its name where the kernel says no; nothing is assumed to have worked.
"""

import ctypes
import os
import resource
import struct
from typing import Any

libc = ctypes.CDLL(None, use_errno=True)
syscall = libc.syscall
syscall.restype = ctypes.c_long

NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x80, 0x20000, 0x02000000, 0x04000000, 0x08000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000
NEW_ALL = 0x7E020000
THREAD = 0x00010000
PDEATHSIG, DUMPABLE, NO_NEW_PRIVS, SECCOMP = 1, 4, 38, 22
RDONLY, NOSUID, NODEV, REMOUNT, BIND, REC, PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
_CAP_VERSION = 0x20080522


def check(result: int, what: str) -> int:
    """The result of a call, or the OSError it stands for."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def prctl(option: int, value: int = 0) -> int:
    """prctl(2) with one argument."""
    zero = ctypes.c_ulong(0)
    return check(libc.prctl(option, ctypes.c_ulong(value), zero, zero, zero), f"prctl({option})")


def unshare(flags: int) -> int:
    """unshare(2)."""
    return check(libc.unshare(ctypes.c_int(flags)), f"unshare({flags:#x})")


def setns(fd: int, flags: int) -> int:
    """setns(2)."""
    return check(libc.setns(ctypes.c_int(fd), ctypes.c_int(flags)), "setns")


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


def drop_capabilities() -> None:
    """Empties the effective, permitted and inheritable sets; without any this changes nothing."""
    libc.capset(ctypes.c_char_p(struct.pack("=Ii", _CAP_VERSION, 0)), ctypes.c_char_p(b"\0" * 24))


def limit(limits: dict[str, Any]) -> None:
    """Resource limits, from {cpu_s, as_mb, fsize, nofile, nproc}; lower hard limits that stand already are kept."""
    cap(resource.RLIMIT_CORE, 0)
    cap(resource.RLIMIT_CPU, limits["cpu_s"], limits["cpu_s"] + 1)
    cap(resource.RLIMIT_AS, limits["as_mb"] << 20)
    cap(resource.RLIMIT_FSIZE, limits["fsize"])
    cap(resource.RLIMIT_NOFILE, limits["nofile"])
    if limits.get("nproc") is not None:
        cap(resource.RLIMIT_NPROC, limits["nproc"])
    for name in ("RLIMIT_MEMLOCK", "RLIMIT_MSGQUEUE"):
        if hasattr(resource, name):
            cap(getattr(resource, name), 0)


def cap(which: int, soft: int, hard: int | None = None) -> None:
    """One limit."""
    hard = soft if hard is None else hard
    standing = resource.getrlimit(which)[1]
    if standing != resource.RLIM_INFINITY:
        hard, soft = min(hard, standing), min(soft, standing)
    resource.setrlimit(which, (soft, hard))
