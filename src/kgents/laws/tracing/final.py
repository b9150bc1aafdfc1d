"""The answers that a trace gives: that they are one, and that the work leads to it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from kgents.laws.tracing.discourse import names_a_part
from kgents.laws.tracing.formula import Literal, evaluate
from kgents.laws.tracing.readings import measure, written
from kgents.laws.tracing.sides import right_of
from kgents.laws.tracing.tokens import Kind, Token, tokens

_ANSWER = re.compile(
    r"(?:####|\\boxed\s*\{|"
    r"(?<!/)\b(?:final answer|answer) (?:is|equals|=):?|\b(?:final answer|answer):)\s*(?=(?P<rest>[^\n]{1,80}))",
    re.IGNORECASE,
)
_UNSURE = re.compile(r"\b(?:if|not|suppose|would|wrong|either|or|between)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Final:
    """An answer: its line, the line's text, its place in the line, and its number."""

    line: int
    text: str
    at: int
    number: Literal

    @property
    def value(self) -> Fraction:
        """The number, in the smallest unit where it has one."""
        kind = measure(self.number)
        return self.number.value * (kind[1] if kind else 1)


def finals(lines: Sequence[str]) -> list[Final]:
    """The answers of a trace that are plain numbers; answers to parts, cases and persons are none."""
    answers = []
    for number, line in enumerate(lines, 1):
        for match in _ANSWER.finditer(line):
            literal = _number(match["rest"])
            around = line[max(0, match.start() - 40) : match.end() + 80]
            if literal is None or names_a_part(line[: match.end() + 80][-400:]) or _UNSURE.search(around):
                continue
            answers.append(Final(number, line.strip()[:120], match.start(), literal))
    return answers


def _number(text: str) -> Literal | None:
    """The number that an answer begins with, where it is one: `$1,200`, `3/4`, `2 hours`, `25%`."""
    from kgents.laws.tracing.spelling import plain

    cleaned = plain(text.split("}", maxsplit=1)[0] if "\\" not in text else "\\boxed{" + text)
    row = [Token(Kind.RELATION, "=", 0), *tokens(re.sub(r"^[\s*:$]*(?=\$|\d)", "", cleaned.replace("**", "")))]
    side = right_of(row, 0)
    if side is None or any(not isinstance(item, Literal | str) for item in side[0]):
        return None
    value = evaluate(side[0], written)
    first = side[0][0]
    if value is None or not isinstance(first, Literal) or first.time:
        return None
    operators = [item for item in side[0] if isinstance(item, str)]
    if operators in ([], ["neg"]):
        return Literal(first.text, value, first.places, first.percent, first.money, nouns=first.nouns)
    return Literal(first.text, value) if operators == ["/"] else None


def disagree(one: Final, other: Final) -> bool:
    """Whether two answers differ under every reading of units, percent and rounding."""
    pairs = [(one.number.value, other.number.value)]
    if measure(one.number) and measure(other.number):
        pairs.append((one.value, other.value))
    if not same_thing(one.number, other.number):
        return False
    return not any(near(a, b, one.number, other.number) for a, b in pairs)


def same_thing(one: Literal, other: Literal) -> bool:
    """Whether the nouns behind two numbers leave it open that they count one thing."""
    if not one.nouns or not other.nouns or set(one.nouns) & set(other.nouns):
        return True
    kinds = measure(one), measure(other)
    return kinds[0] is not None and kinds[1] is not None and kinds[0][0] == kinds[1][0]


def near(a: Fraction, b: Fraction, one: Literal, other: Literal) -> bool:
    """Whether two numbers are one, rounded or as percent."""
    places = min(one.places, other.places)
    inexact = (a * 10**places).denominator > 1 or (b * 10**places).denominator > 1
    if a == b or (inexact and abs(a - b) < Fraction(1, 10**places)):
        return True
    return (one.percent or other.percent) and (a * 100 == b or b * 100 == a)


def comes_from_nowhere(answer: Final, mentioned: Iterable[Fraction]) -> bool:
    """Whether an answer is none of the numbers of a trace, nor one of them rounded, in another unit, or its negative."""
    values = {
        answer.number.value,
        answer.value,
        -answer.number.value,
        answer.number.value * 100,
        answer.number.value / 100,
    }
    for number in mentioned:
        if number in values or (number.denominator > 1 and any(abs(number - value) < 1 for value in values)):
            return False
    return True


def is_one_step_from(value: Fraction, results: Sequence[Fraction]) -> bool:
    """Whether an answer follows from two results in a step that is not written."""
    for one, other in combinations(results, 2):
        steps = {one + other, abs(one - other), one * other, *({one / other, other / one} if one and other else ())}
        if value in steps:
            return True
    return False
