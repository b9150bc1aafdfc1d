"""Scores within a cap: as few as of successes and failures where all are 0 or 1, and exact errors for any law, by enumeration."""

import math
import random
from collections.abc import Callable, Sequence
from copy import deepcopy
from itertools import pairwise

import pytest

from kgents.stats import Design, Rule, boundary
from kgents.stats.boundary import Side
from kgents.stats.means import AgainstTargetAimed, AgainstTargetWithin, binary_rule

Against = Callable[..., AgainstTargetWithin]
SIDES = (Side.SUPPORTED, Side.REFUTED)
LAWS = {  # of integers 0 … 4
    "0 and 1": {0: 0.5, 4: 0.5},
    "0 and 1 of one in five": {0: 0.8, 4: 0.2},
    "few in between": {0: 0.45, 2: 0.1, 4: 0.45},
    "many in between": {0: 0.2, 1: 0.6, 4: 0.2},
    "often 1": {1: 0.3, 4: 0.7},
    "never 0 or 1": {1: 0.4, 3: 0.6},
}


def cap_of(law: dict[int, float]) -> int:
    """How far all sequences are followed: there are not too many."""
    return 8 if len(law) == 2 else 5


@pytest.fixture(params=[AgainstTargetWithin, AgainstTargetAimed])
def against(request: pytest.FixtureRequest) -> Against:
    """Makes deciders of either kind."""

    def made(target: float, confidence: float = 0.95, cap: int = 100, resolution: int = 4) -> AgainstTargetWithin:
        rule = binary_rule(target, confidence, cap)
        assert rule is not None
        return request.param(resolution, rule)

    return made


def played(decider: AgainstTargetWithin, scores: Sequence[int]) -> AgainstTargetWithin:
    for x in scores:
        decider.add(x)
    return decider


def averages(decider: AgainstTargetWithin, law: dict[int, float], mean: float, side: Side) -> list[float]:
    """What a gambler has on average after each number of scores; once the rule for a rate has ended, what he had then."""
    cap = cap_of(law)
    expected = [0.0] * (cap + 1)

    def follow(state: AgainstTargetWithin, chance: float) -> None:
        for x, mass in law.items():
            after = deepcopy(state)
            after.add(x)
            value = chance * mass * math.exp(after.log_value(side, mean))
            over = after.verdict is not None and after.counts.keys() <= {0, 4}
            for n in range(after.n, cap + 1 if over else after.n + 1):
                expected[n] += value
            if after.n < cap and not over:
                follow(after, chance * mass)

    follow(decider, 1.0)
    return expected[1:]


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("target", [0.3, 0.5, 0.6])
def test_each_gambler_has_on_average_what_he_began_with(against: Against, law: str, target: float) -> None:
    """The e-value of the true mean, at every number of scores, by all sequences; whatever the target is."""
    masses = LAWS[law]
    mean = sum(x * p for x, p in masses.items()) / 4
    for side in SIDES:
        assert averages(against(target, 0.8, cap_of(masses)), masses, mean, side) == pytest.approx(
            [1.0] * cap_of(masses), abs=1e-9
        )


def ended(decider: AgainstTargetWithin, law: dict[int, float], over: Callable[[AgainstTargetWithin], bool]) -> float:
    """The probability that something is ever so within the cap."""
    total = 0.0
    for x, mass in law.items():
        after = deepcopy(decider)
        after.add(x)
        total += mass * (1.0 if over(after) else ended(after, law, over) if after.n < cap_of(law) else 0.0)
    return total


@pytest.mark.parametrize("law", LAWS)
def test_at_the_target_each_verdict_errs_by_alpha_at_most(against: Against, law: str) -> None:
    masses = LAWS[law]
    decider = against(sum(x * p for x, p in masses.items()) / 4, 0.7, cap_of(masses))
    errors = [ended(decider, masses, lambda one, side=side: one.verdict == side.value) for side in SIDES]
    assert max(errors) > 0
    assert max(errors) <= 0.3 + 1e-12


