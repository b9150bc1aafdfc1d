"""`--series`: many decisions with one error, as people use it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

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
        (("generate", "--suite", "humaneval", "--adaptive", "--series", "nightly"), "--family all: one error"),
        (
            ("generate", "--suite", "humaneval", "--adaptive", "--family", "fdr", "--series", "nightly"),
            "--decide suite",
        ),
        (("generate", "--suite", "humaneval", "--n", "2", "--family", "all", "--series", "nightly"), "add --adaptive"),
        (("history", "--series", "nightly", "--tag", "x"), "all of its decisions"),
        (("history", "--series", "other"), "--series other"),
    ]
    for words, remedy in wrong:
        done = kg("experiment", *words)
        assert done.returncode == 2, words
        assert remedy in done.stderr
        assert "Traceback" not in done.stderr
    assert len(json.loads(kg("experiment", "history", "--series", "nightly", "--json").stdout)) == 1


def test_comparisons_of_two_arms_take_shares_too(kg: Kg) -> None:
    """Of successes, of scores and of "not worse": at a smaller error than alone, which takes more pairs."""
    words = ("experiment", "compare", "--max-trials", "200", "--seed", "1")
    alone = json.loads(kg(*words, "--json", "--", "true", "false").stdout)
    first = json.loads(kg(*words, "--series", "nightly", "--json", "--", "true", "false").stdout)
    assert first["config"]["facts"]["series"] == {"name": "nightly", "place": 1, "confidence": "0.95"}
    assert first["config"]["confidence"] == pytest.approx(1 - 0.018454, abs=1e-6)
    assert first["config"]["boundary_digest"] != alone["config"]["boundary_digest"]
    assert first["evidence"]["trials_total"] > alone["evidence"]["trials_total"]
    shown = kg("experiment", "show", first["id"]).stdout
    assert "place 1 of the series nightly, all of whose verdicts together err with at most 5 % on either side" in shown
    scores = ("--score", "last-line", "--series", "nightly")
    second = json.loads(kg(*words, *scores, "--json", "--", "echo 0.9", "echo 0.1").stdout)
    assert second["config"]["facts"]["series"]["place"] == 2
    assert second["evidence"]["verdict"] == "supported"
    third = ("--margin", "0.3", "--not-worse", "--series", "nightly")
    not_worse = json.loads(kg(*words, *third, "--json", "--", "true", "exit 0").stdout)
    assert not_worse["config"]["facts"]["series"]["place"] == 3
    assert "place 4 of the series nightly" in kg(*RUN, "-q", "--", "true").stdout
    listed = json.loads(kg("experiment", "history", "--series", "nightly", "--json").stdout)
    assert [row["place"] for row in listed] == [4, 3, 2, 1]
    assert kg("witness", "verify", "--recheck").returncode == 0
    assert kg("experiment", "monitor", "nightly").returncode == 0  # of the one that is about a rate


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("--aa", "true"), "an arm against itself decides nothing"),
        (("true", "false", "exit 3"), "compare two at a time"),
        (("--allocation", "top-two", "true", "false"), "compare two at a time"),
        (("--series", "a b", "true", "false"), "--series nightly"),
    ],
)
def test_a_comparison_without_a_share_is_refused(kg: Kg, words: tuple[str, ...], remedy: str) -> None:
    """Before anything is taken of the series."""
    done = kg("experiment", "compare", "--series", "nightly", *words)
    assert done.returncode == 2
    assert remedy in done.stderr
    assert kg("experiment", "history", "--series", "nightly").returncode == 2


def test_suites_take_shares_with_one_error_for_all_tasks_or_one_verdict(kg: Kg, tmp_path: Path) -> None:
    """The tasks divide the share; the cap that nobody named serves each of them at what it has; the record replays."""
    task = {
        "entry_point": "f",
        "canonical_solution": "    return a + 1\n",
        "test": "def check(f):\n    assert f(2) == 3 and f(5) == 6\n",
    }
    tasks = [{"task_id": f"T/{n}", "prompt": f'def f(a):\n    """Return a + 1 ({n})."""\n', **task} for n in range(3)]
    suite = tmp_path / "suite.jsonl"
    suite.write_text("".join(json.dumps(task) + "\n" for task in tasks))
    words = (
        "experiment",
        "generate",
        "--suite",
        str(suite),
        "--model",
        "simulated:0.95",
        "--adaptive",
        "--target",
        "0.5",
    )
    more = ("--series", "nightly", "--seed", "1", "--json")
    together = json.loads(kg(*words, *more, "--family", "all").stdout)
    assert together["config"]["facts"]["series"]["place"] == 1
    assert together["config"]["confidence"] == pytest.approx(1 - 0.018454, abs=1e-6)
    assert together["config"]["max_trials"] == 100
    errors = sorted(arm["interval"]["each_side"] for arm in together["arms"])
    assert errors == pytest.approx([0.018454 / 3, 0.018454 / 2, 0.018454], abs=1e-6)
    shown = kg("experiment", "show", "@latest").stdout
    assert "on either side for all 3 together (Holm); place 1 of the series nightly" in shown
    one = json.loads(kg(*words, *more, "--decide", "suite").stdout)
    assert one["config"]["facts"]["series"]["place"] == 2
    assert kg("witness", "verify", "@latest", "--recheck").returncode == 0
