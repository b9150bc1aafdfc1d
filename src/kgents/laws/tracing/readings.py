"""The readings under which an equation may be true: as written, percent as a number, units scaled, rounded values exact.

Rule of charity: an equation is false only if it is false under every one of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from kgents.laws.tracing.formula import Formula, Literal, Name, Number, literals
from kgents.laws.tracing.units import unit

_PI = Fraction("3.14159265358979323846")
_CONSTANTS = {"3.14": _PI, "3.142": _PI, "3.1416": _PI, "3.14159": _PI, "1.41": Fraction("1.41421356237309"),
              "1.414": Fraction("1.41421356237309"), "1.73": Fraction("1.73205080756887"), "1.732": Fraction("1.73205080756887"),
              "2.718": Fraction("2.71828182845904"), "2.72": Fraction("2.71828182845904")}  # fmt: skip
HOUR = Fraction(3600)


def written(literal: Literal) -> Fraction | None:
    """The number as it is written."""
    return literal.value


def _percent_as_number(literal: Literal) -> Fraction | None:
    return literal.value * 100 if literal.percent else literal.value


def _scaled(literal: Literal) -> Fraction | None:
    """In the smallest unit of its dimension; `40 km/h` in kilometres a second."""
    if "per" in literal.nouns:
        per = literal.nouns.index("per")
        over, under = _size(literal, literal.nouns[:per]), _size(None, literal.nouns[per + 1 :])
        return literal.value * over / under
    return literal.value * _size(literal, literal.nouns)


def measure(literal: Literal) -> tuple[str, Fraction] | None:
    """Dimension and size of the unit of a number, a currency sign included."""
    if "per" in literal.nouns:
        return None
    return ("money", Fraction(100)) if literal.money else unit(literal.nouns)


def _mixes_sizes(both: list[Literal]) -> bool:
    """Whether there are two sizes of one dimension, or a word such as dozen."""
    words = [noun for one in both for noun in (*one.nouns, *("$" if one.money else ""))]
    known = {kind for kind in (unit((word,)) for word in words) if kind}
    return any(kind[0] == "count" for kind in known) or len({kind[0] for kind in known}) < len(known)


def _size(literal: Literal | None, nouns: tuple[str, ...]) -> Fraction:
    known = unit(nouns)
    if known is None and literal is not None and literal.money:
        return Fraction(100)
    return known[1] if known else Fraction(1)


def _constants(literal: Literal) -> Fraction | None:
    if literal.text in _CONSTANTS:
        return _CONSTANTS[literal.text]
    if literal.places < 2:
        return literal.value
    for denominator in (3, 6, 7, 9, 11):
        near = Fraction(round(literal.value * denominator), denominator)
        if near.denominator > 1 and abs(near - literal.value) < Fraction(1, 10**literal.places):
            return near
    return literal.value


def _substituted(values: Mapping[Fraction, Fraction]) -> Number:
    def exact(literal: Literal) -> Fraction | None:
        return values.get(literal.value, literal.value)

    return exact


def _timed(bare: Fraction, clock: Fraction) -> Number:
    def seconds(literal: Literal) -> Fraction | None:
        if literal.time:
            return literal.value * clock
        known = unit(literal.nouns)
        if known is not None and known[0] == "time":
            return literal.value * known[1]
        if set(literal.nouns) & {"am", "pm", "o'clock"}:
            return literal.value * HOUR
        return literal.value * bare

    return seconds


def is_timed(sides: tuple[Formula, Formula]) -> bool:
    """Whether there is a time of day in an equation."""
    both = [*literals(sides[0]), *literals(sides[1])]
    return any(literal.time or set(literal.nouns) & {"am", "pm", "o'clock"} for literal in both)


def relatively(formula: Formula) -> Formula:
    """A percentage that is added or taken away as one of what stands before it: `80 - 10%` is 72."""
    out: list[Literal | Name | str] = []
    for item in formula:
        before = out[-1] if out else None
        if item in ("+", "-") and isinstance(before, Literal) and before.percent:
            factor = 1 + before.value if item == "+" else 1 - before.value
            out[-1:] = [replace(before, value=factor, percent=False), "*"]
        else:
            out.append(item)
    return tuple(out)


def readings(sides: tuple[Formula, Formula], rounded: Mapping[Fraction, Fraction]) -> Iterator[Number]:
    """The readings of the numbers of an equation that there is a reason for."""
    both = [*literals(sides[0]), *literals(sides[1])]
    if is_timed(sides):
        yield from (
            _timed(bare, clock)
            for bare in (Fraction(60), HOUR, Fraction(1))
            for clock in (Fraction(1), Fraction(1, 60))
        )
        return
    yield written
    if any(literal.percent for literal in both):
        yield _percent_as_number
    if _mixes_sizes(both):
        yield _scaled
    if any(literal.value in rounded for literal in both):
        yield _substituted(rounded)
    if any(literal.places >= 2 for literal in both):
        yield _constants
