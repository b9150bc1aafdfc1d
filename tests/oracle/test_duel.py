"""Two arms: the error of a false winner by exact enumeration over all pairs of outcomes."""

import pytest

from kgents.stats import Duel


def wins(duel: Duel, p_a: float, p_b: float) -> tuple[float, float, float]:
    """The exact probabilities that a wins, b wins, and the expected pairs, for independent arms."""
    only_a, only_b = p_a * (1 - p_b), p_b * (1 - p_a)
    going = {(0, 0): 1.0}
    a = b = expected = 0.0
    for pairs in range(1, duel.max_pairs + 1):
        expected += sum(going.values())
        following: dict[tuple[int, int], float] = {}
        for (x, y), mass in going.items():
            for state, chance in (((x + 1, y), only_a), ((x, y + 1), only_b), ((x, y), 1 - only_a - only_b)):
                following[state] = following.get(state, 0.0) + mass * chance
        going = {}
        for (x, y), mass in following.items():
            verdict = duel.decide(pairs, x, y)
            if verdict is None:
                going[x, y] = mass
            a += mass if verdict == "a" else 0.0
            b += mass if verdict == "b" else 0.0
    return a, b, expected


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_equal_arms_have_no_winner_but_at_the_promised_error(rate: float) -> None:
    a, b, _ = wins(Duel(0.05, 60), rate, rate)
    assert a <= 0.05
    assert b <= 0.05


def test_power_and_cost_at_a_cap_of_100_pairs() -> None:
    a, b, pairs = wins(Duel(0.05, 100), 0.9, 0.7)
    assert round(a, 3) == 0.908
    assert b < 0.001
    assert 90 < 2 * pairs < 105


def test_arms_within_the_margin_are_equivalent_and_only_those() -> None:
    duel = Duel(0.05, 400, 0.15)
    assert duel.decide(200, 1, 1) == "equivalent"
    assert duel.decide(200, 30, 1) == "a"
    going = {(0, 0): 1.0}
    wrong = 0.0
    for pairs in range(1, 121):  # the true difference is the margin: calling that equivalent is the error
        following: dict[tuple[int, int], float] = {}
        for (x, y), mass in going.items():
            for state, chance in (((x + 1, y), 0.2), ((x, y + 1), 0.05), ((x, y), 0.75)):
                following[state] = following.get(state, 0.0) + mass * chance
        verdicts = {state: duel.decide(pairs, *state) for state in following}
        wrong += sum(mass for state, mass in following.items() if verdicts[state] == "equivalent")
        going = {state: mass for state, mass in following.items() if verdicts[state] is None and mass > 1e-12}
    assert wrong <= 0.05
