"""A trace taken apart: its lines in one spelling, its sentences, and what they state."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from kgents.laws.tracing.discourse import Sentence, is_asserted, is_supposed, last_second_thought, sentences
from kgents.laws.tracing.equations import Equation, equations
from kgents.laws.tracing.sides import left_of, right_of
from kgents.laws.tracing.spelling import plain
from kgents.laws.tracing.tokens import Kind, Token, tokens

_NOTE = re.compile(r"<<[^<>]*>>")
_NOTE_AND_VALUE = re.compile(r"<<([^<>=]*=[^<>]*)>>\s*(\$?[-−]?\d[\d,]*(?:\.\d+)?)?")
_VARIABLE = re.compile(
    r"(?<![\w.])(?<!\d )(?<![a-zA-Z]{2}/)(?<!\d [a-z]/)([a-zA-Z])\s*(?:=|<|>|≤|≥)|\blet ([a-z]) ", re.IGNORECASE
)
_CENTS = re.compile(r"%|\bcents?\b|¢|percent", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stated:
    """An equation in its sentence.

    holds        whether the trace states it: not denied, quoted or taken back later
    supposed     whether it is only supposed
    hundredfold  whether the sentence speaks of cents or percent
    """

    equation: Equation
    sentence: Sentence
    holds: bool
    supposed: bool
    hundredfold: bool


class Text:
    """A trace taken apart. `lines` are as they were written, `plain` in the one spelling."""

    def __init__(self, trace: str) -> None:
        self.lines = trace.splitlines()
        self.plain = [plain(_NOTE.sub("", line)) for line in self.lines]
        joined = "\n".join(self.plain)
        self.variables = frozenset(one or other for one, other in _VARIABLE.findall(joined))
        self._taken_back = last_second_thought(joined)
        self._starts = [0]
        for line in self.plain:
            self._starts.append(self._starts[-1] + len(line) + 1)

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The sentences of all lines."""
        return [one for number, line in enumerate(self.plain, 1) for one in sentences(line, number)]

    @cached_property
    def _tokens(self) -> list[list[Token]]:
        return [tokens(sentence.text, self.variables) for sentence in self.sentences]

    @cached_property
    def statements(self) -> list[Stated]:
        """What the trace states as equations, in order; of a line, first the values that are carried on."""
        statements: list[Stated] = []
        line = 0
        for sentence, row in zip(self.sentences, self._tokens, strict=True):
            while line < sentence.line:
                line += 1
                statements += self._carried(line)
            hundredfold = bool(_CENTS.search(sentence.text))
            for equation in equations(row, sentence.text, sentence.line):
                holds = is_asserted(sentence.text, equation.at) and self.is_final(
                    sentence.line, sentence.at + equation.at
                )
                supposed = is_supposed(sentence.text, equation.at)
                statements.append(Stated(equation, sentence, holds, supposed, hundredfold))
        return statements

    def _carried(self, line: int) -> Iterator[Stated]:
        """`<<48/2=24>>24` says that 48/2 is 24, and that 24 was carried on."""
        written = self.lines[line - 1]
        cents = bool(_CENTS.search(written))
        for match in _NOTE_AND_VALUE.finditer(written):
            note, shown = match.groups()
            left, _, right = note.rpartition("=")
            for one, other in ((left, right), (right, shown)):
                sides = _equation(one, other, line) if other else None
                if sides is not None:
                    at = len(plain(_NOTE.sub("", written[: match.start()])))
                    yield Stated(sides, Sentence(line, at, written), self.is_final(line, at), False, cents)

    def is_final(self, line: int, at: int) -> bool:
        """Whether nothing that comes later takes back what stands at a place of a line."""
        return self._starts[line - 1] + at >= self._taken_back

    def numbers_before(self, line: int) -> set[Fraction]:
        """All numbers that are written before a line."""
        rows = zip(self.sentences, self._tokens, strict=True)
        before = [token for sentence, row in rows if sentence.line < line for token in row]
        numbers = {token.value / 100 if token.percent else token.value for token in before if token.kind is Kind.NUMBER}
        others = [token.text for token in before if token.kind is Kind.OTHER]
        return numbers | {Fraction(digits) for text in others for digits in re.findall(r"\d+", text)}


def _equation(left: str, right: str, line: int) -> Equation | None:
    text = f"{left.strip()} = {right.strip()}"
    row = tokens(plain(text))
    at = next((index for index, token in enumerate(row) if token.kind is Kind.RELATION), None)
    if at is None:
        return None
    one, other = left_of(row, at), right_of(row, at)
    if one is None or other is None or one[1] != 0 or other[1] != len(row):
        return None
    return Equation(line, text, one[0], "=", other[0], carried=True)
