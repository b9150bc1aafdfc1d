"""The test of drift against the enumeration of every path that leads to the same end."""

import itertools
import math

import pytest

from kgents.stats import Boundary, Design, Rule, boundary, change, drift
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


def alternative(path: tuple[int, ...], cap: int | None) -> float:
    """The probability of a path whose rate changes once, from its definition."""

    def mixed(part: tuple[int, ...]) -> float:
        chance, s = 1.0, 0
        for n, outcome in enumerate(part):
            chance *= ((s if outcome else n - s) + 0.5) / (n + 1)
            s += outcome
        return chance

    if cap is None:
        times = {k: 1 / (k * (k + 1)) for k in range(1, len(path))}
        never = 1 / len(path)
    else:
        times = dict.fromkeys(range(1, cap + 1), 1 / cap)
        never = 0.0
    return never * mixed(path) + sum(share * mixed(path[:k]) * mixed(path[k:]) for k, share in times.items())


@pytest.mark.parametrize("cap", [None, 6, 9, 40])
def test_the_alternative_is_one_distribution_of_paths(cap: int | None) -> None:
    """So that over the likelihood of any one rate it is a martingale."""
    total = 0.0
    for path in itertools.product((0, 1), repeat=9):
        s = sum(path)
        most = (s / 9) ** s * (1 - s / 9) ** (9 - s)
        found = math.exp(change(path, cap)) * most
        assert math.isclose(found, alternative(path, cap), rel_tol=1e-9)
        total += found
    assert math.isclose(total, 1, rel_tol=1e-9)
    assert change([], cap) == 0.0


@pytest.mark.parametrize("cap", [None, 12])
@pytest.mark.parametrize("alpha", [0.5, 0.2, 0.1, 0.05])
def test_a_steady_rate_is_said_to_change_at_most_as_often_as_promised_wherever_one_stops(
    cap: int | None, alpha: float
) -> None:
    """Of all 2¹² paths, those on which the e-value is ever 1/α: no stopping rule, however malicious, warns more often."""
    ever: dict[tuple[int, int], int] = {}
    open_ = [()]
    for n in range(1, 13):
        following = []
        for path in itertools.product(open_, (0, 1)):
            longer = (*path[0], path[1])
            if change(longer, cap) >= -math.log(alpha):
                ever[n, sum(longer)] = ever.get((n, sum(longer)), 0) + 1
            else:
                following.append(longer)
        open_ = following
    for step in range(1, 40):
        p = step / 40
        assert sum(count * p**s * (1 - p) ** (n - s) for (n, s), count in ever.items()) <= alpha


def test_a_change_is_found_whatever_stopped_the_sequence() -> None:
    assert change([1] * 30 + [0] * 30, 100) > math.log(100)
    assert change([1] * 30 + [0] * 30, None) > math.log(100)
    assert change([1, 0] * 30, 100) < 0
    assert change([1] * 60, 100) < 0
