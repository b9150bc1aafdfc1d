"""The ladder of sandbox recipes, and what each level has to withstand."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """A set of layers to try."""

    name: str
    layers: tuple[str, ...]
    landlock: int | None = None  # the highest ABI to use; that of the kernel where None


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
_COMMON = ("net_inet", "net_unix", "signal_others", "touch_others", "stores", "ptrace", "exec", "fork", "memory_cap")
_FILES = ("fs_read", "fs_write", "fs_meta", "fs_create")
GUARANTEES: Mapping[str, tuple[str, ...]] = {
    "L4": (*_FILES, *_COMMON, "see_others", "fs_see", "host_name", "userns"),
    "L3": (*_FILES, *_COMMON),
    "L2": _COMMON,
    "L1": ("memory_cap",),
}
MEANING: Mapping[str, str] = {
    "L4": "no files, no network, no other process can be seen or touched",
    "L3": "no file can be read or changed, no network, no other process can be touched; names and sizes of files can be seen",
    "L2": "no network, no other process can be touched; files of this user can be read and changed",
    "L1": "memory and CPU are limited; nothing else is",
    "L0": "nothing holds",
}


def level_of(withstood: Mapping[str, bool]) -> str:
    """The highest level all of whose attacks were withstood."""
    for level, needed in GUARANTEES.items():
        if all(withstood.get(attack) is True for attack in needed):
            return level
    return "L0"
