"""`kg experiment generate --examples`: programs that read stdin and print, as a user has them judged."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]
PAIRS = [("2 3\n", "5\n"), ("10 -4\n", "6\n"), ("0 0\n", "0\n")]
EXAMPLES = "".join(json.dumps({"stdin": stdin, "stdout": stdout}) + "\n" for stdin, stdout in PAIRS)
ANSWERS = [
    "```python\na, b = map(int, input().split())\nprint(a + b)\n```",
    "It reads both numbers.\n\nimport sys\nprint(sum(map(int, sys.stdin.read().split())))\n\nThat is all.",
    (
        "Draft:\n```python\nprint(input())\n```\nThat is wrong. Final:\n```python\nprint(sum(map(int, input().split())))\n```\n"
        "Input:\n```\n2 3\n```"
    ),
    "```python\na, b = map(int, input().split())\nprint(a * b)\n```",
    "I would rather not.",
]


@pytest.fixture
def task(tmp_path: Path) -> Path:
    """A folder with a task, its examples, and five answers of which three are right."""
    (tmp_path / "task.md").write_text("Read two integers on one line and print their sum.")
    (tmp_path / "examples.jsonl").write_text(EXAMPLES)
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in ANSWERS))
    return tmp_path


def generate(kg: Kg, *more: str) -> subprocess.CompletedProcess[str]:
    """With the examples."""
    return kg("experiment", "generate", "--spec", "@task.md", "--examples", "examples.jsonl", *more)


def test_answers_are_judged_by_examples_and_judged_again(kg: Kg, task: Path) -> None:
    """Three of five are right; the trial says what was expected; the interpreter is the user's; a recheck agrees."""
    replayed = ("--harness", "replay", "--candidates", "answers.jsonl", "--n", "5", "--python", sys.executable)
    done = generate(kg, *replayed, "--json")
    document = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert [trial["success"] for trial in document["trials"]] == [True, True, True, False, False]
    assert [trial["cause"] for trial in document["trials"][3:]] == ["wrong_output", "malformed_output"]
    assert document["trials"][3]["error"] == "example 1 of 3, stdin '2 3\\n': expected '5', got '6'"
    assert document["evidence"]["oracle"].startswith("stdio: 3 examples (3 distinct answers), compared by tokens")
    assert "Write a whole Python program that reads from standard input" in document["config"]["prompt"]
    again = kg("witness", "verify", "@latest", "--recheck")
    assert again.returncode == 0, again.stdout + again.stderr


def test_a_simulated_coder_knows_the_examples(kg: Kg, task: Path) -> None:
    """Right at its rate, wrong otherwise; stopped by a budget it is resumed."""
    done = generate(kg, "--model", "simulated:0.5", "--n", "8", "--seed", "6", "--json")
    trials = json.loads(done.stdout)["trials"]
    assert 0 < sum(trial["success"] for trial in trials) < 8
    first = generate(kg, "--model", "simulated:1", "--n", "3", "--budget-tokens", "1", "--concurrency", "1")
    assert first.returncode == 11
    resumed = kg("experiment", "resume", "@latest", "--budget-tokens", "100000")
    assert "3 of 3" in resumed.stdout, resumed.stdout + resumed.stderr


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--tests", "answers.jsonl"), "--examples and --tests contradict each other"),
        (("--inputs", "answers.jsonl"), "--examples and --inputs contradict each other"),
        (("--examples", "none.json"), "--examples none.json: No such file"),
        (("--examples", "task.md"), "not JSON"),
        (("--checker", "task.md"), "--checker: a syntax error"),
        (("--suite", "answers.jsonl"), "--spec and --suite contradict each other"),
    ],
)
def test_what_contradicts_itself_is_a_usage_error(kg: Kg, task: Path, more: tuple[str, str], words: str) -> None:
    """Exit 2, one line that names the option, and nothing recorded."""
    done = generate(kg, *more, "--n", "1")
    assert done.returncode == 2
    assert words in done.stderr
    assert kg("experiment", "history", "--json").stdout.strip() == "[]"
    assert kg("experiment", "generate", "--spec", "x", "--checker", "task.md").returncode == 2


def test_a_spec_that_is_a_program_judges_others(kg: Kg, task: Path) -> None:
    """Its docstring is the question, its run writes the inputs; one that cannot be read is refused with the remedy."""
    (task / "sum.py").write_text(
        '"""Print the sum of n numbers."""\nn = int(input())\nprint(sum(map(int, input().split())))\n'
    )
    done = kg(
        "experiment", "generate", "--spec", "@sum.py", "--model", "simulated:0.5", "--n", "6", "--seed", "2", "--json"
    )
    document = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert document["config"]["prompt"].startswith("Print the sum of n numbers.\n\nWrite a whole Python program")
    assert "mutants of the spec" in document["evidence"]["oracle"]
    assert 0 < sum(trial["success"] for trial in document["trials"]) < 6
    (task / "commands.py").write_text(
        "for _ in range(int(input())):\n    w = input().split()\n    print(w[0], w[1:])\n"
    )
    refused = kg("experiment", "generate", "--spec", "@commands.py", "--n", "1")
    assert refused.returncode == 2
    assert "--examples FILE" in refused.stderr
