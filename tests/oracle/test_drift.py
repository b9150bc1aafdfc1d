"""The test of drift against the enumeration of every path that leads to the same end."""

import itertools
import math

import pytest

from kgents.stats import Boundary, Design, Rule, boundary, drift
from kgents.stats.drift import LONGEST, _halves

CAPPED = boundary(Design())
ENDLESS = boundary(Design(rule=Rule.ANYTIME, max_trials=None, futility=0.0))


def allowed(found: Boundary | None, n: int, s: int) -> dict[tuple[bool, ...], int]:
    """Every sequence to (n, s) that the rule does not stop earlier, with how far it strays."""
    sequences = {}
    for places in itertools.combinations(range(n), s):
        path = tuple(i in places for i in range(n))
        sums = list(itertools.accumulate(path, initial=0))
        if found is None or all(found.decide(m, sums[m]) is None for m in range(n)):
            sequences[path] = max(abs(n * k - m * s) for m, k in enumerate(sums))
    return sequences


@pytest.mark.parametrize(
    ("found", "n", "s"), [(None, 9, 4), (None, 11, 2), (CAPPED, 14, 9), (CAPPED, 12, 10), (ENDLESS, 13, 11)]
)
def test_the_p_value_is_the_share_of_allowed_paths_that_stray_as_far(found: Boundary | None, n: int, s: int) -> None:
    strays = allowed(found, n, s)
    values = list(strays.values())
    assert values
    for path, stray in strays.items():
        assert math.isclose(drift(found, path), sum(value >= stray for value in values) / len(values), abs_tol=1e-12)


def test_a_change_is_found_and_a_steady_sequence_is_not() -> None:
    assert drift(None, [True] * 30 + [False] * 30) < 1e-9
    assert drift(None, [True, False] * 30) > 0.5
    assert drift(None, []) == drift(None, [True] * 9) == drift(CAPPED, [False] * 7) == 1.0


def test_long_sequences_compare_their_halves_exactly() -> None:
    path = [True] * 6 + [False] * 2 + [True] * 3 + [False] * 5
    n, s = len(path), sum(path)
    shares = [math.comb(8, k) * math.comb(8, s - k) / math.comb(n, s) for k in range(1, 9)]
    exact = sum(share for share in shares if share <= shares[5] + 1e-12)
    assert math.isclose(_halves(path, n, s), exact, rel_tol=1e-12)
    steady = [True, False] * LONGEST
    assert drift(None, steady) == 1.0
    assert drift(None, [*([True] * 300), *steady, *([False] * 300)]) < 0.01
