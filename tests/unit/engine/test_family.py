"""Arms that share one error: verdicts by every pair of outcomes, beside Holm's and Benjamini and Hochberg's own words."""

from fractions import Fraction
from itertools import product
from math import comb

import pytest

from kgents.domain.fact import Verdict
from kgents.engine.family import Family
from kgents.stats import Control, Design, Rule

TRIALS, ALPHA = 7, Fraction(1, 10)
DESIGN = Design(Rule.FIXED, 0.5, 0.9, TRIALS, futility=0.0)


def decided(design: Design, control: Control, successes: tuple[int, ...]) -> Family:
    """A family whose arms have had their trials."""
    family = Family(design, len(successes), control)
    for arm, passed in enumerate(successes):
        for index in range(TRIALS):
            family.launch(arm, index)
            family.consume(arm, index, index < passed, ())
    return family


def at_least(successes: int) -> Fraction:
    """P(so many heads or more of a fair coin)."""
    return Fraction(sum(comb(TRIALS, k) for k in range(successes, TRIALS + 1)), 2**TRIALS)


def levels(p: list[Fraction], control: Control) -> list[Fraction | None]:
    """The level at which each hypothesis is rejected, of two: written out case by case."""
    low, high = min(p), max(p)
    if control is Control.FDR:
        level = ALPHA if high <= ALPHA else ALPHA / 2 if low <= ALPHA / 2 else None
        return [level if level is not None and value <= level else None for value in p]
    if low > ALPHA / 2:
        return [None, None]
    first = p.index(low)
    second = ALPHA if high <= ALPHA else None
    return [ALPHA / 2, second] if first == 0 else [second, ALPHA / 2]


@pytest.mark.parametrize("control", [Control.ALL, Control.FDR])
def test_verdicts_of_two_arms_are_those_of_the_procedure_on_each_side(control: Control) -> None:
    """All 64 pairs of successes in 7 trials."""
    seen = set()
    for successes in product(range(TRIALS + 1), repeat=2):
        up = levels([at_least(passed) for passed in successes], control)
        down = levels([at_least(TRIALS - passed) for passed in successes], control)
        verdicts = [
            Verdict.SUPPORTED if above else Verdict.REFUTED if below else Verdict.INCONCLUSIVE
            for above, below in zip(up, down, strict=True)
        ]
        decision = decided(DESIGN, control, successes).decision()
        assert decision is not None
        assert decision.detail["arms"] == [[verdict, "fixed"] for verdict in verdicts]
        shares = [above or below or ALPHA / 2 for above, below in zip(up, down, strict=True)]
        assert [float(level) for level in decision.detail["levels"]] == pytest.approx([float(one) for one in shares])
        refuted, alike = Verdict.REFUTED in verdicts, len(set(verdicts)) == 1
        assert decision.verdict is (Verdict.REFUTED if refuted else verdicts[0] if alike else Verdict.INCONCLUSIVE)
        assert decision.counts == tuple((TRIALS, passed) for passed in successes)
        assert decision.reason == "fixed"
        seen.add(tuple(verdicts))
    assert len(seen) == 9  # every pair of verdicts comes


def test_an_arm_that_its_own_share_leaves_open_is_called_by_what_others_leave() -> None:
    """Of 7 trials, 6 successes have p = 8/128: more than 0.05, less than 0.1, and the first arm has used its half."""
    assert Fraction(8, 128) == at_least(6)
    alone = decided(DESIGN, Control.ALL, (6, 3)).decision()
    beside = decided(DESIGN, Control.ALL, (7, 6)).decision()
    assert alone is not None
    assert beside is not None
    assert alone.detail["arms"][0][0] == Verdict.INCONCLUSIVE
    assert beside.detail["arms"][1][0] == Verdict.SUPPORTED


def test_without_a_target_nothing_is_claimed_and_no_error_given_out() -> None:
    decision = decided(Design(Rule.FIXED, None, 0.9, TRIALS, futility=0.0), Control.ALL, (7, 0)).decision()
    assert decision is not None
    assert decision.verdict is Verdict.ESTIMATE
    assert "levels" not in decision.detail


def test_arms_of_other_numbers_of_trials_wait_for_their_last() -> None:
    family = Family(DESIGN, 2, Control.ALL, (7, 1))
    for index in range(7):
        family.launch(0, index)
        family.consume(0, index, True, ())
    assert family.decision() is None
    family.launch(1, 0)
    family.consume(1, 0, False, ())
    decision = family.decision()
    assert decision is not None
    assert decision.counts == ((7, 7), (1, 0))
    assert [verdict for verdict, _ in decision.detail["arms"]] == [Verdict.SUPPORTED, Verdict.INCONCLUSIVE]
