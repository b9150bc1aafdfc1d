"""The noisy binary search: exact where it can be, and the error that it states, by seeded simulation."""

import random

import pytest

from kgents.engine.bisect import Bisect
from kgents.stats.bisection import Bisection, end_rates


def located(versions: int, fall: int, rates: tuple[float, float], rng: random.Random) -> tuple[list[int], int]:
    """([first, last] place, trials) of one search among programs with these rates."""
    search = Bisect(versions + 1, 0.05, 10_000, (rates[0] - 0.02, rates[1] + 0.02))
    trials = 0
    while (decision := search.decision()) is None:
        proposed = search.propose([0] * (versions + 1))
        assert proposed is not None
        search.launch(*proposed)
        search.consume(*proposed, rng.random() < rates[0 if proposed[0] < fall else 1], ())
        trials += 1
    return decision.detail["first_bad"], trials


def test_without_noise_it_is_a_binary_search() -> None:
    """Among 128 versions a clear fall is found by some eight trials, wherever it is."""
    rng = random.Random(1)
    for fall in (1, 2, 64, 65, 127, 128):
        place, trials = located(128, fall, (1.0, 0.0), rng)
        assert place == [fall, fall]
        assert trials <= 10


def test_the_error_is_the_one_that_is_stated() -> None:
    """600 falls among 16 versions at rates .95 and .7, drawn uniformly: at most 5 % are misplaced (four deviations)."""
    rng = random.Random(2)
    wrong = 0
    for _ in range(600):
        fall = rng.randrange(1, 17)
        wrong += located(16, fall, (0.95, 0.7), rng)[0] != [fall, fall]
    assert wrong / 600 <= 0.05 + 4 * (0.05 * 0.95 / 600) ** 0.5


def test_the_posterior_is_bayes() -> None:
    """Two outcomes among three places, by hand."""
    search = Bisection(3, 0.9, 0.5, 0.05)
    search.tell(1, True)  # place 1: version 1 is bad (.5); places 2 and 3: it is good (.9)
    search.tell(2, False)  # places 1 and 2: bad (.5); place 3: good (.1)
    weights = [0.5 * 0.5, 0.9 * 0.5, 0.9 * 0.1]
    assert list(search.posterior())[1:] == pytest.approx([weight / sum(weights) for weight in weights])


def test_a_version_that_cannot_be_tried_widens_the_answer() -> None:
    """The places around it cannot be told apart."""
    search = Bisection(4, 0.9, 0.1, 0.05)
    search.leave_out(2)
    assert search.groups() == [(1, 1), (2, 3), (4, 4)]
    for _ in range(4):
        search.tell(1, True)
        search.tell(3, False)
    assert search.answer() == (2, 3)


def test_no_answer_comes_sooner_than_is_said() -> None:
    """`room` trials are needed whatever they come to: with one less there is no answer."""
    for outcomes in (True, False):
        search = Bisection(8, 0.9, 0.6, 0.05)
        needed = search.room()
        for _ in range(needed - 1):
            version = search.next()
            assert version is not None
            search.tell(version, outcomes)
            assert search.answer() is None


@pytest.mark.parametrize(("good", "bad", "differ"), [(10, 9, False), (10, 5, False), (10, 0, True), (9, 2, True)])
def test_the_ends_differ_or_may_be_equal(good: int, bad: int, differ: bool) -> None:
    """Ten trials each: rates only where exact 90 % intervals are apart, and then drawn together."""
    rates = end_rates(10, good, bad, 0.05)
    assert (rates is not None) == differ
    if rates is not None:
        assert bad / 10 < rates[1] < rates[0] < 1


def test_equal_ends_are_inconclusive() -> None:
    """After 160 trials each the search gives up; nothing is located."""
    search = Bisect(9, 0.05, 10_000, None)
    while search.decision() is None:
        proposed = search.propose([0] * 9)
        assert proposed is not None
        search.launch(*proposed)
        search.consume(*proposed, True, ())
    decision = search.decision()
    assert decision is not None
    assert (decision.verdict, decision.reason) == ("inconclusive", "ends")
    assert decision.counts[0] == decision.counts[-1] == (160, 160)


def test_a_surer_search_asks_for_ends_that_are_further_apart() -> None:
    """The intervals of the ends are as sure as the search: 10 of 10 against 3 of 10 is enough at 5 %, not at .1 %."""
    assert end_rates(10, 10, 3, 0.05) is not None
    assert end_rates(10, 10, 3, 0.001) is None


def test_of_two_versions_whose_rates_are_known_the_second_is_the_bad_one() -> None:
    """There is nothing to try, and it does not wait for a trial that never comes."""
    decision = Bisect(2, 0.05, 100, (0.9, 0.5)).decision()
    assert decision is not None
    assert (decision.verdict, decision.reason, decision.detail["first_bad"]) == ("supported", "located", [1, 1])


def test_a_version_that_stops_giving_evidence_is_left_out() -> None:
    """Also where it had given some: the search goes on beside it and ends."""
    search = Bisect(4, 0.05, 1_000, (0.95, 0.3))
    for _ in range(200):
        if search.decision() is not None:
            break
        arm, index = search.propose([0] * 4) or (None, None)
        assert arm is not None and index is not None
        search.launch(arm, index)
        search.consume(arm, index, (True if index == 0 else None) if arm == 2 else arm < 2, ())
    decision = search.decision()
    assert decision is not None
    assert (decision.reason, decision.detail["first_bad"]) == ("located", [2, 3])
