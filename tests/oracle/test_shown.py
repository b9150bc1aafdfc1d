"""The interval beside a verdict, by enumeration: it covers, each of its ends does, and it never contradicts the verdict."""

import itertools
import math
import random

import pytest

from kgents.stats import Design, DesignError, Method, Prior, Rule, Side, boundary, excluded, shown_interval
from kgents.stats.lattice import forward
from kgents.stats.shown import lower_limit

RATES = (0.02, 0.1, 0.25, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.97, 0.99)
RULES = (Rule.CALIBRATED, Rule.CALIBRATED, Rule.ANYTIME, Rule.SPRT, Rule.FIXED)


def _random_designs(number: int) -> list[Design]:
    draw = random.Random(19)
    designs: list[Design] = []
    while len(designs) < number:
        rule = draw.choice(RULES)
        design = Design(
            rule,
            draw.choice((0.3, 0.5, 0.7, 0.8, 0.9, 0.95)),
            draw.choice((0.8, 0.9, 0.95, 0.99)),
            draw.choice((5, 12, 20, 30, 50)),
            draw.choice((Prior(), Prior(), Prior(0.5, 0.5), Prior(3, 20), Prior(20, 3))),
            0.0 if rule is Rule.FIXED else draw.choice((0.0, 0.02, 0.2)),
            0.04 if rule is Rule.SPRT else None,
            draw.choice((True, False)),
        )
        try:
            boundary(design)
        except DesignError:
            continue
        designs.append(design)
    return designs


DESIGNS = _random_designs(25)


def ends(design: Design, p: float) -> dict[tuple[int, int], tuple[Side, float]]:
    """How likely a run ends in each state (n, s), with which verdict, by the plain recursion over all states."""
    found, cap = boundary(design), design.max_trials or 1
    going, ended = {0: 1.0}, {}
    for n in range(1, cap + 1):
        following: dict[int, float] = {}
        for s, mass in going.items():
            for more, chance in ((1, p), (0, 1 - p)):
                following[s + more] = following.get(s + more, 0.0) + mass * chance
        going = {}
        for s, mass in following.items():
            side = found.decide(n, s)
            if side is None:
                going[s] = mass
            else:
                ended[n, s] = side, mass
    return ended


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_each_end_errs_by_alpha_at_most_and_no_interval_contradicts_its_verdict(design: Design) -> None:
    """P(rate below the lower end) ≤ α, P(above the upper end) ≤ α at every rate; "supported" has the target below."""
    alpha, target = 1 - design.confidence, design.target or 0.0
    if boundary(design).decide(0, 0) is not None:
        return  # ends without a trial
    shown = {state: shown_interval(design, *state, True) for state in ends(design, 0.5)}
    for p in (*RATES, target):
        below = above = 0.0
        for state, (_, mass) in ends(design, p).items():
            below += mass * (p < shown[state].low)
            above += mass * (p > shown[state].high)
        assert below <= alpha + 1e-9
        assert above <= alpha + 1e-9
    for state, (side, _) in ends(design, 0.5).items():
        interval = shown[state]
        assert interval.each_side == alpha
        slack = design.margin or 0.0
        if side is Side.SUPPORTED:
            assert interval.low >= target - slack - 1e-8 if slack else interval.low >= target
        elif side is Side.REFUTED:
            assert interval.high <= target + slack + 1e-8 if slack else interval.high <= target
        else:
            assert interval.low <= target <= interval.high


@pytest.mark.parametrize("confidence", [0.8, 0.95])
@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_what_is_shown_before_the_end_covers_at_every_look_at_once(p: float, confidence: float) -> None:
    """The exact chance that a live line, or a budget at the worst moment, ever shows an interval without the rate."""
    design = Design(Rule.CALIBRATED, 0.7, confidence, 100)
    ever = 0.0
    going = {0: 1.0}
    for n in range(1, 101):
        following: dict[int, float] = {}
        for s, mass in going.items():
            for more, chance in ((1, p), (0, 1 - p)):
                following[s + more] = following.get(s + more, 0.0) + mass * chance
        going = {}
        for s, mass in following.items():
            interval = shown_interval(design, n, s, False)
            assert interval.each_side is None
            if interval.low <= p <= interval.high:
                going[s] = mass
            else:
                ever += mass
    assert ever <= 1 - confidence


