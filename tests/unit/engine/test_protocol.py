"""What every way to decide keeps to, whatever it decides: the laws that the loop relies upon."""

from collections.abc import Callable
from random import Random

import pytest

from kgents.domain.fact import Decided
from kgents.engine.against_itself import AgainstItself
from kgents.engine.bisect import Bisect
from kgents.engine.blocks import Blocks
from kgents.engine.changes import Changes
from kgents.engine.compare import Compare
from kgents.engine.decider import Decider
from kgents.engine.family import Family
from kgents.engine.guarded import Guarded
from kgents.engine.independent import Independent
from kgents.engine.not_worse import NotWorse
from kgents.engine.score_pairs import ScorePairs
from kgents.engine.scores import Scale, Scores
from kgents.engine.top_two import TopTwo
from kgents.engine.verdicts import Verdicts
from kgents.stats import Control, Design, Rule

RATE = Design(Rule.CALIBRATED, 0.5, 0.9, 24, futility=0.0)
FIXED = Design(Rule.FIXED, 0.5, 0.9, 7, futility=0.0)
MARGIN = Design(Rule.CALIBRATED, 0.5, 0.9, 40, futility=0.0, margin=0.2)
ANYTIME = Design(Rule.ANYTIME, 0.5, 0.9, 20, futility=0.0)
SCALE = Scale(0.0, 10.0, 100)
Score = Callable[[Random, bool], tuple[int, ...]]


def none(draw: Random, success: bool) -> tuple[int, ...]:
    """A trial without a score."""
    return ()


def harm(draw: Random, success: bool) -> tuple[int, ...]:
    return (int(draw.random() < 0.3),)


def points(draw: Random, success: bool) -> tuple[int, ...]:
    return (draw.randrange(101),)


def block(draw: Random, success: bool) -> tuple[int, ...]:
    return tuple(draw.randrange(1, 3) for _ in range(4))


def code(draw: Random, success: bool) -> tuple[int, ...]:
    return (int(success),)


# how each is made, how many arms it has, what its trials score, and how many counting trials an arm has at most
DECIDERS: dict[str, tuple[Callable[[], Decider], int, Score, int]] = {
    "independent": (lambda: Independent(RATE, 3), 3, none, 24),
    "fixed": (lambda: Independent(FIXED, 2), 2, none, 7),
    "allowances": (lambda: Independent(FIXED, 2, (3, 7)), 2, none, 7),
    "family": (lambda: Family(RATE, 3, Control.ALL), 3, none, 24),
    "guarded": (lambda: Guarded(RATE, 0.6, 1), 1, harm, 24),
    "compare": (lambda: Compare(RATE, ("a", "b")), 2, none, 24),
    "three": (lambda: Compare(RATE, ("a", "b", "c")), 3, none, 24),
    "equivalence": (lambda: Compare(MARGIN, ("a", "b")), 2, none, 40),
    "not worse": (lambda: NotWorse(MARGIN, ("a", "b")), 2, none, 40),
    "top two": (lambda: TopTwo(RATE, ("a", "b", "c")), 3, none, 24),
    "against itself": (lambda: AgainstItself(RATE, ("a", "a (again)"), 3), 2, none, 72),
    "changes": (lambda: Changes(6, 5, 0.1, Control.ALL), 6, none, 5),
    "bisect": (lambda: Bisect(5, 0.1, 90, (0.9, 0.2)), 5, none, 90),
    "bisect of unknown ends": (lambda: Bisect(4, 0.1, 90, None), 4, none, 90),
    "scores": (lambda: Scores(ANYTIME, SCALE), 1, points, 20),
    "score pairs": (lambda: ScorePairs(ANYTIME, ("a", "b"), SCALE), 2, points, 20),
    "scores of three": (lambda: ScorePairs(ANYTIME, ("a", "b", "c"), SCALE), 3, points, 20),
    "verdicts": (lambda: Verdicts(4), 4, code, 1),
    "blocks": (lambda: Blocks(FIXED, 2, 0.2, single=(1,)), 2, block, 7),
    "rates of traces": (lambda: Blocks(FIXED, 2, 0.2, rates=(0, 1)), 2, code, 7),
}
REPLACED = (
    "changes",
    "fixed",
    "allowances",
    "bisect",
    "bisect of unknown ends",
)  # where what is spoilt is not replaced


