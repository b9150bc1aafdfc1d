"""The dynamic programme against the enumeration of every path, with fractions; and against published figures."""

import itertools
import math
from collections import defaultdict
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betainc, betaincc, betaincinv

from kgents.stats import (
    Design,
    DesignError,
    Prior,
    Rule,
    Side,
    analyse,
    boundary,
    characteristics,
    feasibility,
    outlook,
    solve_cap,
)
from kgents.stats.analysis import confidence_sequence
from kgents.stats.crossing import crossing
from kgents.stats.root import reaches
from kgents.stats.stopped import _Order, _Reweighted, stage_wise, unbiased_rate

EACH_ALONE = True  # slow, and nothing is shared

CAP = 12
DESIGNS = [
    Design(Rule.CALIBRATED, 0.5, 0.9, CAP),
    Design(Rule.CALIBRATED, 0.7, 0.8, CAP, Prior(0.5, 0.5), 0.1),
    Design(Rule.POSTERIOR, 0.3, 0.9, CAP, futility=0.0),
    Design(Rule.SPRT, 0.5, 0.8, CAP, margin=0.2),
    Design(Rule.ANYTIME, 0.5, 0.8, CAP, futility=0.05),
]


def paths(design: Design) -> dict[tuple[int, int, Side], int]:
    """How many of the 2¹² sequences stop in each state (each counted once per continuation that it stands for)."""
    found = boundary(design)
    stops: dict[tuple[int, int, Side], int] = defaultdict(int)
    seen: set[tuple[int, ...]] = set()
    for path in itertools.product((0, 1), repeat=CAP):
        s = 0
        for n in range(CAP + 1):
            s += path[n - 1] if n else 0
            side = found.decide(n, s)
            if side is not None:
                if path[:n] not in seen:
                    seen.add(path[:n])
                    stops[n, s, side] += 1
                break
    return stops


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("p", [Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)])
def test_characteristics_equal_the_enumeration_of_all_paths(design: Design, p: Fraction) -> None:
    mass = {state: count * p ** state[1] * (1 - p) ** (state[0] - state[1]) for state, count in paths(design).items()}
    assert sum(mass.values()) == 1
    (row,) = characteristics(design, [float(p)])
    for side, value in (
        (Side.SUPPORTED, row.supported),
        (Side.REFUTED, row.refuted),
        (Side.INCONCLUSIVE, row.inconclusive),
    ):
        assert math.isclose(float(sum(m for state, m in mass.items() if state[2] is side)), value, abs_tol=1e-13)
    mean = sum(m * state[0] for state, m in mass.items())
    square = sum(m * state[0] ** 2 for state, m in mass.items())
    assert math.isclose(float(mean), row.expected_trials, rel_tol=1e-12)
    assert math.isclose(math.sqrt(float(square - mean**2)), row.sd_trials, abs_tol=1e-6)


@pytest.mark.parametrize("design", DESIGNS)
def test_the_unbiased_rate_is_unbiased(design: Design) -> None:
    found = boundary(design)
    estimates = {state: unbiased_rate(found, state[0], state[1]) for state in paths(design)}
    for p in (0.05, 0.3, 0.5, 0.77, 0.99):
        mean = sum(
            count * p ** state[1] * (1 - p) ** (state[0] - state[1]) * estimates[state]
            for state, count in paths(design).items()
        )
        assert math.isclose(mean, p, abs_tol=1e-12)


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_design_interval_covers_every_rate(design: Design, level: float) -> None:
    found = boundary(design)
    intervals = {state: stage_wise(found, state[0], state[1], level) for state in paths(design)}
    for step in range(1, 60):
        p = step / 60
        covered = sum(
            count * p ** state[1] * (1 - p) ** (state[0] - state[1])
            for state, count in paths(design).items()
            if intervals[state].low <= p <= intervals[state].high
        )
        assert covered >= level - 1e-9


