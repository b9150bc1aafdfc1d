"""Which tests changed between two commits: the error of all verdicts together, by enumeration."""

from itertools import product

import pytest

from kgents.domain.fact import Verdict
from kgents.engine.changes import Changes
from kgents.stats import Control, sign_test

RUNS, ALPHA = 6, 0.05


def _decided(rows: list[tuple[tuple[bool, bool], ...]], control: Control = Control.ALL) -> tuple[Verdict, list[str]]:
    """The decision on tests whose runs (at the first, at the second commit) are these."""
    tests = len(rows)
    decider = Changes(2 * tests, len(rows[0]), ALPHA, control)
    while (slot := decider.propose([0] * 2 * tests)) is not None:
        arm, index = slot
        decider.launch(arm, index)
        decider.consume(arm, index, rows[arm % tests][index][arm // tests], ())
    decision = decider.decision()
    assert decision is not None
    return decision.verdict, [word for _, _, word in decision.detail["changes"]]


@pytest.mark.parametrize("rate", [0.2, 0.5, 0.9])
def test_a_test_that_did_not_change_is_called_changed_with_the_stated_error_at_most(rate: float) -> None:
    """All 4⁶ courses of six runs at either commit, with their probabilities."""
    wrong = 0.0
    for course in product(product((False, True), repeat=2), repeat=RUNS):
        passed = sum(first + second for first, second in course)
        weight = rate**passed * (1 - rate) ** (2 * RUNS - passed)
        wrong += weight * (_decided([course])[0] is not Verdict.INCONCLUSIVE)
    assert 0 < wrong <= ALPHA


def test_worse_wins_over_better_and_the_error_is_of_all_tests() -> None:
    """Seven runs that all differ are enough for two tests, not for twenty; of each alone they are."""
    fixed, broken, same = ((False, True),) * 7, ((True, False),) * 7, ((True, True),) * 7
    assert _decided([fixed, same]) == (Verdict.SUPPORTED, ["better", "same"])
    assert _decided([fixed, broken]) == (Verdict.REFUTED, ["better", "worse"])
    assert _decided([fixed] + [same] * 19) == (Verdict.INCONCLUSIVE, ["same"] * 20)
    assert _decided([fixed] + [same] * 19, Control.EACH)[0] is Verdict.SUPPORTED
    assert sign_test(0, 7) == pytest.approx(2 / 2**7, rel=1e-12)


def test_a_run_that_says_nothing_counts_for_neither_commit() -> None:
    """Its pair is left out; outcomes may come in any order of commits."""
    decider = Changes(2, 2, ALPHA, Control.EACH)
    for arm, index, success in ((1, 0, True), (0, 0, None), (1, 1, True), (0, 1, False)):
        decider.launch(arm, index)
        decider.consume(arm, index, success, ())
    decision = decider.decision()
    assert decision is not None
    assert decision.counts == ((1, 0), (2, 2))
    assert decision.detail["changes"] == [[0, 1, "same"]]


def test_a_run_that_says_nothing_never_ends_it() -> None:
    """Its runs do: after the last of them there is a decision, before it none."""
    decider = Changes(2, 2, ALPHA, Control.EACH)
    for index in range(2):
        for arm in range(2):
            assert decider.decision() is None
            assert not decider.exhausted()
            decider.launch(arm, index)
            decider.consume(arm, index, None, ())
    assert decider.decision() is not None
    assert not decider.exhausted()
