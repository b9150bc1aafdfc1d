"""One arm with scores: where it stops and what it says, beside the betting that decides it."""

from collections.abc import Sequence

import pytest

from kgents.domain.fact import Decided, Verdict
from kgents.engine.scores import FARTHEST, Scale, Scores, rule_digest
from kgents.stats import AgainstTarget, Design, Rule
from kgents.stats.means import AgainstTargetAimed, binary_rule

SCALE = Scale(-1.0, 3.0, 400)


def design(rule: Rule = Rule.ANYTIME, target: float | None = 0.5, cap: int | None = 60) -> Design:
    return Design(rule, target, 0.95, cap, futility=0.0)


def deciding(target: float = 0.5, cap: int = 60) -> AgainstTarget:
    """What decides within the cap, alone."""
    rule = binary_rule(target, 0.95, cap)
    assert rule is not None
    return AgainstTargetAimed(400, rule)


def played(decider: Scores, scores: Sequence[int], flight: int = 1) -> tuple[Decided | None, int]:
    """(decision, trials launched) where trial i has score i; outcomes come in the order of launching."""
    flying: list[int] = []
    launched = 0
    while decider.decision() is None and launched - len(flying) < len(scores):
        slot = decider.propose([len(flying)]) if len(flying) < flight else None
        if slot is not None:
            assert slot == (0, launched)
            decider.launch(*slot)
            flying.append(launched)
            launched += 1
        else:
            index = flying.pop(0)
            decider.consume(0, index, scores[index] > 0, (scores[index],))
    assert not flying
    return decider.decision(), launched


@pytest.mark.parametrize("flight", [1, 5, 60])
@pytest.mark.parametrize(
    ("score", "verdict", "word"),
    [
        (390, Verdict.SUPPORTED, "supported: the mean score is above 1"),
        (20, Verdict.REFUTED, "refuted: the mean score is not above 1"),
    ],
)
def test_the_first_trial_at_which_a_gambler_has_won_decides(
    score: int, verdict: Verdict, word: str, flight: int
) -> None:
    alone = deciding()
    while alone.verdict is None:
        alone.add(score)
    decision, launched = played(Scores(design(), SCALE), [score] * 60, flight)
    assert decision is not None
    assert (decision.verdict, decision.reason) == (verdict, "boundary")
    assert decision.counts == ((alone.n, alone.n),)
    assert launched == alone.n
    mean = SCALE.text(score / 400)
    assert decision.detail["sentence"] == f"{word}, mean {mean} of {alone.n} trials, error at most 5 %"
    told, limits = decision.detail["scores"], alone.interval()
    assert told["trials"] == alone.n
    assert told["mean"] == mean == f"{-1 + 4 * score / 400:g}"
    assert float(told["low"]) == pytest.approx(-1 + 4 * limits.low, rel=1e-5)
    assert float(told["high"]) == pytest.approx(-1 + 4 * limits.high, rel=1e-5)
    assert told["each_side"] == "0.05"


@pytest.mark.parametrize(
    ("scores", "launched", "reason", "why"),
    [
        ([300, 400, 400, 400, 0, 400, 400, 400, 300], 9, "cap", "mean 2.33333 of 9 trials; the cap is reached"),
        ([200] * 9, 5, "futility", "mean 1 of 5 trials; no verdict can come before the cap"),
    ],
)
def test_at_the_cap_it_stays_open_or_as_soon_as_no_verdict_can_come(
    scores: list[int], launched: int, reason: str, why: str
) -> None:
    """After five scores at the target four more that double what a gambler has are not enough."""
    decision, number = played(Scores(design(cap=9), SCALE), scores, 9)
    assert decision is not None
    assert (decision.verdict, decision.reason, number) == (Verdict.INCONCLUSIVE, reason, launched)
    assert decision.detail["sentence"] == f"inconclusive: whether the mean score is above 1 stays open, {why}"


