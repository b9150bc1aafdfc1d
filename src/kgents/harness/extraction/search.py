"""The program in an answer: the ways to read it, the strictest first.

Rule: nothing is mended. Every choice that had to be made, and every notation that was read, is named in `repairs`; a sole
fenced block is what was asked for and costs nothing. Nothing is compiled here: `Reader` asks a confined child what the parts are.
"""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from kgents.domain.outcome import Cause
from kgents.harness.extraction.blocks import FENCED, NESTED, READINGS, Block, requoted, strict
from kgents.harness.extraction.choice import STREAMS, chosen
from kgents.harness.extraction.containers import CONTAINERS, applied, files_in, marked_up, sections, written
from kgents.harness.extraction.notation import LONGEST_CODE, SIGNS, plain
from kgents.harness.extraction.reasoning import answer_of
from kgents.harness.extraction.wanted import Extraction, Reader, Reading, Wanted
from kgents.lazy_pattern import pattern
from kgents.sandbox.facts import Facts, Readings

LONGEST = 1_000_000  # characters of an answer that are read
_CODE_LINE = pattern(
    r"\s+\S|[)\]}]|#|@|(?:import|from|def|class|for|while|if|else|elif|try|except|finally|with|async) ?[^.]*[:\w)*]$"
    r"|[\w.]+\(.*\)\s*(?:;.*)?$|[\w.\[\], *()]+[-+*/%|&^]?=[^=]"
)
_FUNCTION = "def {name}(*args, **kwargs):\n    return Solution().{name}(*args, **kwargs)\n"
_TAGS = r"(?:answer|final_answer|solution|code|python|result)"
_TAG = pattern(rf"^</?{_TAGS}>|</{_TAGS}>$|^[ \t]*\{{(?:code|noformat)(?::[^{{}}\n]*)?\}}[ \t]*$", re.MULTILINE)
_TOOL_CALL = pattern(
    r"<tool_call>|\[TOOL_CALLS\]|<function[=_]|<\|python_tag\|>|<invoke\b|<tool_use>|[\"'](name|function)[\"']\s*:.*[\"'](arguments|parameters|args)[\"']\s*:",
    re.DOTALL,
)


def extract(text: str, wanted: Wanted, reader: Reader) -> Extraction:
    """The program in an answer; what was taken and what was dropped is in `repairs`."""
    if len(text) > LONGEST:
        return _none(f"an answer of {len(text)} characters; at most {LONGEST} are read")
    if (fenced := requoted(text)) != text:
        read = extract(fenced, wanted, reader)
        return replace(read, repairs=("quoted_fence", *read.repairs)) if read.code is not None else read
    if wanted.is_rest and (rest := _body(reader.readings([], text, wanted.stem), wanted, [])) is not None:
        return replace(rest, repairs=tuple(note for note in rest.repairs if note != "continued"))
    answer, taken_off = answer_of(text)
    if not answer.strip():
        is_empty = not text.strip("\ufeff\u200b\u2060 \t\r\n")
        return _none("the answer is empty" if is_empty else "the answer is reasoning only, it was cut before its end")
    blocks = [block for block in strict(answer) if block.python]
    if len(blocks) == 1 and not blocks[0].flaws and not wanted.stem and _is_plain(blocks[0].text, wanted.names):
        prose = ("prose_removed",) if blocks[0].before or blocks[0].after else ()
        return _program([blocks[0].text], (*taken_off, *prose))
    reading = _best(answer, wanted, reader)
    if isinstance(reading, Extraction):
        return Extraction(reading.code, reading.cause, reading.error, (*taken_off, *reading.repairs), reading.is_whole)
    return _joined(reading, taken_off)


def _is_plain(text: str, names: Sequence[str]) -> bool:
    """Whether a sole block is the program, as far as a look can tell: no other notation, one file, every name bound."""
    return _seems_to_define(text, names) and not SIGNS.search(text) and not files_in(text)


def _seems_to_define(text: str, names: Sequence[str]) -> bool:
    """Whether each name is bound at the margin, as far as a look can tell; a block that only uses it is another one's."""
    return all(
        re.search(rf"^(?:(?:async )?def |class )?{re.escape(name)}\b(?! *==)(?=.*[:=])", text, re.MULTILINE)
        for name in names
    )


