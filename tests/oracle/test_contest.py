"""P(one rate exceeds another) against numerical integration."""

import mpmath
import pytest

from kgents.stats import beats, best_at_least, challenger, leader

CASES = [((0, 0), (0, 0)), ((3, 2), (5, 1)), ((50, 30), (40, 30)), ((100, 99), (100, 80)), ((7, 0), (7, 7))]


@pytest.mark.parametrize(("a", "b"), CASES)
def test_the_probability_that_one_rate_exceeds_another(a: tuple[int, int], b: tuple[int, int]) -> None:
    (n_a, s_a), (n_b, s_b) = a, b
    scale = mpmath.beta(s_a + 1, n_a - s_a + 1)
    exact = mpmath.quad(
        lambda x: (
            x**s_a * (1 - x) ** (n_a - s_a) / scale * mpmath.betainc(s_b + 1, n_b - s_b + 1, 0, x, regularized=True)
        ),
        [0, 0.5, 0.9, 1],
    )
    assert beats(a, b) == pytest.approx(float(exact), rel=1e-9)
    assert beats(a, b) + beats(b, a) == pytest.approx(1, rel=1e-12)


def test_who_leads_and_who_challenges() -> None:
    counts = [(10, 9), (10, 2), (4, 3), (10, 8)]
    assert leader(counts) == 0
    assert challenger(counts, 0) == 3
    assert 0 < best_at_least(counts, 0) < 1 - beats(counts[3], counts[0])
