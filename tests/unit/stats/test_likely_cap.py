"""About the least cap with a power: near the one that the exact search ends at, for every rule and either side."""

from dataclasses import replace

import pytest

from kgents.stats import Design, Rule, characteristics, solve_cap
from kgents.stats.default_cap import POWER, clearly_better, least_cap
from kgents.stats.likely_cap import likely_cap

CASES = [
    (Design(target=0.9), 0.8, 0.99),
    (Design(target=0.9), 0.9, 0.7),
    (Design(target=0.5), 0.8, 0.6),
    (Design(target=0.1), 0.8, 0.3),
    (Design(target=0.05), 0.9, 0.01),
    (Design(target=0.8, confidence=0.999), 0.5, 0.9),
    (Design(Rule.ANYTIME, 0.9, futility=0.0), 0.8, 0.98),
    (Design(Rule.POSTERIOR, 0.9), 0.8, 0.98),
    (Design(Rule.SPRT, 0.8, margin=0.05), 0.8, 0.9),
    (Design(Rule.SPRT, 0.8, margin=0.05), 0.8, 0.7),
    (Design(Rule.FIXED, 0.8, futility=0.0), 0.8, 0.9),
]


@pytest.mark.parametrize(("design", "power", "at"), CASES, ids=lambda value: str(value)[:40])
def test_it_is_near_the_exact_one(design: Design, power: float, at: float) -> None:
    """Within four hundredths and two trials of where the search ends."""
    likely, exact = likely_cap(design, power, at), solve_cap(design, power, at)
    assert likely is not None
    assert abs(likely - exact) <= 2 + 0.04 * exact


@pytest.mark.parametrize(("target", "confidence"), [(0.99, 0.999), (0.999, 0.95)])
def test_a_cap_that_is_only_named_has_the_power_and_hardly_more(target: float, confidence: float) -> None:
    """Exactly, at that cap; three in a hundred fewer are too few."""
    design, at = Design(target=target, confidence=confidence), (clearly_better(target),)
    named = least_cap(design)
    assert named > 1000
    assert named % 10 == 0
    (row,) = characteristics(replace(design, max_trials=named), at)
    (fewer,) = characteristics(replace(design, max_trials=round(named * 0.97)), at)
    assert fewer.supported < POWER <= row.supported


@pytest.mark.parametrize("zone", [None, 0.5])
def test_what_is_seldom_scales(zone: float | None) -> None:
    """A tenth of the failures needs ten times the trials, to a hundredth; so does a tenth of them and of the zone."""
    rule = Rule.CALIBRATED if zone is None else Rule.SPRT
    margins = [None if zone is None else zone * failing for failing in (1e-3, 1e-4)]
    designs = [Design(rule, target, margin=margin) for target, margin in zip((0.999, 0.9999), margins, strict=True)]
    once, rarer = (likely_cap(design, POWER, clearly_better(design.target or 0)) for design in designs)
    assert once is not None
    assert rarer is not None
    assert rarer == pytest.approx(10 * once, rel=0.01)


def test_where_no_cap_has_it() -> None:
    """By the bound of all tests, and by its own count."""
    assert likely_cap(Design(target=0.99999), POWER, 0.999999) is None
    assert likely_cap(Design(Rule.POSTERIOR, target=0.5), POWER, 0.505) is None
