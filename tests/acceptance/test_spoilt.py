"""Trials that do not count, of mean scores and of arms that are compared: the bounds, and whether the verdict hangs on them."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]
EVEN = "test $((KGENTS_TRIAL % 2)) = 0"
ERRORS = ("--error-codes", "75", "--max-errors", "100", "-q", "--seed", "1")
SCORED = ("--score", "last-line", "--score-range", "0,100")


def shown(kg: Kg) -> Any:
    """`evidence` of the last experiment."""
    return json.loads(kg("experiment", "show", "@latest", "--json").stdout)["evidence"]


@pytest.mark.parametrize(
    ("score", "end", "bounds"),
    [(90, "least", (90 * 7 / 13, (90 * 7 + 600) / 13)), (9, "greatest", (9 * 7 / 11, (9 * 7 + 400) / 11))],
)
def test_a_mean_score_says_what_trials_that_do_not_count_could_have_meant(
    kg: Kg, score: int, end: str, bounds: tuple[float, float]
) -> None:
    """Every second trial gives none: with the extreme score against it in their places nothing would be decided so soon."""
    command = (
        f"{EVEN} || exit 75; echo {score}"
        if score > 50
        else f"test $((KGENTS_TRIAL % 3)) != 0 || exit 75; echo {score}"
    )
    done = kg("experiment", "run", "--adaptive", "--target", "50", *SCORED, *ERRORS, "--", command)
    evidence = shown(kg)
    told = evidence["excluded"]
    assert (told["low"], told["high"]) == pytest.approx(bounds, abs=1e-4)
    assert told["verdict_hangs_on_them"] is True
    assert f"hangs on {told['trials']} trials that do not count: with the {end} score for each" in done.stdout
    assert f"the mean would be {bounds[0]:.6g} had all the least score" in done.stdout


def test_a_mean_score_that_would_stand_hangs_on_nothing(kg: Kg) -> None:
    """The last trial before the verdict gives none, in a fixed number with a verdict long before its end; or they count."""
    command = "test $KGENTS_TRIAL != 29 || exit 75; echo 95"
    fixed = ("--n", "30", "--target", "50", *SCORED, *ERRORS)
    done = kg("experiment", "run", *fixed, "--", command)
    assert done.stdout.startswith("supported: the mean score is above 50, mean 95 of 30 trials, error at most 5 %\n")
    assert shown(kg)["excluded"] == {
        "trials": 1, "low": pytest.approx(95 * 30 / 31), "high": pytest.approx(2950 / 31), "verdict_hangs_on_them": False,
    }  # fmt: skip
    kg("experiment", "run", *fixed, "--errors", "count", "--", command)
    assert "excluded" not in shown(kg)


@pytest.mark.parametrize(("second", "hangs"), [("false", False), (f"{EVEN} && exit 1; exit 0", True)])
def test_a_winner_says_whether_it_hangs_on_pairs_that_do_not_count(
    kg: Kg, tmp_path: Path, second: str, hangs: bool
) -> None:
    """Where the first gave no evidence the second fails, so that nobody would have won; or succeeds, and would have won."""
    line = ("--arm", f"a={EVEN} || exit 75", "--arm", f"b={second}", "--max-trials", "40", *ERRORS)
    done = kg("experiment", "compare", *line)
    assert done.stdout.startswith("a is better than b; error at most 10 % over both directions")
    evidence = shown(kg)
    assert evidence["verdict_hangs_on_excluded"] is hangs
    assert ("; hangs on" in done.stdout.splitlines()[0]) is hangs
    arm = evidence["arms"][0]
    counted = arm["trials_total"] - arm["trials_error"]
    assert f"1.000   {counted} of {counted}" in done.stdout
    assert f"a would be at {counted / arm['trials_total']:.3f} had all failed, 1.000 had all succeeded" in done.stdout
    assert kg("experiment", "report", "@latest", "-o", str(tmp_path / "page.html")).returncode == 0
    assert f"{counted}/{counted} best" in (tmp_path / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("margin", "told"), [((), "b is better than a"), (("--margin", "40"), "b is better than a")])
def test_scores_in_pairs_hang_on_pairs_that_do_not_count(kg: Kg, margin: tuple[str, ...], told: str) -> None:
    """The lower one of two would have had the greatest score in every second pair."""
    line = ("--arm", f"a={EVEN} || exit 75; echo 40", "--arm", "b=echo 70", "--max-trials", "200", *SCORED, *ERRORS)
    done = kg("experiment", "compare", *line, *margin)
    assert done.stdout.startswith(told)
    assert shown(kg)["verdict_hangs_on_excluded"] is True


def test_equivalence_hangs_on_pairs_that_do_not_count(kg: Kg) -> None:
    """With every second trial of one arm as a failure they differ by half."""
    line = ("--arm", f"a={EVEN} || exit 75", "--arm", "b=true", "--margin", "0.3", "--max-trials", "200", *ERRORS)
    assert kg("experiment", "compare", *line).stdout.startswith(
        "a and b are equivalent within the margin; error at most 5 %; hangs"
    )
    assert shown(kg)["verdict_hangs_on_excluded"] is True
    assert kg("witness", "verify", "@latest", "--recheck").returncode == 0
