"""Programs in texts: which lines are code, and what a text is as the rest of a program that it continues."""

import re
import warnings
from typing import TYPE_CHECKING, Any

from kgents.sandbox.inside.facts import UNREADABLE, facts_of
from kgents.sandbox.inside.values import Channel

if TYPE_CHECKING:
    from kgents.sandbox.inside.messages import FactsData, ReadData

MOST_CUTS = 60  # times that a text is tried again without its end
MOST_SPANS = 40
_START = re.compile(
    r"(?:async[ ]+def|def|class)[ ]+\w+|@[\w.]+|import[ ]+\w|from[ ]+[\w.]+[ ]+import\b|if[ ]+__name__"
    r"|[A-Za-z_]\w*[ ]*(?::[^=]+)?=[^=]"
)
_INDENT = 4


def main(fd: int) -> None:
    """Answers {"blocks": texts, "text": text or None, "stem": text} with {"blocks", "spans", "bodies"}."""
    channel = Channel(fd)
    while True:
        try:
            job = channel.receive()
        except EOFError:
            return
        channel.send(read(job["blocks"], job["text"], job["stem"]))


def read(blocks: list[str], text: str | None, stem: str) -> "ReadData":
    """Facts of blocks; spans of code in a text: [first line, end, facts]; what continues a stem: [body, note, facts]."""
    bodies = [body_of(each, stem) for each in ([*blocks] if text is None else [*blocks, text])] if stem else []
    spans = [] if text is None else spans_of(text)
    return {"blocks": [facts_of(each) for each in blocks], "spans": spans, "bodies": bodies}


def spans_of(text: str) -> list[list[Any]]:
    """The stretches of lines of a text without fences that are programs: [first line, end, facts], lines from 0."""
    lines = text.split("\n")
    spans: list[list[Any]] = []
    first = 0
    while first < len(lines) and len(spans) < MOST_SPANS:
        if not _START.match(lines[first]):
            first += 1
            continue
        end = _longest(lines, first)
        if end > first:
            spans.append([first, end, facts_of("\n".join(lines[first:end]))])
        first = max(end, first + 1)
    return spans


def _longest(lines: list[str], first: int) -> int:
    """The end of the longest program that begins at a line; `first` where there is none."""
    end = len(lines)
    for _ in range(MOST_CUTS):
        if end <= first:
            return first
        wrong = _error_line("\n".join(lines[first:end]))
        if wrong is None:
            return _without_words(lines, first, end)
        end = _boundary(lines, first, min(end - 1, first + wrong - 1))
    return first


def _error_line(source: str) -> int | None:
    """The line, from 1, at which a source cannot be read; None where it can."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<candidate>", "exec", dont_inherit=True, optimize=0)
    except SyntaxError as wrong:
        return max(1, wrong.lineno or 1)
    except UNREADABLE:
        return 1
    return None


def _boundary(lines: list[str], first: int, last: int) -> int:
    """The last line up to `last` that begins at the margin: what stands before it may be whole."""
    while last > first and (not lines[last].strip() or lines[last][0] in " \t)]}"):
        last -= 1
    return last


def _without_words(lines: list[str], first: int, end: int) -> int:
    """The end without trailing blank lines and lone words, which are prose that happens to be an expression."""
    while end > first + 1 and (not lines[end - 1].strip() or re.fullmatch(r"[^\W\d]\w*[.!]?", lines[end - 1])):
        end -= 1
    return end


def body_of(text: str, stem: str) -> list[Any] | None:
    """What a text is as the rest of a program: [body, note, facts of stem + body]; None where it is no body.

    note  "" where it was taken as it is; "reindented", "trimmed", both with a space
    """
    trimmed: list[Any] | None = None
    for body, note in _indented(text.strip("\n")):
        cut = _trimmed(body, stem)
        facts = facts_of(stem + cut) if cut is not None else None
        if cut is None or facts is None or not _continues(facts, stem):
            continue
        if cut.rstrip() == body.rstrip():
            return [cut, note, facts]
        trimmed = trimmed or [cut, f"{note} trimmed".strip(), facts]
    return trimmed


def _continues(facts: "FactsData", stem: str) -> bool:
    """Whether a stem with a body can be read, and its last function says something."""
    begun = [one for one in facts["functions"] if one["line"] <= stem.count("\n") + 1]
    return facts["error"] is None and bool(not begun[-1]["empty"] if begun else facts["classes"])


def _indented(text: str) -> list[tuple[str, str]]:
    """A text as it is; with the first indent that was eaten; with all of it indented."""
    lines = text.expandtabs(_INDENT).split("\n")
    margin = " " * _INDENT
    eaten = "\n".join([margin + lines[0].lstrip(), *lines[1:]])
    depth = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    moved = "\n".join(margin + line[depth:] if line.strip() else "" for line in lines)
    return [(text, ""), (eaten, "reindented"), (moved, "reindented")]


def _trimmed(body: str, stem: str) -> str | None:
    """A body up to the first line that leaves it and is no code; None where it cannot be read up to there."""
    lines = body.split("\n")
    if not lines[0].strip() or lines[0][0] not in " \t":
        return None
    leaving = next((n for n, line in enumerate(lines) if line.strip() and line[0] not in " \t#)]}"), len(lines))
    end = len(lines) if leaving < len(lines) and _START.match(lines[leaving]) else leaving
    for _ in range(MOST_CUTS):
        kept = "\n".join(lines[:end]).rstrip() + "\n"
        wrong = _error_line(stem + kept)
        if wrong is None:
            return kept
        before = _boundary(lines, 0, min(end - 1, max(0, wrong - 1 - stem.count("\n"))))
        end = before if before >= leaving and before > 0 else leaving if end > leaving else 0
        if end == 0:
            return None
    return None
