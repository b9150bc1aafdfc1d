"""`compare` and `plan` as a new user runs them."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]


def test_the_better_of_two_coders_is_found_on_the_same_inputs(kg: Kg) -> None:
    done = kg(
        "experiment", "compare", "--spec", "def add(a, b): return a + b", "--arm", "old=simulated:0.3",
        "--arm", "new=simulated:1", "--seed", "3", "--json",
    )  # fmt: skip
    document = json.loads(done.stdout)
    assert done.returncode == 0
    assert [(arm["name"], arm["status"]) for arm in document["arms"]] == [("old", "eliminated"), ("new", "best")]
    (pair,) = document["evidence"]["pairs"]
    assert pair["verdict"] == "new"
    assert pair["discordant"] - pair["a_wins"] >= 7
    seeds: dict[str, list[int]] = {"old": [], "new": []}
    for trial in document["trials"]:
        seeds[trial["arm"]].append(trial["seed"])
    assert seeds["old"] == seeds["new"]


def test_equal_arms_cannot_be_told_apart_unless_a_margin_makes_them_equivalent(kg: Kg) -> None:
    done = kg("experiment", "compare", "--arm", "a=true", "--arm", "b=true", "--max-trials", "8", "--json")
    assert (done.returncode, json.loads(done.stdout)["evidence"]["verdict"]) == (11, "inconclusive")
    done = kg("experiment", "compare", "--arm", "a=true", "--arm", "b=true", "--margin", "0.4", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, {arm["status"] for arm in document["arms"]}) == (0, {"equivalent"})


def test_an_arm_that_is_beaten_takes_no_more_trials(kg: Kg) -> None:
    line = "test $((KGENTS_TRIAL % 4)) -ne 0"
    done = kg("experiment", "compare", "--arm", "good=true", "--arm", f"fair={line}", "--arm", "bad=false", "--json")
    document = json.loads(done.stdout)
    trials = {arm["name"]: arm["trials_total"] for arm in document["arms"]}
    assert trials["bad"] < trials["fair"]
    assert document["evidence"]["arms"][0]["status"] == "best"


@pytest.mark.parametrize("options", [("true",), ("--arm", "a", "b"), ("true", "true"), ("a", "b", "--margin", "2")])
def test_bad_comparisons_exit_2(kg: Kg, options: tuple[str, ...]) -> None:
    assert kg("experiment", "compare", *options).returncode == 2


def test_a_plan_says_what_a_run_does(kg: Kg) -> None:
    planned = json.loads(kg("experiment", "plan", "--target", "0.8", "--max-trials", "60", "--json").stdout)
    ran = kg("experiment", "run", "--adaptive", "--target", "0.8", "--max-trials", "60", "--json", "true")
    document = json.loads(ran.stdout)
    trials = document["evidence"]["trials_total"]
    assert document["config"]["boundary_digest"] == planned["boundary_digest"]
    assert planned["boundary"][trials - 1]["support_at_least"] == trials
    assert all(
        row["support_at_least"] is None or row["support_at_least"] > row["n"]
        for row in planned["boundary"][: trials - 1]
    )
    at_target = next(row for row in planned["operating_characteristics"] if row["p"] == 0.8)
    assert at_target["supported"] <= 0.05
    assert at_target["refuted"] <= 0.05


def test_an_impossible_design_is_announced_with_the_cap_that_would_do(kg: Kg) -> None:
    done = kg("experiment", "plan", "--target", "0.9", "--max-trials", "20")
    assert "SUPPORTED cannot occur within 20 trials; a cap of 29 would do" in done.stdout
    ran = kg("experiment", "run", "--adaptive", "--target", "0.9", "--max-trials", "20", "false")
    assert "a cap of 29 would do" in ran.stderr
    compared = kg("experiment", "compare", "true", "false", "--max-trials", "3")
    assert "no arm can be found better within 3 pairs; a cap of 5 would do" in compared.stderr


def test_a_plan_is_drawn(kg: Kg, tmp_path: Path) -> None:
    drawn = tmp_path / "boundary.svg"
    assert kg("experiment", "plan", "--svg", str(drawn)).returncode == 0
    assert drawn.read_text().count("<polygon") == 3
    refused = kg("experiment", "plan", "--svg", str(tmp_path / "no" / "where.svg"))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--svg" in refused.stderr


def test_power_finds_the_cap(kg: Kg) -> None:
    planned = json.loads(kg("experiment", "plan", "--target", "0.5", "--power", "0.9", "--at", "0.7", "--json").stdout)
    row = next(row for row in planned["operating_characteristics"] if row["p"] == 0.7)
    assert row["supported"] >= 0.9
    assert kg("experiment", "plan", "--power", "0.9").returncode == 2


def test_a_run_without_a_cap(kg: Kg) -> None:
    done = kg("experiment", "run", "--adaptive", "--rule", "anytime", "--max-trials", "none", "--json", "true")
    assert json.loads(done.stdout)["evidence"]["trials_total"] == 7
    assert kg("experiment", "plan", "--rule", "anytime", "--max-trials", "none").returncode == 0
    assert kg("experiment", "plan", "--max-trials", "none").returncode == 2


def test_a_comparison_that_stopped_goes_on_as_if_it_had_not(kg: Kg) -> None:
    arms = ("--arm", "a=sleep 0.02", "--arm", "b=sleep 0.02; test $((KGENTS_TRIAL % 3)) -ne 0", "--seed", "1", "--json")
    whole = json.loads(kg("experiment", "compare", *arms).stdout)
    stopped = kg("experiment", "compare", *arms, "--budget-seconds", "0.2")
    document = json.loads(stopped.stdout)
    assert (stopped.returncode, document["status"]) == (11, "stopped")
    assert [pair["verdict"] for pair in document["evidence"]["pairs"]] == [None]
    resumed = json.loads(kg("experiment", "resume", "--budget-seconds", "60", "--json").stdout)
    assert resumed["evidence"]["arms"] == whole["evidence"]["arms"]
    assert resumed["evidence"]["pairs"] == whole["evidence"]["pairs"]


def test_the_two_that_could_be_best_take_the_trials(kg: Kg) -> None:
    arms = ("--arm", "good=true", "--arm", "bad=false", "--arm", "worse=false")
    done = kg("experiment", "compare", *arms, "--allocation", "top-two", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["evidence"]["allocation"]) == (0, "top-two")
    assert [arm["status"] for arm in document["arms"]] == ["best", "eliminated", "eliminated"]
    assert document["evidence"]["probability_best"] >= 0.95
    assert "no error rate is promised" in kg("experiment", "show").stdout
    assert kg("witness", "verify", "@latest", "--recheck").returncode == 0
    assert kg("experiment", "compare", *arms, "--allocation", "top-two", "--margin", "0.1").returncode == 2


def test_an_interrupted_run_says_what_is_still_to_come(kg: Kg) -> None:
    slow = ("sh", "-c", "sleep 0.1; test $((KGENTS_TRIAL % 2)) -eq 0")
    done = kg("experiment", "run", "--adaptive", "--max-trials", "60", "--budget-seconds", "3", "--json", "--", *slow)
    evidence = json.loads(done.stdout)["evidence"]
    assert done.returncode == 11
    assert 0 < evidence["outlook"]["expected_trials_left"] < 60
    assert 0 <= evidence["outlook"]["done_within_ten"] < 1
    assert evidence["confidence_interval"] is None
    assert "valid at every look" in kg("experiment", "show", "--stats").stdout


def test_an_arm_against_itself_has_seeds_of_its_own_and_says_what_came_of_it(kg: Kg) -> None:
    spec = ("--spec", "def add(a, b): return a + b", "--aa", "same=simulated:0.5", "--seed", "3")
    done = kg("experiment", "compare", *spec, "--max-trials", "8", "--repeats", "2", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["evidence"]["verdict"]) == (0, "estimate")
    assert [arm["name"] for arm in document["arms"]] == ["same", "same (again)"]
    found = document["evidence"]["against_itself"]
    assert (found["comparisons"], found["promised_at_most"]) == (2, 0.1)
    assert found["interval"]["low"] <= found["rate"] <= found["interval"]["high"]
    assert len({trial["seed"] for trial in document["trials"]}) == len(document["trials"])
    assert kg("witness", "verify", "@latest", "--recheck").returncode == 0


def test_a_program_that_is_not_the_same_the_second_time_is_found_out(kg: Kg, tmp_path: Path) -> None:
    """Every second trial fails, so always the second of a pair: no unchanged configuration, and the exit status says so."""
    counter = tmp_path / "count"
    line = f"n=$(cat {counter} 2>/dev/null || echo 0); echo $((n + 1)) > {counter}; test $((n % 2)) -eq 0"
    done = kg("experiment", "compare", "--aa", f"turns={line}", "--repeats", "4", "--max-trials", "10")
    assert done.returncode == 10
    assert "refuted: turns was called different from itself in 4 of 4 comparisons, 4 false alarms" in done.stdout


@pytest.mark.parametrize(
    "more", [("other",), ("--arm", "b=true"), ("--margin", "0.1"), ("--repeats", "0"), ("--allocation", "top-two")]
)
def test_what_has_no_meaning_for_one_arm_against_itself_is_refused(kg: Kg, more: tuple[str, ...]) -> None:
    assert kg("experiment", "compare", "--aa", "true", *more).returncode == 2


def test_a_plan_of_a_comparison_says_how_often_it_errs_and_what_cannot_be(kg: Kg) -> None:
    planned = json.loads(kg("experiment", "plan", "--compare", "--max-trials", "100", "--json").stdout)
    row = next(row for row in planned["operating_characteristics"] if (row["a"], row["b"]) == (0.9, 0.9))
    assert round(row["first"], 3) == round(row["second"], 3) == 0.02
    assert planned["feasibility"]["better"]
    line = ("experiment", "plan", "--compare", "--margin", "0.2", "--max-trials")
    rows = json.loads(kg(*line, "40", "--json").stdout)["operating_characteristics"]
    at_margin = [row for row in rows if row["a"] != row["b"]]
    assert at_margin
    assert all(row["equivalent"] <= 0.05 for row in at_margin)
    assert "called equivalent with probability 5 % at most" in kg(*line, "40").stdout
    assert "exact up to --max-trials 500" in kg(*line, "600").stderr
    done = kg("experiment", "plan", "--compare", "--max-trials", "4")
    assert "no arm can be found better within 4 pairs; a cap of 5 would do" in done.stdout
    assert kg("experiment", "plan", "--compare", "--target", "0.5").returncode == 2


def test_a_plan_of_scores_says_what_a_law_costs_and_for_what_it_is_exact(kg: Kg) -> None:
    done = kg("experiment", "plan", "--score-law", "beta:8,2", "--target", "0.7")
    assert done.returncode == 0
    assert "1.0000      0.0000      0.0000      34.6" in done.stdout
    assert "by exact recursion for 3 scores with the same first five moments" in done.stdout
    typed = ("--score-law", "0=0.1,50=0.2,100=0.7", "--score-range", "0,100", "--target", "50", "--json")
    planned = json.loads(kg("experiment", "plan", *typed).stdout)
    assert planned["mean"] == pytest.approx(80)
    assert not planned["exact_for_the_law"]
    shown = kg("experiment", "plan", *typed[:-1]).stdout
    assert "approximations: bets depend on the order of the scores" in shown
    more = ("--max-trials", "1001")  # where all scores are bet on
    assert json.loads(kg("experiment", "plan", *typed, *more).stdout)["exact_for_the_law"]
    for law in ("80=1", "0=0.2,100=0.8"):
        assert json.loads(kg("experiment", "plan", "--score-law", law, *typed[2:]).stdout)["exact_for_the_law"]
    score = ("--score", "last-line", "--adaptive", "--target", "0.5", "--seed", "1", "-q", "--name", "graded")
    kg("experiment", "run", *score, "--", "echo 0.$((KGENTS_TRIAL % 2 * 4 + 5))")
    planned = json.loads(kg("experiment", "plan", "--from", "@graded", "--target", "0.5", "--json").stdout)
    assert {point["score"] for point in planned["computed_for"]} == {0.5, 0.9}
    assert planned["law"].endswith("as if they were the law")


def test_a_plan_of_two_mean_scores_says_what_a_comparison_costs(kg: Kg) -> None:
    """Arms of one law, and of two, typed or those of a stored run; in a series at its next share."""
    words = ("experiment", "plan", "--compare", "--score-range", "0,10", "--score-law", "beta:8,2")
    done = kg(*words, "--against", "beta:6,4", "--margin", "1")
    assert "or do they differ by less than 1?" in done.stdout
    assert "A v A             0.0006    0.0006      0.9936    0.0053     61.1" in done.stdout
    assert "of the laws themselves these are approximations, for arms that do not depend on each other" in done.stdout
    assert "arms that differ by 1 or more equivalent with 5 %" in done.stdout
    score = ("--score", "last-line", "--score-range", "0,10", "--n", "4", "--seed", "1", "-q", "--name", "graded")
    kg("experiment", "run", *score, "--", "echo $((KGENTS_TRIAL % 2 * 4 + 5))")
    planned = json.loads(kg(*words, "--against", "@graded", "--series", "nightly", "--json").stdout)
    alone, both = planned["operating_characteristics"]
    assert (planned["confidence"], planned["max_pairs"]) == (pytest.approx(0.98155, abs=1e-5), 100)
    assert both["means"] == pytest.approx([8, 7])
    assert alone["first"] < 0.01 < 0.2 < both["first"]
    rates = json.loads(kg("experiment", "plan", "--compare", "--series", "nightly", "--json").stdout)
    assert rates["confidence"] == planned["confidence"]


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("--score-law", "beta:8,2", "--against", "beta:6,4"), "--compare"),
        (("--compare", "--against", "beta:6,4"), "--compare --score-law"),
        (("--compare", "--score-law", "beta:8,2", "--against", "@ranged"), "one range"),
        (("--compare", "--score-law", "beta:8,2", "--margin", "1"), "between 0 and 1"),
        (("--compare", "--score-law", "beta:8,2", "--target", "0.5"), "leave one of them out"),
        (("--compare", "--score-law", "beta:8,2", "--max-trials", "none"), "from 1 to 100000 pairs"),
        (("--compare", "--score-law", "beta:8,2", "--confidence", "1.2"), "between 0.5 and 1"),
        (("--score-law", "beta:8"), "beta:8,2"),
        (("--score-law", "beta:8,0"), "beta:8,2"),
        (("--score-law", "0=0.5,1=0.6"), "add up to 1"),
        (("--score-law", "0=0.5,2=0.5"), "scores from 0 to 1"),
        (("--score-law", "beta:8,2", "--from", "@x"), "what the law is"),
        (("--score-law", "beta:8,2", "--rule", "sprt"), "leave --rule out"),
        (("--score-law", "beta:8,2", "--max-trials", "5000"), "--max-trials 2000"),
        (("--from", "@plain"), "no scores"),
    ],
)
def test_what_is_no_law_is_one_line_and_a_remedy(kg: Kg, words: tuple[str, ...], remedy: str) -> None:
    kg("experiment", "run", "--n", "2", "--name", "plain", "-q", "--", "true")
    score = ("--score", "last-line", "--score-range", "0,5", "--n", "1", "-q", "--name", "ranged")
    kg("experiment", "run", *score, "--", "echo 2")
    done = kg("experiment", "plan", *words)
    assert done.returncode == 2
    assert remedy in done.stderr
    assert "Traceback" not in done.stderr
