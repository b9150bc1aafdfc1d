"""`run --score` as people use it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

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


def test_mean_scores_of_two_commands_are_compared(kg: Kg, tmp_path: Path) -> None:
    """Superiority, equivalence and non-inferiority, in the units of the scores; shown, resumed and rechecked."""
    low, high = "echo $((KGENTS_SEED % 50))", "echo $((KGENTS_SEED % 50 + 20))"
    score = ("--score", "last-line", "--score-range", "0,100", "--seed", "1", "-q")
    better = kg("experiment", "compare", *score, "--arm", f"old={low}", "--arm", f"new={high}")
    assert better.stdout.startswith("new is better than old, mean scores "), better.stderr
    assert "over both directions" in better.stdout
    shown = json.loads(kg("experiment", "show", "@latest", "--json").stdout)
    told = shown["evidence"]["score_difference"]
    assert told["low"] < told["mean"] == -20 < told["high"] < 0
    assert [arm["status"] for arm in shown["arms"]] == ["eliminated", "best"]
    equal = kg("experiment", "compare", *score, "--margin", "5", "--arm", f"a={low}", "--arm", f"b={low} ")
    assert equal.stdout.startswith("a and b are equivalent within 5, ")
    line = ("--margin", "5", "--not-worse", "--arm", f"old={high}", "--arm", f"new={low}", "--budget-seconds", "0.001")
    assert kg("experiment", "compare", *score, *line).returncode != 10
    resumed = kg("experiment", "resume", "@latest", "--budget-seconds", "600", "-q")
    assert resumed.returncode == 10
    assert resumed.stdout.startswith("refuted: new is worse than old by more than 5, ")
    assert kg("witness", "verify", "@latest", "--recheck").returncode == 0
    page = tmp_path / "page.html"
    assert kg("experiment", "report", "@latest", "-o", str(page)).returncode == 0
    assert "is worse than old by more than 5" in page.read_text()


def test_mean_scores_of_three_commands_are_compared(kg: Kg) -> None:
    """The best of them, and the limits of every two; before the end those of the pairs that count; the record replays."""
    arms = [
        part
        for name, more in (("a", 0), ("b", 20), ("c", 45))
        for part in ("--arm", f"{name}=echo $((KGENTS_SEED % 50 + {more}))")
    ]
    score = ("--score", "last-line", "--score-range", "0,100", "--seed", "1", "-q")
    assert kg("experiment", "compare", *score, *arms, "--budget-seconds", "0.001").returncode == 11
    early = json.loads(kg("experiment", "show", "@latest", "--json").stdout)["evidence"]
    assert [(pair["a"], pair["b"]) for pair in early["score_differences"]] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert early["score_differences"][2]["verdict"] is None
    done = kg("experiment", "resume", "@latest", "--budget-seconds", "600", "-q")
    assert done.stdout.startswith("c ("), done.stderr
    assert "the best of 3 is thrown out with probability at most 5 %" in done.stdout
    shown = json.loads(kg("experiment", "show", "@latest", "--json").stdout)
    told = shown["evidence"]["score_differences"]
    assert [pair["verdict"] for pair in told][1:] == ["c", "c"]
    assert all(pair["low"] < pair["mean"] < pair["high"] for pair in told)
    assert [arm["status"] for arm in shown["arms"]] == ["eliminated", "eliminated", "best"]
    assert kg("witness", "verify", "@latest", "--recheck").returncode == 0


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--arm", "c=true", "--margin", "0.1", "--not-worse"), "--not-worse is about two arms"),
        (("--arm", "c=true", "--series", "s"), "--series is about two arms"),
        (("--allocation", "top-two"), "--score and --allocation top-two contradict each other"),
        (("--margin", "2"), "--margin 2: between 0 and 1"),
        (("--spec", "def f(): pass"), "--score last-line is of commands, --spec is not"),
        (("--suite", "humaneval"), "--score last-line is of commands, --suite is not"),
        (("--not-worse",), "--not-worse needs a margin"),
        (("--score-range", "1,0"), "LOW is below HIGH"),
    ],
)
def test_what_no_comparison_of_scores_can_be_is_refused(kg: Kg, more: tuple[str, ...], told: str) -> None:
    """Before the first trial, by the name of the option."""
    done = kg("experiment", "compare", "--score", "last-line", "--arm", "a=true", "--arm", "b=false", *more)
    assert done.returncode == 2
    assert told in done.stderr


@pytest.mark.parametrize(
    "more", [["--rule", "sprt", "--margin", "0.1"], ["--prior", "jeffreys"], ["--futility", "0.1"]]
)
def test_what_has_no_meaning_for_scores_is_refused(kg: Kg, more: list[str]) -> None:
    """Rules, priors and futility are of successes."""
    done = kg("experiment", "run", "--adaptive", "--score", "last-line", *more, "true")
    assert done.returncode == 2
    assert "no meaning for scores" in done.stderr
