"""A folder in the memory of one process, where its sandbox lets no file be written: `open`, `os` and what builds on them.

It is gone with the process and seen by no other. Rule: it protects nothing; it gives an honest program a place for files.
"""

import builtins
import errno
import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kgents.sandbox.inside import databases
from kgents.sandbox.inside.entries import Entries
from kgents.sandbox.inside.handles import FIRST, Raw, opened, reading_and_writing
from kgents.sandbox.inside.tree import Tree, failure


class Folder(Tree):
    """One folder under an absolute, normal path, and all that is in it."""

    def __init__(self, root: str) -> None:
        super().__init__(root)
        self._handles: dict[int, Raw] = {}
        self._next = FIRST
        self._real = {name: getattr(os, name) for name in _PATCHED if hasattr(os, name)}

    def move(self, root: str) -> None:
        """Is another folder from now on, an empty one, and where temporary files are made."""
        import tempfile

        super().move(root)
        tempfile.tempdir = root

    # -- files ------------------------------------------------------------------------------------------------------
    def raw(
        self, path: str, reading: bool, writing: bool, appending: bool, create: bool, new: bool, empty: bool
    ) -> Raw:
        """A handle of a file."""
        if path in self.nodes:
            if new:
                raise failure(errno.EEXIST, path)
            data = self.file(path)
            if empty and data:
                data.clear()
        elif create:
            self.make(path, bytearray())
        else:
            self.node(path)
        return Raw(self, path, self.nodes[path], reading, writing, appending)

    def handle(self, raw: Raw) -> int:
        """A number for a handle, as `os.open` gives it."""
        self._next += 1
        self._handles[self._next] = raw
        return self._next

    def attach(self, number: int, raw: Raw) -> None:
        """Puts a handle under a number that programs know, such as that of a standard stream."""
        self._handles[number] = raw

    def install(self) -> None:
        """Puts it in the place of what reads and writes files in this process."""
        import _io
        import shutil
        import tempfile

        plain = io.open

        def open_(file: Any, mode: str = "r", *more: Any, **keywords: Any) -> Any:
            path = self.within(file)
            if path is None and file not in self._handles:
                return plain(file, mode, *more, **keywords)
            with _called(path, file):
                return self._opened(file, path, mode, *more, **keywords)

        open_.__name__ = open_.__qualname__ = "open"
        builtins.open = io.open = _io.open = open_
        for name, plain_of in self._real.items():
            setattr(os, name, self._either(name, plain_of, getattr(self, f"_{name}")))
        os.getcwd, os.getcwdb = self._getcwd, lambda: os.fsencode(self._getcwd())
        library: Any = shutil  # without descriptors of folders
        library._use_fd_functions = library.rmtree.avoids_symlink_attacks = False
        globber: Any = getattr(
            sys.modules.get("glob"), "_StringGlobber", None
        )  # from Python 3.13 on: holds what it took from os
        if globber is not None:
            globber.lstat, globber.scandir = staticmethod(os.lstat), staticmethod(os.scandir)
        tempfile.tempdir = self.root
        databases.lend(self)
        closer: Any = vars(tempfile)["_TemporaryFileCloser"]
        for method in vars(closer).values():  # holds what it took from os as defaults
            if getattr(method, "__defaults__", None):
                method.__defaults__ = tuple(
                    os.unlink if each is self._real["unlink"] else each for each in method.__defaults__
                )

    def _either(self, name: str, plain: Callable[..., Any], ours: Callable[..., Any]) -> Callable[..., Any]:
        def either(*arguments: Any, **keywords: Any) -> Any:
            first = arguments[0] if arguments else keywords.pop("path", keywords.pop("src", "."))
            path = self.within(first)
            if path is None and not (isinstance(first, int) and first in self._handles):
                return plain(first, *arguments[1:], **keywords)
            told = first if path is None else path
            with _called(path, first):
                if name == "scandir":
                    return Entries(self, os.fsdecode(first), self.names(told))
                return ours(told, *arguments[1:], **_without(keywords))

        either.__name__ = either.__qualname__ = name
        return either

    def _opened(self, file: Any, path: str | None, mode: str = "r", *more: Any, **keywords: Any) -> Any:
        opener = keywords.pop("opener", None) or (more[5] if len(more) > 5 else None)
        parts = reading_and_writing(mode)
        if opener is not None:
            raw = self._handles.get(opener(file, _flags(parts)))
            if raw is None:
                raise failure(errno.EBADF, file)
        elif path is None:
            raw = self._handles[file]
        else:
            raw = self.raw(path, *parts)
            raw.name = file
        return opened(raw, mode, *more[:4], **{name: keywords[name] for name in _TEXT if name in keywords})

    # -- os ---------------------------------------------------------------------------------------------------------
    def _open(self, path: str, flags: int, mode: int = 0o777) -> int:
        kind = flags & (os.O_RDONLY | os.O_WRONLY | os.O_RDWR)
        node = self.nodes.get(path)
        if node is not None and node.data is None:
            raise failure(errno.EISDIR, path)
        create, new = bool(flags & os.O_CREAT), bool(flags & os.O_EXCL)
        reading, writing = kind != os.O_WRONLY, kind != os.O_RDONLY
        return self.handle(
            self.raw(
                path, reading, writing, bool(flags & os.O_APPEND), create, create and new, bool(flags & os.O_TRUNC)
            )
        )

    def _close(self, number: int) -> None:
        self._handles.pop(number).close()

    def _read(self, number: int, length: int) -> bytes:
        return self._handles[number].read(length) or b""

    def _write(self, number: int, data: Any) -> int:
        return self._handles[number].write(data)

    def _lseek(self, number: int, offset: int, whence: int) -> int:
        return self._handles[number].seek(offset, whence)

    def _fsync(self, number: int) -> None:
        return None

    def _fstat(self, number: int) -> os.stat_result:
        return self.told(self._handles[number].node)

    def _ftruncate(self, number: int, length: int) -> None:
        self._handles[number].truncate(length)

    def _truncate(self, path: str, length: int) -> None:
        self.raw(path, False, True, False, False, False, False).truncate(length)

    def _stat(self, path: Any) -> os.stat_result:
        return self.told(self._handles[path].node if isinstance(path, int) else self.node(path))

    _lstat = _stat

    def _access(self, path: str, mode: int) -> bool:
        return path in self.nodes

    def _listdir(self, path: str) -> list[str]:
        return self.names(path)

    def _scandir(self, path: str) -> Entries:
        return Entries(self, path, self.names(path))

    def _mkdir(self, path: str, mode: int = 0o777) -> None:
        if path in self.nodes:
            raise failure(errno.EEXIST, path)
        self.make(path, None)

    def _rmdir(self, path: str) -> None:
        if self.names(path):
            raise failure(errno.ENOTEMPTY, path)
        del self.nodes[path]

    def _unlink(self, path: str) -> None:
        self.file(path)
        del self.nodes[path]

    _remove = _unlink

    def _rename(self, path: str, target: Any) -> None:
        goal = self.within(target)
        if goal is None:
            raise failure(errno.EXDEV, target)
        moved = self.node(path)
        there = self.nodes.get(goal)
        if there is not None and there.data is None and (moved.data is not None or self.names(goal)):
            raise failure(errno.EISDIR if moved.data is not None else errno.ENOTEMPTY, goal)
        if goal != self.root and os.path.dirname(goal) not in self.nodes:
            raise failure(errno.ENOENT, goal)
        for each in [each for each in self.nodes if each == path or each.startswith(path + "/")]:
            self.nodes[goal + each[len(path) :]] = self.nodes.pop(each)

    _replace = _rename

    def _chdir(self, path: str) -> None:
        self.names(path)
        self.cwd = path

    def _getcwd(self) -> str:
        return self.cwd

    def _chmod(self, path: str, mode: int) -> None:
        self.node(path).mode = mode & 0o7777

    def _utime(self, path: Any, times: Any = None, ns: Any = None) -> None:
        node = self._handles[path].node if isinstance(path, int) else self.node(path)
        node.mtime_ns = ns[1] if ns else int(times[1] * 10**9) if times else time.time_ns()

    def _listxattr(self, path: str) -> list[str]:
        return []

    def _readlink(self, path: str) -> str:
        self.node(path)
        raise failure(errno.EINVAL, path)