class _Search:
    """The ways to read an answer, tried one by one: the first that gives all that is wanted, else the one that gives most.

    best    the reading of what is no container that gives most so far
    broken  the facts of a block between fences that cannot be read
    """

    def __init__(self, wanted: Wanted, reader: Reader) -> None:
        self._wanted = wanted
        self._reader = reader
        self._known: set[tuple[str, ...]] = set()
        self.best: Reading | None = None
        self.broken: Facts | None = None

    def read(
        self, blocks: Sequence[Block], *, fenced: bool = False, inner: bool = False
    ) -> Reading | Extraction | None:
        """What is in the blocks where that is all that is wanted."""
        blocks = [replace(block, text=_at_margin(block.text)) for block in blocks if block.text.strip()]
        blocks = [block for block in blocks if block.python] or blocks
        texts = tuple(block.text for block in blocks)
        if not blocks or texts in self._known:
            return None
        self._known.add(texts)
        told = self._reader.readings(texts, stem=self._wanted.stem)
        reading = chosen(blocks, told.blocks, self._wanted)
        if reading is not None and not reading.missing:
            return _refused(reading) or reading
        body = _body(told, self._wanted, blocks)
        if body is not None:
            return body
        if reading is not None and not inner and (self.best is None or reading.missing < self.best.missing):
            self.best = reading
        if fenced:
            self.broken = self.broken or next((facts for facts in told.blocks if facts.error is not None), None)
        return None

    def read_plain(self, blocks: Sequence[Block], *, inner: bool = False) -> Reading | Extraction | None:
        """What is in the blocks once those that are no programs are read as other notations of one."""
        facts = self._reader.readings([block.text for block in blocks]).blocks if blocks else ()
        pairs = zip(blocks, facts, strict=True)
        other = [block if each.error is None else _respelt(block) for block, each in pairs]
        return self.read(other, inner=inner) if other != list(blocks) else None


def _respelt(block: Block) -> Block:
    text, notes = plain(block.text)
    return replace(block, text=text, flaws=(*block.flaws, *notes), language="") if notes else block


def _best(answer: str, wanted: Wanted, reader: Reader) -> Reading | Extraction:
    """The first way of reading that gives all that is wanted, else the one that gives most."""
    search = _Search(wanted, reader)
    code = _set_apart(answer, search)
    if code is not None:
        return code
    is_call = _TOOL_CALL.search(answer) is not None
    if search.best is None and search.broken is None and is_call:
        return _none("only a tool call, no code")
    whole = _unfenced(answer, wanted, reader)
    if isinstance(whole, Extraction) or (whole is not None and not whole.missing):
        return whole
    code = None if is_call else _contained(answer, search)
    if code is not None:
        return code
    other = _in_other_notation(answer, wanted, reader)
    if isinstance(other, Extraction):
        return other
    candidates = [reading for reading in (search.best, whole, other) if reading is not None]
    return min(candidates, key=lambda reading: reading.missing) if candidates else _nothing(search.broken)


def _nothing(broken: Facts | None) -> Extraction:
    """Why there is no program: the error of a block that cannot be read, where there is one."""
    if broken is None or broken.error is None:
        return _none("no code in the answer")
    line = f" (line {broken.error.line})" if broken.error.line else ""
    return Extraction(None, Cause.SYNTAX, f"the code does not compile: {broken.error.message}{line}")


def _set_apart(answer: str, search: _Search) -> Reading | Extraction | None:
    """What is set apart as code, as it stands; then what cannot be read, as another notation."""
    read = [(way, way(answer)) for way in (sections, written, *FENCED, marked_up, *READINGS[len(FENCED) :])]
    for way, blocks in read:
        if (code := search.read(blocks, fenced=way in FENCED)) is not None:
            return code
    for way, blocks in read:
        if way is not NESTED and (code := search.read_plain(blocks)) is not None:
            return code
    parts = [block.text for block in strict(answer) if block.python]
    if search.broken is None or len(parts) < 2:
        return None
    return search.read([Block("".join(parts), range(0), "", ("blocks_joined",))])


def _in_other_notation(answer: str, wanted: Wanted, reader: Reader) -> Reading | Extraction | None:
    """What an answer without fences shows, or what was shown once the patch that it is was applied."""
    text, notes = plain(answer)
    if not notes and (patched := applied(answer, wanted.shown)) is not None:
        text, notes = patched, ("patch_applied",)
    other = _unfenced(text, wanted, reader) if notes else None
    if isinstance(other, Extraction):
        return replace(other, repairs=(*notes, *other.repairs))
    if other is not None:
        other.notes += notes
    return other


