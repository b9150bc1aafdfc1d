"""`monitor`: the recorded trials of a series as one sequence."""

import json
import subprocess
from collections.abc import Callable

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]


def test_a_series_that_goes_on_as_it_was_gives_no_alarm_and_one_that_falls_does(kg: Kg) -> None:
    """Ten of ten trials, five times; then one of four: the alarm names the experiment in which the rate fell."""
    run = ("experiment", "run", "--n", "10", "--target", "0.5", "--tag", "nightly", "-q", "--")
    for _ in range(5):
        kg(*run, "true")
    steady = kg("experiment", "monitor", "--tag", "nightly", "--rate", "0.9", "--run-length", "1000")
    assert steady.returncode == 0
    assert "no sign of a fall below 0.9 in 50 trials of 5 experiments" in steady.stdout
    assert "without a fall an alarm comes after 1000 trials on average, at least" in steady.stdout
    fallen = json.loads(kg(*run[:-2], "--json", "--", "test $((KGENTS_TRIAL % 4)) -eq 3").stdout)
    done = kg("experiment", "monitor", "--tag", "nightly", "--rate", "0.9", "--run-length", "1000", "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["trials"], found["experiments"]) == (10, 60, 6)
    assert (found["since"]["trial"], found["since"]["experiment"]) == (51, fallen["id"])
    assert 53 <= found["alarm"]["trial"] <= 60
    assert found["value"] >= 1000
    text = kg("experiment", "monitor", "--tag", "nightly", "--rate", "0.9", "--run-length", "1000").stdout
    assert f"the rate seems to have fallen below 0.9 since about trial 51 ({fallen['id']}, begun 20" in text


def test_scores_and_the_target_of_a_series(kg: Kg) -> None:
    """Mean scores of 40 in 0 … 100 against their own target of 70."""
    score = (
        "--score",
        "last-line",
        "--score-range",
        "0,100",
        "--adaptive",
        "--target",
        "70",
        "--series",
        "grades",
        "-q",
    )
    kg("experiment", "run", *score, "--", "echo 20")
    found = json.loads(kg("experiment", "monitor", "grades", "--run-length", "50", "--json").stdout)
    assert found["rate"] == pytest.approx(70)
    assert found["alarm"]["trial"] <= found["trials"]
    mixed = kg("experiment", "run", "--adaptive", "--target", "0.5", "--series", "grades", "-q", "--", "true")
    assert mixed.returncode == 0
    assert "no one sequence" in kg("experiment", "monitor", "grades").stderr


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ((), "name a series"),
        (("a", "--tag", "b"), "name a series"),
        (("nobody",), "history"),
        (("--tag", "plain"), "--rate 0.9"),
        (("--tag", "plain", "--rate", "1"), "--rate 0.9"),
        (("--tag", "plain", "--run-length", "1"), "--run-length 10000"),
    ],
)
def test_what_cannot_be_watched_is_one_line_and_a_remedy(kg: Kg, words: tuple[str, ...], remedy: str) -> None:
    kg("experiment", "run", "--n", "2", "--tag", "plain", "-q", "--", "true")
    done = kg("experiment", "monitor", *words)
    assert done.returncode == 2
    assert remedy in done.stderr
    assert "Traceback" not in done.stderr
