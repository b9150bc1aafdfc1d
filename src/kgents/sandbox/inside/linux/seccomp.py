"""System call filters (seccomp(2)), assembled as classic BPF.

The zygote's filter is inherited by every candidate; a candidate gets a second, tighter one. Denied calls answer EPERM;
a foreign ABI is killed; clone3 answers ENOSYS, so that libc falls back to clone, whose flags can be seen.
"""

import ctypes
import errno
import platform
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from kgents.sandbox.inside.linux.syscalls import NEW_ALL, PDEATHSIG, SECCOMP, THREAD, prctl

_X86 = {
    "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "pidfd_getfd": 438, "kcmp": 312,
    "process_madvise": 440, "bpf": 321, "perf_event_open": 298, "userfaultfd": 323, "io_uring_setup": 425,
    "io_uring_enter": 426, "io_uring_register": 427, "keyctl": 250, "add_key": 248, "request_key": 249, "mount": 165,
    "umount2": 166, "pivot_root": 155, "chroot": 161, "move_mount": 429, "open_tree": 428, "fsopen": 430,
    "fsconfig": 431, "fsmount": 432, "fspick": 433, "mount_setattr": 442, "unshare": 272, "setns": 308,
    "open_by_handle_at": 304, "name_to_handle_at": 303, "init_module": 175, "finit_module": 313, "delete_module": 176,
    "kexec_load": 246, "kexec_file_load": 320, "reboot": 169, "swapon": 167, "swapoff": 168, "quotactl": 179,
    "quotactl_fd": 443, "acct": 163, "settimeofday": 164, "clock_settime": 227, "clock_adjtime": 305, "adjtimex": 159,
    "sethostname": 170, "setdomainname": 171, "iopl": 172, "ioperm": 173, "personality": 135, "modify_ldt": 154,
    "syslog": 103, "fanotify_init": 300, "fanotify_mark": 301, "lookup_dcookie": 212, "move_pages": 279,
    "migrate_pages": 256, "mbind": 237, "set_mempolicy": 238, "vhangup": 153, "uselib": 134, "ustat": 136, "sysfs": 139,
    "nfsservctl": 180, "vmsplice": 278, "remap_file_pages": 216, "socket": 41, "connect": 42, "bind": 49, "listen": 50,
    "accept": 43, "accept4": 288, "execve": 59, "execveat": 322, "chmod": 90, "fchmod": 91, "fchmodat": 268,
    "fchmodat2": 452, "chown": 92, "fchown": 93, "lchown": 94, "fchownat": 260, "utime": 132, "utimes": 235,
    "utimensat": 280, "futimesat": 261, "setxattr": 188, "lsetxattr": 189, "fsetxattr": 190, "removexattr": 197,
    "lremovexattr": 198, "fremovexattr": 199, "setuid": 105, "setgid": 106, "setreuid": 113, "setregid": 114,
    "setresuid": 117, "setresgid": 119, "setgroups": 116, "setfsuid": 122, "setfsgid": 123, "capset": 126,
    "mknod": 133, "mknodat": 259, "shmget": 29, "shmat": 30, "shmctl": 31, "semget": 64, "semop": 65, "semctl": 66,
    "semtimedop": 220, "msgget": 68, "msgsnd": 69, "msgrcv": 70, "msgctl": 71, "mq_open": 240, "mq_unlink": 241,
    "inotify_init1": 294, "inotify_add_watch": 254, "memfd_secret": 447, "memfd_create": 319, "setpriority": 141,
    "sched_setscheduler": 144, "sched_setparam": 142, "sched_setaffinity": 203, "sched_setattr": 314,
    "ioprio_set": 251, "fork": 57, "vfork": 58, "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297, "pidfd_send_signal": 424,
    "process_mrelease": 448, "setpgid": 109, "get_robust_list": 274, "truncate": 76, "flock": 73, "mincore": 27,
    "fadvise64": 221, "readahead": 187, "preadv2": 327, "pwritev2": 328, "cachestat": 451, "sync_file_range": 277,
    "sysinfo": 99, "getxattr": 191, "lgetxattr": 192, "fgetxattr": 193, "sync": 162, "syncfs": 306,
}  # fmt: skip
_ARM = {
    "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "pidfd_getfd": 438, "kcmp": 272, "bpf": 280,
    "perf_event_open": 241, "userfaultfd": 282, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    "keyctl": 219, "add_key": 217, "request_key": 218, "mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51,
    "unshare": 97, "setns": 268, "open_by_handle_at": 265, "name_to_handle_at": 264, "socket": 198, "connect": 203,
    "bind": 200, "listen": 201, "accept": 202, "accept4": 242, "execve": 221, "execveat": 281, "fchmod": 52,
    "fchmodat": 53, "fchown": 55, "fchownat": 54, "utimensat": 88, "setxattr": 5, "lsetxattr": 6, "fsetxattr": 7,
    "setuid": 146, "setgid": 144, "setreuid": 145, "setregid": 143, "setresuid": 147, "setresgid": 149,
    "setgroups": 159, "capset": 91, "mknodat": 33, "memfd_create": 279,
    "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240, "pidfd_send_signal": 424,
    "process_mrelease": 448, "process_madvise": 440, "setpgid": 154, "get_robust_list": 100, "truncate": 45,
    "flock": 32, "mincore": 232, "fadvise64": 223, "readahead": 213, "preadv2": 286, "pwritev2": 287,
    "cachestat": 451, "sync_file_range": 84, "sysinfo": 179, "getxattr": 8, "lgetxattr": 9, "fgetxattr": 10,
    "removexattr": 14, "lremovexattr": 15, "fremovexattr": 16, "fchmodat2": 452, "setpriority": 140,
    "sched_setscheduler": 119, "sched_setparam": 118, "sched_setaffinity": 122, "sched_setattr": 274, "ioprio_set": 30,
    "move_pages": 239, "migrate_pages": 238, "mbind": 235, "set_mempolicy": 237, "vmsplice": 75, "personality": 92,
    "inotify_init1": 26, "inotify_add_watch": 27, "fanotify_init": 262, "fanotify_mark": 263, "mq_open": 180,
    "mq_unlink": 181, "msgget": 186, "semget": 190, "shmget": 194, "move_mount": 429, "open_tree": 428, "fsopen": 430,
    "fsconfig": 431, "fsmount": 432, "fspick": 433, "mount_setattr": 442, "memfd_secret": 447, "sync": 81, "syncfs": 267,
}  # fmt: skip
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_UNKNOWN_FROM = 480  # system calls newer than these tables
_NOTICES = (5, 6, 7, 36, 37, 38, 1024, 1025, 1026)  # fcntl: locks of every kind, leases, watching a folder
_ADVICE = (3, 9, 12, 20, 21, 100, 101)  # madvise: what moves pages of files in or out, merges pages, poisons them
_SELF = 0xFFFFFFFF  # stands for the pid of the child, patched in after the fork

