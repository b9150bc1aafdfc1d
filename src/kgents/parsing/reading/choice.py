"""From a text to readings: the whole text first, then what is in it; and which of several readings is the answer."""

import html
import json
import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

from kgents.parsing.parsed import Problem, Rejected
from kgents.parsing.reading.calls import CALL, KEYWORDS, called
from kgents.parsing.reading.parameters import parameters
from kgents.parsing.reading.reader import Reader, Reading
from kgents.parsing.reading.scan import ANSWER, PROSE, THOUGHT, TURN, Candidate, Scan

_BLANK = "\ufeff\u200b \t\r\n"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_HEAD = re.compile(r"\s*+(?:\"(?:[^\"\\\n]|\\.){1,80}\"|[A-Za-z_]\w{0,60}\")\s*+:\s*+(?=[\"{\[\d-]|true|false|null)")
_ROW = re.compile(r"(?:\s|,|;|<\|[^|>]*\|>|</?tool_call>|\\n|`{3}(?:json)?)*")
_ROW_ENDS = re.compile(r"\s*+\]\s*+(?:`{3}\s*+)?\Z")
_ERROR_KEYS = frozenset({"error", "type", "code", "status", "message", "detail", "request_id", "param"})
_ERROR_LINE = re.compile(r"\bHTTP/[\d.]+ [45]\d\d\b|\berror\W{0,3}(?:code\W{0,3})?[45]\d\d\b", re.IGNORECASE)
_MAPPING = re.compile(r"\s*+(?:\w+\.)*(?:OrderedDict|defaultdict|Counter|Map)\(")
_OUTSIDE = re.compile(r"(\"(?:[^\"\\]|\\.){0,1000}+\")|\\[nrt]")  # bounded: many quotes may not be closed
_QUOTED_LINE = re.compile(r"^> ?", re.MULTILINE)


def candidates_of(text: str, strict: bool = False) -> tuple[list[Candidate], str]:
    """(all that could be the answer, the text in which they stand)."""
    notes: list[str] = []
    text = _bare(text, notes)
    scan = Scan(text, strict)
    candidates = scan.run()
    inner = any(candidate.rank >= TURN and not candidate.part for candidate in candidates)
    if KEYWORDS.match(text) and (reading := called(text)) is not None:
        candidates = [] if strict else _whole(reading, text)  # what stands in its arguments is a part of it
    elif not strict and (not inner or _MAPPING.match(text)):
        candidates = _written_otherwise(text) or candidates
    elif (calls := _in_tags(text)) and all(any(_holds(call, one) for call in calls) for one in candidates):
        candidates = [] if strict else calls
    elif strict and text.lstrip()[:1] in ("{", "[") and not any(text[: one.start].strip() == "" for one in candidates):
        candidates = []  # what the text begins with is not JSON, and nobody knows what else is a part of it
    if all(candidate.part for candidate in candidates):
        candidates = _encoded(text, strict) or candidates
    notes = notes + scan.notes
    inside = len(text) - len(text.lstrip(_BLANK)), len(text.rstrip(_BLANK))
    candidates = [
        replace(candidate, repairs=tuple(dict.fromkeys((*_names(candidate, notes, text, inside), *candidate.repairs))))
        for candidate in candidates
    ]
    return candidates, text


def _bare(text: str, notes: list[str]) -> str:
    if "\x1b[" in text:
        text = _COLOUR.sub("", text)
        notes.append("terminal colours")
    lines = [line for line in text.split("\n") if line.strip()] if text.lstrip()[:1] == ">" else []
    if lines and all(line.lstrip().startswith(">") for line in lines):
        text = _QUOTED_LINE.sub("", text)
        notes.append("block quote")
    return text.rstrip("\x00")


def _names(candidate: Candidate, notes: list[str], text: str, inside: tuple[int, int]) -> list[str]:
    """What stands around a candidate; `inside`: where what is not blank begins and ends."""
    plain = not notes and (inside[0] < candidate.start or candidate.end < inside[1])
    return [*notes, *(["prose"] if plain else []), *(["byte order mark"] if text.startswith("\ufeff") else [])]


def _written_otherwise(text: str) -> list[Candidate]:
    """An object whose first bracket was lost, a call of Python, a call in tags."""
    head = _HEAD.match(text)
    if head is not None:
        return _headless(text)
    if CALL.match(text):
        return [] if (reading := called(text)) is None else _whole(reading, text)
    return _in_tags(text)


def _whole(reading: Reading, text: str) -> list[Candidate]:
    return [Candidate(reading.value, 0, len(text), PROSE, True, reading.repairs, reading.doubts)]


