"""The files and folders of a folder in memory, by their paths, and what `os` tells of each."""

import errno
import os
import stat
import time
from typing import Any

LIMIT = 16 << 20  # bytes of all files
MOST = 4_096  # files and folders


class Node:
    """A file, or a folder where `data` is None."""

    __slots__ = ("data", "inode", "mode", "mtime_ns")

    def __init__(self, data: bytearray | None, inode: int) -> None:
        self.data = data
        self.inode = inode
        self.mode = 0o644 if data is not None else 0o755
        self.mtime_ns = time.time_ns()


class Tree:
    """All that is under an absolute, normal path."""

    def __init__(self, root: str) -> None:
        self.root = self.cwd = root
        self.nodes: dict[str, Node] = {}
        self._inodes = 1
        self.make(root, None)

    def move(self, root: str) -> None:
        """Is another folder from now on, an empty one."""
        self.nodes.clear()
        self.root = self.cwd = root
        self.make(root, None)

    def within(self, path: Any) -> str | None:
        """The normal form of a path that leads into this folder; None for any other."""
        if isinstance(path, int):
            return None
        try:
            text = os.fsdecode(path)
        except TypeError:
            return None
        full = os.path.normpath(text if text.startswith("/") else f"{self.cwd}/{text}")
        return full if full == self.root or full.startswith(self.root + "/") else None

    def node(self, path: str) -> Node:
        """FileNotFoundError, NotADirectoryError."""
        entry = self.nodes.get(path)
        if entry is None:
            above = self.nodes.get(os.path.dirname(path))
            raise failure(errno.ENOTDIR if above is not None and above.data is not None else errno.ENOENT, path)
        return entry

    def file(self, path: str) -> bytearray:
        """The contents of a file. IsADirectoryError."""
        data = self.node(path).data
        if data is None:
            raise failure(errno.EISDIR, path)
        return data

    def make(self, path: str, data: bytearray | None) -> Node:
        """A new file or folder. FileNotFoundError, NotADirectoryError; OSError where there are too many."""
        above = self.nodes.get(os.path.dirname(path))
        if path != self.root and (above is None or above.data is not None):
            raise failure(errno.ENOENT if above is None else errno.ENOTDIR, path)
        if len(self.nodes) >= MOST:
            raise failure(errno.ENOSPC, path)
        self._inodes += 1
        node = self.nodes[path] = Node(data, self._inodes)
        return node

    def names(self, path: str) -> list[str]:
        """What is directly in a folder. NotADirectoryError."""
        if self.node(path).data is not None:
            raise failure(errno.ENOTDIR, path)
        prefix = path + "/"
        return [
            each[len(prefix) :] for each in self.nodes if each.startswith(prefix) and "/" not in each[len(prefix) :]
        ]

    def room(self, more: int, path: str) -> None:
        """OSError where so many bytes more do not fit."""
        if more > 0 and sum(len(node.data or b"") for node in self.nodes.values()) + more > LIMIT:
            raise failure(errno.ENOSPC, path)

    def told(self, node: Node) -> os.stat_result:
        """What `os.stat` tells."""
        kind = stat.S_IFDIR if node.data is None else stat.S_IFREG
        seconds = node.mtime_ns // 10**9
        told = (kind | node.mode, node.inode, 1, 1, os.getuid(), os.getgid(), len(node.data or b""), *[seconds] * 3)
        exact = node.mtime_ns / 10**9
        more = {f"st_{name}time": exact for name in "amc"} | {f"st_{name}time_ns": node.mtime_ns for name in "amc"}
        return os.stat_result(told, more)


def failure(number: int, path: Any) -> OSError:
    """The OSError of this number about a path."""
    return OSError(number, os.strerror(number), path)
