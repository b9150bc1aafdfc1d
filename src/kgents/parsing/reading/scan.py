"""What is around an answer: prose, fences, thoughts, tags, control tokens, labels, other turns of the talk.

A text is gone through once, from the left. Where a value begins, it is read to its end, so that nothing within a string
is ever taken for a fence, a tag or an answer. Every value that could be the answer becomes a Candidate with a rank.
"""

import json
import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any

from kgents.parsing.parsed import Path, Problem, Rejected
from kgents.parsing.reading.calls import KEYWORDS, called
from kgents.parsing.reading.machine import Machine
from kgents.parsing.reading.reader import Reading, read_at

THOUGHT, TURN, CODE, PROSE, ANSWER = range(5)
_CURLY_END = re.compile(r"”\s*[,}\]]")  # a string that began with a straight quote may end here
_THINK = "think|thinking|thought|thoughts|reasoning|scratchpad|reflection|analysis"
_ANSWER_TAGS = "answer|final|final_answer|output|result|response|json"
_TOKEN = re.compile(
    rf"(?P<think><(?:{_THINK})>|\[THINK\])|(?P<unthink></(?:{_THINK})>|\[/THINK\])"
    r"|(?P<channel><\|channel\|>\s*(?P<name>\w+)[^<\n]{0,80})"
    rf"|(?P<tag><(?:{_ANSWER_TAGS})>)|(?P<untag></(?:{_ANSWER_TAGS})>)"
    r"|(?P<fence>(?:`{3,}|~{3,})[ \t]*(?P<lang>[A-Za-z][\w+-]*)?)"
    r"|(?P<turn>^[ \t]*(?:User|Human|Observation|Question|Q|Example \d*|### (?:Instruction|User|Human))[ \t]*:"
    r"|<\|im_start\|>\s*user"
    r"|<\|start\|>\s*user|\[INST\]|<\|user\|>|<｜User｜>)"
    r"|(?P<again>^[ \t]*(?:Sorry|Wait|Oops|Hmm|Correction|Corrected|Actually|Let me|No,)[^\n{}\[\]]{0,100}:?[ \t]*\n)"
    r"|(?P<marker>^\[\[ ## \w{1,60} ## \]\][ \t]*$)|(?P<open>[{\[])",
    re.MULTILINE | re.IGNORECASE,
)
_ANSWER_FIELD = re.compile(rf"(?:{_ANSWER_TAGS})\b", re.IGNORECASE)
_BEGINS_AS_JSON = re.compile(r"\{[ \t\r\n]*[\"}]|\[[ \t\r\n]*[\[\]{\"\d\-tfnNI]")
_UNTHINK = re.compile(rf"</(?:{_THINK})>|\[/THINK\]", re.IGNORECASE)
_AGAIN = re.compile(r"\n[ \t]*(?:Sorry|Wait|Oops|Hmm|Correction|Corrected|Actually|Let me|No,)[^\n{}\[\]]{0,100}:?[ \t]*\n\s*"
                    r"(?:(?:```|~~~)\w*\s*)?(?=[{\[])")  # fmt: skip
_ANSWER_FENCES = frozenset({"", "json", "jsonc", "json5", "jsonl", "ndjson", "text", "txt", "tool_call", "tool_code",
                            "javascript", "js", "output", "answer"})  # fmt: skip
_HARMLESS = re.compile(r"\{[^{}\[\]\":=\n]{0,80}\}|\[[^{}\[\]\":=\n]{0,80}\]|\{\{\s*[\w.]+\s*\}\}")
_NUMBERS = re.compile(r"\[[\s\d.,eE+-]*\]|\{\s*\}")
_LABEL = re.compile(
    r"(?:final|answer|corrected|correct|result|output|response|action input)[^\n{}\[\]]{0,40}[:\s*]*(?:`{3}\w*)?[\s*`]*\Z",
    re.IGNORECASE,
)
_DRAFT = re.compile(r"(?:draft|example|e\.g\.|for instance|instead of|not|wrong|previous|old|input|schema|template|format)"
                    r"[^\n{}\[\]]{0,30}[:\s*]*(?:`{3}\w*)?[\s*`]*\Z", re.IGNORECASE)  # fmt: skip
