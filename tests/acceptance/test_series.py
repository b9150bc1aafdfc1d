"""`--series`: many decisions with one error, as people use it."""

import json
import subprocess
from collections.abc import Callable

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]
RUN = ("experiment", "run", "--adaptive", "--target", "0.5", "--series", "nightly")


def test_each_run_takes_the_next_share_and_says_so(kg: Kg) -> None:
    """Also one whose program cannot be run: it gives nothing back."""
    first = kg(*RUN, "-q", "--", "true")
    assert (
        "error at most 1.8454 %; place 1 of the series nightly, all of whose verdicts together err with at most 5 %"
        in first.stdout
    )
    assert kg(*RUN, "-q", "--", "exit 127").returncode == 12
    scored = kg(*RUN, "--score", "last-line", "--json", "--", "echo 0.9")
    document = json.loads(scored.stdout)
    assert document["config"]["facts"]["series"] == {"name": "nightly", "place": 3, "confidence": "0.95"}
    assert document["config"]["confidence"] == pytest.approx(1 - 0.003466, abs=1e-6)
    spec = ("--spec", "def add(a, b): return a + b", "--model", "simulated:1", "--adaptive", "--series", "nightly")
    assert "place 4 of the series nightly" in kg("experiment", "generate", *spec, "-q").stdout
    assert "place 3 of the series nightly" in kg("experiment", "show", document["id"]).stdout
    listed = kg("experiment", "history", "--series", "nightly").stdout
    assert [line.split()[0] for line in listed.splitlines()[1:5]] == ["4", "3", "2", "1"]
    assert "4 places may spend 3.0657 % of them; the next decides at confidence 0.998468" in listed
    assert [
        row["place"] for row in json.loads(kg("experiment", "history", "--series", "nightly", "--json").stdout)
    ] == [4, 3, 2, 1]
    assert "confidence 0.998468" in kg("experiment", "plan", "--series", "nightly").stdout
    assert kg("witness", "verify").returncode == 0


def test_what_is_no_decision_of_a_series_is_refused_before_anything_is_taken(kg: Kg) -> None:
    kg(*RUN, "-q", "--", "true")
    wrong = [
        (("run", "--n", "5", "--series", "nightly", "--", "true"), "add --adaptive"),
        (("run", "--adaptive", "--series", "a b", "--", "true"), "--series nightly"),
        (("run", "--adaptive", "--rule", "posterior", "--series", "nightly", "--", "true"), "leave --series out"),
        (("run", "--adaptive", "--target", "@latest", "--series", "nightly", "--", "true"), "give a number"),
        (("run", "--adaptive", "--confidence", "0.9", "--series", "nightly", "--", "true"), "--confidence 0.95"),
        (("generate", "--suite", "humaneval", "--adaptive", "--series", "nightly"), "--family"),
        (("history", "--series", "nightly", "--tag", "x"), "all of its decisions"),
        (("history", "--series", "other"), "--series other"),
    ]
    for words, remedy in wrong:
        done = kg("experiment", *words)
        assert done.returncode == 2, words
        assert remedy in done.stderr
        assert "Traceback" not in done.stderr
    assert len(json.loads(kg("experiment", "history", "--series", "nightly", "--json").stdout)) == 1
