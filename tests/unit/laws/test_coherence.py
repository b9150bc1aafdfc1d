"""Coherence: planted contradictions are found with minimal cores, coherent traces and benign traps are left alone."""

from itertools import combinations

import pytest

from kgents.laws.coherence import Coherence, examine_trace
from kgents.laws.cores import is_minimal, unsatisfiable
from kgents.laws.planted import KINDS, trace


@pytest.mark.parametrize("seed", range(20))
def test_coherent_traces_are_coherent(seed):
    assert examine_trace(trace(seed)).verdict is Coherence.COHERENT


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(6))
def test_planted_contradictions_are_found_and_their_cores_are_minimal(kind, seed):
    found = examine_trace(trace(seed, kind))
    assert found.verdict is Coherence.INCOHERENT
    if len(found.core) > 1:
        assert is_minimal(found.core)


def test_precision_on_traces_of_which_half_contradict_themselves():
    """Of 240 traces those that are flagged are the planted ones; the cores of all of them are minimal."""
    flagged = {}
    for seed in range(100, 340):
        kind = KINDS[seed % len(KINDS)] if seed % 2 else None
        found = examine_trace(trace(seed, kind))
        assert found.verdict is not Coherence.UNCHECKED
        if found.verdict is Coherence.INCOHERENT:
            flagged[seed] = kind
            assert len(found.core) == 1 or is_minimal(found.core)
    right = sum(kind is not None for kind in flagged.values())
    assert right / len(flagged) >= 0.95
    assert right == 120


def test_what_is_carried_on_has_to_be_what_it_came_to():
    assert examine_trace("He has 48/2 = <<48/2=24>>24 left.").verdict is Coherence.COHERENT
    found = examine_trace("He has <<48/2=24>>25 left.")
    assert [claim.text for claim in found.core] == ["24 = 25"]
    assert examine_trace("He has <<48/2=25>>25 left.").verdict is Coherence.INCOHERENT


def test_two_answers_contradict_each_other_unless_one_is_taken_back():
    two = "3 + 4 = 7. The answer is 7.\n#### 8"
    found = examine_trace(two)
    assert found.verdict is Coherence.INCOHERENT
    assert [claim.line for claim in found.core] == [1, 2]
    assert examine_trace(two.replace("7.\n", "7. Wait, I forgot one.\n")).verdict is Coherence.COHERENT
    assert examine_trace("The answer is 7.\n#### 7.00").verdict is Coherence.UNCHECKED


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
    assert examine_trace(text).verdict is not Coherence.INCOHERENT


@pytest.mark.parametrize(
    "text",
    ["He knows it. I have no idea.", "5 apples + 3 pears = 9 fruits", "", "from 3-4 = low"],
)
def test_what_is_not_understood_is_unchecked(text):
    assert examine_trace(text).verdict is Coherence.UNCHECKED


def test_cases_are_not_joined():
    assert examine_trace("Case 1: x = 3\nCase 2: x = 4").verdict is Coherence.UNCHECKED
