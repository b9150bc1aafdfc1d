"""Validators with check digits and forms by place are told apart: inputs are brought back to the answer that few are given."""

import pytest

from kgents.verify.reference.inside.deriving import Derivation
from kgents.verify.reference.inside.matching import differs
from kgents.verify.reference.inside.observing import Program, seen_of
from kgents.verify.reference.inside.recipes import unpacked

SPECS = {
    "routing": (
        """
def routing(text: str) -> bool:
    if len(text) != 9 or not text.isdecimal():
        return False
    return sum(int(d) * w for d, w in zip(text, (3, 7, 1) * 3)) % 10 == 0
""",
        ("(3, 7, 1)", "(7, 3, 1)"),
    ),
    "tax_number": (
        """
def tax_number(text: str) -> bool:
    if len(text) != 11 or not text[:9].isdecimal() or not text[9].isalpha() or text[10] not in "0123456789K":
        return False
    check = sum(int(d) * (n + 2) for n, d in enumerate(text[:9])) % 11
    return text[10] == ("K" if check == 10 else str(check))
""",
        ('"K" if check == 10 else str(check)', "str(check % 10)"),
    ),
}


@pytest.mark.parametrize("name", SPECS)
def test_nearly_all_mistakes_in_a_check_digit_are_seen(name: str) -> None:
    """Of the mutants nine in ten, and a mistake that is none of them."""
    source, (before, after) = SPECS[name]
    told = Derivation({"source": source, "given": None}).target(name)
    count = len(told["killed"]) + len(told["alive"])
    assert len(told["killed"]) >= 0.9 * count
    assert not told["passing"]
    assert before in source
    wrong = Program(source.replace(before, after), name)
    seen = [(seen_of(row[1]), wrong.call(tuple(map(unpacked, row[0])), 1.0)) for row in told["rows"]]
    assert any(differs(want, got) for want, got in seen)
