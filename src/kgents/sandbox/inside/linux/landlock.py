"""Landlock: which files may be read (landlock(7)); everything else is denied, and so is TCP where the kernel knows how.

Landlock ignores chmod, chown and extended attributes and, before ABI 9, unix sockets: the system call filter denies those.
"""

import ctypes
import os
import struct
from collections.abc import Sequence

from kgents.sandbox.inside.linux.syscalls import check, syscall

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1, 2, 4, 8, 16384
_HANDLED = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}


def abi() -> int:
    """The version of the kernel's Landlock; 0 where there is none."""
    return max(0, int(syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))))


def confine(
    readable: Sequence[str],
    writable: Sequence[str],
    executable: Sequence[str] = (),
    listed: Sequence[str] = (),
    most: int | None = None,
) -> int:
    """Confines this process for good; returns the ABI, 0 where the kernel has none. Paths that are missing are skipped.

    listed  folders whose names may be listed, whatever lies below them
    most    the highest ABI to use, to try what an older kernel gives
    """
    version = abi() if most is None else min(abi(), most)
    if not version:
        return 0
    handled = _HANDLED[min(version, 5)]
    attributes = struct.pack("=QQQ", handled, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    rules = syscall(_CREATE, ctypes.c_char_p(attributes), ctypes.c_size_t(size), ctypes.c_uint32(0))
    fd = check(rules, "landlock_create_ruleset")
    try:
        read = _READ_FILE | _READ_DIR
        rules_of = (
            (readable, read),
            (writable, _READ_FILE | _WRITE_FILE | _TRUNCATE),
            (executable, read | _EXECUTE),
            (listed, _READ_DIR),
        )
        for paths, access in rules_of:
            for path in paths:
                _allow(fd, path, access & handled)
        check(syscall(_RESTRICT, ctypes.c_int(fd), ctypes.c_uint32(0)), "landlock_restrict_self")
    finally:
        os.close(fd)
    return version


def _allow(rules: int, path: str, access: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):
            access &= ~_READ_DIR
        rule = ctypes.c_char_p(struct.pack("=Qi", access, fd))
        check(
            syscall(_ADD, ctypes.c_int(rules), ctypes.c_int(1), rule, ctypes.c_uint32(0)), f"landlock_add_rule {path}"
        )
    finally:
        os.close(fd)


def spread(shown: Sequence[str], masked: Sequence[str]) -> tuple[list[str], list[str]]:
    """(paths that may be read, folders that may be listed), so that nothing below `masked` can be read but what is shown
    itself: a rule holds for all that lies below a folder, and cannot be taken back.
    """
    readable: list[str] = []
    listed: list[str] = []
    for path in shown:
        _spread(path, masked, readable, listed)
    return readable, listed


def _spread(path: str, masked: Sequence[str], readable: list[str], listed: list[str]) -> None:
    if not any(mask.startswith(path + "/") for mask in masked):
        readable.append(path)
        return
    listed.append(path)
    try:
        children = sorted(entry.path for entry in os.scandir(path))
    except OSError:
        return
    for child in children:
        if child not in masked:
            _spread(child, masked, readable, listed)
