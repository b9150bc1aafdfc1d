"""Where it is futile to go on: by lists, by arrays, and by the recursion in fractions."""

from fractions import Fraction
from functools import cache

import pytest

from kgents.stats import Design, Rule, boundary, futility
from kgents.stats.futility import futile_ranges


def by_fractions(design: Design, least: Fraction) -> list[tuple[int, int] | None]:
    """The range of each number of trials, by the mean of what follows under a uniform prior."""
    rule, cap = boundary(design), design.max_trials or 0

    @cache
    def value(n: int, s: int) -> Fraction:
        if s >= rule.upper[n] or s <= rule.lower[n]:
            return Fraction(1)
        if n == cap:
            return Fraction(0)
        p = Fraction(1 + s, 2 + n)
        return p * value(n + 1, s + 1) + (1 - p) * value(n + 1, s)

    ranges: list[tuple[int, int] | None] = []
    for n in range(cap):
        going = [s for s in range(n + 1) if rule.lower[n] < s < rule.upper[n]]
        small = [s for s in going if value(n, s) < least]
        ranges.append((small[0], small[-1]) if small else None)
    return [*ranges, None]


@pytest.mark.parametrize("least", [Fraction(1, 50), Fraction(1, 7), Fraction(2, 5)])
@pytest.mark.parametrize("design", [Design(Rule.CALIBRATED, 0.5, 0.9, 30, futility=0.0),
                                    Design(Rule.CALIBRATED, 0.8, 0.95, 41, futility=0.0)])  # fmt: skip
@pytest.mark.parametrize("ways", ["lists", "arrays"])
def test_states_from_which_a_verdict_is_unlikely(
    design: Design, least: Fraction, ways: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(futility, "NUMPY_FROM", 10**9 if ways == "lists" else 0)
    ranges = futile_ranges(boundary(design), design.max_trials or 0, 1.0, 1.0, float(least))
    assert ranges == by_fractions(design, least)
    assert any(ranges)
