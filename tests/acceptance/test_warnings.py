"""Suspicious evidence is said: in the text, in the JSON, and as a mark."""

import json
import subprocess
from collections.abc import Callable

import pytest

EACH_ALONE = True  # slow, and nothing is shared

Kg = Callable[..., subprocess.CompletedProcess[str]]


def test_a_drift_is_said_everywhere(kg: Kg) -> None:
    run = ("experiment", "run", "--n", "40")
    done = kg(*run, "--json", "--", "sh", "-c", "test $KGENTS_TRIAL -lt 20")
    document = json.loads(done.stdout)
    assert [warning["code"] for warning in document["warnings"]] == ["drift"]
    assert "20 of 20 in the first half, 0 of 20 in the second" in document["warnings"][0]["text"]
    assert "warning: the rate seems to change" in done.stderr
    shown = kg("experiment", "show")
    assert "warning: the rate seems to change" in shown.stdout
    assert "experiment.warned" in kg("witness", "log").stdout
    steady = kg(*run, "--json", "--", "sh", "-c", "test $((KGENTS_TRIAL % 2)) -eq 0")
    assert json.loads(steady.stdout)["warnings"] == []


def test_a_prior_that_the_trials_exclude_is_said(kg: Kg) -> None:
    done = kg("experiment", "run", "--n", "40", "--prior", "60,3", "--json", "false")
    assert [warning["code"] for warning in json.loads(done.stdout)["warnings"]] == ["prior_excluded"]


@pytest.mark.parametrize(
    ("options", "named", "range_"),
    [
        (("--confidence", "0.5"), "--confidence", "between 0.5 and 1"),
        (("--confidence", "1"), "--confidence", "between 0.5 and 1"),
        (("--confidence", "nan"), "--confidence", "between 0.5 and 1"),
        (("--target", "0"), "--target", "between 0 and 1"),
        (("--target", "1.5"), "--target", "between 0 and 1"),
        (("--rule", "sprt", "--margin", "0.5"), "--margin", "0.5 ± margin inside (0, 1)"),
        (("--rule", "sprt", "--target", "0.9", "--margin", "-0.05"), "--margin", "above 0"),
        (("--rule", "sprt"), "--margin", "half-width"),
        (("--n", "0"), "--n", "from 1 to 10000000"),
        (("--n", "-3"), "--n", "from 1 to 10000000"),
        (("--max-trials", "0"), "--max-trials", "from 1 to 100000"),
        (("--max-trials", "100001"), "--max-trials", "from 1 to 100000"),
        (("--max-trials", "many"), "--max-trials", "an integer, or 'none'"),
        (("--max-trials", "none"), "--max-trials", "only --rule anytime"),
        (("--prior", "0,1"), "--prior", "above 0"),
        (("--prior", "1,-2"), "--prior", "above 0"),
        (("--prior", "1"), "--prior", "two numbers a,b"),
        (("--futility", "0.5"), "--futility", "below 0.5"),
        (("--rule", "anytime", "--max-trials", "none", "--futility", "0.1"), "--futility", "leave it at 0"),
        (("--n", "5", "--adaptive"), "--n", "contradict"),
        (("--n", "5", "--max-trials", "9"), "--max-trials", "--n for a fixed number"),
        (("--n", "5", "--futility", "0.1"), "--futility", "--adaptive"),
        (("--n", "5", "--margin", "0.1"), "--margin", "--adaptive"),
        (("--margin", "0.1"), "--margin", "only --rule sprt"),
    ],
)
def test_a_design_that_cannot_be_exits_2_and_says_what_could(
    kg: Kg, options: tuple[str, ...], named: str, range_: str
) -> None:
    done = kg("experiment", "plan", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert named in done.stderr
    assert range_ in done.stderr
    assert "Traceback" not in done.stderr
