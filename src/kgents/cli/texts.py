"""Texts given as TEXT, @FILE or - (standard input)."""

import sys
from pathlib import Path

from kgents.errors import UsageError

LARGEST = 1_000_000  # bytes


def read_text(option: str, value: str) -> str:
    """The text that an option stands for. UsageError names the option where it is no readable, decent text."""
    if value == "-":
        content = sys.stdin.buffer.read(LARGEST + 1)
    elif value.startswith("@"):
        content = _file(option, Path(value[1:]))
    else:
        content = value.encode("utf-8", "surrogateescape")
    if len(content) > LARGEST:
        raise UsageError(f"{option}: more than {LARGEST} bytes", "a spec is a text that a model reads; give it less")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise UsageError(f"{option}: not UTF-8 text ({wrong.reason} at byte {wrong.start})") from wrong
    if "\0" in text:
        raise UsageError(f"{option}: binary data, not text")
    if not text.strip():
        raise UsageError(
            f"{option}: the text is empty", f"{option} TEXT, {option} @FILE, or {option} - for standard input"
        )
    return text


def _file(option: str, path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(LARGEST + 1)
    except OSError as wrong:
        raise UsageError(f"{option} @{path}: {wrong.strerror}", "@ is followed by the name of a file") from wrong