@pytest.mark.parametrize(
    ("target", "score", "verdict", "beginning"),
    [
        (0.5, 400, Verdict.SUPPORTED, "supported: the mean score is above 1, mean 3 of 20 trials, error at most 5 %"),
        (0.5, 0, Verdict.REFUTED, "refuted: the mean score is not above 1, mean -1 of 20 trials, error at most 5 %"),
        (
            0.5,
            200,
            Verdict.INCONCLUSIVE,
            "inconclusive: whether the mean score is above 1 stays open, mean 1 of 20 trials; ",
        ),
        (None, 100, Verdict.ESTIMATE, "estimate: the mean score was 0 of 20 trials"),
    ],
)
def test_a_fixed_number_runs_to_its_end_and_decides_there(
    target: float | None, score: int, verdict: Verdict, beginning: str
) -> None:
    """All at once: no outcome can make another needless."""
    decision, launched = played(Scores(design(Rule.FIXED, target, 20), SCALE), [score] * 20, 20)
    assert decision is not None
    assert (decision.verdict, decision.reason, launched) == (verdict, "fixed", 20)
    assert decision.detail["sentence"].startswith(beginning)
    assert decision.counts == ((20, 20 if score else 0),)


@pytest.mark.parametrize(
    ("target", "verdict"), [(0.2, Verdict.SUPPORTED), (0.5, Verdict.REFUTED), (0.8, Verdict.REFUTED)]
)
def test_the_gamblers_bet_against_the_target_that_was_asked_for(target: float, verdict: Verdict) -> None:
    """A mean of 0.35 of the range, which is above one of three targets; each is said in the units of the scores."""
    decision, launched = played(Scores(design(target=target, cap=400), SCALE), [140] * 400)
    alone = deciding(target, 400)
    while alone.verdict is None:
        alone.add(140)
    assert decision is not None
    assert (decision.verdict, launched) == (verdict, alone.n)
    assert f"above {SCALE.text(target)}, mean 0.4 of {launched} trials" in str(decision.detail["sentence"])


def test_a_single_trial_is_one_trial() -> None:
    decision, _ = played(Scores(design(Rule.FIXED, None, 1), SCALE), [100])
    assert decision is not None
    assert decision.detail["sentence"] == "estimate: the mean score was 0 of 1 trial"


def test_without_a_target_the_limits_are_those_of_a_bet_on_the_middle() -> None:
    decider, alone = Scores(design(Rule.FIXED, None, 20), SCALE), AgainstTarget(400, 0.5, 0.05)
    for score in (100, 300, 310, 90, 250):
        decider.consume(0, 0, True, (score,))
        alone.add(score)
    limits = alone.interval()
    assert (decider.standing()["low"], decider.standing()["high"]) == (SCALE.text(limits.low), SCALE.text(limits.high))


def test_a_failure_has_the_least_score_and_what_was_spoilt_none() -> None:
    decider = Scores(design(), SCALE)
    decider.consume(0, 0, False, ())
    decider.consume(0, 1, None, (400,))
    assert (decider.standing()["trials"], decider.standing()["mean"]) == (1, "-1")
    decider.consume(0, 2, True, (400,))
    assert (decider.standing()["trials"], decider.standing()["mean"]) == (2, "1")


def test_what_comes_after_the_decision_changes_nothing() -> None:
    decider = Scores(design(cap=4), SCALE)
    for index in range(4):
        decider.consume(0, index, True, (200,))
    decided = decider.decision()
    decider.consume(0, 4, True, (400,))
    assert decider.decision() == decided
    assert decider.propose([0]) is None


def test_without_a_cap_no_more_are_in_flight_than_the_farthest() -> None:
    """A narrow error takes many trials; more than FARTHEST of them are never asked for at once."""
    decider = Scores(Design(Rule.ANYTIME, 0.5, 0.999999, None, futility=0.0), Scale(0, 1, 1))
    room = next(pending for pending in range(2 * FARTHEST) if decider.propose([pending]) is None)
    alone = AgainstTarget(1, 0.5, 1 - 0.999999)
    assert room == alone.distance(FARTHEST)
    assert FARTHEST == 256


def test_the_digest_of_a_rule_is_of_all_that_decides() -> None:
    one = rule_digest(design(), ["0", "1", 100])
    assert one == rule_digest(design(), ["0", "1", 100])
    others = [rule_digest(design(cap=61), ["0", "1", 100]), rule_digest(design(), ["0", "1", 101])]
    assert len({one, *others}) == 3