def test_the_outlook_equals_the_enumeration_under_the_predictive() -> None:
    design = Design(Rule.CALIBRATED, 0.5, 0.9, CAP)
    expected = soon = Fraction(0)
    for (n, s, _), count in paths(design).items():
        chance = Fraction(math.factorial(s) * math.factorial(n - s), math.factorial(n + 1))  # Pólya's urn from (1, 1)
        expected += n * count * chance
        soon += count * chance if n <= 10 else 0
    ahead = outlook(design, 0, 0)
    assert math.isclose(float(expected), ahead.expected_trials_left, rel_tol=1e-12)
    assert math.isclose(float(soon), ahead.done_within_ten, rel_tol=1e-12)


PUBLISHED = [  # target, first supported run of successes, expected trials at the rates .7 and .99 without futility
    (0.5, 7, 35.8, 7.2),
    (0.8, 20, 66.9, 21.9),
    (0.9, 36, 20.6, 43.9),
]


@pytest.mark.parametrize(("target", "run", "at_70", "at_99"), PUBLISHED)
def test_known_boundaries_at_cap_100(target: float, run: int, at_70: float, at_99: float) -> None:
    design = Design(Rule.CALIBRATED, target, 0.95, 100, futility=0.0)
    found = boundary(design)
    assert next(n for n in range(101) if found.upper[n] <= n) == run
    rows = characteristics(design, [0.7, 0.99, target])
    assert [round(row.expected_trials, 1) for row in rows[:2]] == [at_70, at_99]
    assert 0.045 < rows[2].supported <= 0.05
    assert 0.045 < rows[2].refuted <= 0.05


SMALL = [  # cap, target, confidence, first SUPPORTED on successes only, first REFUTED on failures only, the two errors
    (5, 0.5, 0.90, 4, 4, 0.062, 0.062),
    (5, 0.5, 0.95, 5, 5, 0.031, 0.031),
    (10, 0.5, 0.95, 5, 5, 0.041, 0.041),
    (20, 0.8, 0.95, 14, 3, 0.044, 0.048),
    (20, 0.9, 0.95, None, 2, 0.0, 0.050),
    (30, 0.9, 0.95, 29, 2, 0.047, 0.050),
    (50, 0.9, 0.95, 29, 2, 0.047, 0.050),
]


@pytest.mark.parametrize(("cap", "target", "confidence", "up", "down", "wrong", "missed"), SMALL)
def test_known_boundaries_at_small_caps(
    cap: int, target: float, confidence: float, up: int | None, down: int, wrong: float, missed: float
) -> None:
    design = Design(Rule.CALIBRATED, target, confidence, cap, futility=0.0)
    found = boundary(design)
    assert next((n for n in range(cap + 1) if found.upper[n] <= n), None) == up
    assert next((n for n in range(cap + 1) if found.lower[n] >= 0), None) == down
    (row,) = characteristics(design, [target])
    assert (round(row.supported, 3), round(row.refuted, 3)) == (wrong, missed)


STRONG = [(26, 1), (90, 1), (1, 90), (200, 200), (0.01, 0.01), (1e-6, 1)]