class Course:
    """One run: up to `flight` trials at once, whose outcomes are consumed in the order of their launch."""

    def __init__(self, name: str, seed: int, flight: int, spoilt: float = 0.0) -> None:
        make, arms, self.score, self.most = DECIDERS[name]
        self.decider, self.again = make(), make()
        self.arms, self.seed, self.spoilt = arms, seed, spoilt
        self.counts = [[0, 0] for _ in range(arms)]
        self.launched: list[tuple[int, int]] = []
        self.decided = self._played(flight)

    def _played(self, flight: int) -> Decided:
        flying: list[tuple[int, int]] = []
        while (decision := self.decider.decision()) is None:
            assert not self.decider.exhausted()
            pending = [sum(arm == number for arm, _ in flying) for number in range(self.arms)]
            slot = self.decider.propose(pending) if len(flying) < flight else None
            if slot is not None:
                self._launch(slot)
                flying.append(slot)
                continue
            assert flying, "neither a decision nor a trial"
            self._consume(*flying.pop(0))
        self.left = flying
        return decision

    def _launch(self, slot: tuple[int, int]) -> None:
        assert slot not in self.launched
        assert slot[1] == sum(arm == slot[0] for arm, _ in self.launched), "trials of an arm are numbered one by one"
        before = self.decider.state()
        self.decider.launch(*slot)
        assert self.decider.state() != before
        if self.launched and slot[0] == self.launched[-1][0] and slot[1]:  # whose turn it is stays the same
            once = self.decider.state()
            self.decider.launch(slot[0], slot[1] - 1)
            assert self.decider.state() == once, "a start that is known takes no number back"
        self.again.launch(*slot)
        self.launched.append(slot)

    def _consume(self, arm: int, index: int) -> None:
        draw = Random(f"{self.seed} {arm} {index}")
        success: bool | None = draw.random() < (0.8 if arm % 2 else 0.5)
        score = self.score(draw, bool(success))
        if draw.random() < self.spoilt:
            success, score = None, ()
        else:
            self.counts[arm][0] += 1
            self.counts[arm][1] += bool(success)
        for decider in (self.decider, self.again):
            decider.consume(arm, index, success, score)
        assert self.decider.state() == self.again.state()
        assert hash(self.decider.state()) == hash(self.again.state())


@pytest.mark.parametrize("name", DECIDERS)
def test_a_run_ends_with_what_was_counted_and_within_its_cap(name: str) -> None:
    for seed in range(4):
        course = Course(name, seed, 1)
        if name == "guarded":  # the counts are those of the rate, which may be decided before the guard
            assert course.decided.counts[0][0] <= course.counts[0][0]
        else:
            assert [n for n, _ in course.decided.counts] == [n for n, _ in course.counts]
        if name not in ("guarded", "blocks"):
            assert [list(count) for count in course.decided.counts] == course.counts
        assert all(n <= course.most for n, _ in course.decided.counts)
        assert course.decider.propose([0] * course.arms) is None or name in ("changes", "blocks")
        assert course.again.decision() == course.decided


@pytest.mark.parametrize("name", DECIDERS)
def test_trials_in_flight_change_no_decision_and_none_is_left_over(name: str) -> None:
    for seed in range(4):
        alone, crowded = Course(name, seed, 1), Course(name, seed, 9)
        assert not crowded.left
        if name not in ("bisect", "bisect of unknown ends", "top two"):  # which ask by what was seen
            assert crowded.decided.counts == alone.decided.counts
            assert crowded.decided.verdict == alone.decided.verdict


@pytest.mark.parametrize("name", [name for name in DECIDERS if name not in REPLACED])
def test_what_the_world_spoilt_is_replaced_and_counts_for_nothing(name: str) -> None:
    for seed in range(3):
        course = Course(name, seed, 2, spoilt=0.3)
        assert len(course.launched) > sum(n for n, _ in course.counts)
        assert not course.decider.exhausted()


@pytest.mark.parametrize(
    "name", [name for name in DECIDERS if name not in ("fixed", "allowances", "independent", "family", "guarded")]
)
def test_a_resumed_run_is_where_it_was(name: str) -> None:
    """Only rates keep a count of what was spoilt."""
    decider = DECIDERS[name][0]()
    before = decider.state()
    decider.forgive()
    assert decider.state() == before
