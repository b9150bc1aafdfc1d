"""`series=`: the decisions of Python functions that have one error together."""

from typing import Any

import pytest

import kgents as kg

EACH_ALONE = True  # slow, and nothing is shared


pytestmark = pytest.mark.usefixtures("own_record")


def always() -> bool:
    return True


def test_each_decision_takes_the_next_share() -> None:
    """Of rates and of scores; later ones cost more, and what they may spend adds up to less than the whole error."""
    results = [kg.decide(always, target=0.5, series="nightly", seed=1) for _ in range(3)]
    results.append(kg.decide(lambda: 9.0, target=5, score=(0, 10), series="nightly", seed=1))
    assert [result.verdict for result in results] == ["supported"] * 4
    assert [result.trials for result in results[:3]] == [9, 10, 11]
    spent = [1 - result.confidence for result in results]
    assert spent == sorted(spent, reverse=True)
    assert sum(spent) < 0.05
    assert "place 3 of the series nightly, all of whose verdicts together err with at most 5 %" in results[2].sentence
    with pytest.raises(kg.UsageError, match="fixed by its first experiment"):
        kg.decide(always, target=0.5, confidence=0.9, series="nightly")


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"series": "a b"}, "series = 'a b'"),
        ({"series": 5}, "series = 5"),
        ({"series": "x", "record": False}, "contradict"),
    ],
)
def test_what_is_no_series_is_refused(options: dict[str, Any], named: str) -> None:
    """Before the first trial; so are estimates and comparisons, which decide nothing about one rate."""
    with pytest.raises(kg.UsageError, match=named):
        kg.decide(always, **options)
    for begin in (
        lambda: kg.estimate(always, n=2, series="x"),
        lambda: kg.compare({"a": always, "b": always}, series="x"),
    ):
        with pytest.raises(kg.UsageError, match="series is about decisions"):
            begin()
