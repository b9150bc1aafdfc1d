"""A reader of almost-JSON that loses no text: it names what it had to overlook, and rejects where it would have to guess.

It overlooks comments, other quotes and quotes that were not escaped, bare keys and values, commas too many or too few,
brackets that are missing or of the wrong kind where their number tells which, other words for true, false and null, other
ways to write a number, constructors of Python and Mongo. Where the text ends too soon it returns what was complete and
says so; a number or a word at the very end may be cut, and is left out.
"""

import re
from dataclasses import dataclass
from typing import Any

from kgents.parsing.parsed import Path, Problem, Rejected
from kgents.parsing.reading import bare
from kgents.parsing.reading.constructors import Call, made
from kgents.parsing.reading.cursor import NUMBER_ENDS, End
from kgents.parsing.reading.keys import Keys
from kgents.parsing.reading.lexis import (
    CLOSING,
    DEEPEST,
    ELLIPSIS,
    NUMBER,
    PLAIN_NUMBER,
    number_of,
)  # fmt: skip

_PIECES = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
_FAST = re.compile(r'"([^"\\\x00-\x1f“”„]*)"(?=\s*(?:[}\]]\s*[,}\]]|,\s*(?:"[^"\\{}\[\],:]*"\s*:|[{\[\d-])))')
_CALL = re.compile(r"(?:new\s+)?([A-Za-z_][\w.]*)\(")
_NAMED = re.compile(r"\s*([A-Za-z_]\w*)\s*=(?!=)")
_PREFIXED = re.compile(r"[urb](?=[\"'])|f(?=[\"'][^\"'{}\n]*[\"'])")
_TAGGED = re.compile(r"<[\w.]+: ([^<>]+)>")
_MEMBER = re.compile(r"\"[^\"\\\n{}\[\],:]{1,60}\"\s*:")
_NUMERAL = r"-?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?"
_NUMBER_ROW = re.compile(rf"\[\s*((?:{_NUMERAL}[^\S\n]+)+{_NUMERAL})\s*\]")
_NOTE_AT_THE_END = re.compile(r"\[\s*(?:\.{3}|…)?\s*(?:(?:output|response|text|json|was)\s+)*(?:truncated|cut off)\b"
                              r"[^\[\]{}\"]{0,60}\]\s*(?:`{3}\s*)?\Z", re.IGNORECASE)  # fmt: skip
_GROUPS = re.compile(r"-?[0-9]{1,3}(?:\s+[0-9]{3})+")
MOST_MISMATCHES = 20


@dataclass(slots=True)
class Reading:
    """What was read from a place on."""

    value: Any
    start: int
    end: int
    complete: bool = True
    repairs: tuple[str, ...] = ()
    doubts: tuple[Problem, ...] = ()
    open: Path | None = None


def read_at(text: str, start: int) -> Reading:
    """The object or list whose bracket is at `start`. Rejected names the place and the reason."""
    reader = Reader(text, start)
    try:
        value = reader.container()
    except RecursionError:
        raise Rejected("nested too deeply") from None
    return Reading(value, start, reader.at, reader.complete, tuple(dict.fromkeys(reader.repairs)), tuple(reader.doubts),
                   None if reader.complete else tuple(reader.path))  # fmt: skip