_Op = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Machine:
    audit: int
    denied: dict[str, int]
    clone: int
    clone3: int
    kill: int
    tkill: int
    tgkill: int
    socketpair: int
    fcntl: int
    madvise: int
    prctl: int
    priority: int
    pidfd_open: int
    aimed: tuple[int, ...]  # calls whose first argument is a process, which may be 0 or the caller


_MACHINES = {
    "x86_64": _Machine(
        0xC000003E,
        _X86,
        56,
        435,
        62,
        200,
        234,
        53,
        72,
        28,
        157,
        140,
        434,
        (302, 204, 145, 143, 148, 315, 121, 124, 252),
    ),
    "aarch64": _Machine(
        0xC00000B7,
        _ARM,
        220,
        435,
        129,
        130,
        131,
        199,
        25,
        233,
        167,
        141,
        434,
        (261, 123, 120, 121, 127, 275, 155, 156, 31),
    ),
}


def supported() -> bool:
    """Whether there are tables for this machine."""
    return platform.machine() in _MACHINES


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


class Filter:
    """A filter, built once and applied after the fork, with the child's own pid in it."""

    def __init__(self, ops: list[_Op]) -> None:
        content = b"".join(struct.pack("=HBBI", code, yes, no, value & 0xFFFFFFFF) for code, yes, no, value in ops)
        self._buffer = ctypes.create_string_buffer(content, len(content))
        self._program = _Program(len(ops), ctypes.addressof(self._buffer))
        self._slots = [index for index, op in enumerate(ops) if op[0] == _EQUAL and op[3] == _SELF]
        self._pid: int | None = None

    def aim(self, pid: int) -> None:
        """Has it let signals to `pid` through."""
        for slot in self._slots:
            struct.pack_into("=I", self._buffer, slot * 8 + 4, pid)
        self._pid = pid

    def apply(self, pid: int) -> None:
        """Confines this process for good; it may signal `pid` only."""
        if pid != self._pid:
            self.aim(pid)
        prctl(SECCOMP, 2, ctypes.addressof(self._program))


