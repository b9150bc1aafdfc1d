"""`generate` and `compare --score tests`: the score of a trial is the share of the tests that pass, and all of them are run."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EACH_ALONE = True  # slow, and nothing is shared

Kg = Callable[..., subprocess.CompletedProcess[str]]
MEAN = "def mean(xs: list[int]) -> float:\n    return sum(xs) / len(xs) if xs else 0.0\n"
CODES = [
    "def mean(xs):\n    return sum(xs) / len(xs)\n",  # fails on []
    "def mean(xs):\n    return sum(xs) / len(xs) if xs else 0\n",
    "def mean(xs):\n    return 2\n",  # right where the mean is 2
    "def mean(xs)\n",  # no program
    "import os\ndef mean(xs):\n    if not xs:\n        os._exit(3)\n    return sum(xs) / len(xs)\n",  # dies in the second test
]
PLAIN = """
def test_a(): assert mean([2]) == 2
def test_b(): assert mean([]) == 0
def test_c(): assert mean([2, 4]) == 3
def test_d(): assert mean([1, 2]) == 1.5
"""
UNITTEST = """
import unittest

class Test(unittest.TestCase):
    def test_a(self): self.assertEqual(mean([2]), 2)
    def test_b(self): self.assertEqual(mean([]), 0)
    def test_c(self): self.assertEqual(mean([2, 4]), 3)
    def test_d(self): self.assertEqual(mean([1, 2]), 1.5)
"""
PYTEST = """
import pytest

@pytest.fixture
def two(): return [2]

def test_a(two): assert mean(two) == 2

@pytest.mark.parametrize(("xs", "want"), [([], 0), ([2, 4], 3), ([1, 2], 1.5)])
def test_rest(xs, want): assert mean(xs) == want

