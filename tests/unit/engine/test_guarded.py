"""Two questions about the same trials: each keeps its own error, and none ends the other."""

from itertools import product

import pytest

from kgents.domain.fact import Verdict
from kgents.engine.guarded import Guarded
from kgents.engine.independent import Independent
from kgents.stats import Design, Rule

DESIGN = Design(Rule.CALIBRATED, 0.5, 0.9, 9, futility=0.0)


def play(decider, outcomes):
    """Feeds (success, harm) until the decision; (decision, trials used)."""
    stream = iter(outcomes)
    used = 0
    while (decision := decider.decision()) is None:
        proposed = decider.propose([0])
        assert proposed == (0, used)
        decider.launch(*proposed)
        success, harm = next(stream)
        decider.consume(0, used, success, (int(harm),))
        used += 1
    return decision, used


@pytest.mark.parametrize("harmless", [0.5, 0.7])
def test_each_question_is_decided_as_if_it_were_alone(harmless):
    """For every sequence of nine outcomes of both kinds that matter: the verdicts are those of two separate runs."""
    for successes in product((True, False), repeat=9):
        harms = [not success if place % 3 else success for place, success in enumerate(successes)]
        decision, used = play(Guarded(DESIGN, harmless, 1), zip(successes, harms, strict=True))
        rate, n = play(Independent(DESIGN, 1), [(success, False) for success in successes])
        guard = Design(Rule.CALIBRATED, harmless, 0.9, 9, futility=0.0)
        other, m = play(Independent(guard, 1), [(not harm, False) for harm in harms])
        assert decision.counts == rate.counts
        assert decision.detail["rate"][0][0] == rate.verdict
        assert decision.detail["guard"][0][:3] == [*other.counts[0], other.verdict]
        assert used == max(n, m)


@pytest.mark.parametrize(
    ("target", "outcomes", "wanted"),
    [
        (0.5, [(True, False)] * 200, Verdict.SUPPORTED),
        (0.5, [(True, True)] * 200, Verdict.REFUTED),
        (0.5, [(False, False)] * 200, Verdict.REFUTED),
        (None, [(False, False)] * 200, Verdict.SUPPORTED),
        (None, [(True, True)] * 200, Verdict.REFUTED),
    ],
)
def test_the_joint_verdict_of_a_fixed_number(target, outcomes, wanted):
    decision, used = play(Guarded(Design(Rule.FIXED, target, 0.95, 200, futility=0.0), 0.9, 1), outcomes)
    assert (decision.verdict, used) == (wanted, 200)


def test_a_trial_that_the_world_spoilt_counts_for_neither():
    decider = Guarded(DESIGN, 0.5, 1)
    decider.launch(0, 0)
    decider.consume(0, 0, None, (1,))
    assert decider.decision() is None
    assert decider.state() != Guarded(DESIGN, 0.5, 1).state()
    decision, _ = play_from(decider, 1, [(True, False)] * 9)
    assert decision.verdict is Verdict.SUPPORTED


def play_from(decider, first, outcomes):
    for index, (success, harm) in enumerate(outcomes, first):
        if decider.decision() is not None:
            break
        decider.launch(0, index)
        decider.consume(0, index, success, (int(harm),))
    return decider.decision(), index
