"""The laws of scores by which the trials of a series of scores are foreseen."""

import math

import pytest

from kgents.stats.means.foreseen import beta_law, reduced


@pytest.mark.parametrize(("a", "b"), [(1.0, 1.0), (0.5, 2.0), (8.0, 3.0)])
def test_a_law_of_scores_has_the_moments_of_its_beta(a: float, b: float) -> None:
    """All that a Gauss rule of three nodes can have: the first five; its probabilities add up to 1."""
    law = beta_law(a, b)
    assert math.fsum(law.values()) == pytest.approx(1)
    expected = 1.0
    for order in range(1, 6):
        expected *= (a + order - 1) / (a + b + order - 1)
        assert math.fsum(p * x**order for x, p in law.items()) == pytest.approx(expected)


@pytest.mark.parametrize(("a", "b"), [(0.0, 1.0), (1.0, 0.0), (math.inf, 1.0), (1.0, math.inf)])
def test_a_beta_without_a_law_is_refused(a: float, b: float) -> None:
    """Where a parameter is 0 all its weight is at an end, where one is infinite it has none."""
    with pytest.raises(ValueError, match="both above 0"):
        beta_law(a, b)


def test_a_law_of_many_scores_becomes_one_of_three_with_its_moments() -> None:
    """One of three or fewer stays as it is."""
    law = {0.0: 0.1, 0.25: 0.2, 0.5: 0.3, 0.75: 0.15, 1.0: 0.25}
    fewer = reduced(law)
    assert len(fewer) == 3
    for order in range(6):
        moments = (math.fsum(p * x**order for x, p in each.items()) for each in (law, fewer))
        assert next(moments) == pytest.approx(next(moments))
    small = {0.0: 0.5, 1.0: 0.5}
    assert reduced(small) == small
