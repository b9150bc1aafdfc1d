"""A part of a terminal that is drawn again and again; what others write to standard error appears above it."""

import io
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TextIO

from kgents.report.live.spans import Line, cells, coloured, plain

SMALLEST = (40, 4)  # columns and rows below which nothing is drawn


def can_draw(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether a picture can be drawn again there: a terminal with a cursor, and no log of a CI job."""
    if environment.get("TERM", "dumb") in ("dumb", "unknown", "") or environment.get("CI", "") not in (
        "",
        "0",
        "false",
    ):
        return False
    return stream.isatty()


class Terminal:
    """Draws lines below what was written, and takes them away again."""

    def __init__(self, stream: TextIO, environment: Mapping[str, str], size: tuple[int, int] | None = None) -> None:
        """`size` is (columns, rows) of terminals that cannot be asked."""
        self.stream = stream
        self._colour = not environment.get("NO_COLOR")
        self._size = size
        self._drawn: list[int] = []

    @property
    def size(self) -> tuple[int, int]:
        """(columns, rows) as they are now."""
        if self._size is not None:
            return self._size
        try:
            size = os.get_terminal_size(self.stream.fileno())
        except (OSError, ValueError):
            return 80, 24
        return size.columns or 80, size.lines or 24

    def draw(self, lines: Sequence[Line]) -> None:
        """Puts these lines where the last ones were."""
        shown = [coloured(line) if self._colour else plain(line) for line in lines]
        self._write(self._up() + "".join(f"\x1b[2K{line}\r\n" for line in shown) + "\x1b[J")
        self._drawn = [cells(plain(line)) for line in lines]

    def erase(self) -> None:
        """Takes the lines away; the cursor is where the first of them began."""
        if self._drawn:
            self._write(self._up() + "\x1b[J")
            self._drawn = []

    def _up(self) -> str:
        """To the beginning of the first line; lines that a narrower window has broken take more rows."""
        columns = max(1, self.size[0])
        rows = sum(max(1, -(-width // columns)) for width in self._drawn)
        return f"\r\x1b[{rows}A" if rows else "\r"

    def _write(self, text: str) -> None:
        with suppress(OSError):  # a terminal that has gone ends no run
            self.stream.write(text)
            self.stream.flush()


class Above(io.TextIOBase):
    """Standard error while something is drawn: what is written goes above the picture, whole lines at a time."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._rest = ""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """That of the terminal."""
        return self._terminal.stream.encoding

    def write(self, text: str, /) -> int:
        """Takes the picture away, writes whole lines, and leaves the rest for later; the picture comes back by itself."""
        whole, newline, self._rest = (self._rest + text).rpartition("\n")
        if newline:
            self._terminal.erase()
            self._terminal.stream.write(whole + newline)
            self._terminal.stream.flush()
        return len(text)

    def flush(self) -> None:
        """Nothing waits but a line that is not whole yet."""

    def close(self) -> None:
        """Writes what was left."""
        if self._rest:
            self._terminal.erase()
            self._terminal.stream.write(self._rest)
            self._rest = ""

    def isatty(self) -> bool:
        """Whether the terminal is one."""
        return self._terminal.stream.isatty()

    def fileno(self) -> int:
        """The descriptor of the terminal."""
        return self._terminal.stream.fileno()


def stderr_above(terminal: Terminal) -> "Above":
    """Standard error, from now on above what this terminal draws; `give_back` undoes it."""
    above = Above(terminal)
    sys.stderr = above
    return above


def give_back(above: Above, terminal: Terminal) -> None:
    """Standard error as it was; nothing is left drawn."""
    terminal.erase()
    above.close()
    if sys.stderr is above:
        sys.stderr = terminal.stream
