"""Files of one JSON value a line, as people write them: a byte order mark, blank lines and CRLF are fine."""

import json
from collections.abc import Iterator
from typing import Any

from kgents.errors import UsageError

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def values(source: str, content: bytes, hint: str = "one JSON value a line") -> Iterator[tuple[int, Any]]:
    """(number of the line from 1, its value) for every line that is not blank.

    source  how messages name the file, such as `--samples FILE`
    hint    what a line should be
    UsageError names the line that is not JSON; UTF-16 is refused by name.
    """
    for number, line in enumerate(unmarked(source, content).split(b"\n"), 1):
        if line.strip():
            yield number, value(f"{source}, line {number}", line, hint)


def unmarked(source: str, content: bytes) -> bytes:
    """UTF-8 without its byte order mark. UsageError for UTF-16."""
    if content[:2] in _UTF16:
        raise UsageError(f"{source}, line 1: UTF-16, not UTF-8", "save it as UTF-8")
    return content.removeprefix(b"\xef\xbb\xbf")


def value(where: str, text: bytes, hint: str = "one JSON value a line") -> Any:
    """The value of a text. UsageError where it is not JSON."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as wrong:
        raise UsageError(f"{where}: not JSON: {wrong.msg}, column {wrong.colno}", hint) from wrong
    except UnicodeDecodeError as wrong:
        raise UsageError(f"{where}: not UTF-8 text", hint) from wrong
    except (ValueError, RecursionError) as wrong:
        raise UsageError(f"{where}: not JSON: {wrong}", hint) from wrong
