"""Many arms decided together, by exact enumeration of where each can stop."""

from itertools import product
from math import prod

import pytest

from kgents.domain.fact import Verdict
from kgents.engine.family import Family
from kgents.stats import Control, Design, Rule, boundary, family_interval, holm_adjusted, p_values, rejected, share

Stops = dict[tuple[int, int], float]


def stops(design: Design, p: float) -> Stops:
    """The probability of every state in which a run of the design stops, by our own recursion."""
    rule, found, going = boundary(design), {}, {(0, 0): 1.0}
    while going:
        following: Stops = {}
        for (n, s), mass in going.items():
            if rule.decide(n, s) is not None:
                found[n, s] = mass
                continue
            for more, chance in ((0, 1 - p), (1, p)):
                following[n + 1, s + more] = following.get((n + 1, s + more), 0.0) + mass * chance
        going = {state: mass for state, mass in following.items() if mass}
    return found


def chance(design: Design, p: float, alpha: float, side: str) -> float:
    """P(the p-value of one side is at most alpha) at the rate p."""
    return sum(mass for (n, s), mass in stops(design, p).items() if getattr(p_values(design, n, s), side) <= alpha)


DESIGNS = [
    Design(Rule.CALIBRATED, 0.5, 0.95, 30),
    Design(Rule.CALIBRATED, 0.8, 0.9, 40, futility=0.1),
    Design(Rule.ANYTIME, 0.7, 0.95, 40),
    Design(Rule.SPRT, 0.6, 0.9, 40, margin=0.1),
    Design(Rule.FIXED, 0.7, 0.95, 12, futility=0.0),
]


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.rule.value)
def test_p_values_are_at_most_any_level_with_that_probability(design: Design) -> None:
    """Wherever a run stops, and for every rate on the side that the p-value is against."""
    target, zone = design.target or 0.0, design.margin or 0.0
    for level in (0.001, 0.01, 0.05, 0.2, 0.5):
        for step in range(5):
            assert chance(design, (target - zone) * (1 - step / 5), level, "above") <= level + 1e-12
            assert chance(design, target + zone + (1 - target - zone) * step / 5, level, "below") <= level + 1e-12


def test_many_tasks_above_the_target_are_seldom_refuted_together() -> None:
    """164 tasks at 0.92 against 0.9: some task is refuted in 97 % of suites when each is by itself, in 5 % at most together."""
    design = Design(Rule.CALIBRATED, 0.9, 0.95, 100)
    alone, together = (1 - (1 - chance(one, 0.92, alpha, "below")) ** 164 for one, alpha in (
        (design, 0.05), (share(design, 164), 0.05 / 164)))  # fmt: skip
    assert alone > 0.96
    assert together <= 0.05
    at = 1 - (1 - chance(share(design, 164), 0.9, 0.05 / 164, "below")) ** 164
    assert at <= 0.05


@pytest.mark.parametrize("rates", [(0.5, 0.5, 0.5), (0.5, 0.9, 0.95), (0.4, 0.5, 0.05), (0.5, 0.5, 0.99)])
@pytest.mark.parametrize("control", [Control.ALL, Control.FDR])
def test_the_error_of_a_family_is_that_of_all_its_arms(rates: tuple[float, ...], control: Control) -> None:
    """Three arms, true and false claims mixed, every way in which they can stop: the engine's own verdicts."""
    design = Design(Rule.CALIBRATED, 0.5, 0.9, 9)
    ways = [list(stops(share(design, 3), rate).items()) for rate in rates]
    family, share_wrong = [0.0, 0.0], [0.0, 0.0]
    for way in product(*ways):
        mass = prod(chance for _, chance in way)
        verdicts = decided(design, control, [state for state, _ in way])
        for side, (word, wrong) in enumerate(
            ((Verdict.SUPPORTED, [rate <= 0.5 for rate in rates]), (Verdict.REFUTED, [rate >= 0.5 for rate in rates]))
        ):
            called = [mistaken for verdict, mistaken in zip(verdicts, wrong, strict=True) if verdict is word]
            family[side] += mass * any(called)
            share_wrong[side] += mass * sum(called) / max(1, len(called))
    assert max(share_wrong) <= 0.1 + 1e-12
    if control is Control.ALL:
        assert max(family) <= 0.1 + 1e-12


def decided(design: Design, control: Control, states: list[tuple[int, int]]) -> list[Verdict]:
    """The verdicts of a Family whose arms come to these states."""
    family = Family(design, len(states), control)
    for arm, (n, s) in enumerate(states):
        rest = [*_path(share(design, len(states)), n, s)]
        for index, success in enumerate(rest):
            family.launch(arm, index)
            family.consume(arm, index, success, ())
    decision = family.decision()
    assert decision is not None
    return [verdict for verdict, _ in decision.detail["arms"]]


def _path(design: Design, n: int, s: int) -> list[bool]:
    """Any way to this stopping state."""
    rule = boundary(design)

    def back(n: int, s: int) -> list[bool] | None:
        if n == 0:
            return [] if s == 0 else None
        for success in (True, False):
            if 0 <= s - success <= n - 1 and rule.decide(n - 1, s - success) is None:
                way = back(n - 1, s - success)
                if way is not None:
                    return [*way, success]
        return None

    way = back(n, s)
    assert way is not None
    return way


def test_holm_gives_out_what_equal_shares_leave() -> None:
    """Arms that stopped without a verdict of their own share get one when others have theirs."""
    assert rejected([0.001, 0.02, 0.6], 0.05, Control.ALL) == [pytest.approx(0.05 / 3), pytest.approx(0.025), None]
    assert rejected([0.04, 0.03, 0.02], 0.05, Control.ALL) == [None, None, None]
    assert rejected([0.04, 0.03, 0.02], 0.05, Control.FDR) == [pytest.approx(0.05)] * 3
    assert rejected([], 0.05, Control.FDR) == []
    assert holm_adjusted([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


def test_the_interval_of_an_arm_agrees_with_its_verdict_in_the_family() -> None:
    """A p-value of at most the level, and only that, puts the target outside, on that side."""
    for design in (share(Design(Rule.CALIBRATED, 0.5, 0.9, 20), 4), Design(Rule.FIXED, 0.5, 0.975, 9, futility=0.0)):
        for n, s in stops(design, 0.6):
            tails = p_values(design, n, s)
            for level in (0.025, 0.05, 0.1):
                interval = family_interval(design, n, s, level)
                assert (interval.low >= 0.5 - 1e-8) == (tails.above <= level)
                assert (interval.high <= 0.5 + 1e-8) == (tails.below <= level)
