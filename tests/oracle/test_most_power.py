"""No test of at most n trials has more power than the most powerful one on n; where that is too little, no cap is sought."""

import itertools
import random
from dataclasses import replace
from fractions import Fraction

import pytest

from kgents.stats import Design, DesignError, Rule, characteristics, solve_cap
from kgents.stats.default_cap import POWER, clearly_better
from kgents.stats.design import LARGEST_CAP
from kgents.stats.likely_cap import beyond_all
from kgents.stats.most_power import least_of_any, most_power
from kgents.stats.rules import boundary


def _best(trials: int, target: Fraction, at: Fraction, error: Fraction) -> Fraction:
    """By every path: paths are taken in the order of their likelihood ratio until the error is spent."""
    paths = []
    for path in itertools.product((0, 1), repeat=trials):
        s = sum(path)
        likely = [rate**s * (1 - rate) ** (trials - s) for rate in (target, at)]
        paths.append((likely[1] / likely[0], likely[0], likely[1]))
    left, power = error, Fraction(0)
    for _, at_target, at_rate in sorted(paths, reverse=True):
        share = min(Fraction(1), left / at_target)
        left, power = left - share * at_target, power + share * at_rate
    return power


@pytest.mark.parametrize("trials", [1, 4, 9])
@pytest.mark.parametrize(("target", "at"), [("1/2", "7/10"), ("9/10", "99/100"), ("9/10", "1/2"), ("1/10", "1/100")])
@pytest.mark.parametrize("error", ["1/20", "1/1000", "2/5"])
def test_it_is_that_of_all_paths(trials: int, target: str, at: str, error: str) -> None:
    """In fractions, on both sides of the target."""
    exact = _best(trials, Fraction(target), Fraction(at), Fraction(error))
    assert most_power(trials, *(float(Fraction(x)) for x in (target, at, error))) == pytest.approx(
        float(exact), rel=1e-9
    )


def test_no_design_has_more() -> None:
    """Designs of every rule that promises its errors at the target, on both sides of it."""
    source, near = random.Random(11), 0
    for _ in range(60):
        rule = source.choice([Rule.CALIBRATED, Rule.ANYTIME, Rule.FIXED])
        target, cap = source.uniform(0.05, 0.95), source.randint(1, 150)
        design = Design(rule, target, source.choice([0.8, 0.95, 0.99]), cap, futility=0.0)
        for at in (target * source.uniform(0.3, 0.9), 1 - (1 - target) * source.uniform(0.1, 0.9)):
            (row,) = characteristics(design, (at,))
            found = row.supported if at > target else row.refuted
            most = most_power(cap, target, at, 1 - design.confidence)
            assert found <= most * (1 + 1e-9) + 1e-12
            near += found > 0.9 * most
    assert near > 30  # it bounds closely, or the comparison would say little


@pytest.mark.parametrize(("target", "confidence"), [(0.9999, 0.999), (0.99999, 0.95), (0.999999, 0.999)])
def test_where_all_tests_have_too_little_no_boundary_is_computed(target: float, confidence: float) -> None:
    """Computing one of 100 000 trials takes seconds; the answer is the same without."""
    before = boundary.cache_info().misses
    with pytest.raises(DesignError, match=f"no cap up to {LARGEST_CAP}"):
        solve_cap(Design(target=target, confidence=confidence), POWER, clearly_better(target))
    assert boundary.cache_info().misses == before


def test_a_rule_that_promises_nothing_at_the_target_is_not_bounded() -> None:
    """A posterior errs as often as it does, an SPRT within its zone."""
    strict = Design(target=0.99999, confidence=0.95)
    assert beyond_all(strict, 0.8, 0.999999)
    assert not beyond_all(replace(strict, rule=Rule.POSTERIOR), 0.8, 0.999999)
    assert not beyond_all(replace(strict, rule=Rule.SPRT, margin=0.000001), 0.8, 0.999999)


@pytest.mark.parametrize(("target", "at", "error"), [(0.5, 0.6, 0.05), (0.9, 0.99, 0.01), (0.9, 0.7, 0.05)])
def test_the_least_number_of_any_test_is_where_the_power_begins(target: float, at: float, error: float) -> None:
    """One trial less is too little for every test; where 100 000 are, there is none."""
    least = least_of_any(POWER, target, at, error)
    assert least is not None
    assert most_power(least - 1, target, at, error) < POWER <= most_power(least, target, at, error)
    assert least_of_any(POWER, 0.5, 0.501, 1e-9) is None
