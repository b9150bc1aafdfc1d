"""Beta tails and quantiles against scipy and mpmath."""

import math

import mpmath
import pytest
from scipy.special import bdtr, betainc, betaincinv

from kgents.stats.beta import above, below, binomial_at_least, binomial_at_most, quantile
from kgents.stats.tails import PosteriorTail

CASES = [(a, b, x) for a in (0.5, 1, 3, 57, 4000) for b in (0.5, 1, 8, 300, 10_000) for x in (0.001, 0.2, 0.5, 0.93)]


@pytest.mark.parametrize(("a", "b", "x"), CASES)
def test_tails_agree_with_scipy(a: float, b: float, x: float) -> None:
    assert math.isclose(below(a, b, x), betainc(a, b, x), rel_tol=1e-9, abs_tol=1e-200)
    assert math.isclose(above(a, b, x) + below(a, b, x), 1, rel_tol=1e-11)


@pytest.mark.parametrize(
    ("a", "b", "x"), [(10_000_000, 3, 0.999999), (3_000_000.5, 7_000_000.5, 0.3001), (1, 10**7, 1e-8)]
)
def test_ten_million_trials_are_as_exact_as_ten(a: float, b: float, x: float) -> None:
    with mpmath.workdps(40):
        exact = float(mpmath.betainc(a, b, 0, x, regularized=True))
    assert math.isclose(below(a, b, x), exact, rel_tol=2e-10)


@pytest.mark.parametrize("probability", [1e-6, 0.025, 0.5, 0.975, 1 - 1e-6])
@pytest.mark.parametrize(("a", "b"), [(1, 1), (8, 1), (0.5, 0.5), (22, 10), (1001, 1)])
def test_quantiles_agree_with_scipy(a: float, b: float, probability: float) -> None:
    assert math.isclose(quantile(a, b, probability), betaincinv(a, b, probability), rel_tol=1e-8, abs_tol=1e-14)


def bisected(a: float, b: float, probability: float) -> float:
    """The same by bisection alone."""
    low, high = 0.0, 1.0
    while (middle := (low + high) / 2) not in (low, high):
        less = above(a, b, middle) > 1 - probability if probability > 0.5 else below(a, b, middle) < probability
        low, high = (middle, high) if less else (low, middle)
    return (low + high) / 2


@pytest.mark.parametrize("probability", [1e-12, 0.005, 0.3, 0.5, 0.7, 0.995, 1 - 1e-9])
@pytest.mark.parametrize(
    ("a", "b"), [(1, 1), (2, 1), (1, 100_001), (9001, 1000), (0.5, 1000.5), (50_001, 50_000), (3, 998)]
)
def test_looking_around_first_changes_no_quantile(a: float, b: float, probability: float) -> None:
    """Beyond the last bits, in which a tail itself is no longer monotone."""
    plain = bisected(a, b, probability)
    assert abs(quantile(a, b, probability) - plain) <= 8 * math.ulp(plain)


@pytest.mark.parametrize("n", [1, 7, 100])
def test_binomial_tails(n: int) -> None:
    for s in range(n + 1):
        assert math.isclose(binomial_at_most(s, n, 0.3), bdtr(s, n, 0.3), rel_tol=1e-10)
        assert math.isclose(binomial_at_most(s - 1, n, 0.3) + binomial_at_least(s, n, 0.3), 1, rel_tol=1e-11)


@pytest.mark.parametrize("target", [0.5, 0.9, 0.999])
def test_a_boundary_at_an_error_of_a_billionth_is_exact_at_a_hundred_thousand_trials(target: float) -> None:
    """The walk carries its tails over 10⁵ steps: its integers are those of scipy's tails, all the way."""
    cap, limit = 100_000, 1e-9
    lower = PosteriorTail(target, 1.0, 1.0, cap).boundary(limit)
    looked = [n for n in (300, 1_000, 7_777, 20_000, 50_001, 99_999, cap) if lower[n] >= 0]
    assert looked
    for n in looked:
        s = lower[n]
        assert betainc(n - s + 1, s + 1, 1 - target) <= limit * (1 + 1e-6)
        assert betainc(n - s, s + 2, 1 - target) > limit * (1 - 1e-6)
