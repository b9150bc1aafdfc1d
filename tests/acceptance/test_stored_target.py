"""`--target @ID-0.05`: a stored run less a margin as the target, with the error split and said."""

import json
import subprocess
from collections.abc import Callable

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]


def test_a_fall_below_a_stored_run_is_found_and_its_whole_error_said(kg: Kg) -> None:
    """The target and the confidence that is left stand in the plan; resume and verify see nothing special in it."""
    kg("experiment", "run", "--n", "20", "--name", "base-line", "-q", "--", "true")
    done = kg("experiment", "run", "--adaptive", "--target", "@base-line-0.1", "--json", "--", "false")
    assert done.returncode == 10, done.stderr
    document = json.loads(done.stdout)
    assert document["config"]["target"] == pytest.approx(0.025 ** (1 / 20) - 0.1)  # Clopper and Pearson, 20 of 20
    assert document["config"]["confidence"] == 0.975
    base = document["config"]["facts"]["baseline"]
    assert (base["margin"], base["error"]) == ("0.1", "0.025")
    shown = kg("experiment", "show", document["id"]).stdout
    assert f"the lower limit of {base['experiment']} (error 2.5 %), less 0.1: the rate fell by more than 0.1" in shown
    assert "error at most 5 % in all" in shown
    assert kg("witness", "verify", "--recheck").returncode == 0


def test_the_baseline_of_a_series_is_its_first_run(kg: Kg) -> None:
    """Where no experiment has the name; a later run of the series changes nothing."""
    for command in ("true", "false"):
        kg("experiment", "run", "--n", "20", "--target", "0.5", "--series", "nightly", "-q", "--", command)
    done = kg("experiment", "run", "--adaptive", "--target", "@nightly-0.1", "--json", "--", "false")
    assert done.returncode == 10, done.stderr
    first = json.loads(kg("experiment", "history", "--series", "nightly", "--json").stdout)[-1]
    assert json.loads(done.stdout)["config"]["facts"]["baseline"]["experiment"] == first["id"]


WRONG = [
    (("run", "--adaptive", "--target", "@nope", "--", "true"), "kg experiment history"),
    (("run", "--adaptive", "--target", "@base-0.9", "--", "true"), "a smaller margin"),
    (("run", "--adaptive", "--target", "@base", "--rule", "posterior", "--", "true"), "leave it out"),
    (("run", "--adaptive", "--target", "@base", "--score", "last-line", "--", "true"), "--target 0.9"),
    (("run", "--adaptive", "--target", "@pair", "--", "true"), "one arm"),
    (("plan", "--target", "@base"), "--target 0.9"),
    (("generate", "--suite", "humaneval", "--adaptive", "--target", "@base", "--model", "simulated:1"), "a number"),
    (("run", "--adaptive", "--target", "base-0.1", "--", "true"), "@ID-0.05"),
]


def test_what_is_no_target_is_one_line_and_a_remedy(kg: Kg) -> None:
    kg("experiment", "run", "--n", "20", "--name", "base", "-q", "--", "true")
    kg("experiment", "compare", "true", "false", "--name", "pair", "-q")
    for words, remedy in WRONG:
        done = kg("experiment", *words)
        assert done.returncode == 2, words
        assert remedy in done.stderr
        assert "Traceback" not in done.stderr
