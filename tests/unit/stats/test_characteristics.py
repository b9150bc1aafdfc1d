"""What a design does at a rate, beside the sum over all the states in which it can stop, in fractions."""

from fractions import Fraction
from math import sqrt

import pytest

from kgents.stats import Design, Rule, boundary, characteristics
from kgents.stats.boundary import Side

DESIGNS = [
    Design(Rule.CALIBRATED, 0.5, 0.9, 20),
    Design(Rule.CALIBRATED, 0.8, 0.95, 30, futility=0.1),
    Design(Rule.ANYTIME, 0.7, 0.9, 25),
    Design(Rule.SPRT, 0.6, 0.9, 30, margin=0.1),
]
RATES = (Fraction(1, 10), Fraction(1, 2), Fraction(7, 10), Fraction(19, 20))


def stops(design: Design, p: Fraction) -> dict[tuple[int, int], Fraction]:
    """The probability of every state in which a run stops."""
    rule, ended = boundary(design), {}
    going = {(0, 0): Fraction(1)}
    while going:
        following: dict[tuple[int, int], Fraction] = {}
        for (n, s), mass in going.items():
            if rule.decide(n, s) is not None:
                ended[n, s] = mass
                continue
            for success, chance in ((0, 1 - p), (1, p)):
                following[n + 1, s + success] = following.get((n + 1, s + success), Fraction(0)) + mass * chance
        going = following
    return ended


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.rule.value)
@pytest.mark.parametrize("p", RATES, ids=str)
def test_verdicts_and_numbers_of_trials_are_those_of_all_courses(design: Design, p: Fraction) -> None:
    (row,) = characteristics(design, [float(p)])
    ended, rule = stops(design, p), boundary(design)
    assert sum(ended.values()) == 1
    by_side = {side: float(sum(mass for state, mass in ended.items() if rule.decide(*state) is side)) for side in Side}
    assert row.supported == pytest.approx(by_side[Side.SUPPORTED], abs=1e-12)
    assert row.refuted == pytest.approx(by_side[Side.REFUTED], abs=1e-12)
    assert row.inconclusive == pytest.approx(by_side[Side.INCONCLUSIVE], abs=1e-12)
    mean = sum(n * mass for (n, _), mass in ended.items())
    variance = sum((n - mean) ** 2 * mass for (n, _), mass in ended.items())
    assert row.expected_trials == pytest.approx(float(mean), rel=1e-12)
    assert row.sd_trials == pytest.approx(sqrt(variance), abs=1e-6)
    by_trial = [sum(mass for (n, _), mass in ended.items() if n <= most) for most in range(31)]
    assert row.q95_trials == next(most for most, mass in enumerate(by_trial) if mass >= Fraction(95, 100))
    assert (row.p, row.open_end) == (float(p), 0.0)


def test_a_design_without_a_cap_may_not_have_stopped() -> None:
    """At its target it may go on for ever; what it has not decided by then is no verdict, and counts with all trials."""
    open_ended = Design(Rule.ANYTIME, 0.5, 0.99, None, futility=0.0)
    at, far = characteristics(open_ended, [0.5, 0.9])
    assert at.open_end > 0.9
    assert at.inconclusive == 0.0
    assert at.supported + at.refuted + at.open_end == pytest.approx(1.0, abs=1e-9)
    assert at.q95_trials == 10_000
    assert at.expected_trials >= at.open_end * 10_000
    assert far.open_end == pytest.approx(0.0, abs=1e-12)
    assert far.supported > 0.999
    assert far.q95_trials < 100


@pytest.mark.parametrize("p", RATES, ids=str)
def test_a_fixed_number_always_takes_all_of_its_trials(p: Fraction) -> None:
    design = Design(Rule.FIXED, 0.5, 0.9, 12, futility=0.0)
    (row,) = characteristics(design, [float(p)])
    ended = stops(design, p)
    rule = boundary(design)
    supported = float(sum(mass for state, mass in ended.items() if rule.decide(*state) is Side.SUPPORTED))
    assert row.supported == pytest.approx(supported, abs=1e-12)
    assert row.supported + row.refuted + row.inconclusive == pytest.approx(1.0)
    assert (row.expected_trials, row.sd_trials, row.q95_trials) == (12, 0.0, 12)