def test_the_plain_recursion_is_the_one_that_plans_use() -> None:
    """Its masses add up as those of `forward` do."""
    design = Design()
    mine = ends(design, 0.6)
    for row in itertools.islice(forward(boundary(design), 0.6, 100), 1, None):
        for first, masses, side in (
            (row.supported_from, row.supported, Side.SUPPORTED),
            (row.refuted_from, row.refuted, Side.REFUTED),
            (row.inconclusive_from, row.inconclusive, Side.INCONCLUSIVE),
        ):
            for s, mass in enumerate(masses, first):
                if mass:
                    assert mine[row.n, s] == (side, pytest.approx(mass, rel=1e-9))


def test_a_posterior_rule_shows_what_it_believes_and_promises_nothing() -> None:
    """Its interval is credible, with the posterior tails that the rule looks at."""
    interval = shown_interval(Design(Rule.POSTERIOR, 0.5, 0.95, 100, futility=0.0), 5, 5, True)
    assert interval.method is Method.CREDIBLE
    assert interval.low > 0.5


def test_an_estimate_keeps_its_level() -> None:
    """Without a target there is no verdict to agree with: five of five is 0.478 to 1 at 95 %."""
    interval = shown_interval(Design(Rule.FIXED, None, 0.95, 5, futility=0.0), 5, 5, True)
    assert (interval.level, round(interval.low, 3), interval.high) == (0.95, 0.478, 1.0)


def test_trials_left_out_bound_the_rate_and_a_verdict_that_needs_them_left_out_says_so() -> None:
    """Five errors beside seven of seven: 0.583 to 1, and seven of twelve would not have supported 0.5."""
    design = Design()
    counted = excluded(design, 7, 7, 5)
    assert (counted.low, counted.high, counted.hangs) == (7 / 12, 1.0, True)
    assert not excluded(Design(Rule.FIXED, 0.5, 0.95, 40, futility=0.0), 40, 38, 2).hangs
    assert excluded(Design(Rule.FIXED, 0.5, 0.95, 40, futility=0.0), 40, 12, 9).hangs


@pytest.mark.parametrize("design", DESIGNS[:12], ids=str)
def test_the_limit_of_a_baseline_errs_by_the_share_that_it_was_given(design: Design) -> None:
    """P(the rate is below the limit) ≤ α/2 at every rate, whatever rule ended the stored run."""
    alpha = (1 - design.confidence) / 2
    if boundary(design).decide(0, 0) is not None:
        return  # ends without a trial
    low = {state: lower_limit(design, *state, True, alpha) for state in ends(design, 0.5)}
    for p in (*RATES, design.target or 0.0):
        assert sum(mass * (p < low[state]) for state, (_, mass) in ends(design, p).items()) <= alpha + 1e-9


@pytest.mark.parametrize("rate", [0.6, 0.9, 0.97])
@pytest.mark.parametrize("margin", [0.0, 0.05])
def test_a_fall_is_claimed_wrongly_with_the_stated_error(rate: float, margin: float) -> None:
    """20 stored trials, then a run against their lower limit less the margin, at a rate that fell by just the margin."""
    wrong = 0.0
    for s in range(21):
        weight = math.comb(20, s) * rate**s * (1 - rate) ** (20 - s)
        low = lower_limit(Design(Rule.FIXED, None, 0.95, 20, futility=0.0), 20, s, True, 0.025)
        if low > margin:
            design = Design(Rule.CALIBRATED, low - margin, 0.975, 50)
            refuted = sum(mass for side, mass in ends(design, rate - margin).values() if side is Side.REFUTED)
            wrong += weight * refuted
    assert wrong <= 0.05