_TEXT = ("buffering", "encoding", "errors", "newline")
_PATCHED = (
    "open", "close", "read", "write", "lseek", "fsync", "fstat", "ftruncate", "truncate", "stat", "lstat", "access",
    "listdir", "scandir", "mkdir", "rmdir", "unlink", "remove", "rename", "replace", "chdir", "chmod", "utime", "readlink",
    "listxattr",
)  # fmt: skip
_DESCRIPTORS = frozenset({"dir_fd", "src_dir_fd", "dst_dir_fd", "follow_symlinks", "effective_ids"})


@contextmanager
def _called(path: str | None, name: Any) -> Iterator[None]:
    """Errors name a file as it was asked for."""
    try:
        yield
    except OSError as wrong:
        if wrong.filename == path:
            wrong.filename = name
        raise


def _without(keywords: dict[str, object]) -> dict[str, object]:
    return {
        ("target" if name == "dst" else name): value for name, value in keywords.items() if name not in _DESCRIPTORS
    }


def _flags(parts: tuple[bool, ...]) -> int:
    """What an opener is handed for a mode."""
    reading, writing, appending, create, new, empty = parts
    kind = os.O_RDWR if reading and writing else os.O_WRONLY if writing else os.O_RDONLY
    asked = ((appending, os.O_APPEND), (create, os.O_CREAT), (new, os.O_EXCL), (empty, os.O_TRUNC))
    return kind | os.O_CLOEXEC | sum(flag for wanted, flag in asked if wanted)
