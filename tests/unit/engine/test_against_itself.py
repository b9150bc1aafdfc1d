"""An arm against itself: how many comparisons call it different, by every outcome."""

from itertools import product
from math import comb

import pytest

from kgents.domain.fact import Decided, Verdict
from kgents.engine.against_itself import AgainstItself, false_alarms
from kgents.engine.compare import duel_of
from kgents.stats import Design, Rule, duel_odds

DESIGN = Design(Rule.CALIBRATED, 0.5, 0.6, 3, futility=0.0)


def played(outcomes: tuple[bool, ...], repeats: int) -> tuple[Decided | None, int]:
    """The decision of these outcomes in the order of launching, and how many were taken."""
    decider = AgainstItself(DESIGN, ("x", "x (again)"), repeats)
    for taken, success in enumerate(outcomes):
        proposed = decider.propose((0, 0))
        if proposed is None:
            return decider.decision(), taken
        decider.launch(*proposed)
        decider.consume(*proposed, success, ())
    return decider.decision(), len(outcomes)


def test_false_alarms_are_binomial_at_the_rate_that_the_plan_foresees() -> None:
    """Two comparisons of at most three pairs: all 2¹² outcomes of fair trials."""
    chances = [0.0, 0.0, 0.0]
    for outcomes in product((False, True), repeat=12):
        decision, _ = played(outcomes, 2)
        assert decision is not None
        chances[decision.detail["against_itself"]["different"]] += 2.0**-12
    rate = duel_odds(duel_of(DESIGN, 2), 0.5, 0.5).different
    assert 0 < rate <= 0.8
    assert chances == pytest.approx([comb(2, k) * rate**k * (1 - rate) ** (2 - k) for k in range(3)], abs=1e-12)


def test_more_false_alarms_than_promised_are_refuted_and_only_then() -> None:
    """The first wins every pair; by turns nobody does."""
    design = Design(Rule.CALIBRATED, 0.5, 0.95, 30, futility=0.0)
    for outcome, verdict in (((True, False), Verdict.REFUTED), ((True, True), Verdict.ESTIMATE)):
        decider = AgainstItself(design, ("x", "x (again)"), 4)
        while (proposed := decider.propose((0, 0))) is not None:
            decider.launch(*proposed)
            decider.consume(*proposed, outcome[proposed[0]], ())
        decision = decider.decision()
        assert decision is not None
        assert decision.verdict is verdict
        ((first, second, pairs, wins, losses, so_far),) = decision.detail["pairs"]
        trials, won = decision.counts[0]
        assert (first, second, pairs, losses) == (0, 1, trials, 0)
        assert wins == (won if verdict is Verdict.REFUTED else 0)
        assert so_far == f"called different in {4 if wins else 0} of 4 comparisons"
        if verdict is Verdict.REFUTED:
            assert (
                "x was called different from itself in 4 of 4 comparisons, 4 false alarms ("
                in decision.detail["sentence"]
            )
            assert ", each side 5 %): more than the 10 % that the design promises" in decision.detail["sentence"]
            assert decision.detail["sentence"].endswith("; error at most 5 %")
    assert decision.counts == ((120, 120), (120, 120))
    assert "no difference found between x and itself in 4 comparisons" in decision.detail["sentence"]


@pytest.mark.parametrize("comparisons", [1, 5, 20, 100])
def test_a_rate_at_the_promise_is_refuted_in_at_most_the_error(comparisons: int) -> None:
    design = Design(Rule.CALIBRATED, 0.5, 0.95, 100, futility=0.0)
    wrong = sum(
        comb(comparisons, k) * 0.1**k * 0.9 ** (comparisons - k)
        for k in range(comparisons + 1)
        if false_alarms(design, comparisons, k)[0].low > 0.1
    )
    assert wrong <= 0.05


def test_no_trial_is_launched_that_a_decision_would_make_needless() -> None:
    """As many at once as it allows: each comparison begins where the one before has ended, and nothing is left over."""
    decider = AgainstItself(Design(Rule.CALIBRATED, 0.5, 0.95, 8, futility=0.0), ("x", "y"), 3)
    flying: list[tuple[int, int]] = []
    seen: list[tuple[int, int]] = []
    while decider.decision() is None:
        pending = tuple(sum(arm == number for number, _ in flying) for arm in (0, 1))
        proposed = decider.propose(pending)
        if proposed is not None:
            decider.launch(*proposed)
            flying.append(proposed)
            continue
        arm, index = flying.pop(0)
        seen.append((arm, index))
        decider.consume(arm, index, None if index == 3 else arm == 0 or index % 5 == 0, ())
    assert not flying
    assert len(set(seen)) == len(seen)
    assert (
        {index for arm, index in seen if arm} == {index for arm, index in seen if not arm} == set(range(len(seen) // 2))
    )


@pytest.mark.parametrize(
    ("design", "names", "repeats"),
    [
        (DESIGN, ("x", "y", "z"), 1),
        (Design(Rule.CALIBRATED, 0.5, 0.95, 8, futility=0.0, margin=None), ("x",), 1),
        (DESIGN, ("x", "y"), 0),
    ],
)
def test_what_is_no_comparison_of_two_arms_is_refused(design: Design, names: tuple[str, ...], repeats: int) -> None:
    """Two arms, and one comparison at least."""
    with pytest.raises(ValueError, match="by two arms"):
        AgainstItself(design, names, repeats)
