"""Mistakes that need inputs of their own: a bound for a remainder, floats for exact amounts, fields at their limits, flags."""

import sys
from pathlib import Path

import pytest

from kgents.verify.reference.inside.deriving import Derivation
from kgents.verify.reference.inside.matching import differs
from kgents.verify.reference.inside.observing import Program, seen_of
from kgents.verify.reference.inside.recipes import unpacked

sys.path.insert(0, str(Path(__file__).parents[2] / "oracle"))
from everyday_specs import Everyday, everyday_specs

NAMES = ("valid_iban_like", "vat_total", "check_user", "longest_true", "percent_encode")
SPECS = {spec.name: spec for spec in everyday_specs() if spec.name in NAMES}


def agrees(program: str, name: str, rows: list[list[object]]) -> bool:
    """Whether a program does on every row what the spec did."""
    loaded = Program(program, name)
    pairs = [(seen_of(row[1]), loaded.call(tuple(map(unpacked, row[0])), 1.0)) for row in rows]
    return not any(differs(want, got) for want, got in pairs)


@pytest.mark.parametrize("name", NAMES)
def test_every_wrong_program_is_seen_and_no_right_one(name: str) -> None:
    """And the spec is no weak oracle: of its mutants nine in ten are told apart, or all but two."""
    spec: Everyday = SPECS[name]
    told = Derivation({"source": spec.spec, "given": None}).target(name)
    alive, count = len(told["alive"]), len(told["killed"]) + len(told["alive"])
    assert alive <= (2 if count < 20 else count / 10)
    assert [agrees(program, name, told["rows"]) for program in spec.right] == [True] * len(spec.right)
    assert [agrees(program, name, told["rows"]) for program in spec.wrong] == [False] * len(spec.wrong)
