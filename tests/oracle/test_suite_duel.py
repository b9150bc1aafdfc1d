"""What is said of the tasks of one suite: the exact error where a task is drawn for each pair, and where tasks come in turns.

Drawn for each pair, tasks are independent draws, and the error is that of pairs of one kind: for any number of tasks. In turns
each comes once a turn in random order, and its rates are its own. Of every suite of up to four tasks whose arms have rates of
0, ½ or 1 on each the errors are computed over all orders and outcomes, both ways.
"""

import math
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import combinations_with_replacement, pairwise, product
from random import Random

import pytest

from kgents.domain.ports import Slot
from kgents.domain.series import SeriesShare
from kgents.kinds.suite.assignment import DRAWN_PAIRS, place_of
from kgents.stats import Duel
from kgents.stats.means import Zone

KINDS = tuple(
    sorted({(a * (2 - b), b * (2 - a)) for a, b in product(range(3), repeat=2)})
)  # of tasks: P(only one wins), in ¼
Suite = tuple[tuple[int, int], ...]
Known = tuple[bool, ...]
State = tuple[tuple[int, ...], int, int, Known]  # tasks of each kind that are left in this turn, wins of each arm alone


@cache
def even(tasks: int) -> tuple[Suite, ...]:
    """The suites of so many tasks on which neither arm is better."""
    suites = combinations_with_replacement(KINDS, tasks)
    return tuple(suite for suite in suites if sum(a - b for a, b in suite) == 0 < sum(a for a, _ in suite))


def played(
    suite: Suite, cap: int, judge: Callable[[int, int, int, Known], Known | str | None], turns: bool = True
) -> Counter[str]:
    """The probability of every word that `judge` says after n pairs, of which each arm alone has won so many, and what was known
    before; without a word it says what is known. Tasks come in turns, or are drawn for each pair."""
    kinds = sorted(set(suite))
    whole = tuple(suite.count(kind) for kind in kinds)
    going: dict[State, float] = {(whole, 0, 0, ()): 1.0}
    said = Counter[str]()
    for n in range(1, cap + 1):
        after: Counter[State] = Counter()
        for (left, first, second, known), weight in going.items():
            for place, kind in enumerate(kinds):
                if not left[place]:
                    continue
                rest = tuple(count - (turns and other == place) for other, count in enumerate(left))
                chance = weight * left[place] / sum(left)
                for one, other, share in ((1, 0, kind[0]), (0, 1, kind[1]), (0, 0, 4 - sum(kind))):
                    if share:
                        after[rest if any(rest) else whole, first + one, second + other, known] += chance * share / 4
        going = {}
        for (left, first, second, known), weight in after.items():
            word = judge(n, first, second, known)
            if isinstance(word, str):
                said[word] += weight
            else:
                state = left, first, second, word or ()
                going[state] = going.get(state, 0.0) + weight
    return said


def errors(suite: Suite, duel: Duel, turns: bool = True) -> tuple[float, float]:
    """The probabilities that the first, and that the second arm is called better, up to the cap of the duel."""
    said = played(suite, duel.max_pairs, lambda n, first, second, _: duel.decide(n, first, second), turns)
    return said["a"], said["b"]


@cache
def shown(n: int, first: int, second: int) -> Known:
    """Which sides of ±½ are rejected now, at an error of 0.2."""
    zone = Zone(0.5, 0.2)
    zone.look({1: first, 0: n - first - second, -1: second})
    return zone.not_worse, zone.not_better


def both(n: int, first: int, second: int, known: Known) -> Known | str:
    """What has been shown by now, each side once; both together are equivalence."""
    now = tuple(old or new for old, new in zip(known or (False, False), shown(n, first, second), strict=True))
    return "equivalent" if all(now) else now


@pytest.mark.parametrize("tasks", [1, 2, 3])
def test_on_the_tasks_of_any_suite_at_the_margin_arms_are_called_equivalent_with_the_stated_error_at_most(
    tasks: int,
) -> None:
    """Of suites on which the first arm is better by exactly ½; again most often where all tasks are alike."""
    suites = combinations_with_replacement(KINDS, tasks)
    at_margin = [suite for suite in suites if 2 * sum(a - b for a, b in suite) == 4 * tasks]
    found = {suite: played(suite, 6 * tasks, both)["equivalent"] for suite in at_margin}
    worst = max(found, key=lambda suite: found[suite])
    assert worst == ((2, 0),) * tasks
    assert 0.05 < found[worst] <= 0.2


