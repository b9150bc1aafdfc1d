"""Numbers in texts as nobody writes them, that int() and float() read all the same: `1_000`, `+5`, `٣`, `nan`, `1.-2.3`.

Rule: where a spec gives an answer only because int() is generous, it is not asked. What it refuses itself is.
"""

import ast
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kgents.verify.reference.inside.facts import Facts, called
from kgents.verify.reference.inside.positions import compared, number

_PLAIN = re.compile(r"-?[0-9A-Za-z]*\.?[0-9A-Za-z]*")
_WORDS = {
    "int": re.compile(r"-?0[xo].*", re.IGNORECASE),
    "float": re.compile(r"-?(nan|inf(inity)?|[0-9.]+e-?[0-9]+)", re.IGNORECASE),
}
_FIELDS = frozenset(".:/")  # what numbers without a sign are kept apart by: dates, times, versions, addresses
_LISTS = frozenset(",;\n ")  # what numbers of a list are kept apart by, blanks beside it or none
_ASKED = frozenset({"isnan", "isinf", "isfinite", "nan", "inf"})
_NUMBERS: dict[str, Callable[[Any], object]] = {"int": int, "float": float, "Decimal": Decimal, "Fraction": Fraction}
_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


class Numerals:
    """What numbers in texts a spec thinks of."""

    def __init__(self, tree: ast.Module, target: str, facts: Facts) -> None:
        own = {part for text in (*facts.strings, *facts.samples) for part in text}
        signed = "-" in own or any(_asks_for_sign(node) for node in ast.walk(tree))
        self._unsigned = not signed and bool(_FIELDS & facts.separators) and not _LISTS & facts.separators
        self._padded = bool(_LISTS & facts.separators) or facts.lines or _cuts_at_blanks(tree)
        self._only_numbers = _only_numbers(tree, target)
        self._special = {sign for sign in "+_" if sign in own}
        self._words = bool(_ASKED & facts.methods) or any(
            word in text for text in facts.strings for word in ("nan", "inf", "0x")
        )

    def meant(self, read: Sequence[tuple[str, str]]) -> bool:
        """Whether texts that int or float read are numbers as people write them, or as the spec speaks of them."""
        return all(self._is_plain(*each) for each in read)

    def numbers_are(self, arguments: Sequence[object]) -> bool:
        """Whether texts of which a spec only makes numbers are some, also where it did not come to it."""
        return all(
            place >= len(arguments) or type(arguments[place]) is not str or _makes(number_of, arguments[place])
            for place, number_of in self._only_numbers.items()
        )

    def _is_plain(self, kind: str, text: str) -> bool:
        text = text.strip() if self._padded else text
        for sign in self._special:
            text = text.replace(sign, "")
        if _WORDS[kind].fullmatch(text):
            return self._words
        return bool(_PLAIN.fullmatch(text)) and not (self._unsigned and text.startswith("-"))


def _only_numbers(tree: ast.Module, target: str) -> dict[int, Callable[[Any], object]]:
    """The parameters of a function, by place, that it uses for nothing but a number; none where it catches exceptions."""
    function = next((one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == target), None)
    if function is None or any(isinstance(node, ast.Try) for node in ast.walk(function)):
        return {}
    uses: dict[str, set[int]] = {}
    made: dict[str, dict[int, str]] = {}
    for node in ast.walk(function):
        match node:
            case ast.Name(id=name):
                uses.setdefault(name, set()).add(id(node))
            case ast.Call(args=[ast.Name(id=name) as argument], keywords=[]) if called(node) in _NUMBERS:
                made.setdefault(name, {})[id(argument)] = called(node)
    names = [argument.arg for argument in function.args.args]
    wholly = {name: min(makers.values()) for name, makers in made.items() if uses[name] == set(makers)}
    return {place: _NUMBERS[wholly[name]] for place, name in enumerate(names) if name in wholly}


def _makes(number_of: Callable[[Any], object], text: object) -> bool:
    try:
        number_of(text)
    except (ValueError, ArithmeticError):
        return False
    return True


def _asks_for_sign(node: ast.AST) -> bool:
    """Whether something is compared with 0, or made positive."""
    if isinstance(node, ast.Compare):
        return any(
            isinstance(operator, _ORDER) and 0 in (number(left), number(right))
            for left, operator, right in compared(node)
        )
    return called(node) == "abs"


def _cuts_at_blanks(tree: ast.Module) -> bool:
    """Whether texts are cut at white space."""
    return any(called(node) == "split" and not node.args for node in ast.walk(tree) if isinstance(node, ast.Call))
