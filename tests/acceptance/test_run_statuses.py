"""`kg experiment run`: what a trial of a command says, and what never becomes a trial."""

import json
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]
PYTEST = f"{shlex.quote(sys.executable)} -m pytest -p no:cacheprovider"


def run(kg: Kg, *words: str, code: int = 0) -> dict[str, object]:
    done = kg("experiment", "run", "-q", "--json", *words)
    assert done.returncode == code, done.stdout + done.stderr
    document = json.loads(done.stdout)
    assert isinstance(document, dict)
    return document


@pytest.mark.parametrize(
    "words",
    [("",), ("--", "", "x"), ("nosuch-program",), ("nosuch-program --x",), ("(nosuch-program) | cat",), ("echo it's",)],
)
def test_what_can_never_run_is_a_usage_error_that_leaves_nothing(kg: Kg, words: tuple[str, ...]) -> None:
    """Exit 2, and history stays empty."""
    document = run(kg, *words, code=2)
    assert document["error"]["kind"] == "usage"  # type: ignore[index]
    assert json.loads(kg("experiment", "history", "--json").stdout) == []


def test_an_arm_that_can_never_run_is_a_usage_error(kg: Kg) -> None:
    """Comparisons of commands look their programs up as well."""
    done = kg("experiment", "compare", "true", "nosuch-program")
    assert done.returncode == 2
    assert "no program 'nosuch-program' on the PATH" in done.stderr


def test_a_program_that_only_a_run_shows_missing_ends_it_after_one_trial(kg: Kg) -> None:
    """Exit 12, one trial on record, and nothing charged to the program under test."""
    document = run(kg, "--n", "5", "sh -c nosuch-program", code=12)
    assert [trial["cause"] for trial in document["trials"]] == ["harness_missing"]  # type: ignore[index,attr-defined]
    assert "127" in document["stopped"]["text"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("words", "said"), [(("-m", "no_such_module"), "no module"), (("no_such_file.py",), "no file")]
)
def test_an_interpreter_without_anything_to_run_ends_it_after_one_trial(
    kg: Kg, words: tuple[str, ...], said: str
) -> None:
    """As a program that is not there does: nothing was run that could fail."""
    document = run(kg, "--n", "5", "--", sys.executable, *words, code=12)
    assert [trial["cause"] for trial in document["trials"]] == ["harness_missing"]  # type: ignore[index,attr-defined]
    assert said in document["stopped"]["text"]  # type: ignore[index]


@pytest.mark.parametrize(("options", "cause"), [((), "signal"), (("--error-codes", "143"), "no_evidence")])
def test_a_signal_that_kg_did_not_send_is_named(kg: Kg, options: tuple[str, ...], cause: str) -> None:
    """A failure, or no evidence where its status is said to be none."""
    document = run(kg, "--n", "1", *options, "--max-errors", "1", "kill -TERM $$", code=12 if options else 0)
    (trial,) = document["trials"]  # type: ignore[misc]
    assert (trial["cause"], trial["error"]) == (cause, "killed by signal 15 (SIGTERM)")


def test_codes_that_are_named_decide(kg: Kg) -> None:
    """3 is a success here and 75 says nothing."""
    line = "test $KGENTS_TRIAL = 1 && exit 75; exit 3"
    document = run(kg, "--n", "3", "--seed", "1", "--success-codes", "3", "--error-codes", "75", line)
    outcomes = [(trial["success"] and trial["counted"], trial["cause"]) for trial in document["trials"]]  # type: ignore[index,attr-defined]
    assert outcomes[1] == (False, "no_evidence")
    assert outcomes.count((True, None)) == 2
    shown = kg("experiment", "show", "@latest").stdout
    assert "the rate of exit status 3 was 2 of 2" in shown


def test_failures_are_quoted_from_where_pytest_writes_them(kg: Kg, tmp_path: Path) -> None:
    """The diagnosis names the failed test and its message; the record keeps the codes' owner."""
    (tmp_path / "test_it.py").write_text("def test_sum():\n    assert 1 + 1 == 3\n")
    document = run(kg, "--n", "1", f"{PYTEST} test_it.py")
    (trial,) = document["trials"]  # type: ignore[misc]
    assert trial["cause"] == "exit_status"
    assert trial["error"].startswith("exit status 1: test_it.py::test_sum: assert (1 + 1) == 3")


def test_no_tests_are_no_evidence(kg: Kg, tmp_path: Path) -> None:
    """pytest's exit status 5 is charged to nobody, unless the status is said to be nobody's."""
    (tmp_path / "test_it.py").write_text("")
    document = run(kg, "--n", "1", "--max-errors", "1", f"{PYTEST} test_it.py", code=12)
    assert document["trials"][0]["cause"] == "no_evidence"  # type: ignore[index]
    assert "exit status 5 (no tests were collected)" in document["stopped"]["text"]  # type: ignore[index]
    document = run(kg, "--n", "1", "--runner", "none", f"{PYTEST} test_it.py")
    assert document["trials"][0]["cause"] == "exit_status"  # type: ignore[index]


def test_a_time_out_asks_before_it_kills(kg: Kg) -> None:
    """SIGTERM comes first: the command can say where it was."""
    line = "trap 'echo asked to stop; exit 0' TERM; while :; do sleep 0.05; done"
    document = run(kg, "--n", "1", "--timeout", "1", line)
    (trial,) = document["trials"]  # type: ignore[misc]
    assert trial["cause"] == "timeout"
    assert "asked to stop" in trial["output"]
