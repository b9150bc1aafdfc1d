"""What `os.scandir` tells of a folder in memory."""

import os
from collections.abc import Iterator
from typing import Any

from kgents.sandbox.inside.tree import Node, Tree


class Entry:
    """What `os.scandir` tells of one file or folder."""

    def __init__(self, folder: Tree, above: str, name: str) -> None:
        self.name = name
        self.path = os.path.join(above, name)
        self._folder = folder

    def _node(self) -> Node:
        return self._folder.node(self._folder.within(self.path) or self.path)

    def __fspath__(self) -> str:
        return self.path

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        """As `os.stat`."""
        return self._folder.told(self._node())

    def inode(self) -> int:
        """Its number."""
        return self._node().inode

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a folder."""
        return self._node().data is None

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a file."""
        return not self.is_dir()

    def is_symlink(self) -> bool:
        """There are none."""
        return False

    is_junction = is_symlink


class Entries:
    """The iterator of `os.scandir`."""

    def __init__(self, folder: Tree, path: str, names: list[str]) -> None:
        self._rest = iter([Entry(folder, path, name) for name in names])

    def __iter__(self) -> Iterator[Entry]:
        return self._rest

    def __next__(self) -> Entry:
        return next(self._rest)

    def __enter__(self) -> "Entries":
        return self

    def __exit__(self, *_: Any) -> None:
        return None

    def close(self) -> None:
        """Nothing is held."""
