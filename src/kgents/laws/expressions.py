"""Expressions by what they are equal to: a key that is the same for every way to write one function.

An expression over rational numbers and names is evaluated at points that are fixed by the names, modulo a prime of 61
bits: equal expressions agree, and different ones of degree d agree with probability below (d / 2⁶¹)² (Schwartz–Zippel).
Rule: √ takes out square factors of integers; any other function is a name of its own with the key of its argument.
"""

import ast
import re
from fractions import Fraction
from hashlib import sha256

from kgents.sandbox.syntax import parse as parse_source

PRIME = (1 << 61) - 1
POINTS = 2
_MOST = 300  # characters
_EXPONENT = 64
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_ROOT = re.compile(r"\\sqrt\s*\{([^{}]*)\}")
_WORDS = {r"\cdot": "*", r"\times": "*", r"\div": "/", r"\left": "", r"\right": "", r"\pi": "pi", "×": "*", "÷": "/",
          "−": "-", "^": "**", "√": "sqrt", "π": "pi", "$": "", r"\,": "", r"\ ": "", "{": "(", "}": ")"}  # fmt: skip
_FUNCTIONS = ("sqrt", "sin", "cos", "tan", "log", "ln", "exp", "abs", "pi")
_APPLIED = _FUNCTIONS[:-1]
_LETTERS = 3  # a longer run of letters is a word, not a product of variables


class NotAnExpression(Exception):
    """A text that is no expression we can evaluate."""


def key_of(text: str) -> str | None:
    """The key of an expression: the number where it is one, else a digest of its values; None where it is none."""
    try:
        tree = parse_source(_plain(text), mode="eval").body
        exact = _rational(tree)
        if exact is not None:
            return str(exact)
        values = [_value(tree, point) for point in range(POINTS)]
    except (NotAnExpression, SyntaxError, ValueError, RecursionError, ZeroDivisionError, OverflowError, MemoryError):
        return None
    return "expression:" + sha256(repr(values).encode()).hexdigest()[:16]


def _plain(text: str) -> str:
    """Python's spelling of what is written in school notation or LaTeX."""
    words = [word for word in re.findall(r"(?<![\\A-Za-z])[A-Za-z]{2,}", text) if word not in _FUNCTIONS]
    if len(text) > _MOST or len(words) > 1:
        raise NotAnExpression
    text = re.sub(r"\\[dt]?frac\s*(\d)\s*(\d)", r"((\1)/(\2))", text)
    for _ in range(6):
        text = _ROOT.sub(r"sqrt(\1)", _FRACTION.sub(r"((\1)/(\2))", text))
    for written, meant in _WORDS.items():
        text = text.replace(written, meant)
    text = text.strip().rstrip(".").strip()
    parts = re.findall(r"\d+(?:\.\d+)?|\.\d+|[A-Za-z]+|\*\*|[-+*/()]|\s+|.", text)
    return _joined([part for part in parts if not part.isspace()])


def _joined(parts: list[str]) -> str:
    """Tokens with the signs and brackets that are left out when people write: 2x, √2, sin x."""
    tokens: list[str] = []
    for part in parts:
        if not re.fullmatch(r"\d+(\.\d+)?|\.\d+|[A-Za-z]+|\*\*|[-+*/()]", part):
            raise NotAnExpression
        word = part in _FUNCTIONS or not part.isalpha()
        if not word and len(part) > _LETTERS:
            raise NotAnExpression
        tokens += [part] if word else list(part)
    out: list[str] = []
    for token in tokens:
        before = out[-1] if out else ""
        if before in _APPLIED and token != "(":
            out[-1] = f"{before}({token})"
            continue
        starts = token == "(" or token[0].isalnum() or token[0] == "."
        ends = before != "" and (before[-1] == ")" or before[-1].isalnum())
        if starts and ends and before not in _APPLIED:
            out.append("*")
        out.append(token)
    return "".join(out)


def _rational(node: ast.expr) -> Fraction | None:
    """The exact value of an expression without names."""
    try:
        return _exact(node)
    except NotAnExpression:
        return None


def _exact(node: ast.expr) -> Fraction:
    match node:
        case ast.Constant(value=int() | float() as value):
            return Fraction(repr(value))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_exact(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _exact(operand)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _exact(left) ** _exponent(right)
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _exact(left), _exact(right)
            match op:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case ast.Div():
                    return a / b
    raise NotAnExpression


def _exponent(node: ast.expr) -> int:
    value = _exact(node)
    if value.denominator != 1 or abs(value) > _EXPONENT:
        raise NotAnExpression
    return int(value)


def _value(node: ast.expr, point: int) -> int:
    """The value at a point, modulo the prime."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return _residue(Fraction(repr(value)))
        case ast.Name(id=name):
            return _symbol(name, point)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, point) % PRIME
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, point)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            power = _exponent(right)
            return pow(_value(left, point), power, PRIME)
        case ast.BinOp(left=left, op=op, right=right):
            return _combined(op, _value(left, point), _value(right, point))
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _FUNCTIONS:
            return _applied(name, argument, point)
    raise NotAnExpression


def _combined(op: ast.operator, a: int, b: int) -> int:
    match op:
        case ast.Add():
            return (a + b) % PRIME
        case ast.Sub():
            return (a - b) % PRIME
        case ast.Mult():
            return a * b % PRIME
        case ast.Div():
            return a * pow(b, -1, PRIME) % PRIME
    raise NotAnExpression


def _applied(name: str, argument: ast.expr, point: int) -> int:
    exact = _rational(argument)
    if name == "sqrt" and exact is not None and exact >= 0:
        outer, inner = _root(exact.numerator * exact.denominator)
        factor = _residue(Fraction(outer, exact.denominator))
        return factor if inner == 1 else factor * _symbol(f"sqrt {inner}", point) % PRIME
    name = {"ln": "log"}.get(name, name)
    inside = str(exact) if exact is not None else repr([_value(argument, point) for point in range(POINTS)])
    return _symbol(f"{name} {inside}", point)


def _root(number: int) -> tuple[int, int]:
    """(a, b) with √number = a√b and b free of small squares."""
    outer, factor = 1, 2
    while factor * factor <= number and factor < 10_000:
        while number % (factor * factor) == 0:
            number //= factor * factor
            outer *= factor
        factor += 1
    return (0, 1) if number == 0 else (outer, number)


def _residue(value: Fraction) -> int:
    return value.numerator * pow(value.denominator, -1, PRIME) % PRIME


def _symbol(name: str, point: int) -> int:
    return int.from_bytes(sha256(f"{name}\x1f{point}".encode()).digest()[:8], "big") % PRIME
