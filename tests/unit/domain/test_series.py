"""The shares of a series add up to no more than its error, and its verdicts err no oftener."""

import math

import pytest

from kgents.domain.series import SeriesShare
from kgents.stats import Design, characteristics
from kgents.stats import share as equal_share


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.999])
def test_all_shares_together_are_within_the_error(confidence: float) -> None:
    """Of the first ten thousand; the next is never more than the one before, and none is nothing."""
    share, errors = SeriesShare("nightly", 1, confidence), []
    for _ in range(10_000):
        errors.append(share.error)
        share = share.next
    assert 0.9 * (1 - confidence) < math.fsum(errors) <= 1 - confidence
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] > 0
    assert SeriesShare("nightly", 20, confidence).spent == pytest.approx(math.fsum(errors[:20]))


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_twenty_runs_exactly_at_the_target_have_a_wrong_verdict_with_the_error_of_one(rate: float) -> None:
    """Exactly, for independent runs: where each takes 5 %, some run says "supported" in 64 % of such series."""
    share, right, alone = SeriesShare("nightly", 1, 0.95), 1.0, 1.0
    for _ in range(20):
        (row,) = characteristics(Design(target=rate, confidence=1 - share.error, futility=0.0), (rate,))
        (own,) = characteristics(Design(target=rate, futility=0.0), (rate,))
        right, alone, share = right * (1 - row.supported), alone * (1 - own.supported), share.next
    assert 1 - right <= 0.05
    assert 1 - alone > 0.5


@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_suites_whose_tasks_have_one_error_take_no_more_of_it(rate: float) -> None:
    """Twenty suites of three tasks at the target: any task of any of them is supported wrongly with the error of the series."""
    share, right = SeriesShare("nightly", 1, 0.95), 1.0
    for _ in range(20):
        family = Design(target=rate, confidence=1 - share.error, futility=0.0)
        (row,) = characteristics(
            equal_share(family, 3), (rate,)
        )  # Holm's first step: what no task takes, none after it does
        right, share = right * (1 - row.supported) ** 3, share.next
    assert 0 < 1 - right <= 0.05


@pytest.mark.parametrize("name", ["", "a b", 'a"b', "%", "-a", "ä", "a" * 65])
def test_names_that_a_ledger_could_misread_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a series"):
        SeriesShare(name, 1, 0.95)
    assert SeriesShare.from_data(SeriesShare("a.b-c_1", 7, 0.99).to_data()) == SeriesShare("a.b-c_1", 7, 0.99)
