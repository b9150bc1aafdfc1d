"""Equations of a line, and whether one is false under every reading."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kgents.laws.tracing.formula import Formula, Literal, Name, evaluate, literals, names, operators
from kgents.laws.tracing.readings import is_timed, measure, readings, relatively, written
from kgents.laws.tracing.sides import left_of, right_of
from kgents.laws.tracing.tokens import Kind, Token, is_approximate

_HALF_DAY = 12 * 3600
_APPROXIMATELY = {
    1: Fraction(1, 4),
    2: Fraction(1, 10),
}  # that about 40, about 42 may be off, by the digits that are said
_CLOSELY = Fraction(1, 50)  # with more digits
_RANGE = re.compile(r"\d+-\d+\b(?!\s*[-+*/^])")
_FILLERS = frozenset(["in", "total", "all", "the", "a", "an", "of", "for", "each", "more", "left", "per"])


@dataclass(frozen=True, slots=True)
class Equation:
    """One relation of a line.

    line      number of the line, from 1
    text      the relation as it is written
    prose     whether the relation is a word: "is", "makes"
    loose     whether the right side is said to be approximate
    chained   whether the left side is the right side of the relation before
    modulus   of a congruence
    carried   whether it says that a value was carried on, so that a bare number is a claim
    at        where its relation stands in the line
    """

    line: int
    text: str
    left: Formula
    relation: str
    right: Formula
    prose: bool = False
    loose: bool = False
    chained: bool = False
    modulus: Fraction | None = None
    carried: bool = False
    at: int = 0

    @property
    def names(self) -> frozenset[str]:
        """The names on both sides."""
        return frozenset([*names(self.left), *names(self.right)])


def equations(row: Sequence[Token], line: str, number: int) -> Iterator[Equation]:
    """The equations of a line, from left to right."""
    before = -1
    for index, token in enumerate(row):
        if token.kind is not Kind.RELATION or token.text == "≠":
            continue
        left, right = left_of(row, index), right_of(row, index)
        if left is not None and _is_remnant(row, left):
            left = None
        chained = before >= 0 and left is not None and left[1] == before + 1
        before = index
        if left is None or right is None or (token.prose and not _states(left[0], right[0])):
            continue
        last = row[right[1] - 1]
        text = line[row[left[1]].at : last.at + len(last.text)]
        loose = token.text == "≈" or (index + 1 < len(row) and is_approximate(row[index + 1]))
        yield Equation(number, text.strip(), left[0], token.text, right[0], token.prose, loose, chained,
                       _modulus(row, right[1]), at=token.at)  # fmt: skip


def _is_remnant(row: Sequence[Token], left: tuple[Formula, int]) -> bool:
    """Whether a bare number is the end of a list or of a longer quantity: `1 hour and 20 minutes = 80 minutes`."""
    start, first = left[1], left[0][0]
    if len(left[0]) > 1 or start == 0 or not isinstance(first, Literal):
        return False
    return row[start - 1].text.lower() in ("and", ",", ":") or (bool(first.nouns) and row[start - 1].kind is Kind.WORD)


def _states(left: Formula, right: Formula) -> bool:
    """Whether "is" or "makes" stands between an operation and a number: `5 * 12 is 65`, not `1/3 is 5 people`."""
    single = len(right) == 1 and isinstance(right[0], Literal)
    return single and bool(operators(left)) and not _is_share(left)


def _is_share(formula: Formula) -> bool:
    """Whether a side is a fraction or percentage of something that is not named, or sums of such."""
    values = literals(formula)
    used = set(operators(formula))
    if not values or used - {"/", "+", "-"}:
        return False
    value = evaluate(formula, written)
    parts = all(one.percent or "/" in one.text or "/" in used or one.value == 1 for one in values)
    return parts and value is not None and 0 < value < 1


def _modulus(row: Sequence[Token], end: int) -> Fraction | None:
    """Of `(mod 7)` behind the right side."""
    rest = row[end : end + 3]
    if rest and rest[0].kind in (Kind.OPEN, Kind.BOUNDARY):
        rest = rest[1:]
    if len(rest) >= 2 and rest[0].text == "mod" and rest[1].kind is Kind.NUMBER and rest[1].value > 0:
        return rest[1].value
    return None


@dataclass(frozen=True, slots=True)
class Known:
    """What a trace has said so far: rounded values with what they came from, values of names, moduli it works in."""

    rounded: Mapping[Fraction, Fraction]
    values: Mapping[str, Fraction]
    hundredfold: bool = False


def is_false(equation: Equation, known: Known) -> bool | None:
    """True where an equation is false under every reading; None where it says nothing that can be checked."""
    if not _is_claim(equation) or any(name not in known.values for name in equation.names):
        return None
    sides = (equation.left, equation.right)
    relative = (relatively(equation.left), relatively(equation.right))
    checked = False
    for one, number in [(sides, number) for number in readings(sides, known.rounded)] + [(relative, written)]:
        left, right = evaluate(one[0], number, known.values), evaluate(one[1], number, known.values)
        if left is None or right is None:
            continue
        if _holds(equation, left, right, known):
            return False
        checked = True
    return True if checked and not _excused(equation) else None


def _is_claim(equation: Equation) -> bool:
    """Whether there is something computed on a side, or the two sides are in different units of one kind."""
    both = [*literals(equation.left), *literals(equation.right)]
    if not both or equation.relation not in ("=", "≈", "≡", "<", ">", "<=", ">="):
        return False
    if equation.relation == "≡" and equation.modulus is None:
        return False
    if operators(equation.left) or operators(equation.right) or equation.carried or equation.modulus is not None:
        return True
    kinds = [measure(one) for one in both]
    if len(both) == 2 and all(kinds):
        (first, second) = (kind for kind in kinds if kind)
        return first[0] == second[0] and first[1] != second[1]
    return equation.chained and not any(one.nouns or one.percent or one.money for one in both)


def _holds(equation: Equation, left: Fraction, right: Fraction, known: Known) -> bool:
    match equation.relation:
        case "<":
            return left < right
        case ">":
            return left > right
        case "<=":
            return left <= right
        case ">=":
            return left >= right
    if equation.modulus is not None and (left - right) % equation.modulus == 0:
        return True
    if is_timed((equation.left, equation.right)) and (left - right) % _HALF_DAY == 0:
        return True
    scales = [Fraction(1)]
    if _hundredfold(equation) or known.hundredfold:
        scales += [Fraction(100), Fraction(1, 100)]
    return any(_equal(left * scale, right, equation) for scale in scales) or _runs_on(equation, left)


def _hundredfold(equation: Equation) -> bool:
    """Whether a percent sign or a currency stands in an equation, so that a factor of 100 may be left out."""
    both = [*literals(equation.left), *literals(equation.right)]
    return any(one.percent or set(one.nouns) & {"cent", "percent", "percentage"} for one in both)


def _equal(left: Fraction, right: Fraction, equation: Equation) -> bool:
    """Equal, or equal after rounding or cutting off to the places that are written."""
    if left == right:
        return True
    if equation.loose and abs(left - right) <= _tolerance(equation.right) * max(abs(left), abs(right)):
        return True
    single = len(equation.right) == 1 and not any("/" in one.text for one in literals(equation.right))
    places = max((one.places for one in literals(equation.right)), default=0)
    places += 2 if any(one.percent for one in literals(equation.right)) else 0
    if not single and not places:
        return False
    inexact = (left * 10**places).denominator > 1
    return inexact and abs(left - right) < Fraction(1, 10**places)


def _tolerance(right: Formula) -> Fraction:
    """How far off a result may be that is said to be approximate: the more digits it has, the less."""
    digits = max((len(one.text.replace(".", "").replace(",", "").strip("0")) for one in literals(right)), default=1)
    return _APPROXIMATELY.get(max(digits, 1), _CLOSELY)


def _runs_on(equation: Equation, left: Fraction) -> bool:
    """`3 * 4 = 12 + 5 = 17`: the right side begins with the result and goes on."""
    first = equation.right[0]
    used = operators(equation.right)
    if not used or used == ["/"] or not isinstance(first, Literal):
        return False
    return _equal(left, first.value, Equation(0, "", equation.left, "=", (first,)))


def _excused(equation: Equation) -> bool:
    """Whether a false equation may mean something else: shares of an unnamed whole, different nouns added, a range."""
    right = literals(equation.right)
    first = equation.left[0]
    quantity = len(equation.left) == 1 and isinstance(first, Literal) and first.nouns and operators(equation.right)
    if _RANGE.match(equation.text) or quantity or "%" in operators(equation.left):
        return True
    if _is_share(equation.left) and len(right) == 1 and right[0].value >= 1 and not right[0].percent:
        return True
    if "+" in operators(equation.left) or "-" in operators(equation.left) or not operators(equation.left):
        return _mixes_nouns(equation)
    return False


def _mixes_nouns(equation: Equation) -> bool:
    """Whether different things are added up, or a result has another noun than what was added."""
    left, right = _nouns(equation.left), _nouns(equation.right)
    groups = [group for group in left if group]
    if not groups:
        return False
    groups += [group for group in right if group]
    if set.intersection(*groups):
        return False
    kinds = [measure(one) for one in (*literals(equation.left), *literals(equation.right)) if one.nouns]
    return not (all(kinds) and len({kind[0] for kind in kinds if kind}) == 1)


def _nouns(formula: Formula) -> list[set[str]]:
    return [set(one.nouns) - _FILLERS | ({"$"} if one.money else set()) for one in literals(formula)]


def definition(equation: Equation) -> str | None:
    """The name that an equation gives a value to: `speed = 60`."""
    if equation.relation != "=" or equation.prose or len(equation.left) != 1 or not isinstance(equation.left[0], Name):
        return None
    return equation.left[0].text


_WORKS_IN = re.compile(
    r"\b(?:modulo|modular|(?<=[a-z,.:] )mod \d|binary|hexa?decimal|octal|base[- ]?\d|in base)\b", re.IGNORECASE
)


def has_other_arithmetic(trace: str) -> bool:
    """Whether a trace says that it computes modulo a number or in another base."""
    return bool(_WORKS_IN.search(trace))