def zygote_filter() -> Filter:
    """All that neither the zygote nor a candidate needs; forking, unsharing and signals stay for the zygote."""
    machine = _MACHINES[platform.machine()]
    kept = {"setns", "unshare", "capset", "fork", "vfork", "setpgid"}
    denied = sorted(number for name, number in machine.denied.items() if name not in kept)
    ops = [_load(4), (_EQUAL, 1, 0, machine.audit), _answer(_KILL), _load(0)]
    if platform.machine() == "x86_64":
        ops += [(_AT_LEAST, 0, 1, 0x40000000), _answer(_KILL)]
    ops += [(_AT_LEAST, 0, 1, _UNKNOWN_FROM), _error(errno.ENOSYS)]
    ops += [(_EQUAL, 0, 1, machine.clone3), _error(errno.ENOSYS)]
    ops += [(_EQUAL, 0, 4, machine.clone), _load(16), (_ANY_BIT, 0, 1, NEW_ALL), _error(errno.EPERM), _answer(_ALLOW)]
    ops += [(_EQUAL, 0, 4, machine.socketpair), _load(16), (_EQUAL, 0, 1, 1), _answer(_ALLOW), _error(errno.EPERM)]
    ops += [(_EQUAL, len(denied) - index, 0, number) for index, number in enumerate(denied)]
    return Filter([*ops, _answer(_ALLOW), _error(errno.EPERM)])


def candidate_filter() -> Filter:
    """On top: no fork, no new namespaces, nothing done to another process, nothing kept in what is shared."""
    machine = _MACHINES[platform.machine()]
    ops = [_load(0)]
    for name in ("unshare", "setns", "capset", "fork", "vfork", "setpgid"):
        if name in machine.denied:
            ops += [(_EQUAL, 0, 1, machine.denied[name]), _error(errno.EPERM)]
    ops += [
        (_EQUAL, 0, 1, number) if part else _error(errno.EPERM)
        for number in (machine.tkill, machine.pidfd_open)
        for part in (1, 0)
    ]
    ops += _case(machine.fcntl, 24, _NOTICES, _error(errno.EPERM), _answer(_ALLOW))
    ops += _case(machine.madvise, 32, _ADVICE, _error(errno.EPERM), _answer(_ALLOW))
    ops += _case(machine.prctl, 16, (PDEATHSIG,), _error(errno.EPERM), _answer(_ALLOW))
    ops += _case(machine.priority, 24, (0,), _answer(_ALLOW), _error(errno.EPERM))
    for number in machine.aimed:
        ops += _case(number, 16, (0, _SELF), _answer(_ALLOW), _error(errno.EPERM))
    ops += [(_EQUAL, 0, 4, machine.clone), _load(16), (_ANY_BIT, 0, 1, THREAD), _answer(_ALLOW), _error(errno.EPERM)]
    ops += [(_EQUAL, 1, 0, machine.kill), (_EQUAL, 0, 4, machine.tgkill), _load(16)]
    return Filter([*ops, (_EQUAL, 0, 1, _SELF), _answer(_ALLOW), _error(errno.EPERM), _answer(_ALLOW)])


def _case(number: int, offset: int, values: Sequence[int], hit: _Op, miss: _Op) -> list[_Op]:
    """For one system call: `hit` where the argument at an offset is one of the values, else `miss`."""
    tests = [step for value in values for step in ((_EQUAL, 0, 1, value), hit)]
    return [(_EQUAL, 0, len(tests) + 2, number), _load(offset), *tests, miss]


def _load(offset: int) -> _Op:
    return _LOAD, 0, 0, offset


def _answer(value: int) -> _Op:
    return _RETURN, 0, 0, value


def _error(number: int) -> _Op:
    return _answer(0x00050000 | number)
