"""Files of JSON objects, one a line, packed with gzip or not: read whole, and every fault with file and line."""

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kgents.domain.json_lines import unmarked, values
from kgents.errors import UsageError

_HINT = "one JSON object a line"

LARGEST = 256_000_000  # bytes, unpacked


def read_bytes(option: str, path: Path) -> bytes:
    """The content, unpacked. UsageError names the option and the file."""
    try:
        with path.open("rb") as stream:
            packed = stream.read(2) == b"\x1f\x8b"
            stream.seek(0)
            unpacked = gzip.GzipFile(fileobj=stream) if packed else stream
            content = unpacked.read(LARGEST + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as wrong:
        raise UsageError(f"{option} {path}: damaged gzip data ({wrong})", "fetch or pack the file again") from wrong
    except OSError as wrong:
        raise UsageError(f"{option} {path}: {wrong.strerror or wrong}", "name a file that can be read") from wrong
    if len(content) > LARGEST:
        raise UsageError(f"{option} {path}: more than {LARGEST} bytes", "split it")
    return content


def objects(option: str, path: Path, content: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, object) of every line that is not blank, or of every item where the file is one JSON list of objects.

    UsageError names the file and the line.
    """
    content = unmarked(f"{option} {path}", content)
    if content.lstrip()[:1] == b"[" and content.lstrip()[1:].lstrip()[:1] == b"{":
        yield from _items(option, path, content)
        return
    for number, data in values(f"{option} {path}", content, _HINT):
        if not isinstance(data, dict):
            raise bad(option, path, number, f"a JSON {type(data).__name__}, not an object")
        yield number, data


def _items(option: str, path: Path, content: bytes) -> Iterator[tuple[int, dict[str, object]]]:
    try:
        text = content.decode()
        items = json.loads(text)
    except json.JSONDecodeError as wrong:
        raise bad(option, path, wrong.lineno, f"not JSON: {wrong.msg}") from wrong
    except (ValueError, RecursionError) as wrong:
        raise bad(option, path, 1, f"not JSON: {wrong}") from wrong
    opening = text.index("[")
    decoder, at, number = json.JSONDecoder(), opening + 1, 1 + text.count("\n", 0, opening)
    for item in items:
        while text[at] in " \t\r\n,":
            number += text[at] == "\n"
            at += 1
        if not isinstance(item, dict):
            raise bad(option, path, number, f"a JSON {type(item).__name__}, not an object")
        end = decoder.raw_decode(text, at)[1]
        yield number, item
        number += text.count("\n", at, end)
        at = end


def bad(option: str, path: Path, number: int, problem: str, hint: str | None = None) -> UsageError:
    """A line that is not what it should be."""
    return UsageError(f"{option} {path}, line {number}: {problem}", hint or _HINT)


def text_of(option: str, path: Path, number: int, data: dict[str, Any], name: str) -> str:
    """The string in a field."""
    if not isinstance(data.get(name), str):
        problem = "is missing" if name not in data else "is no string"
        raise bad(option, path, number, f"{name!r} {problem}")
    return str(data[name])
