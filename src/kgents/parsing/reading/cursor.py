"""The place of a reader in its text, and the values that hold no others: strings, words, numbers.

Spaces and comments are passed over, doubts are noted with their path, a rejection names its place.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from kgents.parsing.parsed import Problem, Rejected, shortened
from kgents.parsing.reading import bare
from kgents.parsing.reading.escapes import Broken, decoded, without_cut_escape, without_last_brackets
from kgents.parsing.reading.lexis import NAME, OMITTED, PLAIN_WORDS, SPACE, WORDS
from kgents.parsing.reading.quoted import KEY_AFTER, Quoted, Unclear, goes_on, quoted

NUMBER_ENDS = re.compile(r"\s*(?:[,，;}\])]|//|#|/\*)|[^\S\n]*\n|\Z|[^\S\n]+(?=\"[^\"\\\n{}\[\],:]{1,60}\"\s*:)")
_BARE_ELEMENT = re.compile(r"[^\W\d][^\d]+")
_LAST_FENCE = re.compile(r"\n`{3}\s*\Z")


class End(Exception):
    """The text ended too soon; what was complete is kept."""


@dataclass(slots=True)
class Cursor:
    """The state of reading one value: the place, what was overlooked, what is doubtful, the brackets that are open.

    after_comma  whether a comma stands before the bracket that was closed last
    """

    text: str
    at: int = 0
    repairs: list[str] = field(default_factory=list)
    doubts: list[Problem] = field(default_factory=list)
    complete: bool = True
    path: list[str | int] = field(default_factory=list)
    doubled: bool = False
    bare: bool = False
    boxes: list[str] = field(default_factory=list)
    mismatches: int = 0
    after_comma: bool = False

    def space(self) -> None:
        """Passes over spaces and comments."""
        text = self.text
        while self.at < len(text) and text[self.at] in " \t\n\r/#\xa0\u200b\ufeff\u2003\u3000\x0b\x0c\u2028\u2029":
            match = SPACE.match(text, self.at)
            if match is None:
                return
            if not match.group().isspace():
                self._comment(match.group())
            self.at = match.end()

    def _comment(self, words: str) -> None:
        self.repairs.append("comment or hidden character")
        if words[0] in "/#" and OMITTED.search(words):
            self.doubt(words.strip(), "a comment says that something was left out")

    def peek(self) -> str:
        """The next character that counts; End where there is none."""
        self.space()
        if self.at >= len(self.text) or self.text.startswith("```", self.at):
            raise End
        return self.text[self.at]

    def wrong(self, why: str) -> Rejected:
        """The rejection, with its place."""
        return Rejected(f"{why} at character {self.at}")

    def doubt(self, part: str, why: str) -> None:
        """Notes that something is missing or unsure here."""
        self.doubts.append(Problem(tuple(self.path), shortened(part), why))

    def _string(self, context: str) -> str:
        if context == "member" and re.compile(r'""(?=[^"\s,}\]:])').match(self.text, self.at):
            self.at += 1
            self.repairs.append("quotes")
        try:
            read = quoted(self.text, self.at, context, self.bare)
        except Unclear as wrong:
            if self.bare:
                self.at = wrong.reached
                raise self.wrong(str(wrong)) from None
            self.bare = True
            return self._string(context)
        opening, words = self.text[self.at], self._text(read)
        while read.cut is False and self._joined(opening, context):
            opening, more = self.text[self.at], self._more(context)
            words += self._text(more)
            read = more
        if (
            self.text.startswith('"', self.at)
            and '"' not in read.raw
            and context == "member"
            and self.text[self.at + 1 : self.at + 2] in ",}\n"
        ):
            self.at += 1
        return words

    def _more(self, context: str) -> Quoted:
        try:
            return quoted(self.text, self.at, context, self.bare)
        except Unclear as wrong:
            self.at = wrong.reached
            raise self.wrong(str(wrong)) from None

    def _joined(self, opening: str, context: str) -> bool:
        """Whether the string goes on in a further part, at which the reader is then."""
        match = re.compile(r"\s*\+\s*(?=[\"'`])").match(self.text, self.at)
        if match is None and goes_on(self.text, opening, self.at, context):
            match = re.compile(r"\s+").match(self.text, self.at)
        if match is None:
            return False
        self.at = match.end()
        self.repairs.append("concatenation")
        return True

    def _text(self, read: Quoted) -> str:
        self.repairs += read.repairs
        raw = read.raw
        self.at = read.end
        if read.cut:
            self.complete = False
            raw = without_last_brackets(_LAST_FENCE.sub("", without_cut_escape(raw)))
        if read.lost_end:
            self.doubt(raw, "a closing quote is missing: where the string ended is not certain")
        notes: list[str] = []
        try:
            words = decoded(raw, notes)
        except Broken as wrong:
            raise self.wrong(str(wrong)) from None
        if "lone surrogate" in notes:
            self.doubt(raw, "half of a surrogate pair stands for no character")
        self.repairs += notes
        return words

    def _thousands(self, end: int, context: str) -> bool:
        return (
            context == "member"
            and re.compile(r",\d{3}(?!\d)").match(self.text, end) is not None
            and not KEY_AFTER.match(self.text, end + 1)
        )

    def _bare_value(self, context: str) -> Any:
        match = NAME.match(self.text, self.at)
        if match is not None and match.group() in WORDS and NUMBER_ENDS.match(self.text, match.end()):
            self.at = match.end()
            self.repairs += ["literal"] * (match.group() not in PLAIN_WORDS)
            return WORDS[match.group()]
        try:
            end = bare.extent(self.text, self.at, context != "member")
            words = self.text[self.at : end]
            if end == len(self.text):
                raise End
            value, repair = bare.value(words)
        except bare.Unreadable as wrong:
            raise self.wrong(str(wrong)) from None
        if value is bare.HOLE and context == "element" and not words.strip():
            raise self.wrong("no value")
        if context == "element" and isinstance(value, str) and not _BARE_ELEMENT.fullmatch(value):
            raise self.wrong(f"the words {value[:40]!r}")
        self.at = end
        self.repairs.append(repair)
        return value