@pytest.mark.parametrize("law", ["0 and 1", "few in between", "never 0 or 1"])
@pytest.mark.parametrize("shift", [-0.15, 0.15])
def test_each_limit_misses_the_mean_with_probability_alpha_at_most_at_any_moment(
    against: Against, law: str, shift: float
) -> None:
    """Whatever the target is; with the verdict the looking ends."""
    masses = LAWS[law]
    mean = sum(x * p for x, p in masses.items()) / 4
    decider = against(mean + shift, 0.7, cap_of(masses))
    missed = {"low": 0.0, "high": 0.0}

    def follow(state: AgainstTargetWithin, chance: float, out: frozenset[str]) -> None:
        for x, mass in masses.items():
            after = deepcopy(state)
            after.add(x)
            interval = after.interval()
            now = (
                out
                | ({"low"} if interval.low > mean + 1e-9 else set())
                | ({"high"} if interval.high < mean - 1e-9 else set())
            )
            if after.verdict is None and after.n < cap_of(masses):
                follow(after, chance * mass, now)
            else:
                for end in now:
                    missed[end] += chance * mass

    follow(decider, 1.0, frozenset())
    assert max(missed.values()) <= 0.3 + 1e-12


@pytest.mark.parametrize(("target", "cap"), [(0.5, 60), (0.9, 100), (0.2, 300)])
def test_scores_that_are_all_0_or_1_are_decided_as_successes_and_failures_are(
    against: Against, target: float, cap: int
) -> None:
    """At the same trial, with the same verdict, in 200 random sequences."""
    draw, rule = random.Random(cap), boundary(Design(Rule.CALIBRATED, target, 0.95, cap, futility=0.0))
    for _ in range(200):
        decider, rate, ones = against(target, 0.95, cap), draw.random(), 0
        while rule.decide(decider.n, ones) is None:
            assert decider.verdict is None
            one = draw.random() < rate
            ones += one
            decider.add(4 * one)
        side = rule.decide(decider.n, ones)
        assert decider.verdict == (None if side is Side.INCONCLUSIVE else side)


def test_a_verdict_and_the_interval_beside_it_agree(against: Against) -> None:
    """Over sequences of many shapes, also those that leave the rule for a rate late."""
    draw, seen = random.Random(8), set()
    for _ in range(80):
        target = draw.choice((0.3, 0.5, 0.9))
        decider, rate, between = against(target, draw.choice((0.8, 0.95)), 60, 100), draw.random(), draw.random() ** 2
        while decider.verdict is None and decider.n < 60:
            decider.add(draw.randint(0, 100) if draw.random() < between else 100 * (draw.random() < rate))
        interval, verdict = decider.interval(), decider.verdict
        seen.add((verdict, max(decider.counts) == 100))
        assert (verdict == "supported") == (interval.low >= target - 1e-7)
        assert (verdict == "refuted") == (interval.high <= target + 1e-7)
        assert interval.low <= decider.mean <= interval.high
        assert interval.level == pytest.approx(1 - 2 * decider.alpha)
    assert {verdict for verdict, _ in seen} == {"supported", "refuted", None}


def test_the_bet_on_a_number_does_not_depend_on_it(against: Against) -> None:
    """What either gambler has after one more number is linear in that number, also where it is the first in between."""
    for earlier in ((), (0, 4, 4), (4, 1, 0)):
        for side in SIDES:
            for mean in (0.3, 0.6, 0.8):
                after = [math.exp(played(against(0.6), (*earlier, x)).log_value(side, mean)) for x in range(5)]
                steps = [b - a for a, b in pairwise(after)]
                assert steps == pytest.approx([steps[0]] * 4, abs=1e-9)


def test_no_verdict_comes_sooner_than_is_foreseen(against: Against) -> None:
    """No sequence of numbers as extreme as can be decides before the distance that is told, and one does there."""
    for resolution in (1, 1000):
        for earlier in ((), (1,), (1, 1, 0), (0, 0, 1)):
            begun = played(against(0.6, resolution=resolution), [x * resolution for x in earlier])
            least = begun.distance(60)
            reached = []
            for more in range(1, least + 1):
                for left in range(more + 1):
                    for end, near in ((resolution, resolution - 1), (0, 1)):
                        numbers = [end] * more
                        if left < more and resolution > 1:
                            numbers[left] = near
                        if played(deepcopy(begun), numbers).verdict is not None:
                            reached.append(more)
            assert min(reached, default=least) == least


def test_a_rule_needs_a_cap_within_which_both_verdicts_can_be_reached(against: Against) -> None:
    assert binary_rule(0.5, 0.95, None) is None
    assert binary_rule(0.5, 0.95, 1001) is None
    assert binary_rule(0.99, 0.95, 20) is None  # no number of successes out of 20 supports 0.99
    assert binary_rule(0.5, 0.95, 100) is binary_rule(0.5, 0.95, 100)
    with pytest.raises(ValueError, match="5 is not from 0 to 4"):
        against(0.5).add(5)
