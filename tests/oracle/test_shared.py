"""Boundaries are shared: nothing in them changes, and any number of threads may ask for more of one without an end."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError

import mpmath
import pytest

from kgents.report.planning import plan_data, plan_text
from kgents.stats import Design, Rule, boundary, characteristics
from kgents.stats.beta import above, below
from kgents.stats.boundary import Boundary
from kgents.stats.growing import Growing

ENDLESS = Design(Rule.ANYTIME, 0.7, 0.95, None, futility=0.0)


@pytest.mark.parametrize("design", [Design(), ENDLESS, Design(Rule.FIXED, 0.5, 0.95, 20, futility=0.0)], ids=str)
def test_nothing_in_a_boundary_can_be_changed(design: Design) -> None:
    """Neither its parts nor what they hold."""
    found = boundary(design)
    with pytest.raises(FrozenInstanceError):
        found.upper = [0]  # type: ignore[misc]
    with pytest.raises(TypeError):
        found.upper[0] = 0  # type: ignore[index]


def test_threads_that_grow_one_boundary_read_the_same_integers() -> None:
    """Eight threads ask for states far and near; all see what one alone computes."""
    boundary.cache_clear()
    found = boundary(ENDLESS)
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda n: (n, found.upper[n], found.lower[n]), [n * 37 % 3001 for n in range(3001)]))
    capped: Boundary = boundary(Design(Rule.ANYTIME, 0.7, 0.95, 3001, futility=0.0))
    assert all(capped.upper[n] == upper and capped.lower[n] == lower for n, upper, lower in seen)


def test_a_sequence_without_an_end_has_no_last_item() -> None:
    """Items from the front and slices with a stop; anything counted from the end is refused."""
    numbers = Growing(lambda: iter(range(10**9)))
    assert (numbers[700], list(numbers[3:6]), list(numbers[:0])) == (700, [3, 4, 5], [])
    for wrong in (-1, -5, slice(2, None), slice(0, -1)):
        with pytest.raises(IndexError):
            numbers[wrong]


def test_a_plan_without_a_cap_says_what_is_still_open_where_its_table_ends() -> None:
    """The probabilities of a row add up to one, in JSON and in the text."""
    design = Design(Rule.ANYTIME, 0.5, 0.95, None, futility=0.0)
    for row in plan_data(design, None)["operating_characteristics"]:
        assert row["supported"] + row["refuted"] + row["inconclusive"] + row["open_end"] == pytest.approx(1, abs=1e-9)
    (row_,) = characteristics(design, [0.5])
    assert row_.open_end > 0.9
    assert f"{row_.open_end:.4f}" in plan_text(design, None)
    assert "open_end" in plan_data(Design(), None)["operating_characteristics"][0]


EXTREME = [(size, rate, z) for size in (1e3, 1e5) for rate in (0.1, 0.5, 0.9) for z in (-6, -1, 0.3, 5)]


@pytest.mark.parametrize(("size", "rate", "deviations"), [*EXTREME, (2e6, 0.9, -3), (1e7, 0.1, -6), (1e7, 0.5, 6)])
def test_tails_are_as_exact_at_ten_million_as_at_a_thousand(size: float, rate: float, deviations: float) -> None:
    """Against the same fraction in fifty digits, where the tail is above 1e-12."""
    a, b = size * rate, size * (1 - rate)
    x = rate + deviations * (rate * (1 - rate) / size) ** 0.5
    tail = (below if deviations < 0 else above)(a, b, x)
    with mpmath.workdps(50):
        p, q, y = (a, b, x) if deviations < 0 else (b, a, 1 - mpmath.mpf(x))
        exact = _tail(mpmath.mpf(p), mpmath.mpf(q), mpmath.mpf(y))
    if exact > 1e-12:
        assert tail == pytest.approx(float(exact), rel=2e-10)


def _tail(a: mpmath.mpf, b: mpmath.mpf, x: mpmath.mpf) -> mpmath.mpf:
    """P(Beta(a, b) ≤ x) by the series of Abramowitz & Stegun 26.5.4, all terms positive."""
    log = a * mpmath.log(x) + b * mpmath.log1p(-x) - mpmath.loggamma(a) - mpmath.loggamma(b) + mpmath.loggamma(a + b)
    term = total = mpmath.mpf(1)
    n = 0
    while term > total * mpmath.mpf(10) ** -25:
        term *= (a + b + n) / (a + 1 + n) * x
        total += term
        n += 1
    return mpmath.re(mpmath.exp(log) * total / a)
