"""`kg experiment pytest`: the tests of a suite, run again and again."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]

SUITE = """
import os, pytest
RUN = int(os.environ["KGENTS_SEED"])

def test_stable(): pass
def test_half(): assert RUN % 2, f"the run had the seed {RUN}"
def test_broken(): assert 1 == 2
@pytest.mark.skip
def test_skipped(): pass
@pytest.fixture
def broken_later():
    yield
    if RUN % 3 == 0: raise OSError("no port")
def test_tear_down(broken_later): pass
"""

RUNNER = """
import os, sys
run = int(os.environ["KGENTS_SEED"])
bad = "" if run % 2 else "<failure message='the seed was even'/>"
if sys.argv[2:] == ["dies"] and os.path.exists("ran"): raise SystemExit("no file this time")
open("ran", "w").close()
with open(sys.argv[1], "w") as file:
    half = f"<testcase classname='m' name='half'>{bad}</testcase>"
    file.write(f"<testsuite><testcase classname='m' name='stable'/>{half}</testsuite>")
"""


def test_every_test_of_a_suite_is_an_arm(kg: Kg, tmp_path: Path) -> None:
    """Flaky, broken and stable tests are told apart, with counts, first failures and a limit for those that never failed."""
    (tmp_path / "test_it.py").write_text(SUITE)
    line = ("experiment", "pytest", "--runs", "6", "--every-run", "--seed", "1", "--python", sys.executable, "--json")
    done = kg(*line, "--", "-p", "no:cacheprovider", "test_it.py", stdin="")
    assert done.returncode == 10, done.stderr
    document = json.loads(done.stdout)
    evidence = document["evidence"]
    assert set(evidence["flaky"]) == {"test_it.py::test_half", "test_it.py::test_tear_down"}
    assert evidence["failing"] == ["test_it.py::test_broken"]
    assert evidence["first_run"]["skipped"] == ["test_it.py::test_skipped"]
    assert (evidence["clean"]["tests"], evidence["clean"]["runs"]) == (1, 6)
    half = next(test for test in evidence["tests"] if test["name"].endswith("test_half"))
    failed = [row for row in document["trials"] if row["arm"] == half["name"] and not row["success"]]
    assert half["failures"] == len(failed)
    assert all(row["seed"] % 2 == 0 for row in failed)
    assert "the run had the seed" in half["first_failure"]["error"]
    shown = kg("experiment", "show", document["id"]).stdout
    assert "\n\n2 of 4 tests are flaky (failed and passed on one code), 1 failed in every run, 1 in none" in shown
    assert kg("witness", "verify", document["id"]).returncode == 0
    (row,) = json.loads(kg("experiment", "history", "--test", "test_half", "--json").stdout)
    assert (row["id"], row["test"], row["runs"], row["failures"]) == (document["id"], half["name"], 6, half["failures"])
    assert (row["low"], row["high"]) == (half["interval"]["low"], half["interval"]["high"])
    listed = kg("experiment", "history", "--test", "test_half").stdout
    assert f"1 test in 1 experiment: failed {half['failures']} of 6 runs" in listed
    assert "no experiment ran a test" in kg("experiment", "history", "--test", "test_none").stdout
    assert kg("experiment", "history", "--test", "test_half", "--csv").returncode == 2


ONCE = """
from pathlib import Path

def nth(name):
    with open(name, "a") as file: file.write(".")
    return len(Path(name).read_text())

