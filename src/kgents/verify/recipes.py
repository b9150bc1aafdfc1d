"""The ladder of sandbox recipes, and what each level has to withstand."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """A set of layers to try."""

    name: str
    layers: tuple[str, ...]


_SPACES = ("userns", "mnt", "net", "ipc", "uts", "pid")
LADDER = (
    Recipe("namespaces, landlock, seccomp", (*_SPACES, "landlock", "seccomp")),
    Recipe("namespaces, seccomp", (*_SPACES, "seccomp")),
    Recipe("namespaces, landlock, seccomp, same user", (*_SPACES, "landlock", "seccomp", "stay")),
    Recipe("landlock, seccomp", ("landlock", "seccomp")),
    Recipe("landlock, seccomp, same user", ("landlock", "seccomp", "stay")),
    Recipe("seccomp", ("seccomp", "stay")),
    Recipe("limits only", ("stay",)),
)
_COMMON = ("net_inet", "net_unix", "signal_others", "ptrace", "exec", "fork", "memory_cap")
_FILES = ("fs_read", "fs_write", "fs_meta", "fs_create")
GUARANTEES: Mapping[str, tuple[str, ...]] = {
    "L4": (*_FILES, *_COMMON, "see_others", "userns", "is_pid1"),
    "L3": (*_FILES, *_COMMON),
    "L2": _COMMON,
    "L1": ("memory_cap",),
}
MEANING: Mapping[str, str] = {
    "L4": "no files, no network, no other process can be seen or touched",
    "L3": "no files, no network, no other process can be touched",
    "L2": "no network, no other process can be touched; files of this user can be read and changed",
    "L1": "memory and CPU are limited; nothing else is",
    "L0": "nothing holds",
}

ATTACKS = """
import ctypes, io, mmap, os, socket
libc = ctypes.CDLL(None, use_errno=True)

def denied(attack):
    try:
        return attack() is False
    except BaseException:
        return True

def forks():
    pid = libc.fork()
    if pid == 0:
        os._exit(0)
    return pid > 0

def creates(path):
    io.FileIO(path, "x").close()
    os.unlink(path)

def probe(canary, victim):
    name = os.path.basename(canary) + "-probe"
    folders = ("/tmp", "/var/tmp", "/dev/shm", os.getcwd())
    return {
        "fs_read": denied(lambda: io.FileIO(canary).read(1)),
        "fs_write": denied(lambda: io.FileIO(canary, "r+")),
        "fs_meta": denied(lambda: libc.chmod(canary.encode(), 0o600) == 0),
        "fs_create": all(denied(lambda d=d: creates(d + "/" + name)) for d in folders),
        "net_inet": denied(lambda: socket.socket(socket.AF_INET)),
        "net_unix": denied(lambda: socket.socket(socket.AF_UNIX)),
        "signal_others": os.getpid() == victim or denied(lambda: libc.kill(victim, 0) == 0),
        "see_others": denied(lambda: io.FileIO("/proc/%d/cmdline" % victim).read(1)),
        "ptrace": denied(lambda: libc.ptrace(16, victim, 0, 0) == 0),
        "exec": denied(lambda: libc.system(b"true") == 0),
        "fork": denied(forks),
        "userns": denied(lambda: libc.unshare(0x10000000) == 0),
        "memory_cap": denied(lambda: mmap.mmap(-1, 8 << 30)),
        "is_pid1": os.getpid() == 1,
    }
"""


def level_of(withstood: Mapping[str, bool]) -> str:
    """The highest level all of whose attacks were withstood."""
    for level, needed in GUARANTEES.items():
        if all(withstood.get(attack) is True for attack in needed):
            return level
    return "L0"
