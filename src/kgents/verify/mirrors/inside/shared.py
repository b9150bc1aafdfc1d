"""The files of one folder at the tests' end: what changed is told with each message, and what is told is written.

Nothing is written or read through a link, and nothing outside of the folder.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .messages import Effects

LIMIT = 16 << 20  # bytes of all files that are told
MOST = 4_096  # files and folders
_PRIVATE = (".lock",)  # what pytest keeps beside the files of a test


class Disk:
    """A folder of this machine; `overflow` where it held more than can be told."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._known: dict[str, tuple[int, ...]] = {}
        self.overflow = False

    def due(self) -> dict[str, object]:
        """{"files": [[name below the folder, bytes, or None for a folder], …], "gone": [names]} since the last time."""
        now: dict[str, tuple[int, ...]] = {}
        told: list[list[Any]] = []
        for name, facts in self._entries(""):
            now[name] = facts
            if self._known.get(name) != facts and len(now) <= MOST:
                told.append([name, None if stat.S_ISDIR(facts[0]) else self._contents(name)])
        self.overflow |= len(now) > MOST or sum(facts[1] for facts in now.values() if stat.S_ISREG(facts[0])) > LIMIT
        gone = [name for name in self._known if name not in now]
        self._known = now
        return {} if self.overflow or not (told or gone) else {"files": told, "gone": gone}

    def _entries(self, above: str) -> Iterator[tuple[str, tuple[int, ...]]]:
        try:
            entries = list(os.scandir(os.path.join(self._root, above)))
        except OSError:
            return
        for entry in entries:
            if entry.is_symlink() or entry.name in _PRIVATE:
                continue
            with suppress(OSError):
                facts = entry.stat(follow_symlinks=False)
                name = os.path.join(above, entry.name)
                folder = stat.S_ISDIR(facts.st_mode)
                size, changed = (0, 0) if folder else (facts.st_size, facts.st_mtime_ns)
                yield name, (stat.S_IFMT(facts.st_mode), size, changed, facts.st_ino)
                if folder:
                    yield from self._entries(name)

    def _contents(self, name: str) -> bytes:
        with (
            suppress(OSError),
            open(os.open(os.path.join(self._root, name), os.O_RDONLY | os.O_NOFOLLOW), "rb") as file,
        ):
            return file.read(LIMIT)
        return b""

    def heard(self, told: "Effects") -> None:
        """Does here what the candidate did there."""
        changed = False
        for name in sorted(map(str, told.get("gone", ())), reverse=True):
            changed |= self._apply(name, b"", gone=True)
        for name, data in told.get("files", ()):
            changed |= self._apply(str(name), data)
        if changed:
            self._known = dict(self._entries(""))

    def _apply(self, name: str, data: Any, gone: bool = False) -> bool:
        """Whether it was done: not where the name leads out of the folder."""
        parts = name.split("/")
        if not all(parts) or {".", ".."} & set(parts) or "\0" in name or self._linked(parts):
            return False
        path = os.path.join(self._root, name)
        with suppress(OSError):
            if gone:
                os.rmdir(path) if os.path.isdir(path) else os.unlink(path)
            elif data is None:
                os.makedirs(path, exist_ok=True)
            elif type(data) is bytes and len(data) <= LIMIT:
                flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
                with open(os.open(path, flags, 0o600), "wb") as file:
                    file.write(data)
        return True

    def _linked(self, parts: list[str]) -> bool:
        """Whether a link stands on the way."""
        return any(os.path.islink(os.path.join(self._root, *parts[:depth])) for depth in range(1, len(parts) + 1))


class Memory:
    """The folder in memory at the candidate's end."""

    def __init__(self, folder: Any) -> None:
        self._folder = folder
        self._known: dict[str, tuple[int, int, int]] = {}

    def begin(self) -> None:
        """What is there now is known."""
        self._known = dict(self._facts())

    def _facts(self) -> Iterable[tuple[str, tuple[int, int, int]]]:
        root = self._folder.root
        for path, node in self._folder.nodes.items():
            if path != root:
                size = -1 if node.data is None else len(node.data)
                yield path[len(root) + 1 :], (size, 0 if size < 0 else node.mtime_ns, node.inode)

    def due(self) -> dict[str, object]:
        """As `Disk.due`."""
        if len(self._folder.nodes) == 1 and not self._known:
            return {}
        now = dict(self._facts())
        names = [name for name, facts in now.items() if self._known.get(name) != facts]
        gone = [name for name in self._known if name not in now]
        self._known = now
        return {"files": [[name, self._data(name)] for name in names], "gone": gone} if names or gone else {}

    def _data(self, name: str) -> bytes | None:
        data = self._folder.nodes[f"{self._folder.root}/{name}"].data
        return None if data is None else bytes(data)

    def heard(self, told: "Effects") -> None:
        """Takes over what the tests did."""
        nodes, root = self._folder.nodes, self._folder.root
        for name in told.get("gone", ()):
            nodes.pop(f"{root}/{name}", None)
        for name, data in told.get("files", ()):
            path = f"{root}/{name}"
            node = nodes.get(path)
            if node is None or (node.data is None) != (data is None):
                self._folder.make(path, None if data is None else bytearray(data))
            elif data is not None:
                node.data[:] = data
        if told:
            self._known = dict(self._facts())
