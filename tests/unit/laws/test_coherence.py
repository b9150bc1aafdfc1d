"""Coherence: planted contradictions are found with minimal cores, coherent traces and benign traps are left alone."""

import random
from itertools import combinations

import pytest

from kgents.laws.claims import claims, false_arithmetic
from kgents.laws.coherence import Coherence, examine_trace
from kgents.laws.cores import is_minimal, unsatisfiable

KINDS = ("arithmetic", "value", "joint", "inequality")


def _trace(seed, planted=None):
    """A trace with a contradiction of a kind, or with none, and benign traps in it."""
    draw = random.Random(seed)
    a, b = draw.randint(3, 40), draw.randint(3, 40)
    wrong = draw.randint(1, 9)
    lines = [
        f"We know there are {a} boxes and not {b}; nothing else matters.",
        f"First, {a} * {b} = {a * b}.",
        f"Also {b} * {b} = {b * b} and {a} + {b} = {a + b}",
        f"x + y = {a + b}",
        f"x - y = {a - b}",
        f"Half of it is {a}/3 = {round(a / 3, 2)}",
    ]
    more = {
        "arithmetic": f"So {a} + {b} + 1 = {a + b + 1 + wrong}",
        "value": f"z = {a}\nand later z = {a + wrong}",
        "joint": f"so x = {a + wrong}",
        "inequality": f"y > {b + wrong}\nx > {a}",
        None: f"x = {a}, y = {b}",
    }
    return "\n".join([*lines, more[planted]])


@pytest.mark.parametrize("seed", range(20))
def test_coherent_traces_are_coherent(seed):
    assert examine_trace(_trace(seed)).verdict is Coherence.COHERENT


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(6))
def test_planted_contradictions_are_found_and_their_cores_are_minimal(kind, seed):
    found = examine_trace(_trace(seed, kind))
    assert found.verdict is Coherence.INCOHERENT
    if len(found.core) > 1:
        assert is_minimal(found.core)


def test_a_core_of_three_is_invisible_to_pairs():
    import z3

    found = examine_trace("x + y = 10\nx - y = 2\nx = 6, y = 5")
    assert len(found.core) == 3
    assert not any(unsatisfiable(pair, z3) for pair in combinations(found.core, 2))
    assert {claim.line for claim in found.core} == {2, 3}


@pytest.mark.parametrize(
    "text",
    [
        "3 * 4 = 12 + 5 = 17", "10 / 3 = 3.33", "2 / 3 = 0.66", "20% * 50 = 10", "1/4 = 25%", "7.5 / 2 = 3.75",
        "3 + 4 = 7.00", "$1,200 + $300 = $1,500",
    ],
)  # fmt: skip
def test_charity(text):
    assert not any(false_arithmetic(claim) for claim in claims(text))


@pytest.mark.parametrize(
    "text",
    ["He knows it. I have no idea.", "1/2 hour = 30 minutes", "5 apples + 3 pears = 9 fruits", "", "from 3-4 = low"],
)
def test_what_is_not_understood_is_unchecked(text):
    assert examine_trace(text).verdict is Coherence.UNCHECKED


def test_cases_are_not_joined():
    assert examine_trace("Case 1: x = 3\nCase 2: x = 4").verdict is Coherence.UNCHECKED
