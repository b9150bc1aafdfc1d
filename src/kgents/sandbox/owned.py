"""Folders in the temporary directory whose names say whose they are, so that those of dead owners can be removed.

A name has the process id, the moment at which that process began (ticks since the machine started) and its pid namespace:
a number that is used again, or a process of another container, is not mistaken for the owner.
"""

import os
import re
import shutil
import tempfile
from pathlib import Path

_NAME = re.compile(r"(?:kgents-[a-z]+|kg-void)-([0-9a-f]+)\.([0-9a-f]+)\.([0-9a-f]+)-\w+")


def owned(prefix: str) -> str:
    """A prefix for `tempfile` that names this process as the owner; `prefix` is kgents-WORD- or kg-void-."""
    pid = os.getpid()
    return f"{prefix}{pid:x}.{_began(pid) or 0:x}.{_namespace():x}-"


def sweep(folder: str | None = None) -> list[str]:
    """Removes what dead owners left in a folder (the temporary directory); the names of what was removed.

    Only what belongs to this user and this pid namespace; whatever cannot be looked at or removed is left.
    """
    temporary = Path(folder or tempfile.gettempdir())
    try:
        entries = [entry for entry in os.scandir(temporary) if _NAME.fullmatch(entry.name)]
    except OSError:
        return []
    dead = [entry.name for entry in entries if _is_ours(entry) and _is_dead(entry.name)]
    for name in dead:
        shutil.rmtree(temporary / name, ignore_errors=True)
    return dead


def _is_ours(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_uid == os.geteuid()
    except OSError:
        return False


def _is_dead(name: str) -> bool:
    match = _NAME.fullmatch(name)
    assert match is not None
    pid, began, namespace = (int(part, 16) for part in match.groups())
    if not began or namespace != _namespace():
        return False
    return _began(pid) != began


def _began(pid: int) -> int | None:
    """When a process began, in ticks since the machine started; None where there is no such process (or no /proc)."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None


def _namespace() -> int:
    try:
        return int(re.sub(r"\D", "", os.readlink("/proc/self/ns/pid")) or 0)
    except OSError:
        return 0
