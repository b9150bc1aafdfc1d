"""Betting on means of bounded numbers: errors by enumeration over all orders of all outcomes, never by simulation."""

import math
from functools import cache
from itertools import product

import pytest

from kgents.stats import MeanSequence, log_wealth, paired_clusters, paired_mean
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


CLUSTERS = [  # of two laws with a mean difference of 0 over tasks: (sum of differences, tasks) with its probability
    {(3, 3): 0.5, (-3, 3): 0.5},
    {(3, 3): 0.25, (-1, 1): 0.75},
    {(3, 3): 1 / 3, (-3, 3): 1 / 6, (-1, 1): 0.5},  # one task of each stands for all: of three, two pass and one fails
]


def rejecting(law: dict[tuple[int, int], float], clusters: int, apart: bool) -> float:
    """P(an arm is called better after some of so many clusters), tasks taken for pairs of their own where `apart`."""
    ways = product(law, repeat=clusters)
    return math.fsum(math.prod(law[cluster] for cluster in way) for way in ways if told(way, apart))


@cache
def told(order: tuple[tuple[int, int], ...], apart: bool) -> bool:
    """Whether these clusters, in this order, tell the arms apart at 0.8."""
    if not apart:
        return paired_clusters(order, 1, 3, 0.8).verdict != "inconclusive"
    return paired_mean([total // size for total, size in order for _ in range(size)], 1, 0.8).verdict != "inconclusive"


@pytest.mark.parametrize("law", CLUSTERS)
def test_arms_are_told_apart_over_clusters_as_often_as_promised_where_over_tasks_they_are_oftener(
    law: dict[tuple[int, int], float],
) -> None:
    """Every order of five clusters whose tasks pass or fail together."""
    assert rejecting(law, 5, False) <= 0.2 < rejecting(law, 5, True)


def test_clusters_of_one_are_pairs_and_a_larger_largest_bets_less() -> None:
    """The same limits, p-value and verdict, with and without a margin."""
    differences = [1, 0, 1, 1, -1, 1, 1, 1, 0, 1, 1, 1]
    for margin in (None, 0.4):
        pairs = paired_mean(differences, 1, 0.9, margin)
        alone = paired_clusters([(difference, 1) for difference in differences], 1, 1, 0.9, margin)
        assert alone == pairs
    wide = paired_clusters([(difference, 1) for difference in differences], 1, 3, 0.9)
    assert wide.interval.low < pairs.interval.low
    alike = paired_clusters([(2 * difference, 2) for difference in differences], 1, 2, 0.9)
    assert (alike.interval, alike.pairs) == (pairs.interval, 24)
    with pytest.raises(ValueError, match="is no sum of 2 numbers"):
        paired_clusters([(3, 2)], 1, 2, 0.9)
