"""What a user's own log shows: which class each failed output belongs to, so that the classes can be weighted by it.

The classes are told by what makes a text invalid, outermost first. An output that is valid counts for nothing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from kgents.errors import UsageError
from kgents.parsing.reading.choice import candidates_of, in_a_row
from kgents.parsing.reading.scan import THOUGHT, Candidate
from kgents.parsing.source import own_value

_TEXT_KEYS = ("output", "text", "completion", "response", "content", "raw")
_REPAIRS = {
    "calls": ("call ", "call in tags"),
    "encoding": ("escaped quotes", "entities", "byte order mark"),
    "bare": ("bare value", "constructor"),
    "quotation": ("quote inside a string", "quote too few"),
    "brackets": ("opening bracket", "doubled braces", "bracket"),
    "quotes": ("quotes", "bare key"), "literals": ("literal",), "numbers": ("number",),
    "strings": ("control character in a string", "escape", "concatenation", "prefix"),
    "punctuation": ("comma", "colon", "comment or hidden character", "parentheses"),
}  # fmt: skip
_THOUGHT = re.compile(r"</?think|<\|channel\|>|</reasoning>", re.IGNORECASE)
_CALL = re.compile(r"\[TOOL_CALLS\]|^Action Input:|<function=|<invoke ", re.MULTILINE)
_LEFT_OVER = re.compile(r"[}\]](?:[ \t]*(?:<\|\w+\|>|</s>|<end_of_turn>)|\"\"|[A-Za-z])|^(?:User|Human):", re.MULTILINE)
_ERROR = re.compile(r"\A(?:HTTP/[\d.]+ [45]|error\W{0,3}[45]\d\d)", re.IGNORECASE)
_SINGLE_ESCAPES = re.compile(r"(?<!\\)\\(?:[A-Z]|[a-z]{3,}[{ ]|[_*#])")


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
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError as wrong:
        raise UsageError(f"--weights-from {path}: {wrong.strerror}", "name a file that can be read") from wrong
    for line in lines:
        if line.strip():
            yield _text(line)


def _text(line: str) -> str:
    """The output that a line of a log holds: the line itself, or a field of it."""
    valid, value = own_value(line)
    if valid and isinstance(value, dict):
        field = next((value[key] for key in _TEXT_KEYS if isinstance(value.get(key), str)), None)
        return line if field is None else str(field)
    return value if valid and isinstance(value, str) else line


def classify(text: str) -> str | None:
    """The class of a failed output; None where it is valid."""
    valid, value = own_value(text)
    if valid:
        return "encoding" if isinstance(value, str) and _container(value) else None
    if "%22" in text or "&quot;" in text:
        return "encoding"
    if _ERROR.search(text):
        return "leftovers"
    try:
        candidates, body = candidates_of(text)
    except (ValueError, RecursionError):
        return "noise"
    left = [candidate for candidate in candidates if candidate.rank > THOUGHT and not candidate.part]
    if not left:
        return _unread(text)
    if len({repr(candidate.value) for candidate in left}) > 1 and in_a_row(left, body) is not None:
        return "repeats"
    return _by_repairs(max(left, key=lambda candidate: candidate.rank), len(left), body)


def _unread(text: str) -> str:
    """The class of a text that nobody could read."""
    if not re.search(r"[{\[]", text):
        return "garbage"
    if re.search(r":\s*[,}]", text):
        return "missing"
    if re.search(r"\w\"\w|\w\" \w|\w \"\w", text):
        return "quotation"
    return "brackets" if _unbalanced(text) else "noise"


def _unbalanced(text: str) -> bool:
    """Whether the brackets outside of strings do not match, though the text does not just end too soon."""
    marks = re.sub(r'"(?:[^"\\\n]|\\.)*"|[^{}\[\]]', "", text)
    while (shorter := re.sub(r"\{\}|\[\]", "", marks)) != marks:
        marks = shorter
    return any(mark in marks for mark in "}]")


def _around(candidate: Candidate, text: str) -> str | None:
    """The class of what stands around an answer; None where nothing of note does."""
    outside = text[: candidate.start] + text[candidate.end :]
    if _THOUGHT.search(outside):
        return "thoughts"
    if _CALL.search(outside):
        return "calls"
    if _LEFT_OVER.search(text[max(0, candidate.end - 1) : candidate.end + 400]):
        return "leftovers"
    inside = text[candidate.start : candidate.end].count("```")
    return "fences" if inside or outside.count("```") > 2 else None


def _by_repairs(candidate: Candidate, count: int, text: str) -> str:
    if not candidate.complete:
        return "truncation"
    for doubt in candidate.doubts:
        if "no value" in doubt.why:
            return "missing"
    for family, words in _REPAIRS.items():
        if family == "strings" and _SINGLE_ESCAPES.search(text[candidate.start : candidate.end]):
            return "escapes"
        if any(name.startswith(word) for word in words for name in candidate.repairs):
            return family
    return _around(candidate, text) or ("repeats" if count > 1 else "wrapping")


def _container(text: str) -> bool:
    valid, value = own_value(text)
    return valid and isinstance(value, dict | list)
