"""Standard streams that are files in memory, under the numbers by which programs know them."""

import builtins
import io
import sys
from typing import Any

from kgents.sandbox.inside.files import Folder
from kgents.sandbox.inside.handles import Raw, opened
from kgents.sandbox.inside.tree import Node

PRINTED = 6_000_000  # bytes that a program may print; more ends it
COMPLAINED = 20_000  # bytes of standard error that are kept
_NAMES = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}


class TooMuch(BaseException):
    """A program printed more than is read."""


class Stream(Raw):
    """A standard stream. `limit` is in bytes, None: there is none; `strict`: what goes beyond it ends the program."""

    def __init__(self, folder: Folder, number: int, data: bytes, limit: int | None, strict: bool) -> None:
        super().__init__(folder, f"<{number}>", Node(bytearray(data), number + 1), number == 0, number > 0, False)
        self._number = number
        self._limit = limit
        self._strict = strict
        self.name = number

    def fileno(self) -> int:
        """0, 1 or 2."""
        return self._number

    def write(self, data: Any) -> int:
        """Appends; of what goes beyond the limit nothing is kept."""
        part = bytes(data)
        held = self.node.data
        if self._limit is not None and len(held) + len(part) > self._limit:
            if self._strict:
                raise TooMuch
            part = part[: self._limit - len(held)]
        held.extend(part)
        return len(data)

    def close(self) -> None:
        """Leaves what was written readable for the judge."""

    @property
    def used(self) -> int:
        """Bytes that were read of it."""
        return self._at


class Streams:
    """Standard streams of this process, in place of its own, with a folder of its own."""

    def __init__(self) -> None:
        self.folder = Folder("/tmp/own")
        self.raw = (
            Stream(self.folder, 0, b"", None, False),
            Stream(self.folder, 1, b"", PRINTED, True),
            Stream(self.folder, 2, b"", COMPLAINED, False),
        )
        self.folder.install()
        for stream in self.raw:
            self.folder.attach(stream.fileno(), stream)
        _named_devices()
        typing, printing, complaining = self.raw
        sys.stdin = sys.__stdin__ = opened(typing, "r")  # type: ignore[misc]
        sys.stdout = sys.__stdout__ = opened(printing, "w", -1, "utf-8", "replace", "\n")  # type: ignore[misc]
        sys.stderr = sys.__stderr__ = opened(complaining, "w", 1, "utf-8", "replace")  # type: ignore[misc]

    def type(self, typed: bytes) -> None:
        """Says what can be read of standard input."""
        self.raw[0].node.data[:] = typed

    def text(self, number: int) -> str:
        """What was written to a stream."""
        return bytes(self.raw[number].node.data).decode("utf-8", "replace")


def _named_devices() -> None:
    """Lets `open` know the streams by the names of their devices."""
    known = builtins.open

    def open_(file: Any, *more: Any, **keywords: Any) -> Any:
        return known(_NAMES.get(file, file) if isinstance(file, str) else file, *more, **keywords)

    open_.__name__ = open_.__qualname__ = "open"
    builtins.open = io.open = open_
