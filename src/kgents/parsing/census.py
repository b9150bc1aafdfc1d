"""What a user's own log shows: which class each failed output belongs to, so that the classes can be weighted by it.

The classes are told by what makes a text invalid, outermost first. An output that is valid counts for nothing.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from kgents.errors import UsageError
from kgents.parsing.source import own_value
from kgents.parsing.strategies.lenient import read
from kgents.parsing.strategies.unwrapping import peel

_TEXT_KEYS = ("output", "text", "completion", "response", "content", "raw")
_REPAIRS = {
    "quotes": ("quotes", "bare key"), "literals": ("literal",), "numbers": ("number",),
    "strings": ("control character in a string", "escape"),
    "punctuation": ("comma", "comma too many", "comma too few", "colon", "comment or hidden character", "bracket too many"),
}  # fmt: skip


def weights_from(path: Path, known: Iterable[str]) -> dict[str, int]:
    """Per class, how many failed outputs of the log belong to it. UsageError where there is none."""
    counts = Counter(family for family in map(classify, _texts(path)) if family is not None)
    usable = {family: counts[family] for family in known if counts[family]}
    if not usable:
        raise UsageError(f"--weights-from {path}: no failed output in it that belongs to a class",
                         'one output a line: JSON with "output" or "text", or the text itself')  # fmt: skip
    return usable


def _texts(path: Path) -> Iterator[str]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as wrong:
        raise UsageError(f"--weights-from {path}: {wrong.strerror}", "name a file that can be read") from wrong
    for line in lines:
        if line.strip():
            yield _text(line)


def _text(line: str) -> str:
    """The output that a line of a log holds: the line itself, or a field of it."""
    valid, value = own_value(line)
    if valid and isinstance(value, dict):
        found = next((value[key] for key in _TEXT_KEYS if isinstance(value.get(key), str)), None)
        return line if found is None else str(found)
    return value if valid and isinstance(value, str) else line


def classify(text: str) -> str | None:
    """The class of a failed output; None where it is valid."""
    valid, value = own_value(text)
    if valid:
        return "encoding" if isinstance(value, str) and _container(value) else None
    if not re.search(r"[{\[]", text):
        return "garbage"
    blocks, taken = peel(text)
    if any(_container(block) for block in blocks):
        return "repeats" if len(blocks) > 1 else "encoding" if taken == [] else "wrapping"
    return _inner(blocks[-1])


def _inner(block: str) -> str:
    """What makes a text invalid, the wrapping aside."""
    start = re.search(r"[{\[]", block)
    if start is None:
        return "garbage"
    try:
        json.JSONDecoder().raw_decode(block, start.start())
        return "wrapping"
    except (ValueError, RecursionError):
        pass
    if "&quot;" in block or '\\"' in block[: start.start() + 4] or "%22" in block:
        return "encoding"
    try:
        found = read(block[start.start() :])
    except ValueError:
        return "missing" if re.search(r":\s*[,}]", block) else "noise"
    if not found.complete:
        return "truncation"
    return next((family for family, words in _REPAIRS.items() if any(word in found.repairs for word in words)), "noise")


def _container(text: str) -> bool:
    valid, value = own_value(text)
    return valid and isinstance(value, dict | list)
