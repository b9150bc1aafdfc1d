"""E-processes of one rate: their expectation at the limit, and which way they point."""

import math
from collections.abc import Callable

import pytest

from kgents.stats import log_rate_above, log_rate_below


@pytest.mark.parametrize("process", [log_rate_above, log_rate_below])
@pytest.mark.parametrize("limit", [0.1, 0.5, 0.85])
def test_the_expectation_at_the_limit_is_1_after_any_number_of_trials(
    process: Callable[[int, int, float], float], limit: float
) -> None:
    """So no stopping makes it large by itself: the bets are fair."""
    for n in range(13):
        expected = math.fsum(
            math.comb(n, s) * limit**s * (1 - limit) ** (n - s) * math.exp(process(n, s, limit)) for s in range(n + 1)
        )
        assert expected == pytest.approx(1, rel=1e-9)


def test_each_is_large_on_its_side_alone() -> None:
    """And they mirror each other: successes above a limit are failures below the opposite one."""
    assert log_rate_above(20, 19, 0.5) > math.log(100)
    assert log_rate_above(20, 1, 0.5) < 0
    for n, s, limit in ((20, 19, 0.5), (12, 3, 0.7), (7, 7, 0.2)):
        assert log_rate_below(n, n - s, 1 - limit) == pytest.approx(log_rate_above(n, s, limit))
