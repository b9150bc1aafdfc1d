"""Two gamblers on either side of a target: what they have seen, and how soon one of them can have won."""

from itertools import product

import pytest

from kgents.stats import AgainstTarget


def after(scores: tuple[int, ...], target: float = 0.5, alpha: float = 0.2) -> AgainstTarget:
    """Of the scores 0 … 4."""
    gamblers = AgainstTarget(4, target, alpha)
    for score in scores:
        gamblers.add(score)
    return gamblers


def test_the_mean_is_that_of_the_scores_and_0_before_the_first() -> None:
    assert (after(()).mean, after(()).n, after(()).verdict) == (0.0, 0, None)
    assert (after((0, 3, 4)).mean, after((0, 3, 4)).n) == (pytest.approx(7 / 12), 3)


@pytest.mark.parametrize("score", [-1, 5])
def test_a_score_outside_its_range_is_refused(score: int) -> None:
    with pytest.raises(ValueError, match="is not from 0 to 4"):
        after((score,))


def test_the_order_of_scores_changes_neither_verdict_nor_interval() -> None:
    for scores in product((0, 1, 4), repeat=3):
        one, other = after(scores), after(tuple(sorted(scores)))
        assert one.verdict == other.verdict
        assert one.interval() == other.interval()


@pytest.mark.parametrize("target", [0.2, 0.5, 0.7])
def test_verdicts_mirror_each_other(target: float) -> None:
    """What is above a target is as far below its mirror image."""
    mirrored = {"supported": "refuted", "refuted": "supported", None: None}
    seen = set()
    for scores in product((0, 1, 4), repeat=6):
        verdict = after(scores, target).verdict
        assert after(tuple(4 - score for score in scores), 1 - target).verdict == mirrored[verdict]
        seen.add(verdict)
    assert len(seen) > 1


def test_the_distance_is_the_least_number_of_scores_after_which_there_can_be_a_verdict() -> None:
    """Beside all continuations: the extreme scores are the fastest."""
    for scores in product((0, 2, 4), repeat=2):
        if after(scores).verdict is not None:
            continue
        least = next(
            (
                more
                for more in range(1, 6)
                if any(after((*scores, *rest)).verdict for rest in product((0, 3, 4), repeat=more))
            ),
            6,
        )
        assert after(scores).distance(6) == least
        assert after(scores).distance(1) == 1


def test_at_the_target_a_verdict_is_as_rare_as_it_is_said_to_be() -> None:
    """All 3⁷ courses of seven scores whose mean is the target: a verdict at any of them, on either side."""
    wrong = {"supported": 0, "refuted": 0}
    for scores in product((0, 2, 4), repeat=7):
        gamblers = AgainstTarget(4, 0.5, 0.2)
        for score in scores:
            gamblers.add(score)
            if gamblers.verdict is not None:
                wrong[gamblers.verdict] += 1
                break
    assert 0 < wrong["supported"] == wrong["refuted"] <= 0.2 * 3**7
