"""Several arms with a boundary each."""

from kgents.domain.fact import Verdict
from kgents.engine.independent import Independent
from kgents.stats import Design, Rule

DESIGN = Design(Rule.CALIBRATED, 0.5, 0.95, 40)


def run(rates: list[list[bool]]) -> Independent:
    """Feeds each arm its outcomes in the order that the decider proposes."""
    decider = Independent(DESIGN, len(rates))
    while (slot := decider.propose([0] * len(rates))) is not None:
        decider.launch(*slot)
        decider.consume(*slot, rates[slot[0]][slot[1]], ())
    return decider


def test_arms_take_turns_and_a_decided_arm_takes_no_more_trials() -> None:
    decider = run([[True] * 40, [True, False] * 20, [False] * 40])
    decision = decider.decision()
    assert decision is not None
    assert [verdict for verdict, _ in decision.detail["arms"]] == ["supported", "inconclusive", "refuted"]
    assert decision.counts[0] == (6, 6)
    assert decision.counts[2] == (6, 0)
    assert decision.verdict is Verdict.REFUTED


def test_all_supported_is_supported() -> None:
    decision = run([[True] * 40, [True] * 40]).decision()
    assert decision is not None
    assert decision.verdict is Verdict.SUPPORTED


def test_pending_trials_limit_an_arm_to_what_could_be_needed() -> None:
    decider = Independent(DESIGN, 1)
    assert decider.propose([5]) == (0, 0)
    assert decider.propose([6]) is None


def test_a_design_that_cannot_decide_ends_before_its_first_trial() -> None:
    decider = Independent(Design(target=0.9, max_trials=1), 1)
    assert decider.propose([0]) is None
    decision = decider.decision()
    assert decision is not None
    assert (decision.verdict, decision.reason, decision.counts) == (Verdict.INCONCLUSIVE, "futility", ((0, 0),))


def test_a_prior_alone_decides_nothing() -> None:
    assert Independent(Design(Rule.POSTERIOR, 0.95, 0.95, 100), 1).decision() is None
