"""Scores of two arms in pairs: the errors of every claim, by the enumeration of every way in which pairs can come."""

import math
from collections import Counter
from itertools import product

import pytest

from kgents.stats import Difference
from kgents.stats.means import PAIRED, log_wealth

ALPHA, PAIRS, R = 0.2, 14, 2  # scores 0, ½ and 1

Law = dict[int, float]
EVEN: list[Law] = [
    {-2: 0.1, -1: 0.2, 0: 0.4, 1: 0.2, 2: 0.1},
    {-1: 2 / 3, 2: 1 / 3},
    {-2: 1 / 3, 1: 2 / 3},
    {-2: 0.5, 2: 0.5},
]


def shifted(law: Law, mean: float) -> Law:
    """A law whose mean difference is `mean` (a share of the range): the given one, mixed with the extreme on that side."""
    share = abs(mean)
    end = R if mean > 0 else -R
    return {d: (1 - share) * law.get(d, 0.0) + share * (d == end) for d in range(-R, R + 1)}


def ever(law: Law, claim: str, margin: float | None) -> float:
    """The probability that a claim is shown within PAIRS pairs that come by this law."""
    going: dict[tuple[tuple[int, ...], bool, bool], float] = {((0,) * 5, False, False): 1.0}
    shown = 0.0
    for _ in range(PAIRS):
        after: Counter[tuple[tuple[int, ...], bool, bool]] = Counter()
        for (counts, worse_out, better_out), weight in going.items():
            for d, p in law.items():
                if p:
                    more = list(counts)
                    more[d + R] += 1
                    after[tuple(more), worse_out, better_out] += weight * p
        going = {}
        for (counts, worse_out, better_out), weight in after.items():
            places = {place: count for place, count in enumerate(counts) if count}
            mirrored = {2 * R - place: count for place, count in places.items()}
            if claim == "above":
                over = crossed(places, 0.5)
            else:
                assert margin is not None
                worse_out = worse_out or crossed(places, (1 - margin) / 2)
                better_out = better_out or crossed(mirrored, (1 - margin) / 2)
                over = better_out if claim == "not better" else worse_out and better_out
            if over:
                shown += weight
            else:
                going[counts, worse_out, better_out] = weight
    return shown


_WEALTH: dict[tuple[tuple[tuple[int, int], ...], float], bool] = {}


def crossed(places: dict[int, int], mean: float) -> bool:
    key = tuple(sorted(places.items())), mean
    if key not in _WEALTH:
        _WEALTH[key] = log_wealth(places, 2 * R, mean, PAIRED) >= -math.log(ALPHA)
    return _WEALTH[key]


@pytest.mark.parametrize("law", EVEN)
def test_no_arm_is_called_better_wrongly(law: Law) -> None:
    """At a mean difference of 0 each side errs with α at most, and is not shown never."""
    mirrored = {-d: p for d, p in law.items()}
    for each in (law, mirrored):
        assert 0 < ever(each, "above", None) <= ALPHA


@pytest.mark.parametrize("law", EVEN[:1])
@pytest.mark.parametrize("margin", [0.5, 0.8])
def test_nothing_beyond_the_margin_is_called_equivalent_or_not_worse(law: Law, margin: float) -> None:
    """At a mean difference of exactly ±margin; inside of it both are shown more often."""
    for side in (margin, -margin):
        assert ever(shifted(law, side), "equivalent", margin) <= ALPHA
    assert ever(shifted(law, margin), "not better", margin) <= ALPHA
    assert ever(law, "not better", margin) > ever(shifted(law, margin), "not better", margin)
    assert ever({0: 1.0}, "equivalent", margin) == 1


def test_the_class_shows_what_the_wealth_does() -> None:
    """Every sequence of four pairs of scores: claims are latched, the limits agree with them, no claim is nearer than told."""
    states = list(product(range(R + 1), repeat=2))
    for pairs in product(states, repeat=3):
        found, counts = Difference(R, 0.4, 0.6), Counter[int]()
        for x, y in (*pairs, *pairs):
            near, before = (
                found.distance(3),
                (found.above, found.below, found.not_worse, found.not_better, found.beyond),
            )
            found.add(x, y)
            counts[x - y + R] += 1
            mirrored = {2 * R - place: count for place, count in counts.items()}
            expected = [
                log_wealth(places, 2 * R, mean, PAIRED) >= -math.log(0.4) - 1e-12
                for places, mean in ((counts, 0.5), (mirrored, 0.5), (counts, 0.2), (mirrored, 0.2), (counts, 0.8))
            ]
            now = (found.above, found.below, found.not_worse, found.not_better, found.beyond)
            assert now == tuple(old or new for old, new in zip(before, expected, strict=True))
            assert now == before or near == 1
        limits = found.interval()
        assert limits.low <= found.mean <= limits.high