@pytest.mark.skip
def test_never(): assert mean([1]) == 7
"""
ASSERTS = "assert mean([2]) == 2\nassert mean([]) == 0\n"
EXAMPLES = "".join(json.dumps({"stdin": f"{n}\n", "stdout": f"{n * n}\n"}) + "\n" for n in range(4))


def scored(kg: Kg, folder: Path, codes: list[str], *words: str) -> dict[str, Any]:
    """The document of a run over these programs."""
    (folder / "answers.jsonl").write_text("".join(json.dumps({"code": code}) + "\n" for code in codes))
    done = kg("experiment", "generate", "--harness", "replay", "--candidates", "answers.jsonl", "--n", str(len(codes)),
              "--score", "tests", *words, "--json")  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def shares(document: dict[str, Any]) -> list[tuple[int | None, int | None]]:
    """(tests that passed, tests) of every trial."""
    return [(row["metadata"].get("passed"), row["metadata"].get("cases")) for row in document["trials"]]


@pytest.mark.parametrize("tests", [PLAIN, UNITTEST, PYTEST], ids=["functions", "unittest", "pytest"])
def test_every_test_is_run_and_the_share_that_passes_is_the_score(kg: Kg, tmp_path: Path, tests: str) -> None:
    """One that fails hides no other; what a dead program did not answer did not pass; the record is judged to the same."""
    (tmp_path / "tests.py").write_text(tests)
    document = scored(kg, tmp_path, CODES, "--spec", MEAN, "--tests", "tests.py", "--concurrency", "1")
    assert shares(document) == [(3, 4), (4, 4), (1, 4), (None, None), (1, 4)]
    assert [row["success"] for row in document["trials"]] == [False, True, False, False, False]
    assert document["evidence"]["scores"]["mean"] == pytest.approx((0.75 + 1 + 0.25 + 0 + 0.25) / 5)
    assert document["evidence"]["scores"]["trials"] == 5
    checked = kg("witness", "verify", "@latest", "--recheck")
    assert checked.returncode == 0, checked.stdout
    planned = json.loads(kg("experiment", "plan", "--from", "@latest", "--target", "0.3", "--json").stdout)
    assert planned["mean"] == pytest.approx(document["evidence"]["scores"]["mean"])


def test_without_it_the_first_that_fails_ends_the_run(kg: Kg, tmp_path: Path) -> None:
    """Success alone is asked for then, and the rest of the tests cost nothing."""
    (tmp_path / "tests.py").write_text(PYTEST)
    (tmp_path / "answers.jsonl").write_text(json.dumps({"code": CODES[2]}) + "\n")
    done = kg("experiment", "generate", "--spec", MEAN, "--tests", "tests.py", "--harness", "replay", "--candidates",
              "answers.jsonl", "--n", "1", "--json")  # fmt: skip
    (row,) = json.loads(done.stdout)["trials"]
    assert (row["metadata"]["passed"], row["metadata"]["cases"]) == (0, 2)


def test_examples_and_inputs_of_a_spec_are_shares_too(kg: Kg, tmp_path: Path) -> None:
    """Programs by examples, functions by the inputs of their reference, and doctests."""
    (tmp_path / "pairs.jsonl").write_text(EXAMPLES)
    half = "n = int(input())\nprint(n * n if n % 2 else -1)\n"
    document = scored(kg, tmp_path, [half], "--spec", "Print the square.", "--examples", "pairs.jsonl")
    assert shares(document) == [(2, 4)]
    ((passed, cases),) = shares(scored(kg, tmp_path, CODES[:1], "--spec", MEAN))
    assert passed is not None
    assert cases is not None
    assert 0 < passed < cases
    spec = 'def inc(n):\n    """One more.\n\n    >>> inc(1)\n    2\n    >>> inc(2)\n    3\n    >>> inc(0)\n    1\n    """\n'
    assert shares(scored(kg, tmp_path, ["def inc(n):\n    return 2\n"], "--spec", spec)) == [(1, 3)]


def test_a_mean_share_is_decided(kg: Kg) -> None:
    """A simulated coder that is right half of the time has a mean share above .2, shown by betting."""
    done = kg("experiment", "generate", "--spec", MEAN, "--model", "simulated:0.9", "--adaptive", "--target", "0.2", "--score",
              "tests", "--seed", "1", "--json")  # fmt: skip
    document = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert document["evidence"]["verdict"] == "supported"
    assert document["evidence"]["scores"]["low"] >= 0.2
    assert document["evidence"]["trials_total"] < 40


def test_two_coders_are_compared_by_the_shares_of_their_tests(kg: Kg) -> None:
    """The means and their difference are those of the pairs that the record holds, and the record is judged to the same."""
    arms = ("--arm", "old=simulated:0.2", "--arm", "new=simulated:0.9")
    done = kg(
        "experiment",
        "compare",
        "--spec",
        MEAN,
        *arms,
        "--score",
        "tests",
        "--max-trials",
        "300",
        "--seed",
        "3",
        "--json",
    )
    document = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    told, sides = document["evidence"]["score_difference"], [dict[int, float](), dict[int, float]()]
    for row in document["trials"]:
        known = row["metadata"]
        sides[row["arm"] == "new"][row["index"]] = known["passed"] / known["cases"] if known.get("cases") else 0.0
    pairs = sorted(sides[0].keys() & sides[1].keys())[: told["pairs"]]
    means = [sum(side[index] for index in pairs) / len(pairs) for side in sides]
    assert [told["mean_of_first"], told["mean_of_second"]] == pytest.approx(means, abs=1e-5)
    assert told["mean"] == pytest.approx(means[0] - means[1], abs=1e-5)
    assert told["low"] <= told["mean"] <= told["high"] < 0
    assert any(0 < share < 1 for side in sides for share in side.values())
    assert [arm["status"] for arm in document["arms"]] == ["eliminated", "best"]
    shown = kg("experiment", "show", "@latest").stdout
    assert "new is better than old, mean scores" in shown
    assert "scores of pairs on the same inputs until one arm is better, confidence 0.95, at most 300" in shown
    checked = kg("witness", "verify", "@latest", "--recheck")
    assert checked.returncode == 0, checked.stdout


def test_three_coders_and_one_that_is_not_worse(kg: Kg) -> None:
    """Every two of three have a difference; with a margin one direction can be asked for alone."""
    arms = ("simulated:0.1", "simulated:0.6", "simulated:0.9")
    typed = ("experiment", "compare", "--spec", MEAN, "--score", "tests", "--seed", "1", "--json")
    document = json.loads(kg(*typed, "--max-trials", "30", *arms).stdout)
    pairs = [(row["a"], row["b"]) for row in document["evidence"]["score_differences"]]
    assert pairs == [(arms[0], arms[1]), (arms[0], arms[2]), (arms[1], arms[2])]
    done = kg(*typed, "--max-trials", "200", "--margin", "0.5", "--not-worse", *arms[1:])
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["evidence"]["score_difference"]
    assert (told["margin"], told["high"] < 0.5) == (0.5, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--spec", MEAN, "--score", "last-line"), "--score last-line is of commands"),
        (("--spec", MEAN, "--score", "tests", "--check", "lint"), "--score tests and --check contradict each other"),
        (("--spec", MEAN, "--score", "tests", "--score-range", "0,2"), "--score-range is of commands"),
        (("--spec", MEAN, "--score", "tests", "--margin", "1"), "--margin 1"),
        (("--spec", "def f(x: int) -> int: ...", "--score", "tests"), "--score tests: nothing is run"),
        (("--score", "tests"), "--score tests is about candidates"),
    ],
)
def test_what_has_no_share_is_not_compared(kg: Kg, words: tuple[str, ...], said: str) -> None:
    """Before anything is begun, with what to do."""
    done = kg("experiment", "compare", *words, "simulated:0.5", "simulated:0.9", "--json")
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert said in error["message"], error
    assert error["hint"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--spec", "def f(x: int) -> int: ..."), "--score tests: nothing is run"),
        (("--spec", MEAN, "--check", "lint"), "--score tests and --check contradict each other"),
        (("--suite", "humaneval"), "--score and --suite contradict each other"),
        (("--spec", MEAN, "--adaptive", "--rule", "sprt", "--margin", "0.1"), "--rule has no meaning for scores"),
        (("--spec", MEAN, "--target", "1.5"), "--target 1.5"),
        (("--spec", MEAN, "--score", "last-line"), "'last-line' is not"),
    ],
)
def test_what_has_no_share_is_refused(kg: Kg, words: tuple[str, ...], said: str) -> None:
    """Before anything is begun."""
    own = words if "--score" in words else (*words, "--score", "tests")
    done = kg("experiment", "generate", *own, "--json")
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert said in error["message"], error
    assert error["hint"]
