"""Betting on means of bounded numbers: errors by enumeration over all orders of all outcomes, never by simulation."""

import math
from functools import cache
from itertools import product

import pytest

from kgents.stats import MeanSequence, log_wealth, paired_mean
from kgents.stats.means import AGAINST_SCORES, EVENLY
from kgents.stats.means.zone import Zone

ALPHA = 0.05


@cache
def _wealth(counts: tuple[int, ...], mean: float, fractions: tuple[float, ...]) -> float:
    return log_wealth(dict(enumerate(counts)), len(counts) - 1, mean, fractions)


def ever(law: tuple[float, ...], mean: float, limit: float, trials: int, fractions: tuple[float, ...]) -> float:
    """P(the e-value of "the mean is at most `mean`" reaches `limit` within so many trials), by states of counts."""
    alive = {(0,) * len(law): 1.0}
    reached = 0.0
    for _ in range(trials):
        after: dict[tuple[int, ...], float] = {}
        for counts, chance in alive.items():
            for x, p in enumerate(law):
                moved = tuple(count + (place == x) for place, count in enumerate(counts))
                after[moved] = after.get(moved, 0.0) + chance * p
        stopped = {counts for counts in after if _wealth(counts, mean, fractions) >= math.log(limit)}
        reached += math.fsum(after.pop(counts) for counts in stopped)
        alive = after
    return reached


@pytest.mark.parametrize(
    ("law", "mean"),
    [((0.3, 0.7), 0.7), ((0.5, 0.5), 0.5), ((0.2, 0.6, 0.2), 0.5), ((0.05, 0.9, 0.05), 0.5), ((0.15, 0.3, 0.55), 0.7)],
)
@pytest.mark.parametrize("fractions", [AGAINST_SCORES, EVENLY])
def test_a_true_mean_is_rejected_no_oftener_than_promised(
    law: tuple[float, ...], mean: float, fractions: tuple[float, ...]
) -> None:
    """P(ever 1/α) ≤ α at the mean itself."""
    error = ever(law, mean, 1 / ALPHA, 24, fractions)
    assert 0 < error <= ALPHA


def test_a_wealth_is_one_in_expectation_whatever_came_before() -> None:
    """From any counts, the next expected wealth is the present one at the mean: the bets do not depend on the next number."""
    law = (0.1, 0.4, 0.5)
    for counts in product(range(4), repeat=3):
        after = [tuple(count + (place == x) for place, count in enumerate(counts)) for x in range(3)]
        expected = math.fsum(p * math.exp(_wealth(c, 0.7, EVENLY)) for p, c in zip(law, after, strict=True))
        assert math.isclose(expected, math.exp(_wealth(counts, 0.7, EVENLY)), rel_tol=1e-12)


def test_limits_are_where_the_e_values_reach_two_over_alpha() -> None:
    """A mean is outside the limits exactly where its e-value has reached 2/α at some time."""
    sequence = MeanSequence(10, 0.95)
    reached = {mean / 20: False for mean in range(1, 20)}
    for x in (9, 10, 8, 9, 10, 10, 3, 9, 9, 10, 7, 8, 10, 9, 9, 10, 8, 9, 9, 10):
        low = sequence.low
        sequence.add(x)
        assert low <= sequence.low <= sequence.high
        for mean in reached:
            reached[mean] |= max(sequence.log_above(mean), sequence.log_below(mean)) >= math.log(2 / ALPHA)
    assert reached == {mean: not sequence.low < mean < sequence.high for mean in reached}
    assert 0.5 < sequence.low < 0.88 < sequence.high
    with pytest.raises(ValueError, match="from 0 to 10"):
        sequence.add(11)


MIRRORED = {"a": "b", "b": "a"}


@cache
def _verdict(differences: tuple[int, ...], level: float, margin: float) -> str:
    """Of one sequence, whatever its probability; one that begins with a loss is the mirror of one that begins with a win."""
    if next((d for d in differences if d), 1) < 0:
        verdict = _verdict(tuple(-d for d in differences), level, margin)
        return MIRRORED.get(verdict, verdict)
    return paired_mean(differences, 1, level, margin).verdict


@pytest.mark.parametrize(
    "differences",
    [(1,) * 6, (1, 1, 1, 0, 1, 1), (1, -1, 1, 1, 1, 1), (0, 1, 1, 1, 0, 1), (1, 0, -1, 0, 0, 0), (1, -1, -1) * 2],
)
def test_arms_that_change_places_change_verdicts_and_limits(differences: tuple[int, ...]) -> None:
    """Whatever is shown of one arm is shown of the other."""
    one, other = paired_mean(differences, 1, 0.8, 0.6), paired_mean([-d for d in differences], 1, 0.8, 0.6)
    assert MIRRORED.get(one.verdict, one.verdict) == other.verdict
    assert (one.interval.low, one.interval.high) == pytest.approx((-other.interval.high, -other.interval.low), abs=1e-9)


def _verdicts(law: tuple[float, float, float], pairs: int, level: float, margin: float) -> dict[str, float]:
    """P of each verdict of `paired_mean` after so many pairs, over all sequences of differences."""
    total: dict[str, float] = {}
    for differences in product((-1, 0, 1), repeat=pairs):
        chance = math.prod(law[d + 1] for d in differences)
        verdict = _verdict(differences, level, margin)
        total[verdict] = total.get(verdict, 0.0) + chance
    return total


def test_verdicts_of_pairs_keep_their_errors() -> None:
    """Equal arms are told apart, and arms at the margin called equivalent, at most as often as promised."""
    equal = _verdicts((0.3, 0.4, 0.3), 6, 0.8, 0.6)
    assert 0 < equal["a"] + equal["b"] <= 0.2
    far = _verdicts((0.05, 0.3, 0.65), 6, 0.8, 0.6)
    assert 0 < far["equivalent"] <= 0.2


def test_a_p_value_below_alpha_goes_with_an_interval_without_0() -> None:
    """Where the interval leaves out 0 the p-value is at most α."""
    won = paired_mean([1] * 6 + [0, 0] + [1] * 4, 1, 0.95)
    assert won.verdict == "a"
    assert won.interval.low > 0
    assert won.p_value <= ALPHA
    nothing = paired_mean([], 1, 0.95, 0.1)
    assert (nothing.pairs, nothing.p_value, nothing.verdict) == (0, 1.0, "inconclusive")
    assert (nothing.interval.low, nothing.interval.high) == (-1.0, 1.0)


def test_pairs_without_a_difference_are_equivalent_as_soon_as_their_counts_are() -> None:
    """Each pair is counted once."""
    told = []
    for pairs in range(1, 25):
        zone = Zone(0.6, 0.2, 1, fractions=EVENLY)
        zone.look({0: pairs})
        told.append(zone.equivalent)
        assert (paired_mean([0] * pairs, 1, 0.8, 0.6).verdict == "equivalent") == zone.equivalent, pairs
    assert told[0] is False
    assert told[-1] is True