class Reader(Keys):
    """The state of reading one value."""

    __slots__ = ()

    def container(self) -> Any:
        """An object or a list; on a text that ends too soon what there is of it."""
        if len(self.boxes) > DEEPEST:
            raise self.wrong("nested too deeply")
        opening = self.text[self.at]
        if opening == "{" and self.text.startswith("{{", self.at) and (self.doubled or not self.boxes):
            self.doubled = True
            self.repairs.append("doubled braces")
            self.at += 1
        elif opening == "{" and self.doubled:
            raise self.wrong("a single brace among doubled ones")
        if opening == "[" and self.boxes and _NOTE_AT_THE_END.match(self.text, self.at) is not None:
            self.at = len(self.text)
            raise End
        if opening == "[" and self.boxes and (row := _NUMBER_ROW.match(self.text, self.at)) is not None:
            return self._numbers(row)
        self.at += 1
        box: Any = {} if opening == "{" else []
        self.boxes.append({"{": "}", "[": "]", "(": ")"}[opening])
        try:
            box = self._members(box) if opening == "{" else self._elements(box)
        except End:
            self.complete = False
        self.boxes.pop()
        return box

    def _numbers(self, row: re.Match[str]) -> list[int | float]:
        """The numbers of a list that has spaces for commas, as numpy writes it; groups of three digits are not read."""
        if _GROUPS.fullmatch(row.group(1)):
            raise self.wrong("one number in groups, or several")
        self.at = row.end()
        self.repairs.append("comma too few")
        return [number_of(word) for word in row.group(1).split()]

    def value_alone(self) -> Any:
        """A value that stands without brackets around it, such as a call."""
        try:
            return self._value("argument")
        except End:
            self.complete = False
            return None

    def _members(self, box: dict[str, object]) -> Any:
        while self._next(bool(box)):
            index = self.at
            key = self.key()
            if key is None:
                if box:
                    raise self.wrong("no colon after the key")
                self.at = index
                self.repairs.append("a set")
                return self._elements([])
            self.path.append(key)
            item = self._value("member")
            self._set(box, key, item)
            if not self.complete:
                return box
            self.path.pop()
        return box

    def _set(self, box: dict[str, object], key: str, item: Any) -> None:
        if item is bare.HOLE:
            self.doubt(key, "no value was written")
            return
        if key in box and box[key] != item:
            self.doubt(key, "the key stands there twice, with different values; the last one counts")
        box[key] = item

    def _elements(self, box: list[Any]) -> list[Any]:
        while self._next(bool(box)):
            self.path.append(len(box))
            item = self._value("element")
            if item is bare.HOLE:
                self.doubt("", "no value was written")
            else:
                box.append(item)
            if not self.complete:
                return box
            self.path.pop()
        return box

    def _next(self, begun: bool) -> bool:
        """Passes over the comma; False at the closing bracket."""
        closing, index = self.boxes[-1], self.at
        mark = self.peek()
        comma = self.after_comma = mark in ",，;"
        if comma:
            mark = self._commas(mark, begun, closing)
        if begun and closing == "]" and mark == '"' and self._ends_unclosed():
            self.at = index
            return False
        if ELLIPSIS.match(self.text, self.at):
            return self._ellipsis(begun)
        if mark in "}])":
            return self._closer(mark, closing, comma, begun)
        if begun and not comma:
            if closing != "}" and mark not in "{[":
                raise self.wrong("no comma between two elements")
            self.repairs.append("comma too few")
        return True

    def _ends_unclosed(self) -> bool:
        """Whether a member of the object around a list stands where an element would, and a bracket is missing."""
        if self.boxes[-2:] != ["}", "]"] or _MEMBER.match(self.text, self.at) is None:
            return False
        self.mismatches += 1
        if self.mismatches > MOST_MISMATCHES or self._to_come() >= len(self.boxes):
            return False
        self.repairs.append("bracket")
        return True

    def _commas(self, mark: str, begun: bool, closing: str) -> str:
        self.at += 1
        if mark != ",":
            self.repairs.append("comma")
        after = self.peek()
        if not begun:
            if after in "}])":
                raise self.wrong("a comma before the first member")
            self.repairs.append("comma too many")
        while after == "," and closing == "}":
            self.repairs.append("comma too many")
            self.at += 1
            after = self.peek()
        return after

    def _ellipsis(self, begun: bool) -> bool:
        match = ELLIPSIS.match(self.text, self.at)
        assert match is not None
        self.doubt(match.group(), "an ellipsis: something was left out")
        self.at = match.end()
        return self._next(begun) if self.peek() != "," or not begun else self._next(True)

    def _closer(self, mark: str, closing: str, comma: bool, begun: bool) -> bool:
        if comma:
            self.repairs.append("comma too many")
        if mark == closing:
            self.at += 1 + (self.doubled and mark == "}")
            if self.doubled and mark == "}" and self.text[self.at - 1 : self.at] != "}":
                raise self.wrong("a single brace among doubled ones")
            return False
        return self._mismatch(mark, begun)

    def _mismatch(self, mark: str, begun: bool) -> bool:
        """A bracket of the wrong kind: which one is missing, wrong or too many is told by the number of those to come."""
        self.mismatches += 1
        if self.mismatches > MOST_MISMATCHES or self.doubled:
            raise self.wrong(f"{mark!r}")
        depth, to_come = len(self.boxes), self._to_come()
        self.repairs.append("bracket")
        if to_come > depth and mark not in self.boxes:
            self.at += 1
            return self._next(begun)
        if to_come < depth and mark in self.boxes:
            return False
        self.at += 1
        return False

    def _to_come(self) -> int:
        """Closing brackets less opening ones from here on, outside of strings, as far as they close something."""
        level = least = 0
        for match in _PIECES.finditer(self.text, self.at):
            letter = match.group()
            level += (letter in "{[") - (letter in "}]")
            least = min(least, level)
        return -least

    def _value(self, context: str) -> Any:
        text = self.text
        mark = self.peek()
        match = _FAST.match(text, self.at) if mark == '"' else None
        if match is not None:
            self.at = match.end()
            return match.group(1)
        if mark == "{" and not self.doubled and (blank := re.compile(r"\{\{[\w .]{1,40}\}\}").match(text, self.at)):
            self.at = blank.end()
            return bare.HOLE
        if mark in "{[(":
            return self._bracketed(mark, context)
        prefixed = _PREFIXED.match(text, self.at)
        if prefixed is not None:
            self.at = prefixed.end()
            self.repairs.append("prefix")
            mark = text[self.at]
        if mark in CLOSING:
            return self._string(context)
        return self._scalar(mark, context)

    def _bracketed(self, mark: str, context: str) -> Any:
        blank = re.compile(r"\[[A-Z][A-Z_ ]*\]").match(self.text, self.at)
        if blank is not None and context == "member":
            self.at = blank.end()
            return bare.HOLE
        if mark != "(":
            return self.container()
        self.repairs.append("parentheses")
        box = self.container()
        return box[0] if len(box) == 1 and self.complete and not self.after_comma else box

    def _scalar(self, mark: str, context: str) -> Any:
        text = self.text
        match = NUMBER.match(text, self.at)
        if match is not None and NUMBER_ENDS.match(text, match.end()):
            if match.end() == len(text):
                raise End
            if PLAIN_NUMBER.fullmatch(match.group()) and not self._thousands(match.end(), context):
                self.at = match.end()
                return number_of(match.group())
        call = _CALL.match(text, self.at)
        if call is not None:
            return self._call(call)
        tagged = _TAGGED.match(text, self.at)
        if tagged is not None:
            self.at = tagged.end()
            self.repairs.append("representation of an object")
            return bare.value(tagged.group(1).strip("'\""))[0]
        return self._bare_value(context)

    def _call(self, match: re.Match[str]) -> Any:
        """A constructor or a call, with the arguments that are in its parentheses."""
        self.at = match.end()
        self.boxes.append(")")
        positional: list[Any] = []
        named: dict[str, object] = {}
        try:
            while self._next(bool(positional or named)):
                name = _NAMED.match(self.text, self.at)
                if name is not None:
                    self.at = name.end()
                    named[name.group(1)] = self._value("argument")
                else:
                    positional.append(self._value("argument"))
                if not self.complete:
                    raise End
        finally:
            self.boxes.pop()
        try:
            value = made(match.group(1), positional, named)
        except ValueError as wrong:
            raise self.wrong(str(wrong)) from None
        self.repairs.append(f"call of {match.group(1)}" if isinstance(value, Call) else "constructor")
        return value
