"""Chances from sums in between: the rule's own at whole sums, and a fair game from every place."""

from collections.abc import Sequence
from itertools import pairwise, product

import pytest

from kgents.stats.boundary import Side
from kgents.stats.means import AgainstTargetAimed, BinaryRule, binary_rule
from kgents.stats.means.aim import PARTS, aim

RULES = [(0.7, 0.95, 120), (0.9, 0.95, 100), (0.5, 0.9, 200), (0.98, 0.95, 160), (0.05, 0.8, 90), (0.5, 0.7, 5)]
SIDES = (Side.SUPPORTED, Side.REFUTED)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("side", SIDES)
def test_from_whole_sums_the_chance_is_that_of_the_rule(rule: tuple[float, float, int], side: Side) -> None:
    made = BinaryRule(*rule)
    for n in range(made.cap + 1):
        for s in range(n + 1):
            sum_ = s if side is Side.SUPPORTED else n - s
            assert aim(made, side).chance(n, PARTS * sum_) == pytest.approx(made.chance(side, n, s), abs=1e-12)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("side", SIDES)
def test_the_chance_grows_with_the_sum_and_a_score_at_the_target_leaves_it_on_average(
    rule: tuple[float, float, int], side: Side
) -> None:
    """From every sum, and for every chance from which a place is found."""
    made = BinaryRule(*rule)
    way = aim(made, side)
    for n in range(made.cap):
        chances = way.rows[n][1]
        assert (chances[0], chances[-1]) == (0, 1)
        assert all(less <= more for less, more in pairwise(chances))
        for less, more in pairwise(chances):
            for chance in {less, (less + more) / 2, (less + 99 * more) / 100}:
                zero, one = way.after(n, chance)
                assert zero <= one
                assert (1 - way.rate) * zero + way.rate * one == pytest.approx(chance, rel=1e-9)


def played(scores: Sequence[int], target: float, cap: int, confidence: float = 0.7) -> AgainstTargetAimed:
    rule = binary_rule(target, confidence, cap)
    assert rule is not None
    decider = AgainstTargetAimed(4, rule)
    for x in scores:
        decider.add(x)
    return decider


@pytest.mark.parametrize("target", [0.3, 0.6])
def test_what_is_out_of_reach_does_not_come(target: float) -> None:
    """All sequences of six scores: after one of which it is said, no verdict; and it is said of some before the cap."""
    seen = 0
    for scores in product((0, 1, 4), repeat=6):
        said = None
        for n in range(1, 7):
            decider = played(scores[:n], target, 6)
            if said is not None:
                assert decider.verdict is None
            elif decider.verdict is not None:
                break
            elif decider.is_out_of_reach:
                said = n
        seen += said is not None and said < 6
    assert seen > 20


def test_nothing_ends_a_run_sooner_than_is_foreseen() -> None:
    """Neither a verdict nor that none can come: over all that may follow, after beginnings of every kind."""
    for earlier in ((), (4, 4), (2, 4), (4, 4, 1, 4), (2, 2, 2), (0, 4, 0, 3)):
        begun = played(earlier, 0.6, 10)
        least = begun.distance(6)
        for more in range(1, least):
            for scores in product((0, 1, 2, 4), repeat=more):
                after = played((*earlier, *scores), 0.6, 10)
                assert after.verdict is None
                assert not after.is_out_of_reach


def test_scores_near_0_and_1_take_no_longer_than_0_and_1() -> None:
    """A score of one hundredth less than 1 among many of 1 costs one trial more at most, wherever it comes."""
    rule = binary_rule(0.7, 0.95, 200)
    assert rule is not None
    alone = next(n for n in range(200) if rule.boundary.decide(n, n) is not None)
    for place in range(alone):
        decider = AgainstTargetAimed(100, rule)
        while decider.verdict is None:
            decider.add(99 if decider.n == place else 100)
        assert decider.verdict == "supported"
        assert alone <= decider.n <= alone + 1
