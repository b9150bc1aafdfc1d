"""Arms of a fixed design that do not all have the same number of trials."""

from kgents.domain.fact import Verdict
from kgents.engine.independent import Independent
from kgents.stats import Design, Rule


def test_every_arm_takes_its_own_number_of_trials() -> None:
    decider = Independent(Design(Rule.FIXED, None, 0.95, 3, futility=0.0), 3, [3, 1, 2])
    taken = []
    while (proposal := decider.propose([0, 0, 0])) is not None:
        decider.launch(*proposal)
        decider.consume(*proposal, True, ())
        taken.append(proposal)
    assert taken == [(0, 0), (1, 0), (2, 0), (0, 1), (2, 1), (0, 2)]
    decision = decider.decision()
    assert decision is not None
    assert (decision.verdict, decision.counts) == (Verdict.ESTIMATE, ((3, 3), (1, 1), (2, 2)))
