"""Scores of arms in pairs: the errors of every claim, by the enumeration of every way in which pairs can come."""

import math
from collections import Counter
from collections.abc import Hashable
from copy import deepcopy
from itertools import product

import pytest

from kgents.engine.score_pairs import ScorePairs
from kgents.engine.scores import Scale
from kgents.stats import Design, Difference, Rule
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


Scores = dict[tuple[int, ...], float]  # what the arms score on one input
THREE = [
    {(R, 0, 0): 0.25, (0, R, 0): 0.25, (R, 0, R): 0.25, (0, R, R): 0.25},
    {(R, 0, 0): 1 / 3, (0, R, 0): 1 / 3, (0, 0, R): 1 / 3},
    {(R, R, 0): 0.5, (0, 0, R): 0.5},
    {(R, 0, 0): 0.4, (0, R, 0): 0.3, (0, 0, R): 0.3},
]


@pytest.mark.parametrize("law", THREE)
def test_of_three_arms_the_best_is_thrown_out_and_some_claim_is_wrong_within_the_error(law: Scores) -> None:
    """By the decider itself, over all ways in which six inputs can be answered: arm 0 is the best, or one of equals."""
    alpha, cap = 0.5, 6
    design = Design(Rule.ANYTIME, 0.5, 1 - alpha, cap, futility=0.0)
    ends = decisions(ScorePairs(design, ("a", "b", "c"), Scale(0.0, 1.0, R)), law, cap)
    assert math.fsum(ends.values()) == pytest.approx(1)
    means = [math.fsum(p * triple[arm] for triple, p in law.items()) for arm in range(3)]
    thrown = math.fsum(p for (status, _), p in ends.items() if status[0] == "eliminated")
    wrong = math.fsum(p for (_, pairs), p in ends.items() if any(is_wrong(pair, means) for pair in pairs))
    assert 0 < thrown <= alpha
    assert thrown <= wrong <= 3 * alpha


End = tuple[tuple[str, ...], tuple[tuple[int, int, str | None], ...]]


def decisions(decider: ScorePairs, law: Scores, cap: int) -> dict[End, float]:
    """(status of every arm, [a, b, verdict] of every two) → its probability where each input is answered by this law."""
    going, ends = {decider.state(): (decider, 1.0)}, Counter[End]()
    for index in range(cap):
        after: dict[Hashable, tuple[ScorePairs, float]] = {}
        for before, weight in going.values():
            for triple, p in law.items():
                played = deepcopy(before)
                while (slot := played.propose([0] * 3)) is not None and slot[1] == index:
                    played.launch(*slot)
                    played.consume(*slot, True, (triple[slot[0]],))
                decided = played.decision()
                if decided is not None:
                    told = tuple((*pair["arms"], pair["verdict"]) for pair in decided.detail["score_differences"])
                    ends[tuple(decided.detail["status"]), told] += weight * p
                    continue
                state = played.state()
                known = after.get(state, (played, 0.0))
                after[state] = known[0], known[1] + weight * p
        going = after
    assert not going
    return ends


def is_wrong(pair: tuple[int, int, str | None], means: list[float]) -> bool:
    """Whether the arm that is called better has no higher mean."""
    a, b, verdict = pair
    return (verdict == "a" and means[a] <= means[b] + 1e-12) or (verdict == "b" and means[b] <= means[a] + 1e-12)