@pytest.mark.parametrize("target", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("confidence", [0.95, 0.999999])
@pytest.mark.parametrize("prior", STRONG)
def test_a_wrong_prior_costs_trials_never_errors(prior: tuple[float, float], confidence: float, target: float) -> None:
    design = Design(Rule.CALIBRATED, target, confidence, 60, Prior(*prior), 0.0)
    (row,) = characteristics(design, [target])
    assert max(row.supported, row.refuted) <= (1 - confidence) * (1 + 1e-9)
    assert boundary(design).decide(0, 0) is None


def test_a_prior_that_leaves_no_doubt_is_an_error() -> None:
    with pytest.raises(DesignError, match="either side of the target"):
        boundary(Design(target=0.5, prior=Prior(2000, 1)))


@pytest.mark.parametrize("p", [0.3, 0.45, 0.5, 0.6, 0.9])
def test_the_sprt_is_the_ruin_of_a_gambler(p: float) -> None:
    """At ½ the boundaries of the likelihood ratio are s − f = ±k, and Feller gives chance and duration of the ruin."""
    design = Design(Rule.SPRT, 0.5, 0.95, 4000, margin=0.1, futility=0.0)
    found = boundary(design)
    k = next(n for n in range(100) if found.upper[n] <= n)
    assert all(2 * found.upper[n] - n in (k, k + 1) for n in range(k, 4001))
    (row,) = characteristics(design, [p])
    ratio = (1 - p) / p
    won = 0.5 if p == 0.5 else (1 - ratio**k) / (1 - ratio ** (2 * k))
    length = k * k if p == 0.5 else (2 * k * won - k) / (2 * p - 1)
    assert math.isclose(row.supported, won, rel_tol=1e-9)
    assert math.isclose(row.expected_trials, length, rel_tol=1e-9)


@pytest.mark.parametrize("prior", [(1.0, 1.0), (0.5, 0.5), (40.0, 3.0)])
@pytest.mark.parametrize("target", [0.2, 0.7])
def test_a_boundary_is_where_the_posterior_crosses(prior: tuple[float, float], target: float) -> None:
    design = Design(Rule.POSTERIOR, target, 0.999, 80, Prior(*prior), 0.0)
    found = boundary(design)
    for n in range(1, 81):
        s = np.arange(n + 1)
        over = betaincc(prior[0] + s, prior[1] + n - s, target)
        under = betainc(prior[0] + s, prior[1] + n - s, target)
        assert found.upper[n] == next((int(k) for k in s if under[k] <= 0.001), n + 1)
        assert found.lower[n] == max((int(k) for k in s if over[k] <= 0.001), default=-1)


def test_the_uncalibrated_posterior_rule_errs_as_often_as_its_page_says() -> None:
    (row,) = characteristics(Design(Rule.POSTERIOR, 0.5, 0.95, 100, futility=0.0), [0.5])
    assert round(row.supported, 3) == round(row.refuted, 3) == 0.264


def test_futility_saves_trials_at_the_target_and_costs_next_to_no_power() -> None:
    without, with_ = (Design(futility=futility) for futility in (0.0, 0.02))
    at_target = [characteristics(design, [0.5])[0].expected_trials for design in (without, with_)]
    power = [characteristics(design, [0.75])[0].supported for design in (without, with_)]
    assert [round(value, 1) for value in at_target] == [93.3, 57.8]
    assert [round(value, 3) for value in power] == [0.999, 0.998]


designs = st.builds(
    Design,
    rule=st.just(Rule.CALIBRATED),
    target=st.floats(0.05, 0.95),
    confidence=st.floats(0.6, 0.995),
    max_trials=st.integers(1, 90),
    prior=st.builds(Prior, st.floats(0.3, 60), st.floats(0.3, 60)),
    futility=st.sampled_from([0.0, 0.02, 0.2]),
)


@settings(max_examples=60)
@given(designs)
def test_the_promise_holds_for_random_designs(design: Design) -> None:
    target, alpha = design.target or 0.5, 1 - design.confidence
    below, at, above = characteristics(design, [target * 0.9, target, target + (1 - target) * 0.1])
    assert max(below.supported, at.supported) <= alpha + 1e-12
    assert max(above.refuted, at.refuted) <= alpha + 1e-12
    found = boundary(design)
    assert all(0 <= later - earlier <= 1 for earlier, later in itertools.pairwise(found.upper))
    assert all(0 <= later - earlier <= 1 for earlier, later in itertools.pairwise(found.lower))


@settings(max_examples=40)
@given(designs, st.floats(0.05, 0.9))
def test_more_confidence_never_stops_earlier(design: Design, share: float) -> None:
    less = replace(design, futility=0.0)
    more = replace(less, confidence=1 - share * (1 - design.confidence))
    found, stricter = boundary(less), boundary(more)
    assert all(a <= b for a, b in zip(found.upper, stricter.upper, strict=True))
    assert all(a >= b for a, b in zip(found.lower, stricter.lower, strict=True))


@settings(max_examples=40)
@given(designs, st.data())
def test_the_distance_is_the_least_number_of_trials_to_a_stop(design: Design, data: st.DataObject) -> None:
    found = boundary(design)
    n = s = 0
    while found.decide(n, s) is None:
        distance = found.distance(n, s)
        for step in range(1, distance + 1):
            stops = any(found.decide(n + step, k) is not None for k in range(s, s + step + 1))
            assert stops == (step == distance)
        n, s = n + 1, s + data.draw(st.integers(0, 1))
    assert found.distance(n, s) == 0


@settings(max_examples=40)
@given(designs)
def test_success_and_failure_are_mirror_images(design: Design) -> None:
    mirrored = Design(
        design.rule,
        1 - (design.target or 0.5),
        design.confidence,
        design.max_trials,
        Prior(design.prior.b, design.prior.a),
        0.0,
    )
    original = Design(design.rule, design.target, design.confidence, design.max_trials, design.prior, 0.0)
    one, two = characteristics(original, [0.6])[0], characteristics(mirrored, [0.4])[0]
    assert math.isclose(one.supported, two.refuted, abs_tol=0.02)


@pytest.mark.parametrize("n", [0, 1, 5, 10**7])
def test_no_counts_and_one_sided_counts_divide_by_nothing(n: int) -> None:
    design = Design(Rule.FIXED, 0.5, 0.95, max(n, 1), futility=0.0)
    for s in {0, n}:
        found = analyse(design, n, s, n > 0)
        assert 0 <= found.credible_interval.low <= found.credible_interval.high <= 1
        assert 0 <= found.confidence_sequence.low <= found.confidence_sequence.high <= 1
        if n == 0:
            assert found.success_rate is None
            assert found.posterior.mean == 0.5
    if n == 5:
        interval = analyse(design, 5, 5, True).confidence_interval
        assert interval is not None
        assert (round(interval.low, 3), interval.high) == (0.478, 1.0)


def test_an_impossible_design_names_the_cap_that_would_do() -> None:
    possible = feasibility(Design(Rule.CALIBRATED, 0.9, 0.95, 20))
    assert (possible.supported, possible.refuted, possible.cap_that_would_do) == (False, True, 29)


def test_the_cap_for_a_power_is_the_least() -> None:
    design = Design(target=0.5)
    cap = solve_cap(design, 0.9, 0.75)
    powers = [characteristics(Design(target=0.5, max_trials=n), [0.75])[0].supported for n in (cap - 1, cap)]
    assert powers[0] < 0.9 <= powers[1]


def test_a_fixed_number_of_ten_million_trials_is_exact_and_light() -> None:
    design = Design(Rule.FIXED, 0.5, 0.95, 10**7, futility=0.0)
    found = boundary(design)
    assert found.distance(3, 2) == 10**7 - 3
    upper = found.upper[0]
    assert found.decide(10**7, upper) is Side.SUPPORTED
    assert found.decide(10**7, upper - 1) is Side.INCONCLUSIVE
    assert abs(upper - (5 * 10**6 + 1.6448536 * math.sqrt(10**7) / 2)) < 3


def test_without_a_cap_the_estimates_after_stopping_are_exact_too() -> None:
    endless = Design(Rule.ANYTIME, 0.5, 0.95, None, futility=0.0)
    capped = replace(endless, max_trials=200)
    later = next(n for n in range(2, 100) if boundary(endless).decide(n, n - 1) is not None)
    for n, s in ((7, 7), (7, 0), (later, later - 1)):
        one, other = analyse(endless, n, s, True), analyse(capped, n, s, True)
        assert one.confidence_interval == other.confidence_interval
        assert one.rate_unbiased == other.rate_unbiased
    assert analyse(endless, 6, 3, False).confidence_interval is None


@pytest.mark.parametrize("p", [0.02, 0.3, 0.5, 0.9])
def test_the_confidence_sequence_covers_at_every_look(p: float) -> None:
    """The exact probability that the rate is ever outside, within 150 trials."""
    going, ever = {0: 1.0}, 0.0
    for n in range(1, 151):
        following: dict[int, float] = defaultdict(float)
        for s, mass in going.items():
            following[s + 1] += mass * p
            following[s] += mass * (1 - p)
        going = {}
        for s, mass in following.items():
            interval = confidence_sequence(n, s, 0.9)
            if interval.low <= p <= interval.high:
                going[s] = mass
            else:
                ever += mass
    assert ever <= 0.1


@pytest.mark.parametrize(("n", "s"), [(0, 0), (37, 20), (90, 55)])
def test_arrays_and_lists_say_the_same(n: int, s: int, monkeypatch: pytest.MonkeyPatch) -> None:
    design = Design(target=0.6, max_trials=150)
    found = boundary(design)
    lists = (
        outlook(design, n, s),
        characteristics(design, [0.0, 0.55, 1.0]),
        crossing(found.upper, found.lower, 150, 0.6),
    )
    monkeypatch.setattr("kgents.stats.lattice.NUMPY_FROM", 10)
    monkeypatch.setattr("kgents.stats.crossing.NUMPY_FROM", 10)
    ahead, rows = outlook(design, n, s), characteristics(design, [0.0, 0.55, 1.0])
    assert ahead.expected_trials_left == pytest.approx(lists[0].expected_trials_left, rel=1e-10)
    assert ahead.done_within_ten == pytest.approx(lists[0].done_within_ten, abs=1e-10)
    for one, other in zip(rows, lists[1], strict=True):
        assert (one.supported, one.refuted) == pytest.approx((other.supported, other.refuted), abs=1e-10)
        assert (one.expected_trials, one.q95_trials) == pytest.approx((other.expected_trials, other.q95_trials))
    assert crossing(found.upper, found.lower, 150, 0.6) == pytest.approx(lists[2], abs=1e-12)


@pytest.mark.parametrize("cap", [501, 3000])
@pytest.mark.parametrize("target", [0.5, 0.93])
def test_large_caps_keep_the_promise_and_use_most_of_it(cap: int, target: float) -> None:
    (row,) = characteristics(Design(target=target, max_trials=cap, futility=0.0), [target])
    assert 0.044 <= row.supported <= 0.05
    assert 0.044 <= row.refuted <= 0.05


@pytest.mark.parametrize("value", [1e-6, 0.025, 0.5, 0.975])
@pytest.mark.parametrize("start", [(0.2, 0.4), (0.01, 0.02), (0.97, 0.98), (0.3, 0.9)])
def test_a_probability_is_inverted_to_the_last_digits(value: float, start: tuple[float, float]) -> None:
    low, high = reaches(lambda p: float(betainc(7, 4, p)), value, start)
    assert low <= betaincinv(7, 4, value) <= high
    assert high - low <= 1e-10
    assert reaches(lambda p: 0.5, 0.25, start)[0] == 0.0
    assert reaches(lambda p: 0.5, 0.75, start)[1] == 1.0


@pytest.mark.parametrize(("target", "rate"), [(0.6, 0.45), (0.6, 0.6), (0.6, 0.9), (0.95, 0.97), (0.05, 0.02)])
def test_one_walk_reweighted_says_what_a_walk_at_every_rate_does(target: float, rate: float) -> None:
    found = boundary(Design(target=target, max_trials=600))
    n = s = 0
    while found.decide(n, s) is None:
        n, s = n + 1, math.floor((n + 1) * rate)
    side = found.decide(n, s)
    order = _Order(found, n, s, 600 if side is Side.INCONCLUSIVE else n)
    reweighted = _Reweighted(order, (s + 1) / (n + 2))
    for p in (1e-9, 0.01, rate * 0.9, rate, rate + 0.1 * (1 - rate), 0.99, 1 - 1e-9):
        assert reweighted.tails(p) == pytest.approx(order.tails(p), abs=2e-9)
    whole = sum(float(sum(masses)) for _, _, _, masses in order.parts(rate))
    assert whole == pytest.approx(1, abs=1e-12)


def test_the_cap_for_a_power_close_to_the_target_is_near_the_least() -> None:
    design = Design(target=0.5, futility=0.0)
    cap = solve_cap(design, 0.8, 0.53)
    assert cap > 2000
    enough, short = (
        characteristics(replace(design, max_trials=n), [0.53])[0].supported for n in (cap, cap - cap // 1000 - 1)
    )
    assert short < 0.8 <= enough