def _in_tags(text: str) -> list[Candidate]:
    """Calls whose parameters are each in a tag."""
    return [Candidate(value, start, end, PROSE, True, ("call in tags",)) for value, start, end in parameters(text)]


def _holds(outer: Candidate, inner: Candidate) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _headless(text: str) -> list[Candidate]:
    """The members of an object; its opening bracket was in the prompt."""
    opening = "{" if text.lstrip()[0] == '"' else '{"'
    whole = opening + text.lstrip()
    reader = Reader(whole, 0)
    try:
        value = reader.container()
    except (Rejected, RecursionError):
        return []
    if whole[reader.at :].strip(" \n\t`}]"):
        return []
    doubts = tuple(reader.doubts)
    return [Candidate(value, 0, len(text), PROSE, reader.complete, ("opening bracket", *dict.fromkeys(reader.repairs)), doubts,
                      None if reader.complete else tuple(reader.path))]  # fmt: skip


def _encoded(text: str, strict: bool) -> list[Candidate]:
    """A text whose quotes or line ends were all escaped, or whose quotes are entities."""
    body = text.strip()
    if body[:1] not in ("{", "[") and "&quot;" not in body:
        return []
    for name, decode in (
        ("escaped quotes", lambda: json.loads(f'"{body}"')),
        ("entities", lambda: html.unescape(body)),
        ("escaped line ends", lambda: _OUTSIDE.sub(lambda piece: piece.group(1) or " ", body)),
    ):
        try:
            value = json.loads(decode())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict | list):
            return [Candidate(value, 0, len(text), PROSE, True, (name,))]
    return []


def usable(candidates: list[Candidate]) -> list[Candidate]:
    """Those that may be the answer, the likeliest first; Rejected where there is none."""
    if not candidates:
        raise Rejected("no JSON value in it")
    left = [candidate for candidate in candidates if candidate.rank > THOUGHT]
    if not left:
        raise Rejected("what there is stands in thoughts, and no answer after them")
    strong = [candidate for candidate in left if not candidate.weak] or (
        left if len(left) == 1 and _lonely(left[0]) else []
    )
    if not strong:
        raise Rejected("no JSON value in it but numbers in brackets")
    return sorted(strong, key=lambda candidate: (-candidate.rank, -candidate.label, candidate.start))


def _lonely(candidate: Candidate) -> bool:
    return candidate.value not in ([], {})


def the_one(candidates: list[Candidate], text: str) -> Candidate:
    """The answer where no schema can tell: one value, said once or several times over; Rejected where there are two."""
    left = usable(candidates)
    best = [candidate for candidate in left if candidate.rank == left[0].rank]
    row = in_a_row(best, text)
    best = [candidate for candidate in best if candidate.label == best[0].label]
    first = best[0]
    if any(not _same(candidate.value, first.value) for candidate in best[1:]):
        if row is not None:
            return row
        raise Rejected("more than one value")
    if first.part:
        raise Rejected(f"it may be a part of something larger: {first.part}")
    if _error_of_an_api(first.value, text[: first.start]):
        raise Rejected("an error of an API, and no answer")
    return first


def _error_of_an_api(value: Any, before: str) -> bool:
    """Whether a value is an error, and the words before it say so or it says nothing else."""
    if not isinstance(value, dict):
        return False
    error = value.get("error")
    told = isinstance(error, dict) and isinstance(error.get("message"), str) and value.keys() <= _ERROR_KEYS
    return told or (_ERROR_LINE.search(before) is not None and value.keys() <= _ERROR_KEYS)


def in_a_row(candidates: list[Candidate], text: str) -> Candidate | None:
    """Values that stand one behind the other, as lines or calls do, as a list; None where anything else is between."""
    row = sorted(candidates, key=lambda candidate: candidate.start)
    if len(row) < 2 or any(not candidate.complete or candidate.part for candidate in row):
        return None
    for one, other in pairwise(row):
        between = text[one.end : other.start]
        if len(between) > 60 or _ROW.fullmatch(between) is None:
            return None
    repairs = tuple(dict.fromkeys(name for candidate in row for name in candidate.repairs))
    closed = _ROW_ENDS.match(text, row[-1].end) is not None
    doubts = tuple(doubt for candidate in row for doubt in candidate.doubts)
    if not closed:
        doubts = (
            *doubts,
            Problem((), f"{len(row)} values", "several values stand one behind the other; they are in a list"),
        )
    return Candidate([candidate.value for candidate in row], row[0].start, row[-1].end, ANSWER, True,
                     (*repairs, "values in a row"), doubts)  # fmt: skip


def _same(one: Any, other: Any) -> bool:
    from kgents.parsing.sameness import same

    return same(one, other)