_PART_BEFORE = re.compile(
    r"[\"'”]\s*[:：]\s*\Z|[\w)\]]\s*[+*/]\s*\Z|,\s*\Z|\w\[\s*\Z|\(\s*\w+\s*=\s*\Z|,\s*\w+\s*=\s*\Z"
)
_ASSIGNED = re.compile(r"(?:^|\n)[ \t>]*(?:const |let |var |export default |export |return )?[\w.]*\s*=?\s*\Z")
_EQUALS = re.compile(r"=\s*\Z")
_PART_AFTER = re.compile(r"\s*:(?!\s*\n)|\s*,\s*[\"'][^\"'\n]{0,80}[\"']\s*:|\s*\"[^\"\n]{1,80}\"\s*:|[}\]\s]*[}\]]\s*,\s*\S"
                         r"|\s*[+*/]\s*[\d\"\[{]"
                         r"|\s*,\s*(?:\d|\"|true|false|null)|\s*\d+\s*\]|\[")  # fmt: skip
_NEXT_IN_ROW = re.compile(r"[\s,;]*(?:\\n)?[\s,;]*\Z|\s*(?:<\|[^|>]*\|>|</?tool_call>|\s)*\Z")
_WORD_BEFORE = re.compile(r"[\w\"]\Z")
WORK = 4  # characters that may be read in vain, per character of the text
MOST_TOO_DEEP = 2_000  # brackets that may be read in vain because they nest too deeply: each costs a thousand levels


@dataclass(slots=True)
class Candidate:
    """A value that could be the answer.

    rank    the more, the likelier: THOUGHT, TURN, CODE, PROSE, ANSWER
    weak    a list of numbers or an empty object in the middle of prose, which may be a citation
    part    the reason why it may be a part of something larger, or nothing
    """

    value: Any
    start: int
    end: int
    rank: int
    complete: bool = True
    repairs: tuple[str, ...] = ()
    doubts: tuple[Problem, ...] = ()
    open: Path | None = None
    weak: bool = False
    part: str = ""
    label: int = 0


