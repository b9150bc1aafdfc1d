"""Claims in a trace: equations that its lines state, as exact arithmetic or as constraints on variables.

Rule of charity: an equation is a claim only where every reading of it is understood; units, times, ranges, labels and
anything unknown make us abstain. A false one is false under every reading (rounding, truncation, percent, cents).
"""

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kgents.sandbox.syntax import parse as parse_source

_NOTE = re.compile(r"<<[^<>]*>>")
_NOTE_AND_VALUE = re.compile(r"<<([^<>]*=[^<>]*)>>\s*(\$?[-−]?\d[\d,]*(?:\.\d+)?)?")
_LINE = re.compile(r"[^\n]+")
_WORDS = "and|so|then|thus|hence|therefore|we get|gives|with|since|but"
_PARTS = re.compile(rf"(?:[;:]|,\s|\.\s|\.$|\b(?:{_WORDS})\b)", re.IGNORECASE)
_RELATION = re.compile(r"(<=|>=|≤|≥|=|<|>)")
_RELATIONS = {"≤": "<=", "≥": ">="}


@dataclass(frozen=True, slots=True)
class Claim:
    """One relation of a line: `left relation right`, both as Python expressions over numbers and short names.

    carried  whether it says that a value was carried on, so that a bare number on either side is a claim
    """

    line: int
    text: str
    left: str
    relation: str
    right: str
    names: frozenset[str]
    carried: bool = False


def claims(trace: str) -> list[Claim]:
    """The claims of a trace, line by line; what is not understood is left out."""
    found: list[Claim] = []
    for number, match in enumerate(_LINE.finditer(trace), 1):
        found += _carried(match.group(), number)
        line = _NOTE.sub("", match.group())
        line = re.sub(r"^\s*(?:[-*•]|\(?\d+[.)])\s+", "", line)
        for part in _PARTS.split(line):
            found += _of_part(part.strip(), number)
    return found


def _carried(line: str, number: int) -> list[Claim]:
    """Values that are carried on: `<<48/2=24>>24` claims the note's equation, and that 24 is what the note came to."""
    found = []
    for note, shown in _NOTE_AND_VALUE.findall(line):
        left, _, right = note.rpartition("=")
        for one, other in ((left, right), (right, shown)):
            sides = _expression(one), _expression(other)
            if sides[0] is not None and sides[1] is not None:
                text = f"{one.strip()} = {other.strip()}"
                found.append(
                    Claim(number, text, sides[0], "=", sides[1], names_of(sides[0]) | names_of(sides[1]), True)
                )
    return found


def _of_part(part: str, line: int) -> list[Claim]:
    pieces = _RELATION.split(re.sub(r"^(?:[A-Za-z']{2,}[\s,]+)+", "", part))
    if len(pieces) < 3:
        return []
    sides = [_expression(piece) for piece in pieces[::2]]
    found = []
    for place in range(len(sides) - 1):
        left, right = sides[place], sides[place + 1]
        if left is None or right is None:
            continue
        relation = _RELATIONS.get(pieces[2 * place + 1], pieces[2 * place + 1])
        text = f"{pieces[2 * place].strip()} {pieces[2 * place + 1]} {pieces[2 * place + 2].strip()}"
        found.append(Claim(line, text, left, relation, right, names_of(left) | names_of(right)))
    return found


def _expression(text: str) -> str | None:
    """A side as a Python expression, or None where it is not plain arithmetic over numbers and short names."""
    cleaned = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text).replace("×", "*").replace("÷", "/").replace("$", "").strip()
    cleaned = re.sub(r"(?<=\d)\s+x\s+(?=\d)", " * ", cleaned)
    cleaned = re.sub(r"(\d+(?:\.\d+)?)\s*%", r"(\1/100)", cleaned)
    cleaned = re.sub(r"(?<![\w.])(\d+)([a-z])(?!\w)", r"\1*\2", cleaned)
    if not cleaned or re.search(r"[^-+*/().\w\s]", cleaned) or re.search(r"[A-Za-z_]\w{3,}|\d[A-Za-z]{2,}", cleaned):
        return None
    try:
        tree = parse_source(cleaned, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return cleaned if all(_plain(node) for node in ast.walk(tree)) else None


def _plain(node: ast.AST) -> bool:
    match node:
        case ast.Name(id=name):
            return len(name) == 1 or bool(re.fullmatch(r"[a-zA-Z]_?\d", name))
        case ast.Constant(value=value):
            return isinstance(value, int | float) and not isinstance(value, bool)
        case ast.BinOp(op=op):
            return isinstance(op, ast.Add | ast.Sub | ast.Mult | ast.Div)
        case _:
            return isinstance(node, ast.Expression | ast.UnaryOp | ast.USub | ast.UAdd | ast.operator | ast.Load)


def names_of(expression: str) -> frozenset[str]:
    """The variables of an expression."""
    return frozenset(node.id for node in ast.walk(parse_source(expression, mode="eval")) if isinstance(node, ast.Name))


def value_of(expression: str, known: Mapping[str, Fraction] | None = None) -> Fraction | None:
    """The exact value, or None where a name is unknown or a division is by zero."""
    try:
        found = folded(expression, (known or {}).__getitem__, Fraction)
    except (KeyError, ZeroDivisionError):
        return None
    assert isinstance(found, Fraction)
    return found


def folded(expression: str, name: Callable[[str], Any], number: Callable[[str], Any]) -> Any:
    """The expression computed in any arithmetic: `name` stands for a variable, `number` for a constant as it is written.

    KeyError for what is no arithmetic.
    """
    return _folded(parse_source(expression, mode="eval").body, expression, name, number)


def _folded(node: ast.AST, text: str, name: Callable[[str], Any], number: Callable[[str], Any]) -> Any:
    match node:
        case ast.Name(id=variable):
            return name(variable)
        case ast.Constant():
            return number(ast.get_source_segment(text, node) or "0")
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_folded(operand, text, name, number)
        case ast.UnaryOp(operand=operand):
            return _folded(operand, text, name, number)
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _folded(left, text, name, number), _folded(right, text, name, number)
            match op:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case _:
                    return a / b
        case _:
            raise KeyError(type(node).__name__)


def false_arithmetic(claim: Claim) -> bool | None:
    """True where a claim without variables is false under every reading; None where it says nothing."""
    if claim.names or not (claim.carried or re.search(r"[-+*/]\s*[\d(]", claim.left + claim.right[1:])):
        return None
    left, right = value_of(claim.left), value_of(claim.right)
    if left is None or right is None:
        return None
    match claim.relation:
        case "=" if _runs_on(left, claim.right):
            return None
        case "=":
            return not _close(left, right, claim.right)
        case "<":
            return not left < right
        case ">":
            return not left > right
        case "<=":
            return not left <= right
        case _:
            return not left >= right


def _runs_on(left: Fraction, right: str) -> bool:
    """`3 * 4 = 12 + 5 = 17`: the right side begins with the result and goes on."""
    first = re.match(r"\s*(\d+(?:\.\d+)?)\s*[-+*/]", right)
    return first is not None and Fraction(first.group(1)) == left


def _close(left: Fraction, right: Fraction, written: str) -> bool:
    """Equal, or equal after rounding or cutting to the written places, or as percent or cents."""
    digits = re.findall(r"\.(\d+)", written)
    places = max(map(len, digits), default=0)
    unit = Fraction(1, 10**places)
    for scale in (Fraction(1), Fraction(100), Fraction(1, 100)):
        if left * scale == right:
            return True
        inexact = (left * scale).denominator > 1
        if inexact and abs(left * scale - right) < unit:
            return True
    return False
