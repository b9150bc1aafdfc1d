"""`--show-examples N`: pairs of the oracle are in the question, and judge nobody."""

import ast
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EACH_ALONE = True  # slow, and nothing is shared

Kg = Callable[..., subprocess.CompletedProcess[str]]
MEAN = "def mean(xs: list[int]) -> float:\n    return sum(xs) / len(xs) if xs else 0.0\n"
PUSH = "def push(xs: list[int], x: int) -> None:\n    xs.append(x)\n    if len(xs) > 3:\n        xs.pop(0)\n"
TWICE = "print(int(input()) * 2)\n"
STACK = """
class Stack:
    def __init__(self):
        self.items = []
    def push(self, x: int):
        self.items.append(x)
    def size(self):
        return len(self.items)
"""
EXAMPLES = "".join(json.dumps({"stdin": f"{n}\n", "stdout": f"{n * n}\n"}) + "\n" for n in range(9))


def document(kg: Kg, *words: str) -> dict[str, Any]:
    """The whole document of the run that the options describe."""
    done = kg("experiment", "generate", *words, "-q")
    assert done.returncode == 0, done.stdout + done.stderr
    read: dict[str, Any] = json.loads(kg("experiment", "show", "@latest", "--json", "--full").stdout)
    return read


def calls_in(prompt: str) -> list[tuple[Any, ...]]:
    """The arguments of the calls that a question shows, and that what it shows is what MEAN answers."""
    own: dict[str, Any] = {}
    exec(MEAN, own)
    pairs = re.findall(r"^>>> mean\((.*)\)\n(.*)$", prompt, re.MULTILINE)
    for asked, answer in pairs:
        assert own["mean"](*ast.literal_eval(f"({asked},)")) == ast.literal_eval(answer)
    return [ast.literal_eval(f"({asked},)") for asked, _ in pairs]


def test_what_is_shown_is_true_and_judges_nobody(kg: Kg, tmp_path: Path) -> None:
    """A coder that learnt the shown calls by heart fails; one that is wrong on them alone passes; the plan says both."""
    plain = document(kg, "--spec", MEAN, "--n", "1")
    shown = document(kg, "--spec", MEAN, "--n", "1", "--show-examples", "3")
    calls = calls_in(shown["config"]["prompt"])
    rows = [tuple(row[0]) for row in shown["config"]["oracle"]["rows"]]
    assert len(calls) == 3
    assert calls_in(plain["config"]["prompt"]) == []
    assert not {*map(repr, calls)} & {*map(repr, rows)}
    assert len(rows) == len(plain["config"]["oracle"]["rows"]) - 3
    assert shown["config"]["facts"]["shown"] == 3
    assert shown["config"]["facts"]["question"] == "interface"
    assert "3 pairs of it are in the question and judge nothing" in shown["evidence"]["oracle"]
    known = {repr(call): sum(call[0]) / len(call[0]) for call in calls}
    answers = [
        f"def mean(xs):\n    return {known!r}.get(repr((xs,)), 0.0)\n",
        f"def mean(xs):\n    return -1.0 if repr((xs,)) in {known!r} else sum(xs) / len(xs) if xs else 0.0\n",
    ]
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps({"code": code}) + "\n" for code in answers))
    replayed = document(kg, "--spec", MEAN, "--harness", "replay", "--candidates", "answers.jsonl", "--n", "2",
                        "--concurrency", "1", "--show-examples", "3")  # fmt: skip
    assert [trial["success"] for trial in replayed["trials"]] == [False, True]
    assert kg("witness", "verify", "@latest", "--recheck").returncode == 0


def test_the_plan_prints_the_same_question(kg: Kg) -> None:
    """`plan --prompt` shows the pairs that a run would send; what a base model goes on with holds them as comments."""
    asked = document(kg, "--spec", MEAN, "--n", "1", "--show-examples", "2")["config"]["prompt"]
    planned = kg("experiment", "plan", "--prompt", "--spec", MEAN, "--show-examples", "2")
    assert planned.stdout.strip() == asked.strip()
    assert "whole question" not in planned.stderr
    rest = document(kg, "--spec", MEAN, "--n", "1", "--show-examples", "2", "--prompt-style", "completion")
    assert rest["config"]["prompt"].count("# >>> mean(") == 2
    ast.parse(rest["config"]["prompt"] + "    return 0\n")


def test_a_change_of_the_arguments_is_shown(kg: Kg) -> None:
    """Of a function that answers nothing and changes what it is given."""
    prompt = document(kg, "--spec", PUSH, "--n", "1", "--show-examples", "2")["config"]["prompt"]
    pairs = re.findall(r"^>>> push\((.*)\)\n# its arguments are then (.*)$", prompt, re.MULTILINE)
    own: dict[str, Any] = {}
    exec(PUSH, own)
    for before, after in pairs:
        arguments = list(ast.literal_eval(f"({before},)"))
        own["push"](*arguments)
        assert arguments == list(ast.literal_eval(f"({after},)"))
    assert len(pairs) == 2


@pytest.mark.parametrize("spec", [TWICE, "Read an integer and print its square."])
def test_programs_are_shown_as_input_and_output(kg: Kg, tmp_path: Path, spec: str) -> None:
    """Of a spec that is a program, and of --examples: what is shown is none of what is left."""
    (tmp_path / "pairs.jsonl").write_text(EXAMPLES)
    given = ("--examples", "pairs.jsonl") if spec != TWICE else ()
    config = document(kg, "--spec", spec, *given, "--n", "1", "--show-examples", "2")["config"]
    shown = re.findall(r"^Input:\n(\d+)\nOutput:\n(\d+)$", config["prompt"], re.MULTILINE)
    left = [one["stdin"].strip() for one in config["oracle"]["programs"]["examples"]]
    assert len(shown) == 2
    assert all(int(out) == (2 * int(given) if spec == TWICE else int(given) ** 2) for given, out in shown)
    assert not {given for given, _ in shown} & set(left)
    assert len(left) == 7 or spec == TWICE


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--spec", MEAN, "--tests", "tests.py"), "--show-examples shows pairs of a spec that runs, or of --examples"),
        (("--spec", "def f(x: int) -> int: ..."), "--show-examples shows pairs of a spec that runs, or of --examples"),
        (("--spec", "Square.", "--examples", "pairs.jsonl", "--show-examples", "9"), "the oracle has 8 pairs that can be"),
        (("--spec", STACK), "Stack() keeps state"),
        (("--suite", "humaneval"), "--show-examples and --suite contradict each other"),
        (("--spec", MEAN, "--show-examples", "0"), "0 is not in the range"),
        (("--spec", MEAN, "--show-examples", "1000"), "--show-examples 1000: the oracle has"),
    ],
)  # fmt: skip
def test_what_has_no_pairs_is_refused(kg: Kg, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    """Before anything is begun, with what to do."""
    (tmp_path / "tests.py").write_text("def test_mean():\n    assert mean([2]) == 2\n")
    (tmp_path / "pairs.jsonl").write_text(EXAMPLES)
    own = words if "--show-examples" in words else (*words, "--show-examples", "2")
    done = kg("experiment", "generate", *own, "--n", "1", "--json")
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert said in error["message"]
    assert error["hint"]
    assert "no experiments" in kg("experiment", "history").stdout