@pytest.mark.parametrize("tasks", [1, 2, 3, 4])
def test_on_the_tasks_of_any_even_suite_a_winner_is_called_with_the_stated_error_at_most(tasks: int) -> None:
    """Over six turns, at 5 %; most often where all tasks are alike, so that pairs are independent: with that it is not idle."""
    duel = Duel(0.05, 6 * tasks)
    found = {suite: errors(suite, duel) for suite in even(tasks)}
    worst = max(found, key=lambda suite: max(found[suite]))
    assert max(found[worst]) <= 0.05
    if tasks > 1:
        assert worst == ((1, 1),) * tasks
        assert max(found[worst]) > 0.02


@pytest.mark.parametrize("tasks", [1, 2, 3, 4])
def test_where_a_task_is_drawn_for_each_pair_an_even_suite_errs_as_one_task_does(tasks: int) -> None:
    """By all draws and outcomes: the error is that of a single task with the mean rates, and at most α."""
    duel = Duel(0.05, 24)
    for suite in even(tasks):
        wins = sum(a for a, _ in suite) / (4 * tasks)
        alone = alike(wins, duel)
        assert errors(suite, duel, turns=False) == pytest.approx((alone, alone), rel=1e-12)
        assert 0 < alone <= 0.05


def alike(wins: float, duel: Duel) -> float:
    """The probability that the first arm is called better where each arm alone wins a pair with probability `wins`."""
    going, wrong = {(0, 0): 1.0}, 0.0
    for n in range(1, duel.max_pairs + 1):
        after: dict[tuple[int, int], float] = {}
        for (first, second), weight in going.items():
            for state, share in (
                ((first + 1, second), wins),
                ((first, second + 1), wins),
                ((first, second), 1 - 2 * wins),
            ):
                after[state] = after.get(state, 0.0) + weight * share
        words = {state: duel.decide(n, *state) for state in after}
        wrong += sum(weight for state, weight in after.items() if words[state] == "a")
        going = {state: weight for state, weight in after.items() if words[state] is None}
    return wrong


@pytest.mark.parametrize("tasks", [5, 40, 164])
def test_however_many_tasks_a_suite_has_nothing_matters_but_their_mean(tasks: int) -> None:
    """Of an even suite of tasks of many kinds, each beside its mirror image: no more than α, and no less for being large."""
    chance, duel = Random(tasks), Duel(0.05, 40)
    half = [chance.choice([kind for kind in KINDS if sum(kind)]) for _ in range(tasks // 2)]
    suite = (*half, *((b, a) for a, b in half), *([(1, 1)] * (tasks % 2)))
    alone = alike(sum(a for a, _ in suite) / (4 * tasks), duel)
    assert errors(suite, duel, turns=False) == pytest.approx((alone, alone), rel=1e-12)
    assert 0.02 < alone <= 0.05


@pytest.mark.parametrize("tasks", [1, 2, 7, 164])
def test_the_task_of_a_pair_is_drawn_by_its_number_alone_from_all_tasks_alike(tasks: int) -> None:
    """The premise: the same for every arm, seed and outcome; each task equally often, also after each other."""
    drawn = [place_of(DRAWN_PAIRS, Slot(index % 3, index, index), tasks, 5)[0] for index in range(40 * tasks)]
    assert drawn == [place_of(DRAWN_PAIRS, Slot(0, index, 0), tasks, 5)[0] for index in range(40 * tasks)]
    counts, limit = Counter(drawn), 8 * math.sqrt(40 * max(1, math.log(tasks + 1)))
    assert all(abs(counts[task] - 40) <= limit for task in range(tasks))
    follows = sum(one == other for one, other in pairwise(drawn))
    assert abs(follows - (len(drawn) - 1) / tasks) <= 5 * math.sqrt(len(drawn) / tasks)
    orders = {
        tuple(place_of(DRAWN_PAIRS, Slot(0, index, 0), tasks, order)[0] for index in range(30)) for order in range(9)
    }
    assert len(orders) == (1 if tasks == 1 else 9)


def test_at_its_share_of_a_series_a_suite_takes_no_more_of_the_error() -> None:
    """Twenty comparisons, each over the worst even suite of two: the first arm wins some of them with the error of the series."""
    share, right = SeriesShare("nightly", 1, 0.9), 1.0
    for _ in range(20):
        duel = Duel(share.error, 24)
        right, share = right * (1 - max(errors(suite, duel)[0] for suite in even(2))), share.next
    assert 0 < 1 - right <= 0.1
