"""A plan of two mean scores beside every sequence of pairs, beside the plan of two rates, and beside a simulation."""

from collections import Counter
from itertools import product
from math import prod
from random import Random

import pytest

from kgents.stats import Difference, Duel, beta_law, difference_law, foresee_pairs
from kgents.stats.zone_odds import zone_odds

HALVES = {0.0: 0.2, 0.5: 0.8}, {0.5: 0.4, 1.0: 0.6}  # their differences are −1, −½ and 0


def said(alpha: float, margin: float | None, pairs: tuple[tuple[int, int], ...]) -> tuple[str, int]:
    """What the decider of a comparison says of these pairs of halves, and after how many."""
    shown = Difference(2, alpha, margin)
    for number, pair in enumerate(pairs, 1):
        shown.add(*pair)
        if shown.above or shown.below:
            return "first" if shown.above else "second", number
        if shown.equivalent:
            return "equivalent", number
    return "open", len(pairs)


@pytest.mark.parametrize(("laws", "margin", "alpha"), [
    (HALVES, None, 0.2), (HALVES[::-1], 0.7, 0.25), (HALVES[::-1], 0.2, 0.25),
    (({0.0: 0.5, 1.0: 0.5}, {0.0: 0.1, 1.0: 0.9}), 0.6, 0.25), (({0.5: 1.0}, {0.5: 1.0}), 0.6, 0.3),
])  # fmt: skip
def test_a_forecast_of_pairs_is_that_of_all_sequences(
    laws: tuple[dict[float, float], dict[float, float]], margin: float | None, alpha: float
) -> None:
    """Every sequence of six pairs, through the decider of a comparison."""
    a, b = laws
    kinds = [((round(2 * x), round(2 * y)), p * q) for (x, p), (y, q) in product(a.items(), b.items())]
    told, lengths = Counter[str](), 0.0
    for way in product(kinds, repeat=6):
        chance = prod(share for _, share in way)
        word, number = said(alpha, margin, tuple(pair for pair, _ in way))
        told[word] += chance
        lengths += number * chance
    found = foresee_pairs(a, b, alpha, 6, margin)
    assert (found.first, found.second) == pytest.approx((told["first"], told["second"]), abs=1e-10)
    assert (found.equivalent, found.open) == pytest.approx((told["equivalent"], told["open"]), abs=1e-10)
    assert found.expected_pairs == pytest.approx(lengths, abs=1e-9)


def test_equal_rates_are_equivalent_as_often_as_a_plan_of_rates_says() -> None:
    """Two programs: there the winner is found by another rule, which 0.95 against 0.95 hardly ever ends."""
    for rate, margin in ((0.95, 0.15), (0.99, 0.1)):
        law = {0.0: 1 - rate, 1.0: rate}
        found, rates = (
            foresee_pairs(law, law, 0.05, 120, margin),
            zone_odds(Duel(0.05, 120, margin), margin, rate, rate),
        )
        assert found.equivalent == pytest.approx(rates.equivalent, abs=0.03)
        assert found.equivalent > 0.8


def test_equal_arms_are_called_different_as_seldom_as_promised() -> None:
    """Neither is, with more than α in a direction; nor are arms at the margin called equivalent."""
    for law in (beta_law(2, 2), beta_law(8, 2), {0.0: 0.5, 1.0: 0.5}, {0.0: 0.98, 1.0: 0.02}):
        found = foresee_pairs(law, law, 0.1, 150)
        assert max(found.first, found.second) <= 0.1
    apart = {0.25: 0.5, 0.75: 0.5}, {0.05: 0.5, 0.55: 0.5}
    assert foresee_pairs(*apart, 0.1, 150, 0.2).equivalent <= 0.1


def test_the_differences_of_two_laws_come_once_each() -> None:
    law = difference_law({0.0: 0.25, 1.0: 0.75}, {0.0: 0.5, 1.0: 0.5})
    assert law == pytest.approx({0.0: 0.125, 0.5: 0.5, 1.0: 0.375})


def test_the_forecast_of_beta_laws_is_that_of_a_simulation_of_them() -> None:
    """Beta(8, 2) against itself within 0.2: 200 runs at a fixed seed, within three standard errors."""
    random, lengths = Random(7), []
    for _ in range(200):
        shown = Difference(10**6, 0.05, 0.2)
        while not (shown.above or shown.below or shown.equivalent):
            shown.add(*(round(random.betavariate(8, 2) * 10**6) for _ in range(2)))
        lengths.append(shown.n)
    found = foresee_pairs(beta_law(8, 2), beta_law(8, 2), 0.05, 200, 0.2)
    assert abs(sum(lengths) / 200 - found.expected_pairs) <= 3 * found.sd_pairs / 200**0.5
    assert round(found.expected_pairs, 1) == 25.5
