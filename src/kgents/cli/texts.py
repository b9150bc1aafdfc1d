"""Texts given as TEXT, @FILE or - (standard input)."""

import sys
from pathlib import Path

from kgents.cli.files import other_name
from kgents.errors import UsageError

LARGEST = 1_000_000  # bytes


def read_text(option: str, value: str) -> str:
    """The text that an option stands for. UsageError names the option where it is no readable, decent text."""
    if value == "-":
        content = sys.stdin.buffer.read(LARGEST + 1)
    elif value.startswith("@"):
        content = _file(option, value[1:])
    else:
        _refuse_path(option, value)
        content = value.encode("utf-8", "surrogateescape")
    named = f"{option} {value}" if value.startswith("@") else option
    if len(content) > LARGEST:
        raise UsageError(f"{named}: more than {LARGEST} bytes", "a spec is a text that a model reads; give it less")
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as wrong:
        utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
        raise UsageError(
            f"{named}: not UTF-8 text"
            + (", it looks like UTF-16" if utf16 else f" ({wrong.reason} at byte {wrong.start})"),
            "save it as UTF-8",
        ) from wrong
    if "\0" in text:
        raise UsageError(f"{named}: binary data, not text", "save it as UTF-8")
    if not text.strip():
        raise UsageError(
            f"{named}: the text is empty", f"{option} TEXT, {option} @FILE, or {option} - for standard input"
        )
    return text


def read_spec_text(value: str) -> str:
    """The text of --spec; a file that is called .py has to be Python. UsageError."""
    text = read_text("--spec", value)
    if value.startswith("@") and value.endswith((".py", ".pyi")):
        from kgents.sandbox.syntax import parse

        try:
            parse(text)
        except SyntaxError as wrong:
            where = f" in line {wrong.lineno}" if wrong.lineno else ""
            raise UsageError(f"--spec {value}: a syntax error{where}: {wrong.msg}", "correct the file") from wrong
    return text


def _refuse_path(option: str, value: str) -> None:
    """UsageError where the text itself is the name of a file: the @ was forgotten."""
    if "\n" in value or len(value) > 1000 or "\0" in value:
        return
    try:
        there = Path(value).is_file()
    except OSError:
        return
    if there:
        raise UsageError(f"{option} {value} is the name of a file", f"{option} @{value} reads it")
    if value.endswith((".py", ".pyi", ".md")) and " " not in value.strip():
        raise UsageError(f"{option} {value} is neither a text nor a file that is there", f"{option} @FILE reads a file")


def _file(option: str, path: str) -> bytes:
    hint = "@ is followed by the name of a file"
    if not path:
        raise UsageError(f"{option} @: no file is named", hint)
    try:
        with Path(path).open("rb") as stream:
            return stream.read(LARGEST + 1)
    except OSError as wrong:
        raise UsageError(f"{option} @{path}: {wrong.strerror}", other_name(path, hint)) from wrong
