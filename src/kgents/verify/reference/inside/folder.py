"""The folder in which a program may make files: in memory, gone with its process, seen by no other program."""

import os
import time

from kgents.sandbox.inside.files import Folder
from kgents.sandbox.inside.tree import Node
from kgents.verify.reference.inside.recipes import WRITERS

OWN_FOLDER = "/tmp/own"
Contents = dict[str, bytes | None]


class WorkingFolder:
    """An empty folder that stands where this process works; temporary files go there, too."""

    def __init__(self) -> None:
        self._folder = Folder(OWN_FOLDER)
        self._folder.install()
        os.environ["TMPDIR"] = OWN_FOLDER
        os.chdir(OWN_FOLDER)
        WRITERS.append(self.put)

    def clear(self) -> None:
        """Makes it empty."""
        self.restore({})

    def contents(self) -> Contents:
        """What is in it: bytes by path, None for a folder."""
        nodes = self._folder.nodes.items()
        return {path: None if node.data is None else bytes(node.data) for path, node in nodes if path != OWN_FOLDER}

    def restore(self, contents: Contents) -> None:
        """Makes it what it was, and the folder in which the process works."""
        nodes = self._folder.nodes
        for path in [path for path in nodes if path != OWN_FOLDER and path not in contents]:
            del nodes[path]
        for path, data in contents.items():
            self._restore(path, data, nodes.get(path))
        os.chdir(OWN_FOLDER)

    def _restore(self, path: str, data: bytes | None, node: Node | None) -> None:
        if node is None or (node.data is None) != (data is None):
            self._folder.nodes.pop(path, None)
            self._folder.make(path, None if data is None else bytearray(data))
        elif data is not None and node.data is not None and node.data != data:
            node.data[:] = data

    def put(self, name: str, text: str) -> None:
        """Writes a file of it, as `open` does."""
        path, data = f"{OWN_FOLDER}/{name}", text.encode()
        self._restore(path, data, self._folder.nodes.get(path))
        self._folder.nodes[path].mtime_ns = time.time_ns()

    def files(self, most: int) -> tuple[tuple[str, str], ...]:
        """(path within the folder, text) of every file, sorted; texts to so many characters."""
        files = ((path, data) for path, data in self.contents().items() if data is not None)
        return tuple(sorted((path.removeprefix(OWN_FOLDER + "/"), _text(data)[:most]) for path, data in files))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