@dataclass(slots=True)
class Scan:
    """The state of going through a text; `strict`: only JSON counts as a value."""

    text: str
    strict: bool = False
    candidates: list[Candidate] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tainted: str = ""
    fence: str | None = None
    rank: int = PROSE
    thinking: bool = False
    spent: int = 0
    why: str = ""
    _too_deep: int = 0
    _ends: list[int] | None = None
    _curly: int | None = None
    _first: int | None = None
    _fence_start: int = 0

    def run(self) -> list[Candidate]:
        """All candidates, from the left."""
        at = 0
        while (match := _TOKEN.search(self.text, at)) is not None:
            kind = match.lastgroup
            kind = next(name for name in _KINDS if match.group(name) is not None)
            at = max(getattr(self, f"_{kind}")(match), match.start() + 1)
        for candidate in self.candidates:
            self._settle(candidate)
        return self.candidates

    def _note(self, name: str) -> None:
        if name not in self.notes:
            self.notes.append(name)

    def _think(self, match: re.Match[str]) -> int:
        if self._ends is None:
            self._ends = [match_.end() for match_ in _UNTHINK.finditer(self.text)]
        index = bisect_left(self._ends, match.end() + 1)
        self._note("thinking block")
        if index < len(self._ends):
            return self._ends[index]
        self.thinking = True
        return match.end()

    def _unthink(self, match: re.Match[str]) -> int:
        for candidate in self.candidates:
            candidate.rank = THOUGHT
        self._note("thinking block")
        self.thinking, self.tainted = False, ""
        return match.end()

    def _channel(self, match: re.Match[str]) -> int:
        name = match.group("name").lower()
        self._note("channel")
        self.rank = {"final": ANSWER, "commentary": PROSE}.get(name, THOUGHT)
        self.tainted = ""
        return match.end()

    def _marker(self, match: re.Match[str]) -> int:
        """What stands below the name of a field is that field."""
        self._note("field markers")
        self.tainted = ""
        if self.rank >= PROSE:
            self.rank = ANSWER if _ANSWER_FIELD.search(match.group()) else PROSE
        return match.end()

    def _tag(self, match: re.Match[str]) -> int:
        self._note("tag")
        self.tainted = ""
        self.rank = max(self.rank, ANSWER) if self.rank >= PROSE else self.rank
        return match.end()

    def _untag(self, match: re.Match[str]) -> int:
        self.rank = PROSE if self.rank == ANSWER else self.rank
        return match.end()

    def _fence(self, match: re.Match[str]) -> int:
        self._note("fence")
        if not self.text[self.text.rfind("\n", 0, match.start()) + 1 : match.start()].strip():
            self.tainted = ""
        if self.fence is not None and not match.group("lang"):
            self._scalar(match.start())
            self.fence = None
        else:
            self.fence = (match.group("lang") or "").lower()
            self._fence_start = match.end()
            return self._call(match.end())
        return match.end()

    def _call(self, start: int) -> int:
        """Where the text goes on behind a fence that begins at `start`: at its end where it holds a call of Python."""
        if not KEYWORDS.match(self.text, start) or self.spent > WORK * len(self.text) + 10_000:
            return start
        end = self.text.find("\n```", start)
        end = len(self.text) if end < 0 else end
        reading = called(self.text[start:end]) if end - start < 100_000 else None
        if reading is None:
            self.spent += end - start
            return start
        if not self.strict:
            self.candidates.append(
                Candidate(reading.value, start, end, self._rank(), True, reading.repairs, reading.doubts)
            )
        return end

    def _scalar(self, end: int) -> None:
        """A fence that holds a value without brackets."""
        inside = self.text[self._fence_start : end].strip()
        if inside and inside[0] not in "{[" and self.fence in _ANSWER_FENCES and len(inside) < 100_000:
            try:
                value = json.loads(inside)
            except ValueError:
                return
            self.candidates.append(Candidate(value, self._fence_start, end, self._rank()))

    def _turn(self, match: re.Match[str]) -> int:
        if any(candidate.rank >= PROSE for candidate in self.candidates):
            self.rank = TURN
            self._note("a further turn")
        self.tainted = ""
        return match.end()

    def _again(self, match: re.Match[str]) -> int:
        if re.compile(r"\s*(?:(?:```|~~~)\w*\s*)?[{\[]").match(self.text, match.end()):
            self._given_up()
        return match.end()

    def _given_up(self) -> None:
        """What was written so far was taken back."""
        for candidate in self.candidates:
            candidate.rank = THOUGHT
        self.tainted, self.fence = "", None
        self._note("an attempt that was given up")

    def _rank(self) -> int:
        if self.rank < PROSE or self.fence is None:
            return self.rank
        return ANSWER if self.fence in _ANSWER_FENCES else CODE

    def _open(self, match: re.Match[str]) -> int:
        start = match.start()
        reading = self._read(start)
        harmless = _HARMLESS.match(self.text, start)
        if reading is None:
            if harmless is None:
                self.tainted = self.tainted or self.why or "brackets that hold no value stand before it"
            return harmless.end() if harmless else start + 1
        if not reading.complete and self._brief(reading):
            self.tainted = self.tainted or "brackets that hold no value stand before it"
            return start + 1
        if reading.repairs and (again := _AGAIN.search(self.text, start, reading.end)) is not None:
            self._given_up()
            return again.end()
        if harmless is not None and self._only_bare_words(reading):
            return harmless.end()
        self._add(reading, harmless is not None or _NUMBERS.match(self.text, start) is not None)
        return reading.end

    def _brief(self, reading: Reading) -> bool:
        """Whether next to nothing was read before the text ended, and the bracket stands in prose."""
        if self._first is None:
            self._first = len(self.text) - len(self.text.lstrip())
        alone = reading.start <= self._first or self.fence is not None
        return not alone and not reading.value and len(self.text) - reading.start > 40

    @staticmethod
    def _only_bare_words(reading: Reading) -> bool:
        """Words in brackets, as prose has them; a list of quoted strings is a list, whichever quotes it has."""
        value = reading.value
        return (
            "bare value" in reading.repairs and isinstance(value, list) and all(isinstance(item, str) for item in value)
        )

    def _read(self, start: int) -> Reading | None:
        self.why = ""
        if _BEGINS_AS_JSON.match(self.text, start) is None:
            return self._otherwise(start)
        if self._too_deep > MOST_TOO_DEEP:
            self.why = "nested too deeply"
            return None
        try:
            value, end = _DECODER.raw_decode(self.text, start)
            return Reading(value, start, end)
        except RecursionError:
            self.spent += len(self.text) - start
            self._too_deep += 1
            self.why = "nested too deeply"
            return None
        except json.JSONDecodeError as wrong:
            self.spent += wrong.pos - start
        except ValueError:
            self.why = "a number that is too long"
            return None
        return self._otherwise(start)

    def _otherwise(self, start: int) -> Reading | None:
        """What begins here and is not JSON as a whole."""
        if self.strict or self.spent > WORK * len(self.text) + 10_000:
            return None
        try:
            return self._cut(start) or read_at(self.text, start)
        except Rejected as wrong:
            index = re.search(r"at character (\d+)\Z", str(wrong))
            self.spent += int(index.group(1)) - start if index else len(self.text) - start
            self.why = str(wrong)
            return None

    def _cut(self, start: int) -> Reading | None:
        """The beginning of valid JSON, where the rest of the text is nothing else."""
        machine = Machine()
        machine.feed(self.text[start:])
        machine.read()
        if machine.broken is not None or machine.complete or start <= self._last_curly():
            self.spent += machine.broken or 0
            return None
        return Reading(machine.root, start, len(self.text), False, open=machine.path)

    def _last_curly(self) -> int:
        """Where a string that began with a straight quote may end last; -1 where there is no such place."""
        if self._curly is None:
            self._curly = max((match.start() for match in _CURLY_END.finditer(self.text)), default=-1)
        return self._curly

    def _add(self, reading: Reading, short: bool) -> None:
        before, after = (
            self.text[max(0, reading.start - 200) : reading.start],
            self.text[reading.end : reading.end + 200],
        )
        part = self.tainted or _part(before, after, self.candidates, reading)
        rank = self._rank()
        weak = short and bool(re.search(r"\w[ \t]?\Z", before)) and self.fence is None
        label = -1 if rank >= PROSE and _DRAFT.search(before[-80:]) else int(bool(_LABEL.search(before[-80:])))
        self.candidates.append(Candidate(reading.value, reading.start, reading.end, rank, reading.complete, reading.repairs,
                                         reading.doubts, reading.open, weak, part, label))  # fmt: skip

    def _settle(self, candidate: Candidate) -> None:
        """An answer that follows thoughts without an end is one only if nothing follows."""
        if self.thinking and candidate.rank >= PROSE and self.text[candidate.end :].strip(" \n\t`~"):
            candidate.doubts = (*candidate.doubts, Problem((), "", "it stands within thoughts that have no end"))


_KINDS = ("think", "unthink", "channel", "tag", "untag", "fence", "turn", "again", "marker", "open")
_DECODER = json.JSONDecoder()


def _part(before: str, after: str, earlier: list[Candidate], reading: Reading) -> str:
    """Why a value may be a part of something larger; nothing where it stands for itself."""
    in_row = (
        bool(earlier)
        and _NEXT_IN_ROW.fullmatch(
            before[len(before) - (reading.start - earlier[-1].end) :] if reading.start - earlier[-1].end <= 200 else "x"
        )
        is not None
    )
    if not in_row:
        if _PART_BEFORE.search(before):
            return "what stands before it belongs to something larger"
        if _EQUALS.search(before) and not _ASSIGNED.search(before):
            return "what stands before it belongs to something larger"
        if _WORD_BEFORE.search(before) and isinstance(reading.value, list):
            return "what stands before it belongs to something larger"
    if reading.complete and _PART_AFTER.match(after):
        return "what stands behind it goes on"
    return ""