def _contained(answer: str, search: _Search) -> Reading | Extraction | None:
    """What stands inside of something else, and inside of that once more."""
    for way in CONTAINERS:
        blocks = way(answer)
        code = search.read(blocks, inner=True) or search.read_plain(blocks, inner=True)
        if code is not None:
            return code
        for inner in CONTAINERS[:-1]:
            parts = [replace(part, flaws=(*block.flaws, *part.flaws)) for block in blocks for part in inner(block.text)]
            code = search.read(parts, inner=True) or search.read_plain(parts, inner=True)
            if code is not None:
                return code
    return None


def _unfenced(answer: str, wanted: Wanted, reader: Reader) -> Reading | Extraction | None:
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
    reading = chosen([block for block, _ in spans], [facts for _, facts in spans], wanted)
    if reading is None or reading.missing:
        body = _body(told, wanted, [])
        if body is not None:
            return body
        unseen = _binding_unseen(answer, wanted, reader)
        if unseen is not None:
            return unseen
    if reading is not None:
        covered = {number for block, _ in spans for number in block.lines}
        prose = any(line.strip() for number, line in enumerate(lines) if number not in covered)
        reading.notes += ["no_fence", *(["prose_removed"] if prose else [])]
    return reading


def _binding_unseen(answer: str, wanted: Wanted, reader: Reader) -> Reading | None:
    """A text that is a program as a whole and binds what only running it shows."""
    block = Block(answer.strip("\n") + "\n", range(answer.count("\n") + 1), "")
    facts = reader.readings([block.text]).blocks
    reading = chosen([block], facts, wanted) if facts[0].binds_unseen else None
    if reading is not None:
        reading.notes.append("no_fence")
    return reading


def _acting_lines(answer: str, reader: Reader) -> Reading | None:
    """A program without a fence: the whole answer, else its lines from the first to the last that look like code."""
    lines = answer.split("\n")
    marked = [number for number, line in enumerate(lines) if _CODE_LINE.match(line)]
    inner = range(marked[0], marked[-1] + 1) if marked else range(len(lines))
    parts = [range(len(lines))] + ([inner] if inner != range(len(lines)) else [])
    blocks = [Block("\n".join(lines[part.start : part.stop]), part, "") for part in parts]
    facts = reader.readings([block.text for block in blocks]).blocks
    for number, (block, each) in enumerate(zip(blocks, facts, strict=True)):
        if each.error is None and STREAMS & {*each.free, *each.imports}:
            notes = ["no_fence", *(["prose_removed"] if number else [])]
            return Reading([block], [each], 0, [0], 0, notes)
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
    for number, row in reversed([*enumerate(told.bodies)]):
        if row is not None:
            body, note, _ = row
            flaws = blocks[number].flaws if number < len(blocks) else ()
            fence = ("prose_removed",) if any(block.before or block.after for block in blocks) else ()
            repairs = ("continued", *filter(None, note.split(" ")), *flaws, *fence)
            return Extraction(wanted.stem + body, repairs=tuple(dict.fromkeys(repairs)), is_whole=True)
    return None


def _refused(reading: Reading) -> Extraction | None:
    """Several files that import each other are no one program."""
    names = {PurePath(block.file).stem: block.file for block in reading.blocks if block.file}
    own = reading.blocks[reading.main].file
    wanted = set(reading.facts[reading.main].imports) & set(names) - {PurePath(own).stem if own else ""}
    if wanted:
        others = ", ".join(sorted(names[name] for name in wanted))
        return _none(f"several files: {own or 'the program'} imports from {others}; one block was asked for")
    return None


def _joined(reading: Reading, taken_off: tuple[str, ...]) -> Extraction:
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
    functions = [_FUNCTION.format(name=name) for name in reading.methods]
    return _program([*(block.text for block in chosen), *functions], tuple(dict.fromkeys(notes)))


def _program(parts: Sequence[str], repairs: tuple[str, ...]) -> Extraction:
    code = "\n\n".join(part.rstrip() for part in parts) + "\n"
    if len(code) > LONGEST_CODE:
        return _none(f"{len(code)} characters of code; at most {LONGEST_CODE} are read")
    return Extraction(code, repairs=repairs)


def _none(error: str) -> Extraction:
    return Extraction(None, Cause.MALFORMED, error)
