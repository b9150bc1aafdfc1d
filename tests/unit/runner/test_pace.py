"""How many trials a server of one's own is asked at once, on a clock of the test's own."""

import heapq
from collections.abc import Callable
from itertools import count

import pytest

from kgents.domain.outcome import Cause, Outcome, Usage
from kgents.domain.ports import Slot
from kgents.runner.pace import Pace

Seconds = Callable[[int, int], float]  # of a trial, from the number in flight when it began and its index


def driven(trials: int, seconds: Seconds, tokens: Callable[[int], int] = lambda index: 40, most: int = 64) -> list[int]:
    """The numbers of trials at once that a run of so many trials came to, one after the other."""
    pace, now, flying, indices = Pace(most), 0.0, [], count()
    numbers = [pace.at_once]
    for _ in range(trials):
        while len(flying) < pace.at_once:
            slot = Slot(0, next(indices), 1)
            pace.began(slot)
            heapq.heappush(flying, (now + seconds(pace.at_once, slot.index), slot.index, now, slot))
        end, index, begun, slot = heapq.heappop(flying)
        now = end
        outcome = Outcome(True, usage=Usage(10, tokens(index)))
        pace.ended(slot, len(flying) + 1, outcome, now - begun)
        if pace.at_once != numbers[-1]:
            numbers.append(pace.at_once)
    return numbers


@pytest.mark.parametrize(
    ("slots", "numbers"),
    [(1, [1, 2, 1]), (2, [1, 2, 4, 2]), (4, [1, 2, 4, 8, 4]), (16, [1, 2, 4, 8, 16, 32, 16])],
)
def test_it_grows_as_long_as_more_is_answered(slots: int, numbers: list[int]) -> None:
    """A server with so many slots takes as long for one as for all of them, and then longer for each more."""
    assert driven(200, lambda at_once, _: 3.0 * max(1.0, at_once / slots)) == numbers


def test_answers_of_any_length_say_the_same() -> None:
    """Throughput is counted in tokens: long answers are no slow server."""
    lengths = [5, 80, 20, 160, 11]

    def seconds(at_once: int, index: int) -> float:
        return lengths[index % 5] * max(1.0, at_once / 2)

    assert driven(100, seconds, lambda index: lengths[index % 5]) == [1, 2, 4, 2]


def test_tokens_that_nobody_counts_are_trials() -> None:
    """As agents and some servers leave them."""
    assert driven(100, lambda at_once, _: max(1.0, at_once / 2), lambda index: 0) == [1, 2, 4, 2]


def test_the_first_answer_waits_for_the_model_to_be_loaded() -> None:
    """It says nothing of a server that has one slot."""
    assert driven(40, lambda at_once, index: 60.0 if index == 0 else 2.0 * at_once) == [1, 2, 1]


def test_there_is_an_end() -> None:
    """A server that is never busy."""
    assert driven(300, lambda at_once, _: 1.0, most=8) == [1, 2, 4, 8]


def test_a_question_without_an_answer_in_time_is_one_too_many() -> None:
    """It goes back at once, and stays; at one there is nothing to go back to. Other errors say nothing."""
    pace = Pace()
    for index, cause in enumerate([None, Cause.NETWORK, None, Cause.MODEL_TIMEOUT, None, None, None]):
        slot = Slot(0, index, 1)
        pace.began(slot)
        outcome = Outcome(True, usage=Usage(1, 1)) if cause is None else Outcome.failed(cause, "")
        pace.ended(slot, pace.at_once, outcome, 1.0)
        assert pace.at_once == (2 if index == 2 else 1)
    pace.ended(Slot(0, 99, 1), 1, None)
    assert pace.at_once == 1
