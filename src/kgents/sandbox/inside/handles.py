"""Open files of a folder in memory: raw handles with a position, and the buffered and text layers that `open` puts on them."""

import io
import time
from typing import Any

FIRST = 1 << 20  # numbers of handles are above it, where the system gives no descriptors


class Raw(io.RawIOBase):
    """An open file."""

    name: Any

    def __init__(self, folder: Any, path: str, node: Any, reading: bool, writing: bool, appending: bool) -> None:
        self._folder = folder
        self.node = node
        self.name = path
        self._path = path
        self._at = 0
        self._reading, self._writing, self._appending = reading, writing or appending, appending
        if appending:
            self._at = len(node.data)

    def readable(self) -> bool:
        return self._reading

    def writable(self) -> bool:
        return self._writing

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._reading:
            raise io.UnsupportedOperation("not readable")
        part = bytes(self.node.data[self._at : self._at + len(buffer)])
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def write(self, data: Any) -> int:
        if not self._writing:
            raise io.UnsupportedOperation("not writable")
        part = bytes(data)
        held = self.node.data
        if self._appending:
            self._at = len(held)
        self._folder.room(self._at + len(part) - len(held), self._path)
        if self._at > len(held):
            held.extend(bytes(self._at - len(held)))
        held[self._at : self._at + len(part)] = part
        self._at += len(part)
        self.node.mtime_ns = time.time_ns()
        return len(part)

    def seek(self, offset: int, whence: int = 0) -> int:
        start = (0, self._at, len(self.node.data))[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def truncate(self, size: int | None = None) -> int:
        size = self._at if size is None else size
        held = self.node.data
        self._folder.room(size - len(held), self._path)
        del held[size:]
        held.extend(bytes(max(0, size - len(held))))
        self.node.mtime_ns = time.time_ns()
        return size

    @property
    def mode(self) -> str:
        """As of `FileIO`."""
        return "rb+" if self._reading and self._writing else "wb" if self._writing else "rb"


def reading_and_writing(mode: str) -> tuple[bool, bool, bool, bool, bool, bool]:
    """(reading, writing, appending, may create, must create, empties) of a mode of `open`. ValueError for none."""
    kinds = [letter for letter in mode if letter in "rwax"]
    if len(kinds) != 1 or set(mode) - set("rwaxbt+") or len(set(mode)) != len(mode) or {"b", "t"} <= set(mode):
        raise ValueError(f"invalid mode: {mode!r}")
    kind, both = kinds[0], "+" in mode
    return (kind == "r" or both, kind != "r" or both, kind == "a", kind != "r", kind == "x", kind == "w")


def opened(
    raw: Raw,
    mode: str,
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
) -> Any:
    """What `open` gives for a raw handle. ValueError for arguments that it does not take."""
    binary = "b" in mode
    if binary and (encoding is not None or errors is not None or newline is not None):
        raise ValueError("binary mode doesn't take an encoding, errors or newline argument")
    if buffering == 0:
        if not binary:
            raise ValueError("can't have unbuffered text I/O")
        return raw
    kind = io.BufferedRandom if "+" in mode else io.BufferedReader if "r" in mode else io.BufferedWriter
    buffered: Any = kind(raw, io.DEFAULT_BUFFER_SIZE if buffering in (-1, 1) else buffering)
    if binary:
        return buffered
    text = io.TextIOWrapper(buffered, encoding or "utf-8", errors, newline, line_buffering=buffering == 1)
    text.mode = mode  # type: ignore[misc]
    return text
