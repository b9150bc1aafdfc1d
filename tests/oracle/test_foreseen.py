"""What a decision about a mean score comes to: against every sequence of scores, and the laws that are put in place of others."""

from collections import Counter
from copy import deepcopy
from math import fsum, prod
from random import Random

import pytest

from kgents.stats import Design, Rule, beta_law, characteristics, foresee_scores, reduced
from kgents.stats.means import AgainstTargetAimed, binary_rule

LAWS = [
    {0.0: 0.2, 0.5: 0.3, 1.0: 0.5},
    {0.1: 0.5, 0.4: 0.25, 0.9: 0.25},
    {0.0: 0.3, 1.0: 0.7},
    {0.8: 1.0},
    {0.0: 0.1, 0.8: 0.9},
]


def deciding(target: float, confidence: float, cap: int, resolution: int) -> AgainstTargetAimed:
    """What decides a run of such a design."""
    rule = binary_rule(target, confidence, cap)
    assert rule is not None
    return AgainstTargetAimed(resolution, rule)


@pytest.mark.parametrize(("law", "exact"), list(zip(LAWS, (False, False, True, True, False), strict=True)))
@pytest.mark.parametrize("target", [0.3, 0.6])
def test_a_forecast_is_that_of_all_sequences(law: dict[float, float], exact: bool, target: float) -> None:
    """At an error of 0.3, so that eight scores decide in many ways; scores as tenths. It is nearly so where bets depend on the
    order of the scores, and is told.
    """
    ends: Counter[tuple[str | None, int]] = Counter()

    def follow(state: AgainstTargetAimed, chance: float) -> None:
        for x, mass in law.items():
            after = deepcopy(state)
            after.add(round(10 * x))
            if after.verdict is None and after.n < 8 and not after.is_out_of_reach:
                follow(after, chance * mass)
            else:
                ends[after.verdict, after.n] += chance * mass  # type: ignore[assignment]

    follow(deciding(target, 0.7, 8, 10), 1.0)
    supported, refuted = (
        fsum(p for (said, _), p in ends.items() if said == verdict) for verdict in ("supported", "refuted")
    )
    trials, square = (fsum(n**power * p for (_, n), p in ends.items()) for power in (1, 2))
    found = foresee_scores(law, target, 0.3, 8)
    assert found.exact == exact
    near = 1e-12 if exact else 0.04
    assert (found.supported, found.refuted) == pytest.approx((supported, refuted), abs=near)
    assert found.open == pytest.approx(1 - supported - refuted, abs=2 * near)
    assert found.expected_trials == pytest.approx(trials, abs=10 * near)
    assert found.sd_trials == pytest.approx(max(0.0, square - trials**2) ** 0.5, abs=1e-6 if exact else 0.3)
    assert found.left_out < 1e-10


def test_the_forecast_of_a_law_with_many_0_and_1_is_that_of_a_simulation_of_it() -> None:
    """200 runs at a fixed seed, within three standard errors."""
    random, law, lengths, supported = Random(6), {0.0: 0.2, 0.5: 0.1, 1.0: 0.7}, [], 0
    for _ in range(200):
        against = deciding(0.65, 0.95, 200, 10)
        while against.verdict is None and not against.is_out_of_reach:
            against.add(round(10 * random.choices(list(law), list(law.values()))[0]))
        lengths.append(against.n)
        supported += against.verdict == "supported"
    found = foresee_scores(law, 0.65, 0.05, 200)
    assert not found.exact
    assert abs(sum(lengths) / 200 - found.expected_trials) <= 3 * found.sd_trials / 200**0.5
    assert abs(supported / 200 - found.supported) <= 3 * (found.supported * (1 - found.supported) / 200) ** 0.5


def test_an_error_is_never_foreseen_above_its_bound() -> None:
    """Laws whose mean is the target exactly."""
    for law in (
        {0.0: 0.5, 1.0: 0.5},
        {0.0: 0.25, 0.5: 0.5, 1.0: 0.25},
        {0.3: 0.75, 0.9: 0.125, 1.0: 0.0625, 0.6: 0.0625},
    ):
        mean = fsum(x * p for x, p in law.items())
        found = foresee_scores(reduced(law), mean, 0.05, 60)
        assert found.supported <= 0.05
        assert found.refuted <= 0.05


@pytest.mark.parametrize(("a", "b"), [(8, 2), (30, 10), (0.5, 0.5), (1, 1), (2, 40)])
def test_a_law_of_three_scores_has_the_first_five_moments_of_beta(a: float, b: float) -> None:
    law = beta_law(a, b)
    assert len(law) == 3
    for order in range(6):
        moment = prod((a + i) / (a + b + i) for i in range(order))
        assert fsum(p * x**order for x, p in law.items()) == pytest.approx(moment, rel=1e-9)


def test_many_scores_are_reduced_to_three_with_their_moments_and_few_are_kept() -> None:
    many = {x / 20: (1 + x % 3) / 40 for x in range(20)}
    scale = fsum(many.values())
    many = {x: p / scale for x, p in many.items()}
    few = reduced(many)
    assert len(few) == 3
    for order in range(6):
        assert fsum(p * x**order for x, p in few.items()) == pytest.approx(
            fsum(p * x**order for x, p in many.items()), rel=1e-9
        )
    assert reduced(LAWS[0]) is LAWS[0]


def test_the_forecast_of_a_beta_law_is_that_of_a_simulation_of_it() -> None:
    """Beta(8, 2) against 0.7 at 5 %: 34.7 trials; 300 runs of the law itself at a fixed seed, within three standard errors."""
    random, lengths = Random(5), []
    for _ in range(300):
        against = deciding(0.7, 0.95, 200, 10**6)
        while against.verdict is None:
            against.add(round(random.betavariate(8, 2) * 10**6))
        lengths.append(against.n)
    found = foresee_scores(beta_law(8, 2), 0.7, 0.05, 200)
    mean = sum(lengths) / len(lengths)
    assert abs(mean - found.expected_trials) <= 3 * found.sd_trials / len(lengths) ** 0.5
    assert round(found.expected_trials, 1) == 34.7


def test_scores_that_are_all_0_or_1_are_foreseen_as_successes_and_failures() -> None:
    """With the chances of the rule for a rate."""
    for rate in (0.5, 0.7, 0.9):
        (wanted,) = characteristics(Design(Rule.CALIBRATED, 0.6, 0.95, 100, futility=0.0), [rate])
        found = foresee_scores({0.0: 1 - rate, 1.0: rate}, 0.6, 0.05, 100)
        assert found.supported == pytest.approx(wanted.supported, abs=1e-9)
        assert found.refuted == pytest.approx(wanted.refuted, abs=1e-9)
        assert found.expected_trials < wanted.expected_trials  # a run ends where no verdict can come any more
        assert found.exact


def test_above_the_largest_cap_all_scores_are_bet_on() -> None:
    """There the rule for a rate is not asked: scores that are all 0 or 1 take as many trials as bets take."""
    within, above = (foresee_scores({0.0: 0.2, 1.0: 0.8}, 0.6, 0.05, cap).expected_trials for cap in (1000, 1001))
    assert above > 1.1 * within
