"""What a comparison within a margin comes to at given rates: against every outcome of every pair, by the decider itself."""

import math
from functools import cache
from itertools import product

import pytest

from kgents.engine.compare import Compare
from kgents.stats import Design, Duel, Rule
from kgents.stats.zone_odds import zone_odds

PAIRS = 7


@cache
def outcomes(margin: float, confidence: float) -> list[tuple[tuple[int, ...], str, int]]:
    """(differences, what the decider says, after how many pairs) of all ways in which the pairs can come out."""
    design = Design(Rule.CALIBRATED, 0.5, confidence, PAIRS, futility=0.0, margin=margin)
    found = []
    for path in product((1, 0, -1), repeat=PAIRS):
        arms = Compare(design, ("a", "b"))
        for index, difference in enumerate(path):
            if arms.decision() is None:
                arms.consume(0, index, difference >= 0, ())
                arms.consume(1, index, difference <= 0, ())
        decided = arms.decision()
        assert decided is not None
        (pair,) = decided.detail["pairs"]
        found.append((path, pair[5], pair[2]))
    return found


def enumerated(margin: float, confidence: float, a: float, b: float) -> list[float]:
    """[P(first), P(second), P(equivalent), expected pairs] at these rates."""
    chances = {1: a * (1 - b), 0: 1 - a * (1 - b) - b * (1 - a), -1: b * (1 - a)}
    found = [0.0, 0.0, 0.0, 0.0]
    for path, said, pairs in outcomes(margin, confidence):
        chance = math.prod(chances[difference] for difference in path)
        for place, word in enumerate(("a", "b", "equivalent")):
            found[place] += chance * (said == word)
        found[3] += chance * pairs
    return found


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (0.9, 0.9), (0.9, 0.3), (0.2, 0.7), (1.0, 1.0)])
@pytest.mark.parametrize("margin", [0.6, 0.9])
def test_odds_within_a_margin_are_those_of_all_outcomes(margin: float, a: float, b: float) -> None:
    """At an error of 0.2, so that seven pairs can be decided in every way."""
    odds = zone_odds(Duel(0.2, PAIRS), margin, a, b)
    exact = enumerated(margin, 0.8, a, b)
    assert [odds.first, odds.second, odds.equivalent, odds.expected_pairs] == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize("rate", [0.5, 0.9])
def test_arms_at_the_margin_are_called_equivalent_at_most_as_promised(rate: float) -> None:
    """Exactly; and equal arms are called different at most as promised over both directions."""
    duel = Duel(0.05, 80)
    assert 0 < zone_odds(duel, 0.2, rate, rate - 0.2).equivalent <= 0.05
    same = zone_odds(duel, 0.2, rate, rate)
    assert same.first + same.second <= 0.1
    assert same.equivalent > 0.05
