"""A prior from earlier experiments: half of their weight, and never more than fifty trials."""

import pytest

from kgents.stats import Prior
from kgents.stats.history import power_prior


def test_earlier_trials_weigh_half() -> None:
    """All experiments together; without any the prior is uniform."""
    assert power_prior([(10, 8), (20, 16)]) == Prior(13.0, 4.0)
    assert power_prior([(10, 8)], weight=0.1) == Prior(1.8, 1.2)
    assert power_prior([]) == power_prior([(0, 0)]) == Prior()


@pytest.mark.parametrize("trials", [101, 1000, 10**6])
def test_many_earlier_trials_are_worth_fifty(trials: int) -> None:
    """With their rate."""
    prior = power_prior([(trials, trials // 4)])
    assert prior.a + prior.b == pytest.approx(52)
    assert (prior.a - 1) / 50 == pytest.approx(trials // 4 / trials)
