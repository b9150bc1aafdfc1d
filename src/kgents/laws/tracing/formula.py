"""One side of an equation as postfix notation, evaluated exactly under a reading of its numbers.

Iterative and linear: a sum of a hundred thousand terms is no deeper than one of two. Rule: what has no exact value of
bearable size has none.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "%": 2, "mod": 2, "neg": 3, "^": 4, "sqrt": 5, "!": 6}
_MOST_BITS = 4096
_MOST_EXPONENT = 64


@dataclass(frozen=True, slots=True)
class Literal:
    """A number in an expression: value and places as written, its signs, and the nouns behind it."""

    text: str
    value: Fraction
    places: int = 0
    percent: bool = False
    money: bool = False
    time: bool = False
    per: bool = False
    nouns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, or a phrase of words in the place of one."""

    text: str


Item = Literal | Name | str
Formula = tuple[Item, ...]
Number = Callable[[Literal], Fraction | None]


class NoValue(Exception):
    """An expression without an exact value of bearable size."""


def postfix(items: Iterator[Item] | list[Item]) -> Formula | None:
    """Infix items as postfix; None where they are no expression."""
    out: list[Item] = []
    stack: list[str] = []
    operand = True
    for item in items:
        if isinstance(item, Literal | Name):
            if not operand:
                return None
            out.append(item)
            operand = False
        elif item == "(" or (operand and item in ("-", "+", "sqrt")):
            if item != "(" and not operand:
                return None
            stack.append({"-": "neg", "+": "pos"}.get(item, item))
        elif item == ")":
            if operand or not _closed(stack, out):
                return None
        elif operand:
            return None
        elif item == "!":
            out.append(item)
        else:
            _shift(stack, out, item)
            operand = True
    return None if operand else _emptied(stack, out)


def _shift(stack: list[str], out: list[Item], item: str) -> None:
    while stack and stack[-1] != "(" and _binds(stack[-1], item):
        out.append(stack.pop())
    stack.append(item)


def _binds(before: str, item: str) -> bool:
    """Whether the operator that came before is applied first."""
    first, second = _PRECEDENCE.get(before, 3), _PRECEDENCE[item]
    return first > second or (first == second and item != "^")


def _closed(stack: list[str], out: list[Item]) -> bool:
    while stack and stack[-1] != "(":
        out.append(stack.pop())
    return bool(stack) and stack.pop() == "("


def _emptied(stack: list[str], out: list[Item]) -> Formula | None:
    if "(" in stack:
        return None
    return tuple(item for item in [*out, *reversed(stack)] if item != "pos")


def evaluate(formula: Formula, number: Number, names: Mapping[str, Fraction] | None = None) -> Fraction | None:
    """The exact value, or None. `number` reads a literal; `names` gives the values of names."""
    stack: list[tuple[Fraction, bool]] = []
    try:
        for item in formula:
            if isinstance(item, Literal):
                stack.append((_known(number(item)), item.percent))
            elif isinstance(item, Name):
                stack.append((_known((names or {}).get(item.text)), False))
            elif item in ("neg", "sqrt", "!"):
                stack.append((_unary(item, stack.pop()[0]), False))
            else:
                right, left = stack.pop(), stack.pop()
                stack.append((_binary(item, left[0], right[0]), left[1] and right[1]))
        return stack[0][0] if len(stack) == 1 else None
    except (NoValue, ZeroDivisionError, IndexError):
        return None


def _known(value: Fraction | None) -> Fraction:
    if value is None:
        raise NoValue
    return value


def _unary(operator: str, value: Fraction) -> Fraction:
    if operator == "neg":
        return -value
    if operator == "!":
        if value.denominator != 1 or not 0 <= value <= 100:
            raise NoValue
        result = 1
        for factor in range(2, int(value) + 1):
            result *= factor
        return Fraction(result)
    if value < 0:
        raise NoValue
    root = Fraction(isqrt(value.numerator), isqrt(value.denominator))
    if root * root == value:
        return root
    scale = 10**30
    return Fraction(isqrt(int(value * scale * scale)), scale)


def _binary(operator: str, left: Fraction, right: Fraction) -> Fraction:
    match operator:
        case "+":
            result = left + right
        case "-":
            result = left - right
        case "*":
            result = left * right
        case "/":
            result = left / right
        case "%" | "mod":
            result = left % right
        case _:
            if right.denominator != 1 or abs(right) > _MOST_EXPONENT:
                raise NoValue
            result = left ** int(right)
    if result.numerator.bit_length() + result.denominator.bit_length() > _MOST_BITS:
        raise NoValue
    return result


def literals(formula: Formula) -> list[Literal]:
    """The numbers of an expression, from left to right."""
    return [item for item in formula if isinstance(item, Literal)]


def names(formula: Formula) -> list[str]:
    """The names of an expression, from left to right."""
    return [item.text for item in formula if isinstance(item, Name)]


def operators(formula: Formula) -> list[str]:
    """The operators of an expression, in the order in which they are applied."""
    return [item for item in formula if isinstance(item, str)]


def _written(literal: Literal) -> str:
    if literal.value.denominator == 1:
        return str(literal.value.numerator)
    exact = f"({literal.value.numerator}/{literal.value.denominator})"
    return f"{float(literal.value):.{literal.places}f}" if literal.places and not literal.percent else exact


def python(formula: Formula) -> str:
    """The expression in Python's notation, fully in brackets; a question mark stands for a root or a factorial."""
    stack: list[str] = []
    for item in formula:
        if isinstance(item, Literal):
            stack.append(_written(item))
        elif isinstance(item, Name):
            stack.append(item.text)
        elif item in ("neg", "sqrt", "!"):
            operand = stack.pop()
            stack.append(f"(-{operand})" if item == "neg" else "?")
        else:
            right, left = stack.pop(), stack.pop()
            stack.append(f"({left}{'**' if item == '^' else item}{right})")
    return stack[0]
