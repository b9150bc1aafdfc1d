"""Valid JSON that says something else than was meant: LaTeX and paths with one backslash, halves of surrogate pairs.

Nothing is changed here: what smells is named, with its path.
"""

import re
from collections.abc import Iterator
from typing import Any

from kgents.parsing.parsed import Path, Problem, shortened
from kgents.parsing.reading.escapes import COMMANDS

_REST = sorted((word for word in COMMANDS.split("|") if word[0] in "bftnr"), key=len, reverse=True)
_WEAK = {
    "to",
    "top",
    "tan",
    "tau",
    "text",
    "not",
    "rangle",
    "real",
    "right",
    "rm",
    "rho",
    "because",
    "bullet",
    "flat",
    "frown",
}
_STRONG = [word for word in _REST if word not in _WEAK]
_LETTERS = {"b": "\b", "f": "\f", "t": "\t", "n": "\n", "r": "\r"}
_IN_TEXT = re.compile(rf"\\(?:[uU][dD][89a-fA-F]|[bf][A-Za-z]|(?:{'|'.join(word for word in _STRONG if word[0] in 'tnr')}|text)"
                      r"(?![a-zA-Z])|(?<=:\\)[bfnrt\\])")  # fmt: skip
_COMMAND = re.compile(
    "|".join(f"{_LETTERS[word[0]]}{word[1:]}(?![a-zA-Z])" for word in _STRONG) + r"|\text(?=\{)|[\b\f][A-Za-z]{2,}\{"
)
_PATH = re.compile(r"^[A-Za-z]:[\b\f\n\r\t][A-Za-z]|^[A-Za-z]:\\(?:[^\n]*[\b\f\n\r\t])?[A-Za-z_-]+[\b\f\n\r\t][A-Za-z]")
_EDGE = re.compile("\b[A-Za-z]")
_HALF = re.compile("[\ud800-\udfff]")
_NAMES = {letter: f"\\{name}" for name, letter in _LETTERS.items()}


def smells(text: str, value: Any) -> list[Problem]:
    """What is doubtful in a value that json.loads read from this text; nothing is walked where the text has no sign of it."""
    if not _has_half(text) and ("\\" not in text or not _may_smell(text)):
        return []
    return [problem for path, leaf in _strings(value) if (problem := _smell(path, leaf)) is not None]


def _has_half(text: str) -> bool:
    """Whether half of a surrogate pair stands in a text; by encoding, which is faster than a search."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _may_smell(text: str) -> bool:
    return _IN_TEXT.search(text) is not None


def strong(problem: Problem) -> bool:
    """Whether the value itself is not what was meant, so that a field that is asked for cannot be vouched for."""
    return "stands where" in problem.why


def _smell(path: Path, leaf: str) -> Problem | None:
    command = _COMMAND.search(leaf)
    if command is not None:
        letter = command.group()[0]
        name = _NAMES[letter]
        why = (
            f"the control character {name} stands where a LaTeX command such as {name}{command.group()[1:]} would stand"
        )
        return Problem(path, shortened(repr(leaf)), why)
    if _PATH.search(leaf):
        return Problem(path, shortened(repr(leaf)), "a control character stands where a path would have a backslash")
    if _EDGE.search(leaf):
        return Problem(
            path, shortened(repr(leaf)), "a backspace stands where a regular expression would have a backslash"
        )
    if _HALF.search(leaf):
        return Problem(path, shortened(repr(leaf)), "half of a surrogate pair: no character, and it cannot be encoded")
    return None


def _strings(value: Any) -> Iterator[tuple[Path, str]]:
    """(path, text) of all strings that are values or keys; the path of a key is that of its object."""
    stack: list[tuple[Path, Any]] = [((), value)]
    while stack:
        path, here = stack.pop()
        if isinstance(here, str):
            yield path, here
        elif isinstance(here, dict):
            yield from ((path, key) for key in here if not key.isprintable())
            stack.extend(((*path, key), item) for key, item in here.items())
        elif isinstance(here, list):
            stack.extend(((*path, index), item) for index, item in enumerate(here))