def test_first_only(): assert nth("first") > 1
def test_mostly(): assert nth("mostly") == 3
def test_never(): assert nth("never") < 0
"""


def test_what_fails_at_first_is_run_again_alone(kg: Kg, tmp_path: Path) -> None:
    """A test that failed and passed is flaky, also where no run that counts shows both; one that fails five times is not."""
    (tmp_path / "test_it.py").write_text(ONCE)
    line = (
        "experiment",
        "pytest",
        "--runs",
        "5",
        "--seed",
        "1",
        "--target",
        ".9",
        "--python",
        sys.executable,
        "--json",
    )
    document = json.loads(kg(*line, "--", "-p", "no:cacheprovider", "test_it.py", stdin="").stdout)
    evidence, names = document["evidence"], [f"test_it.py::test_{name}" for name in ("first_only", "mostly", "never")]
    assert set(evidence["first_run"]["failed"]) == set(names)
    assert set(evidence["first_run"]["passed_again"]) == set(names[:2])
    assert (set(evidence["flaky"]), evidence["failing"]) == (set(names[:2]), [names[2]])
    failures = {test["name"]: (test["failures"], test["runs"]) for test in evidence["tests"]}
    assert failures[names[0]] == (0, 5)
    assert failures[names[1]][0] == failures[names[1]][1] > 0
    assert (tmp_path / "never").read_text() == "." * (5 + failures[names[2]][1])
    shown = kg("experiment", "show", document["id"]).stdout
    assert "test_first_only   failed 0 of 5" in shown
    assert "in the first run" in shown


ORDER = """
import os
SEEN = []
def test_first(): SEEN.append(1)
def test_victim(): assert not SEEN, "spoilt by another test"
def test_dice(): assert int(os.environ["KGENTS_SEED"]) % 5
"""


def test_an_order_that_fails_is_named_and_junit_has_a_case_a_test(kg: Kg, tmp_path: Path) -> None:
    """The test that spoils another stands beside it; flaky tests are marked as Surefire does; fdr is in the plan."""
    (tmp_path / "test_it.py").write_text(ORDER)
    line = ("experiment", "pytest", "--runs", "9", "--every-run", "--seed", "3", "--python", sys.executable, "--json")
    more = ("-o", "out.junit.xml", "--exit-codes", "bisect", "--", "-p", "no:cacheprovider", "test_it.py")
    done = kg(*line, *more)
    assert done.returncode in (1, 125), done.stderr
    document = json.loads(done.stdout)
    victim = next(test for test in document["evidence"]["tests"] if test["name"].endswith("test_victim"))
    assert victim["order"] == {"test": "test_it.py::test_first", "fails": "after it", "runs": 9}
    assert not any(test["order"] for test in document["evidence"]["tests"] if test is not victim)
    suite = ET.parse(tmp_path / "out.junit.xml").getroot()[0]
    cases = {case.attrib["name"]: [child.tag for child in case] for case in suite.iter("testcase")}
    assert set(cases) == {"test_first", "test_victim", "test_dice"}
    assert cases["test_first"] == []
    assert cases["test_victim"] in (["failure", "rerunFailure"], ["flakyFailure"])
    shown = kg("experiment", "show", document["id"]).stdout
    assert "test_it.py::test_victim fails whenever it runs after test_it.py::test_first, and only then" in shown


@pytest.mark.parametrize(("command", "code"), [("true", 0), ("false", 1), ("exit 126", 125)])
def test_exit_codes_for_git_bisect(kg: Kg, command: str, code: int) -> None:
    """Good, bad, and skip where nothing could be run; an error of the command line stops git."""
    assert kg("experiment", "run", "--adaptive", "--exit-codes", "bisect", "-q", command).returncode == code
    assert kg("experiment", "run", "--adaptive", "--exit-codes=bisect", "--target", "7", "-q", "true").returncode == 128


def test_a_decided_test_is_left_out_of_later_runs(kg: Kg, tmp_path: Path) -> None:
    """A broken test has fewer runs than a stable one; one transaction a run."""
    (tmp_path / "test_it.py").write_text("def test_broken(): assert 0\ndef test_stable(): pass\n")
    line = ("experiment", "pytest", "--runs", "4", "--target", "0.9", "--python", sys.executable, "--json")
    document = json.loads(kg(*line, "--", "-p", "no:cacheprovider").stdout)
    runs = {arm["name"]: arm["trials_total"] for arm in document["arms"]}
    assert runs["test_it.py::test_broken"] < runs["test_it.py::test_stable"] == 4


def test_any_runner_that_writes_junit_will_do(kg: Kg, tmp_path: Path) -> None:
    """--junit FILE: the file is read after every run."""
    (tmp_path / "runner.py").write_text(RUNNER)
    line = ("experiment", "pytest", "--runs", "8", "--every-run", "--seed", "1", "--junit", "out.xml", "--json", "--")
    document = json.loads(kg(*line, sys.executable, "runner.py", "out.xml").stdout)
    assert document["evidence"]["flaky"] == ["m::half"]
    assert document["evidence"]["tests"][0]["first_failure"]["error"] == "the seed was even"
    assert document["evidence"]["oracle"] == "JUnit"


def test_a_run_in_which_nothing_ran_says_nothing(kg: Kg, tmp_path: Path) -> None:
    """A missing file after the first run is no pass and no failure."""
    (tmp_path / "runner.py").write_text(RUNNER)
    line = ("experiment", "pytest", "--runs", "2", "--every-run", "--junit", "out.xml", "--json", "--")
    done = kg(*line, sys.executable, "runner.py", "out.xml", "dies")
    document = json.loads(done.stdout)
    assert document["evidence"]["trials_success"] == 0
    assert {row["counted"] for row in document["trials"]} == {False}
    assert document["evidence"]["verdict"] != "supported"


def test_what_cannot_be_run_is_said_before_anything_is_recorded(kg: Kg, tmp_path: Path) -> None:
    """No test, no file, no program, no command: exit code 2 and no experiment."""
    cases = [
        (("--python", sys.executable, "--", "-p", "no:cacheprovider", "nothing_here.py"), "the suite ran no test"),
        (("--junit", "out.xml", "--", sys.executable, "-c", "pass"), "--junit"),
        (("--junit", "out.xml", "--", "no-such-program"), "no-such-program"),
        (("--junit", "out.xml"), "needs the command"),
        (("--python", "no-such-python"), "--python"),
        (("--timeout", "0"), "--timeout"),
        (("--target", "1.5"), "--target"),
    ]
    for words, message in cases:
        done = kg("experiment", "pytest", "--runs", "2", *words)
        assert (done.returncode, message in done.stderr) == (2, True), done.stderr
    assert "no experiments" in kg("experiment", "history").stdout


def _repository(folder: Path, *versions: str) -> None:
    """A repository with a commit for each version of the module under test, tagged v0, v1, …"""

    def git(*words: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=n", "-c", "user.email=a@b", *words], cwd=folder, check=True, capture_output=True
        )

    git("init", "--quiet", ".")
    (folder / "lib").mkdir()
    (folder / "test_it.py").write_text(
        "import it\ndef test_pop(): assert it.pop()\ndef test_push(): assert it.push()\n"
    )
    (folder / "pytest.ini").write_text("[pytest]\npythonpath = lib\n")
    for number, version in enumerate(versions):
        (folder / "lib" / "it.py").write_text(version)
        git("add", "--all")
        git("commit", "--quiet", "--message", version.split("\n")[0])
        git("tag", f"v{number}")


BROKEN = "def pop(): return False\ndef push(): return True\n"
FIXED = "def pop(): return True\ndef push(): return True\n"


def test_two_commits_are_compared_by_the_test(kg: Kg, tmp_path: Path) -> None:
    """The fixed test passes more often, the other way round less often; worktrees are gone, the repository is as it was."""
    _repository(tmp_path, BROKEN, FIXED)
    line = ("experiment", "pytest", "--runs", "7", "--python", sys.executable, "--json")
    end = ("--", "-p", "no:cacheprovider", "test_it.py")
    better = kg(*line, "--at", "v0", "--at", "v1", *end)
    assert better.returncode == 0, better.stderr
    document = json.loads(better.stdout)
    (change,) = document["evidence"]["changes"]
    assert (change["name"], change["change"]) == ("test_it.py::test_pop", "better")
    assert change["runs_that_differ"] == {"passed_at_first": 0, "passed_at_second": 7}
    assert (change["first"]["failures"], change["second"]["failures"]) == (7, 0)
    seeds = {arm: [row["seed"] for row in document["trials"] if row["arm"].endswith(arm)] for arm in ("v0", "v1")}
    assert sorted(seeds["v0"]) == sorted(seeds["v1"])
    worse = kg(*line, "--at", "v1", "--at", "v0", "--family", "all", *end)
    assert worse.returncode == 10, worse.stderr
    shown = kg("experiment", "show", json.loads(worse.stdout)["id"]).stdout
    assert "of 2 tests 0 pass more often at v0 than at v1, 1 less often; 7 runs at each" in shown
    listed = subprocess.run(
        ["git", "worktree", "list"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    assert len(listed.splitlines()) == 1
    assert kg("witness", "verify", "--recheck").returncode == 0


def test_modules_of_the_repository_itself_are_not_taken_for_those_of_a_commit(kg: Kg, tmp_path: Path) -> None:
    """An editable install, or PYTHONPATH, would test the same code at every commit: exit 2 before any trial, nothing left."""
    _repository(tmp_path, BROKEN, FIXED)
    line = (
        "experiment",
        "pytest",
        "--runs",
        "2",
        "--python",
        sys.executable,
        "--at",
        "v0",
        "--",
        "-p",
        "no:cacheprovider",
    )
    done = kg(*line, "-o", "pythonpath=", "test_it.py", PYTHONPATH=str(tmp_path / "lib"))
    assert done.returncode == 2
    assert "not the commit: it" in done.stderr
    assert "pythonpath = src" in done.stderr
    assert kg("experiment", "history").stdout == "no experiments\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--at", "v0", "--at", "v0"], "are one commit"),
        (["--at", "v0", "--at", "v1", "--at", "v2"], "--at was given 3 times"),
        (["--at", "v9"], "v9 is no commit"),
        (["--build", "make"], "--build is for worktrees of --at"),
        (["--at", "v0", "--build", "echo no rule >&2; exit 3"], "--build at v0: exit status 3: no rule"),
    ],
)
def test_commits_that_cannot_be_run_are_usage_errors(kg: Kg, tmp_path: Path, words: list[str], told: str) -> None:
    """One line that names the option, and nothing recorded."""
    _repository(tmp_path, BROKEN, FIXED, "def pop(): return 1\ndef push(): return 1\n")
    done = kg("experiment", "pytest", "--runs", "2", "--python", sys.executable, *words, "--", "test_it.py")
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr
    assert kg("experiment", "history").stdout == "no experiments\n"
