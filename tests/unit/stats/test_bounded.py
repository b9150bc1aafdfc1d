"""Limits of the mean of scores, against what is known in closed form."""

import pytest

from kgents.stats.bounded import lower_mean, mean_limits


@pytest.mark.parametrize("score", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("trials", [1, 3, 12, 80])
def test_equal_scores_have_limits_in_closed_form(score: float, trials: int) -> None:
    """The weight of n equal scores beside one more of the worst is Beta(n, 1): its α-quantile is α^(1/n)."""
    tail = 0.025
    low, high = mean_limits([score] * trials, 0.0, 1.0, 1 - 2 * tail)
    assert low == pytest.approx(score * tail ** (1 / trials), abs=1e-9)
    assert high == pytest.approx(1 - (1 - score) * tail ** (1 / trials), abs=1e-9)


def test_limits_move_and_stretch_with_the_range() -> None:
    """Points from 0 to 10 have ten times the limits of shares, and those of other signs are mirrored."""
    shares = [0.2, 0.7, 0.7, 0.9]
    low, high = mean_limits(shares, 0.0, 1.0, 0.9)
    assert mean_limits([10 * x for x in shares], 0.0, 10.0, 0.9) == pytest.approx((10 * low, 10 * high))
    assert mean_limits([-x for x in shares], -1.0, 0.0, 0.9) == pytest.approx((-high, -low))
    assert lower_mean(shares, 0.05) == pytest.approx(low)


def test_two_kinds_of_scores_have_the_limit_of_a_sum_of_exponentials() -> None:
    """One score of each of two: P(E₁a + E₂b ≤ q ΣE) solved for q, by partial fractions of three exponentials."""
    a, b, tail = 0.5, 0.8, 0.1
    q = lower_mean([a, b], tail)
    scales = [a - q, b - q, -q]
    above = sum(s**2 / ((s - scales[(i + 1) % 3]) * (s - scales[(i + 2) % 3])) for i, s in enumerate(scales) if s > 0)
    assert 1 - above == pytest.approx(tail, abs=1e-9)


def test_nothing_has_no_limits() -> None:
    """And nothing but the worst has the worst for a lower limit."""
    with pytest.raises(ValueError, match="no values"):
        mean_limits([], 0.0, 1.0, 0.95)
    assert mean_limits([0.0, 0.0], 0.0, 1.0, 0.95)[0] == 0.0
