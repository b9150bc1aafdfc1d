"""What a comparison comes to at given rates: against every outcome of every pair, in fractions."""

from fractions import Fraction

import pytest

from kgents.stats import Duel, duel_odds


def enumerated(duel: Duel, a: Fraction, b: Fraction) -> tuple[Fraction, Fraction, Fraction]:
    """(P(first), P(second), expected pairs), over all 4ⁿ ways in which n pairs can come out."""
    ways = (a * (1 - b), (1, 0)), ((1 - a) * b, (0, 1)), (a * b, (0, 0)), ((1 - a) * (1 - b), (0, 0))
    first = second = expected = Fraction(0)

    def follow(chance: Fraction, pairs: int, wins: tuple[int, int]) -> None:
        nonlocal first, second, expected
        verdict = duel.decide(pairs, *wins)
        if verdict is None and pairs < duel.max_pairs:
            for share, won in ways:
                follow(chance * share, pairs + 1, (wins[0] + won[0], wins[1] + won[1]))
            return
        first += chance * (verdict == "a")
        second += chance * (verdict == "b")
        expected += chance * pairs

    follow(Fraction(1), 0, (0, 0))
    return first, second, expected


@pytest.mark.parametrize(
    ("a", "b"), [("1/2", "1/2"), ("9/10", "9/10"), ("4/5", "1/3"), ("1", "0"), ("0", "1"), ("1", "1")]
)
def test_odds_of_a_comparison_are_those_of_all_its_outcomes(a: str, b: str) -> None:
    """At an error of 0.2, so that seven pairs can decide in many ways."""
    duel = Duel(0.2, 7)
    exact = enumerated(duel, Fraction(a), Fraction(b))
    odds = duel_odds(duel, float(Fraction(a)), float(Fraction(b)))
    assert [odds.first, odds.second, odds.expected_pairs] == pytest.approx([float(x) for x in exact], abs=1e-13)
    assert odds.different == odds.first + odds.second


@pytest.mark.parametrize("alpha", [0.05, 0.01])
@pytest.mark.parametrize("cap", [20, 100, 700])
def test_equal_arms_are_called_different_at_most_as_promised(alpha: float, cap: int) -> None:
    """Whatever the rate; and a cap at which no arm can win calls nothing different."""
    for rate in (0.01, 0.1, 0.5, 0.77, 0.99, 0.0, 1.0):
        assert duel_odds(Duel(alpha, cap), rate, rate).different <= 2 * alpha
    assert duel_odds(Duel(alpha, 4), 0.5, 0.5).different == 0


def test_a_margin_is_not_foreseen() -> None:
    with pytest.raises(ValueError, match="without a margin"):
        duel_odds(Duel(0.05, 20, 0.1), 0.5, 0.5)
