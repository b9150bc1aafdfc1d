"""Which part of an answer is the program: the choice that a person would make who knows what was asked for.

Rule: nothing is mended. Every choice that had to be made is named in `repairs`; a sole fenced block is what was asked for
and costs nothing. Nothing is compiled here: `Reader` asks a confined child what the parts are.
"""

import builtins
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Protocol

from kgents.domain.outcome import Cause
from kgents.harness.extraction.blocks import FENCED, READINGS, Block, strict
from kgents.harness.extraction.reasoning import answer_of
from kgents.sandbox.facts import Facts, Readings

LONGEST = 1_000_000  # characters of an answer that are read
LONGEST_CODE = 400_000  # characters of a program; no specification asks for more
_CALLED = re.compile(r"\(|\bimport\b")  # a lone word of prose calls and imports nothing

_BUILTINS = frozenset(dir(builtins))
_WORSE = re.compile(
    r"\b(wrong|incorrect|bug|buggy|broken|original|naive|slow|slower|draft|first (try|attempt|version|pass)|inefficient"
    r"|alternativ\w*|another (way|option|approach|version)|instead of|don'?t|do not|before|old|previous|attempt"
    r"|for (reference|comparison)|you (could|can) also|one-liner|simpler|shorter)\b",
    re.IGNORECASE,
)
_BETTER = re.compile(
    r"\b(final|correct|corrected|fixed|complete|full|working|improved|here('?s| is) the (solution|code|function|answer))\b",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(
    r"^\W*((no|wait|hmm|oops|actually|hold on)\b|(that|this|it)('?s| is| was| has| does|'ll)?\b.{0,30}\b"
    r"(wrong|incorrect|buggy|broken|fails?|mistake|not (right|correct|what))\b)",
    re.IGNORECASE,
)
_STREAMS = frozenset({"input", "print", "sys", "open", "fileinput", "os"})
_ACTING = re.compile(r"^(?:if __name__|(?:for|while|with|try)\b|[\w.]+\(|[\w, ]+=.*\()", re.MULTILINE)
_CODE_LINE = re.compile(
    r"\s+\S|[)\]}]|#|@|(?:import|from|def|class|for|while|if|else|elif|try|except|finally|with|async) ?[^.]*[:\w)*]$"
    r"|[\w.]+\(.*\)\s*(?:;.*)?$|[\w.\[\], *()]+[-+*/%|&^]?=[^=]"
)
_TAGS = r"(?:answer|final_answer|solution|code|python|result)"
_TAG = re.compile(rf"^</?{_TAGS}>|</{_TAGS}>$", re.MULTILINE)
_TOOL_CALL = re.compile(
    r"<tool_call>|\[TOOL_CALLS\]|<function[=_]|<\|python_tag\|>|<invoke\b|<tool_use>|\"(name|function)\"\s*:.*\"(arguments|parameters|args)\"\s*:",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: names that a program has to define, and the code that a completion continues.

    is_program  a program that does something when it is run
    """

    names: tuple[str, ...] = ()
    stem: str = ""
    is_program: bool = False


class Reader(Protocol):
    """Says what texts are without running them; `kgents.sandbox.sandbox.Sandbox` does."""

    def readings(self, blocks: Sequence[str], text: str | None = None, stem: str = "") -> Readings:
        """Facts of blocks; the programs in a text; what continues a stem."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What an answer holds.

    code     the program, None where there is none
    cause    None with code; SYNTAX where there are code blocks but none can be read, else MALFORMED
    error    one line for people, None with code
    repairs  the choices that had to be made, by name
    is_whole  the code holds the stem that it continues
    """

    code: str | None
    cause: Cause | None = None
    error: str | None = None
    repairs: tuple[str, ...] = ()
    is_whole: bool = False


@dataclass(slots=True)
class _Reading:
    """A way to read an answer: its blocks, their facts, the block that was chosen and what it needs."""

    blocks: Sequence[Block]
    facts: Sequence[Facts]
    main: int
    parts: list[int]
    missing: int
    notes: list[str] = field(default_factory=list)


def extract(text: str, wanted: Wanted, reader: Reader) -> Extraction:
    """The program in an answer; what was taken and what was dropped is in `repairs`."""
    if len(text) > LONGEST:
        return _none(f"an answer of {len(text)} characters; at most {LONGEST} are read")
    answer, taken_off = answer_of(text)
    if not answer.strip():
        is_empty = not text.strip("\ufeff\u200b\u2060 \t\r\n")
        return _none("the answer is empty" if is_empty else "the answer is reasoning only, it was cut before its end")
    blocks = [block for block in strict(answer) if block.python]
    if len(blocks) == 1 and not blocks[0].flaws and not wanted.stem and _seems_to_define(blocks[0].text, wanted.names):
        prose = ("prose_removed",) if blocks[0].before or blocks[0].after else ()
        return _program([blocks[0].text], (*taken_off, *prose))
    reading = _best(answer, wanted, reader)
    if isinstance(reading, Extraction):
        return Extraction(reading.code, reading.cause, reading.error, (*taken_off, *reading.repairs), reading.is_whole)
    return _joined(reading, taken_off)


def _seems_to_define(text: str, names: Sequence[str]) -> bool:
    """Whether each name is bound at the margin, as far as a look can tell; a block that only uses it is another one's."""
    return all(
        re.search(rf"^(?:(?:async )?def |class )?{re.escape(name)}\b(?! *==)(?=.*[:=])", text, re.MULTILINE)
        for name in names
    )


def _best(answer: str, wanted: Wanted, reader: Reader) -> "_Reading | Extraction":
    """The first way of reading that gives all that is wanted, else the one that gives most."""
    best: _Reading | None = None
    broken: Facts | None = None
    known: set[tuple[str, ...]] = set()
    for read in READINGS:
        blocks = [replace(block, text=_at_margin(block.text)) for block in read(answer) if block.text.strip()]
        blocks = [block for block in blocks if block.python] or blocks
        texts = tuple(block.text for block in blocks)
        if not blocks or texts in known:
            continue
        known.add(texts)
        told = reader.readings(texts, stem=wanted.stem)
        reading = _chosen(blocks, told.blocks, wanted)
        if reading is not None and not reading.missing:
            return _refused(reading) or reading
        body = _body(told, wanted, blocks)
        if body is not None:
            return body
        best = reading if best is None or (reading is not None and reading.missing < best.missing) else best
        if read in FENCED:
            broken = broken or next((facts for facts in told.blocks if facts.error is not None), None)
    if best is None and broken is None and _TOOL_CALL.search(answer):
        return _none("only a tool call, no code")
    whole = _unfenced(answer, wanted, reader)
    if isinstance(whole, Extraction):
        return whole
    candidates = [reading for reading in (best, whole) if reading is not None]
    if candidates:
        return min(candidates, key=lambda reading: reading.missing)
    if broken is not None and broken.error is not None:
        line = f" (line {broken.error.line})" if broken.error.line else ""
        return Extraction(None, Cause.SYNTAX, f"the code does not compile: {broken.error.message}{line}")
    return _none("no code in the answer")


def _unfenced(answer: str, wanted: Wanted, reader: Reader) -> "_Reading | Extraction | None":
    """Programs between lines of prose, or the rest of the stem."""
    answer = _TAG.sub("", _at_margin(answer))
    if wanted.is_program and (reading := _acting_lines(answer, reader)) is not None:
        return reading
    told = reader.readings([], answer, wanted.stem)
    lines = answer.split("\n")
    begun = answer.lstrip("\n")[:1] in (" ", "\t")
    if wanted.stem and begun and (body := _body(told, wanted, [])) is not None:
        return body
    spans = [(Block("\n".join(lines[first:end]), range(first, end), ""), facts) for first, end, facts in told.spans]
    reading = _chosen([block for block, _ in spans], [facts for _, facts in spans], wanted)
    if reading is None or reading.missing:
        body = _body(told, wanted, [])
        if body is not None:
            return body
    if reading is not None:
        covered = {number for block, _ in spans for number in block.lines}
        prose = any(line.strip() for number, line in enumerate(lines) if number not in covered)
        reading.notes += ["no_fence", *(["prose_removed"] if prose else [])]
    return reading


def _acting_lines(answer: str, reader: Reader) -> _Reading | None:
    """A program without a fence: the whole answer, else its lines from the first to the last that look like code."""
    lines = answer.split("\n")
    marked = [number for number, line in enumerate(lines) if _CODE_LINE.match(line)]
    inner = range(marked[0], marked[-1] + 1) if marked else range(len(lines))
    parts = [range(len(lines))] + ([inner] if inner != range(len(lines)) else [])
    blocks = [Block("\n".join(lines[part.start : part.stop]), part, "") for part in parts]
    facts = reader.readings([block.text for block in blocks]).blocks
    for number, (block, each) in enumerate(zip(blocks, facts, strict=True)):
        if each.error is None and _STREAMS & {*each.free, *each.imports}:
            notes = ["no_fence", *(["prose_removed"] if number else [])]
            return _Reading([block], [each], 0, [0], 0, notes)
    return None


def _at_margin(text: str) -> str:
    """A text of definitions that are all indented, without that indent."""
    if text.lstrip("\n")[:1] not in (" ", "\t"):
        return text
    moved = textwrap.dedent(text)
    return moved if re.match(r"\s*(?:(?:async )?def |class |@|import |from )", moved) else text


def _body(told: Readings, wanted: Wanted, blocks: Sequence[Block]) -> Extraction | None:
    """The stem with the last text that continues it."""
    if not wanted.stem:
        return None
    for row in reversed(told.bodies):
        if row is not None:
            body, note, _ = row
            fence = ("prose_removed",) if any(block.before or block.after for block in blocks) else ()
            repairs = ("continued", *filter(None, note.split(" ")), *fence)
            return Extraction(wanted.stem + body, repairs=repairs, is_whole=True)
    return None


def _chosen(blocks: Sequence[Block], facts: Sequence[Facts], wanted: Wanted) -> _Reading | None:
    """The block that answers, with those that it needs; None where no block can be read and says anything."""
    if wanted.is_program:
        return _chosen_program(blocks, facts)
    sound = [n for n, each in enumerate(facts) if each.error is None]
    good = [n for n in sound if facts[n].functions or facts[n].classes or facts[n].bound]
    good = good or [n for n in sound if facts[n].binds_unseen and _CALLED.search(blocks[n].text)]
    if not good:
        return None
    names = set(wanted.names)
    defining = [n for n in good if names and names <= set(facts[n].bound)]
    missing = 0
    if not defining and names:
        most = max(len(names & set(facts[n].bound)) for n in good)
        defining = [n for n in good if len(names & set(facts[n].bound)) == most]
        missing = len(names) - most
    if not defining or (names and missing == len(names)):
        defining = [n for n in good if facts[n].functions or facts[n].classes] or good
    full = [n for n in defining if not _is_outline(facts[n], names)] or defining
    main = max(full, key=lambda n: (_rank(blocks, n), n))
    parts = _parts(main, good, facts, names)
    got = set().union(*(facts[n].bound for n in parts))
    return _Reading(blocks, facts, main, parts, len(names - got) if names else 0)


def _chosen_program(blocks: Sequence[Block], facts: Sequence[Facts]) -> _Reading | None:
    """The block that reads or prints, the last one unless the prose says otherwise, with those that it needs."""
    good = [n for n, each in enumerate(facts) if each.error is None and _does_something(each)]
    if not good:
        return None
    weights = {n: len(_STREAMS & {*facts[n].free, *facts[n].imports}) for n in good}
    acting = [n for n in good if weights[n] == 2] or [n for n in good if weights[n]] or good
    main = max(acting, key=lambda n: (_rank(blocks, n), n))
    parts = _parts(main, good, facts, set())
    if not _ACTING.search(blocks[main].text):
        later = (n for n in range(main + 1, len(facts)) if facts[n].error is None and not facts[n].functions)
        users = (n for n in later if set(facts[n].free) & set(facts[main].bound))
        parts += [n for n in users if _ACTING.search(blocks[n].text)][:1]
    return _Reading(blocks, facts, main, parts, 0)


def _does_something(facts: Facts) -> bool:
    """Whether a block is more than words and numbers that happen to be Python."""
    return bool(facts.functions or facts.classes or facts.bound or "print" in facts.free)


def _is_outline(facts: Facts, names: set[str]) -> bool:
    """Whether the functions in question are signatures only."""
    asked = [one for one in facts.functions if one.name in names]
    return bool(asked) and all(one.is_empty for one in asked)


def _rank(blocks: Sequence[Block], number: int) -> int:
    """What the prose around a block says of it: below 0 to pass it over, above 0 to take it."""
    block = blocks[number]
    sentence = re.split(r"[.!?]\s|\n\n", block.before.rstrip())[-1]
    rank = 1 if _BETTER.search(sentence) else -1 if _WORSE.search(sentence) else 0
    if _TAKEN_BACK.match(block.after):
        rank -= 2
    return rank - (1 if "unclosed_fence" in block.flaws else 0)


def _parts(main: int, good: Sequence[int], facts: Sequence[Facts], names: set[str]) -> list[int]:
    """The main block and those that define what it needs, needed ones first."""
    parts = [main]
    have = set(facts[main].bound) | _BUILTINS
    while True:
        needed = set().union(*(facts[n].free for n in parts)) | names
        needed -= have
        providers = [n for n in good if n not in parts and needed & set(facts[n].bound)]
        if not providers:
            return [*sorted(parts[1:]), main]
        nearest = max((n for n in providers if n < main), default=providers[0])
        parts.append(nearest)
        have |= set(facts[nearest].bound)


def _refused(reading: _Reading) -> Extraction | None:
    """Several files that import each other are no one program."""
    names = {PurePath(block.file).stem: block.file for block in reading.blocks if block.file}
    own = reading.blocks[reading.main].file
    wanted = set(reading.facts[reading.main].imports) & set(names) - {PurePath(own).stem if own else ""}
    if wanted:
        others = ", ".join(sorted(names[name] for name in wanted))
        return _none(f"several files: {own or 'the program'} imports from {others}; one block was asked for")
    return None


def _joined(reading: _Reading, taken_off: tuple[str, ...]) -> Extraction:
    chosen = [reading.blocks[n] for n in reading.parts]
    notes = list(taken_off)
    if len(reading.parts) > 1:
        notes.append("blocks_joined")
    if len(reading.blocks) > len(reading.parts):
        notes.append("blocks_dropped")
    notes += sorted({flaw for block in chosen for flaw in block.flaws})
    notes += reading.notes
    if any(block.before or block.after for block in reading.blocks):
        notes.append("prose_removed")
    return _program([block.text for block in chosen], tuple(dict.fromkeys(notes)))


def _program(parts: Sequence[str], repairs: tuple[str, ...]) -> Extraction:
    code = "\n\n".join(part.rstrip() for part in parts) + "\n"
    if len(code) > LONGEST_CODE:
        return _none(f"{len(code)} characters of code; at most {LONGEST_CODE} are read")
    return Extraction(code, repairs=repairs)


def _none(error: str) -> Extraction:
    return Extraction(None, Cause.MALFORMED, error)
