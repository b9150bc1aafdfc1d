"""`run --score` as people use it."""

import json
import subprocess
from collections.abc import Callable

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]
SCORES = "echo 0.$((KGENTS_TRIAL * 7 % 4 + 6))"


def test_a_mean_score_is_decided_shown_resumed_and_rechecked(kg: Kg) -> None:
    """0.6 to 0.9 by turns against 0.5: supported, with mean and interval; the record replays."""
    done = kg(
        "experiment", "run", "--adaptive", "--target", "0.5", "--score", "last-line", "--concurrency", "3", "-q", SCORES
    )
    assert done.returncode == 0, done.stderr
    assert "supported: the mean score is above 0.5, mean 0.7" in done.stdout
    assert "(each side 5 %) valid at every look" in done.stdout
    shown = json.loads(kg("experiment", "show", "@latest", "--json").stdout)
    scores = shown["evidence"]["scores"]
    assert 0.5 <= scores["low"] < scores["mean"] < scores["high"] <= 1
    assert shown["evidence"]["verdict"] == "supported"
    assert kg("witness", "verify", "@latest", "--recheck").returncode == 0


def test_before_the_end_the_limits_are_of_what_counts(kg: Kg) -> None:
    """Stopped by its errors: the scores so far, in the units of the range, with their limits."""
    command = "test $KGENTS_TRIAL -lt 5 && echo 40 || echo 400"
    done = kg("experiment", "run", "--n", "30", "--score", "last-line", "--score-range", "0,100", "-q", command)
    assert done.returncode == 12
    assert "the score 400 is outside 0 … 100 (--score-range)" in done.stdout
    scores = json.loads(kg("experiment", "show", "@latest", "--json").stdout)["evidence"]["scores"]
    assert (scores["trials"], scores["mean"]) == (5, 40)
    assert scores["low"] < 40 < scores["high"]


@pytest.mark.parametrize(
    "more", [["--rule", "sprt", "--margin", "0.1"], ["--prior", "jeffreys"], ["--futility", "0.1"]]
)
def test_what_has_no_meaning_for_scores_is_refused(kg: Kg, more: list[str]) -> None:
    """Rules, priors and futility are of successes."""
    done = kg("experiment", "run", "--adaptive", "--score", "last-line", *more, "true")
    assert done.returncode == 2
    assert "no meaning for scores" in done.stderr
