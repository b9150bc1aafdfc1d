"""Strategies for Python code: `ast` takes the text as it is, `fenced` what is in fences, `lazy` the longest block of
lines that compiles, and says when it left something out."""

import re
import textwrap
from typing import Any

from kgents.parsing.strategy import Parsed, Rejected, Strategy
from kgents.sandbox.syntax import parse as parse_source

MOST_LINES = 400
THOUGHT = re.compile(r"<(think|thinking|reasoning|scratchpad)>.*?</\1>", re.DOTALL | re.IGNORECASE)
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n`]*\n(.*?)^ {0,3}\1[ \t]*$", re.DOTALL | re.MULTILINE)
OPEN_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*[\w+-]*[ \t]*(?:\n|(?=[{\[]))", re.MULTILINE)
_ERRORS = (ValueError, SyntaxError)
_PYTHON = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*(?:python|py)?[0-9.]*[ \t]*\n(.*?)^ {0,3}\1[ \t]*$",
                     re.DOTALL | re.MULTILINE | re.IGNORECASE)  # fmt: skip
_PROMPT = re.compile(r"^(?:>>>|\.\.\.) ?")
_NUMBER = re.compile(r"^ *\d+ ?[|:] ?")
_HIDDEN = str.maketrans({"\xa0": " ", "\ufeff": "", "\u200b": "", "：": ":", "“": '"', "”": '"', "‘": "'", "’": "'"})


def _compiles(text: str) -> bool:
    try:
        return bool(parse_source(text).body)
    except (*_ERRORS, RecursionError, MemoryError):
        return False


def as_it_is(text: str, schema: Any = None) -> str:
    """The text, where it is a program."""
    if not parse_source(text).body:
        raise Rejected("no program")
    return text


def fenced(text: str, schema: Any = None) -> str:
    """The program in the fences, joined where there are several; the text itself where there is none."""
    text = THOUGHT.sub("", text)
    blocks = [match.group(2) for match in _PYTHON.finditer(text)]
    if not blocks and not FENCE.search(text) and (opened := OPEN_FENCE.search(text)):
        blocks = [text[opened.end() :]]
    return as_it_is("\n".join(blocks) if blocks else text)


def lazy(text: str, schema: Any = None) -> Parsed:
    """The longest run of lines that compiles, after what hides it was taken off."""
    try:
        return Parsed(fenced(text))
    except _ERRORS:
        pass
    text = THOUGHT.sub("", text).translate(_HIDDEN).replace("\r\n", "\n")
    lines = text.split("\n")
    lines = [line for line in lines if not re.match(r"^ {0,3}(`{3,}|~{3,})", line)]
    for pattern in (_PROMPT, _NUMBER):
        if sum(bool(pattern.match(line)) for line in lines) > len(lines) // 2:
            lines = [pattern.sub("", line) for line in lines]
    longest = _longest(lines[:MOST_LINES])
    if longest is None:
        raise Rejected("no line of it compiles")
    first, last = longest
    kept = textwrap.dedent("\n".join(lines[first:last]))
    rest = [line for line in (*lines[:first], *lines[last:]) if line.strip()]
    return Parsed(kept + "\n", not rest, ("lines left out",) if rest else ("cleaned",))


def _longest(lines: list[str]) -> tuple[int, int] | None:
    """(first, last) of the longest run that compiles and begins at the margin; the earliest of equals."""
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    for length in range(len(lines), 0, -1):
        for first in range(len(lines) - length + 1):
            if len(lines[first]) - len(lines[first].lstrip()) > margin:
                continue
            block = textwrap.dedent("\n".join(lines[first : first + length]))
            if _compiles(block) and not re.fullmatch(r"\s*[\w ,.!?']*\s*", block):
                return first, first + length
    return None


STRATEGIES = (
    Strategy("ast", "the text as it is", as_it_is, _ERRORS, "python"),
    Strategy("fenced", "what is in fences", fenced, _ERRORS, "python"),
    Strategy("lazy", "the longest run of lines that compiles; says what it left out", lazy, _ERRORS, "python"),
)
