"""Arms with scores: the decider in any order of arrival, and what it says."""

import random
import re
from collections.abc import Sequence

import pytest

from kgents.domain.fact import Decided, Verdict
from kgents.engine.score_pairs import ScorePairs
from kgents.engine.scores import Scale
from kgents.stats import Design, Rule

SCALE = Scale(0.0, 10.0, 1000)


def design(margin: float | None = None, cap: int = 60) -> Design:
    return Design(Rule.ANYTIME, 0.5, 0.95, cap, futility=0.0, margin=margin)


def run(
    arms: ScorePairs, means: Sequence[float], seed: int, flight: int = 1, spoilt: float = 0.0
) -> tuple[Decided, int]:
    """The decision where the scores of the arms have these means, with so many trials in flight; (decision, trials launched)."""
    scores, pending, launched = [random.Random(f"{seed}{arm}") for arm in range(len(means))], [0] * len(means), 0
    queue: list[tuple[int, int]] = []
    while (decided := arms.decision()) is None:
        while len(queue) < flight and (proposed := arms.propose(pending)) is not None:
            arms.launch(*proposed)
            queue.append(proposed)
            pending[proposed[0]] += 1
            launched += 1
        assert queue, "neither a decision nor a trial"
        arm, index = queue.pop(0)
        pending[arm] -= 1
        score = min(1000, max(0, round(1000 * scores[arm].gauss(means[arm], 0.1))))
        lost = spoilt and random.Random(f"{seed}{arm}{index}").random() < spoilt
        arms.consume(arm, index, None if lost else True, () if lost else (score,))
    return decided, launched


def test_the_better_mean_wins_and_the_limits_agree() -> None:
    """With the difference, in the units of the scores, and the error of both directions."""
    decided, launched = run(ScorePairs(design(), ("old", "new"), SCALE), (0.5, 0.7), 1)
    told = decided.detail["score_difference"]
    assert (decided.verdict, decided.detail["status"]) == (Verdict.SUPPORTED, ["eliminated", "best"])
    assert float(told["low"]) < float(told["mean"]) < float(told["high"]) < 0
    assert launched == 2 * told["pairs"] < 120
    sentence = decided.detail["sentence"]
    assert sentence.startswith("new is better than old, mean scores ")
    assert sentence.endswith("; error at most 10 % over both directions")


@pytest.mark.parametrize("flight", [1, 3, 16])
@pytest.mark.parametrize("spoilt", [0.0, 0.3])
def test_no_trial_in_flight_changes_a_verdict_or_is_needless(flight: int, spoilt: float) -> None:
    """Equal arms within a margin are equivalent after the same pairs, whatever is in flight; spoilt pairs are replaced."""
    alone, launched = run(ScorePairs(design(0.1, 400), ("a", "b"), SCALE), (0.5, 0.51), 2, 1, spoilt)
    decided, more = run(ScorePairs(design(0.1, 400), ("a", "b"), SCALE), (0.5, 0.51), 2, flight, spoilt)
    assert decided.detail["status"] == ["equivalent", "equivalent"]
    assert (decided.detail, more) == (alone.detail, launched)
    assert "are equivalent within 1," in decided.detail["sentence"]


def test_non_inferiority_is_asked_alone() -> None:
    """Supported where the second arm is not worse by the margin, refuted where it is, open at the cap."""
    told = []
    for second, cap in ((0.48, 400), (0.2, 400), (0.4, 5)):
        arms = ScorePairs(design(0.1, cap), ("old", "new"), SCALE, not_worse=True)
        decided, _ = run(arms, (0.5, second), 3)
        told.append((decided.verdict, decided.detail["status"][1], decided.detail["sentence"].partition(",")[0]))
    assert told == [
        (Verdict.SUPPORTED, "not worse", "supported: new is not worse than old by 1 or more"),
        (Verdict.REFUTED, "worse", "refuted: new is worse than old by more than 1"),
        (Verdict.INCONCLUSIVE, "open", "inconclusive: whether new is worse than old by 1 or more stays open"),
    ]


def test_what_failed_has_the_score_that_its_kind_gave_it_else_the_least() -> None:
    """A candidate that fails one test of four has three quarters; a failure without a score has 0, not a missing one."""
    partly = ScorePairs(design(), ("a", "b"), SCALE)
    for index, success in enumerate((False, True)):
        partly.launch(0, index), partly.launch(1, index)
        partly.consume(0, index, success, (750,))
        partly.consume(1, index, False, (250,))
    assert (partly.standing()[0]["means"], partly.standing()[0]["mean"]) == (["7.5", "2.5"], "5")
    arms = ScorePairs(design(), ("a", "b"), SCALE)
    for index in range(3):
        arms.launch(0, index), arms.launch(1, index)
        arms.consume(1, index, True, (1000,))
        arms.consume(0, index, False, ())
    (told,) = arms.standing()
    assert (told["means"], told["mean"]) == (["0", "10"], "-10")


def test_of_three_arms_the_beaten_one_takes_no_more_trials_and_every_two_have_limits() -> None:
    """The best is told with what each has scored; each of three comparisons is made at half of the error."""
    decided, launched = run(ScorePairs(design(), ("a", "b", "c"), SCALE), (0.2, 0.8, 0.65), 1)
    told = decided.detail["score_differences"]
    assert (decided.verdict, decided.reason) == (Verdict.SUPPORTED, "boundary")
    assert decided.detail["status"] == ["eliminated", "best", "eliminated"]
    assert [(pair["arms"], pair["verdict"]) for pair in told] == [([0, 1], "b"), ([0, 2], None), ([1, 2], "a")]
    assert {pair["each_side"] for pair in told} == {"0.025"}
    assert all(float(pair["low"]) < float(pair["mean"]) < float(pair["high"]) for pair in told)
    assert decided.counts[0][0] < decided.counts[1][0] == told[2]["pairs"] == max(pair["pairs"] for pair in told)
    assert launched == sum(trials for trials, _ in decided.counts)
    assert re.fullmatch(
        r"b \(8\.\d+ of \d+ trials\) is better than a \(2\.\d+ of \d+ trials\), c \(6\.\d+ of \d+ trials\); the best of 3 is "
        r"thrown out with probability at most 5 %, any of these claims is wrong with at most 15 %",
        decided.detail["sentence"],
    ), decided.detail["sentence"]


def test_what_stays_of_three_arms_is_told() -> None:
    """Two that are equivalent beside one that is worse; and three of which nothing is known at the cap, with no promise."""
    equal, _ = run(ScorePairs(design(0.2, 400), ("a", "b", "c"), SCALE), (0.2, 0.8, 0.8), 1)
    assert (equal.verdict, equal.reason) == (Verdict.SUPPORTED, "equivalence")
    assert equal.detail["status"] == ["eliminated", "equivalent", "equivalent"]
    assert " are equivalent within 2; a (" in equal.detail["sentence"]
    assert " is worse than another; the best of 3 " in equal.detail["sentence"]
    open_, launched = run(ScorePairs(design(None, 4), ("a", "b", "c"), SCALE), (0.5, 0.5, 0.5), 1)
    assert (open_.verdict, open_.reason, launched) == (Verdict.INCONCLUSIVE, "cap", 12)
    assert open_.detail["status"] == ["open"] * 3
    assert open_.detail["sentence"].endswith(" cannot be told apart; the cap is reached")


def test_non_inferiority_is_of_two() -> None:
    """Three arms have no second one."""
    with pytest.raises(ValueError, match="non-inferiority is of two"):
        ScorePairs(design(0.1), ("a", "b", "c"), SCALE, not_worse=True)
