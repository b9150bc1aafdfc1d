"""Two arms with scores: the decider in any order of arrival, the commands and the Python functions."""

import random
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
    scores, pending, launched = [random.Random(f"{seed}{arm}") for arm in (0, 1)], [0, 0], 0
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


def test_what_failed_has_the_least_score() -> None:
    """A failure is a score of 0, not a missing one."""
    arms = ScorePairs(design(), ("a", "b"), SCALE)
    for index in range(3):
        arms.launch(0, index), arms.launch(1, index)
        arms.consume(1, index, True, (1000,))
        arms.consume(0, index, False, ())
    assert arms.standing()["means"] == ["0", "10"]
    assert arms.standing()["mean"] == "-10"
