"""The examination of one trace, layer by layer, until something contradicts itself."""

import re
from fractions import Fraction
from itertools import pairwise

from kgents.laws.claims import Claim
from kgents.laws.tracing.equations import Equation, Known, definition, has_other_arithmetic, is_false
from kgents.laws.tracing.final import Final, comes_from_nowhere, disagree, finals, is_one_step_from
from kgents.laws.tracing.formula import Literal, evaluate, literals, names, operators
from kgents.laws.tracing.joint import joint_core
from kgents.laws.tracing.readings import measure, written
from kgents.laws.tracing.spans import spans
from kgents.laws.tracing.text import Stated, Text

_LAST_RESULTS = 6
_LETTER = re.compile(r"[A-Za-z](?:_?\d+|_[A-Za-z])?'*")


class Examination:
    """What a trace states, and what of it was checked.

    checked     statements that were checked
    covered     lines with an equals sign in which something was checked
    equalities  how many lines have an equals sign
    """

    def __init__(self, trace: str) -> None:
        self._text = Text(trace)
        self._other = has_other_arithmetic(trace)
        self._rounded: dict[Fraction, Fraction] = {}
        self._mentioned: set[Fraction] = set()
        self._defined = self._definitions()
        self.checked = 0
        self.covered: set[int] = set()
        self.equalities = sum("=" in line for line in trace.splitlines())

    def core(self) -> list[Claim]:
        """Statements that cannot all be true, or none."""
        return self._arithmetic() or self._spans() or self._answers() or self._joint()

    def _counts(self, line: int) -> None:
        self.checked += 1
        if "=" in self._text.lines[line - 1]:
            self.covered.add(line)

    def _definitions(self) -> dict[str, tuple[Fraction, Stated]]:
        """Phrases that are given one value in the whole trace; their values and where they are given."""
        statements: dict[str, tuple[Fraction, Stated] | None] = {}
        known: dict[str, Fraction] = {}
        for stated in self._text.statements:
            name = definition(stated.equation)
            if name is None or _LETTER.fullmatch(name):
                continue
            value = evaluate(stated.equation.right, written, known)
            before = statements.get(name)
            if value is None or not stated.holds or (name in statements and (before is None or before[0] != value)):
                statements[name] = None
                known.pop(name, None)
            elif name not in statements:
                statements[name] = (value, stated)
                known[name] = value
        return {name: entry for name, entry in statements.items() if entry is not None}

    def _arithmetic(self) -> list[Claim]:
        values: dict[str, Fraction] = {}
        for stated in self._text.statements:
            equation = stated.equation
            name = definition(equation)
            if name in self._defined and self._defined[name][1] is stated:
                values[name] = self._defined[name][0]
                continue
            false = is_false(equation, Known(self._rounded, values, stated.hundredfold))
            stands = stated.holds and not self._other and (equation.carried or not stated.supposed)
            if false and not stands:
                continue
            if false is not None:
                self._counts(equation.line)
            if false:
                used = [_claim(self._defined[name][1].equation) for name in sorted(equation.names)]
                return [*used, _claim(equation)]
            self._remember(equation, values)
        return []

    def _remember(self, equation: Equation, values: dict[str, Fraction]) -> None:
        """Values that were computed, and those that were rounded with what they came from."""
        left, right = evaluate(equation.left, written, values), evaluate(equation.right, written, values)
        self._mentioned |= {value for value in (left, right) if value is not None}
        if left is None or right is None or left == right or len(equation.right) > 1:
            return
        if abs(left - right) < 1 or equation.loose:
            self._rounded.setdefault(right, self._rounded.get(left, left))

    def _spans(self) -> list[Claim]:
        for sentence in self._text.sentences:
            for text, false in spans(sentence.text):
                self._counts(sentence.line)
                if false:
                    return [Claim(sentence.line, text, "", "=", "", frozenset())]
        return []

    def _answers(self) -> list[Claim]:
        answers = [final for final in finals(self._text.lines) if self._text.is_final(final.line, final.at)]
        for one, other in pairwise(answers):
            if disagree(one, other):
                return [_answer(one), _answer(other)]
        return self._against_work(answers[0]) if answers else []

    def _against_work(self, answer: Final) -> list[Claim]:
        """The last result and an answer that is no number of the work, nor one of them rounded or in another unit."""
        results = [one for one in self._text.statements if _is_result(one) and one.equation.line <= answer.line]
        work = [one for one in results if one.equation.line < answer.line or one.equation.at < answer.at]
        if not work or self._other:
            return []
        last = work[-1].equation
        self._counts(answer.line)
        result = literals(last.right)[0]
        before = (
            self._text.numbers_before(answer.line) | self._mentioned | {_measured(one) for one in literals(last.right)}
        )
        if result.time or result.percent or answer.number.percent or not comes_from_nowhere(answer, before):
            return []
        values = [literals(one.equation.right)[0].value for one in results[-_LAST_RESULTS:]]
        if is_one_step_from(answer.number.value, values):
            return []
        return [_claim(last), _answer(answer)]

    def _joint(self) -> list[Claim]:
        core, claims = joint_core(self._text)
        for claim in claims:
            self._counts(claim.line)
        return core


def _measured(literal: Literal) -> Fraction:
    kind = measure(literal)
    return literal.value * (kind[1] if kind else 1)


def _is_result(stated: Stated) -> bool:
    """Whether a statement computes a number, so that an answer can follow from it."""
    equation = stated.equation
    computed = bool(operators(equation.left)) and not names(equation.left)
    return (
        stated.holds
        and equation.relation in ("=", "≈")
        and computed
        and len(equation.right) == 1
        and bool(literals(equation.right))
    )


def _claim(equation: Equation) -> Claim:
    return Claim(equation.line, equation.text, "", equation.relation, "", equation.names)


def _answer(final: Final) -> Claim:
    return Claim(final.line, final.text, "answer", "=", str(final.number.value), frozenset())
