"""score=(low, high): the mean of what a function returns."""

import subprocess
import sys
from functools import partial
from typing import Any

import numpy as np
import pytest

import kgents as kg
from kgents.kinds.callable.answer import ScoreRange

pytestmark = pytest.mark.usefixtures("own_record")


def stars(trial: kg.Trial) -> tuple[float, str]:
    return 1 + 4 * trial.rng.random() ** 0.25, "text"


def test_a_mean_is_decided_in_the_units_of_the_scores() -> None:
    """Stars of one to five: mean, limits and target are stars; the record replays; the command line shows the same."""
    result = kg.decide(stars, target=3.5, score=(1, 5), seed=1, name="stars")
    assert result.supported
    assert result.target == 3.5
    assert result.mean is not None
    assert result.low is not None
    assert result.high is not None
    assert 3.5 < result.low < result.mean < result.high <= 5
    assert "the mean score is above 3.5" in result.sentence
    first = result.to_dict()["trials"][0]
    assert first["output"] == "text"
    assert 1 <= first["metadata"]["score"] <= 5
    checked = subprocess.run(
        [sys.executable, "-m", "kgents", "witness", "verify", result.id, "--recheck"], capture_output=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_an_assertion_error_has_the_least_score() -> None:
    """What failed is worth nothing, whatever it would have returned."""

    def trial(t: kg.Trial) -> float:
        assert t.index % 2
        return 10

    assert kg.estimate(trial, n=10, score=(0, 10)).mean == 5


def test_scores_resume() -> None:
    """What was stopped goes on as scores."""

    def costly(t: kg.Trial) -> float:
        t.cost(usd=1)
        return t.rng.random()

    stopped = kg.estimate(costly, n=6, score=(0, 1), budget_usd=3, seed=2)
    assert (stopped.status, stopped.trials) == ("stopped", 3)


@pytest.mark.parametrize("value", [0.5, 0, 1, np.float32(0.25), np.int64(1)])
def test_numbers_are_scores(value: Any) -> None:
    """Of Python and of numpy."""
    assert 0 <= ScoreRange(0, 1).read(value, value) <= 1_000_000


@pytest.mark.parametrize("value", [True, None, "0.5", np.bool_(True), np.array([0.5])])
def test_what_is_no_number_is_a_type_error(value: Any) -> None:
    """A bool is no score: it would be read as 0 or 1 of a range that need not have them as ends."""
    with pytest.raises(TypeError, match="not a score"):
        ScoreRange(0, 1).read(value, value)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_score_out_of_its_range_is_a_value_error_at_that_trial(value: float) -> None:
    """It stops the run and says so; it is never cut to the range."""
    with pytest.raises(ValueError, match="outside of 0 … 1"):
        kg.estimate(lambda: value, n=3, score=(0, 1))


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"score": (1, 0)}, "score ="),
        ({"score": 5}, "score ="),
        ({"score": (0, float("inf"))}, "score ="),
        ({"score": (0, 1), "target": 1}, "target = 1"),
        ({"isolate": 1}, "isolate = 1"),
    ],
)
def test_bad_arguments_are_named(options: dict[str, Any], named: str) -> None:
    """Before the first trial."""
    with pytest.raises(kg.UsageError, match=named):
        kg.decide(stars, **options)


def test_scores_of_two_functions_are_compared() -> None:
    """In their units; equal seeds, so that equal functions have equal scores; resumed like any other."""
    result = kg.compare(
        {"old": lambda t: 10 * t.rng.random() ** 2, "new": lambda t: 10 * t.rng.random()}, score=(0, 10), seed=3
    )
    assert (result.best, result.verdict, result.target) == ("new", "supported", None)
    assert result.low is not None and result.mean is not None and result.high is not None
    assert result.low < result.mean < result.high < 0
    same = kg.compare({"a": lambda t: t.rng.random(), "b": lambda t: t.rng.random()}, score=(0, 1), margin=0.1, seed=3)
    assert same.sentence.startswith("a and b are equivalent within 0.1, ")
    assert (same.best, same.mean) == (None, 0)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"margin": 10}, "margin = 10"),
        ({"margin": -1}, "margin = -1"),
        ({"score": 5}, "score = 5"),
        ({"max_trials": 0}, "max_trials"),
    ],
)
def test_bad_arguments_of_a_comparison_are_named(options: dict[str, Any], named: str) -> None:
    """By the argument."""
    with pytest.raises(kg.UsageError, match=named):
        kg.compare({"a": float, "b": float}, **{"score": (0, 10), **options})


def test_of_three_functions_the_best_by_its_mean_is_found() -> None:
    """Each against the others, with one error for the answer."""
    arms = {name: partial(_about, mean) for name, mean in {"low": 0.2, "high": 0.9, "middle": 0.5}.items()}
    result = kg.compare(arms, score=(0, 1), max_trials=300, seed=3)
    assert (result.best, result.verdict) == ("high", "supported")


def _about(mean: float, trial: kg.Trial) -> float:
    return mean + trial.rng.uniform(-0.1, 0.1)
