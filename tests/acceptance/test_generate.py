"""`kg experiment generate` as a new user runs it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

EACH_ALONE = True  # slow, and nothing is shared

Kg = Callable[..., subprocess.CompletedProcess[str]]
ADD = "def add(a, b): return a + b"


def test_the_first_command(kg: Kg) -> None:
    done = kg("experiment", "generate", "--spec", ADD, "--n", "2")
    assert done.returncode == 0
    assert done.stdout.startswith("estimate: the rate of correct candidates was 2 of 2")
    assert "SIMULATED" in done.stderr
    assert "SIMULATED" in done.stdout


def test_json_is_one_complete_document(kg: Kg) -> None:
    done = kg("experiment", "generate", "--spec", "def divide(a, b): return a / b", "--n", "1", "--json")
    document = json.loads(done.stdout)
    assert done.returncode == 0
    assert document["status"] == "completed"
    assert document["config"]["type"] == "generate"
    evidence = document["evidence"]
    assert (evidence["trials_total"], evidence["trials_success"], evidence["trials_error"]) == (1, 1, 0)
    assert evidence["evidence_tier"] == "SIMULATED"
    assert evidence["oracle"].startswith("reference")
    (trial,) = document["trials"]
    assert trial["success"] is True
    assert "def divide" in trial["output"]
    assert trial["input"].startswith("def divide(a, b):")
    assert "a / b" not in trial["input"]
    assert trial["timestamp"].endswith("+00:00")
    assert len(document["mark_ids"]) == document["witness_head"]["size"]
    assert document["mark_ids"][-1] == document["witness_head"]["hash"]


def test_adaptive_stops_after_four_successes(kg: Kg) -> None:
    spec = "def sqrt(n): return n ** 0.5"
    done = kg(
        "experiment", "generate", "--spec", spec, "--adaptive", "--confidence", "0.90", "--max-trials", "5", "--json"
    )
    evidence = json.loads(done.stdout)["evidence"]
    assert done.returncode == 0
    assert (evidence["verdict"], evidence["trials_total"], evidence["stopped_early"]) == ("supported", 4, True)


def test_a_bad_coder_is_refuted_with_diagnoses(kg: Kg) -> None:
    done = kg("experiment", "generate", "--spec", ADD, "--adaptive", "--model", "simulated:0", "--seed", "1", "--json")
    document = json.loads(done.stdout)
    assert done.returncode == 10
    assert document["evidence"]["verdict"] == "refuted"
    assert all(trial["cause"] and trial["error"] for trial in document["trials"])


def test_the_same_seed_gives_the_same_experiment(kg: Kg) -> None:
    def run(concurrency: str) -> list[object]:
        done = kg(
            "experiment", "generate", "--spec", ADD, "--n", "8", "--model", "simulated:0.5", "--seed", "7", "--json",
            "--concurrency", concurrency,
        )  # fmt: skip
        return [(trial["seed"], trial["output"], trial["success"]) for trial in json.loads(done.stdout)["trials"]]

    assert run("1") == run("5")


def test_replayed_candidates_meet_the_tests(kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "tests.py").write_text("def test_it():\n    assert twice(2) == 4\n    assert twice('a') == 'aa'\n")
    lines = [
        {"code": "def twice(x):\n    return x + x"},
        {"code": "def twice(x):\n    return 4"},
        {"text": "I would rather not."},
        {"code": "def twice(x):\n    while True: x"},
        {"code": "def other(x):\n    return x"},
    ]
    (tmp_path / "answers.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    done = kg(
        "experiment", "generate", "--spec", "A function twice that doubles its argument", "--tests", "tests.py",
        "--harness", "replay", "--candidates", "answers.jsonl", "--n", "5", "--json",
    )  # fmt: skip
    document = json.loads(done.stdout)
    causes = [trial["cause"] for trial in document["trials"]]
    assert causes == [None, "wrong_output", "malformed_output", "timeout", "exception"]
    assert document["evidence"]["evidence_tier"] == "EMPIRICAL"


def test_a_command_as_coder(kg: Kg) -> None:
    command = "printf 'Here:\\n```python\\ndef add(a, b):\\n    return b + a\\n```\\n'"
    spec = "def add(a: int, b: int) -> int: return a + b"
    done = kg(
        "experiment", "generate", "--spec", spec, "--harness", "command", "--command", f'sh -c "{command}"', "--n", "1"
    )
    assert done.stdout.startswith("estimate: the rate of correct candidates was 1 of 1"), done


def test_a_coder_that_crashes_is_an_error_of_the_world(kg: Kg) -> None:
    done = kg(
        "experiment", "generate", "--spec", ADD, "--harness", "command", "--command", "false", "--n", "2", "--json"
    )
    document = json.loads(done.stdout)
    assert done.returncode == 12
    assert [trial["cause"] for trial in document["trials"]] == ["harness_crash"] * 2
    assert document["status"] == "failed"


def test_prose_without_tests_is_only_read(kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"code": "def f():\n    return 1"}))
    done = kg(
        "experiment",
        "generate",
        "--spec",
        "Write something",
        "--harness",
        "replay",
        "--candidates",
        "a.jsonl",
        "--n",
        "1",
    )
    assert "SYNTACTIC" in done.stdout


BAD = [
    (("--spec", ""), "--spec"),
    (("--spec", "def f(:"), "syntax error"),
    (("--spec", "x = 1"), "without a function"),
    (("--spec", "@missing.py"), "missing.py"),
    (("--spec", ADD, "--n", "0"), "--n 0"),
    (("--spec", ADD, "--n", "3", "--adaptive"), "--adaptive"),
    (("--spec", ADD, "--max-trials", "3"), "--max-trials"),
    (("--spec", ADD, "--adaptive", "--confidence", "1.5"), "--confidence 1.5"),
    (("--spec", ADD, "--adaptive", "--target", "1"), "--target 1"),
    (("--spec", ADD, "--adaptive", "--rule", "sprt"), "--margin"),
    (("--spec", ADD, "--prior", "0,1"), "--prior"),
    (("--spec", ADD, "--timeout", "0"), "--timeout"),
    (("--spec", ADD, "--model", "simulated:7"), "--model"),
    (("--spec", ADD, "--harness", "replai"), "replay"),
    (("--spec", ADD, "--check", "spelling"), "--check spelling"),
    (("--spec", ADD, "-o", "x.pdf"), "x.pdf"),
    (("--spec", ADD, "--budget-usd", "lots"), "--budget-usd"),
    (("--spec", ADD, "--entry-point", "sub"), "--entry-point"),
    (("--spec", "import random\ndef f(x: int): return random.random()"), "reads chance"),
    ((), "--spec"),
]


@pytest.mark.parametrize(("options", "named"), BAD)
def test_bad_options_exit_2_name_the_option_and_write_nothing(
    kg: Kg, tmp_path: Path, options: tuple[str, ...], named: str
) -> None:
    done = kg("experiment", "generate", *options, "--json")
    assert done.returncode == 2, done
    error = json.loads(done.stdout)["error"]
    assert named in error["message"] + str(error["hint"])
    assert "Traceback" not in done.stderr
    assert "no experiments" in kg("experiment", "history").stdout


def test_the_question_can_be_read_before_it_is_asked(kg: Kg) -> None:
    """`plan --prompt` prints what a coder would get: the interface of a spec that runs, what is said besides, no body."""
    done = kg(
        "experiment", "plan", "--prompt", "--spec", "def area(r): return 3.14 * r * r", "--describe", "of a circle"
    )
    assert done.returncode == 0
    assert done.stdout.startswith("def area(r):")
    assert "of a circle" in done.stdout
    assert "3.14" not in done.stdout
    base = kg(
        "experiment", "plan", "--prompt", "--spec", "def area(r): return 3.14 * r * r", "--prompt-style", "completion"
    )
    assert base.stdout == "def area(r):\n"
    whole = kg("experiment", "plan", "--prompt", "--spec", "def area(r): return 3.14 * r * r", "--show-body")
    assert "3.14" in whole.stdout
    assert "which is an answer" in whole.stderr


@pytest.mark.parametrize(
    ("name", "content", "given", "said"),
    [
        ("spec.py", "def f(x): return x\n", "spec.py", "--spec @spec.py"),
        ("task.txt", "Write f(x).\n", "task.txt", "--spec @task.txt"),
        ("other.py", "", "spec.py", "neither a text nor a file"),
        ("broken.py", "# a comment\ndef f(x:\n    return x\n", "@broken.py", "a syntax error in line 2"),
    ],
)
def test_a_file_that_was_meant_otherwise(
    kg: Kg, tmp_path: Path, name: str, content: str, given: str, said: str
) -> None:
    """A forgotten @ and a file that is no Python are refused before a model is paid for an answer to its name."""
    (tmp_path / name).write_text(content)
    done = kg("experiment", "generate", "--spec", given, "--n", "1", "--model", "simulated")
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize(
    "spec",
    [
        "\ufeffdef add(a: int, b: int) -> int:\n    return a + b\n",
        "Write this:\n\n```python\ndef add(a: int, b: int) -> int:\n    return a + b\n```\n",
        "Write this, and make it fast.\n\ndef add(a: int, b: int) -> int:\n    return a + b\n",
    ],
)
def test_a_spec_that_runs_may_stand_in_prose(kg: Kg, tmp_path: Path, spec: str) -> None:
    """Behind a byte order mark, in a fence, after a sentence: it judges, and its body is not sent."""
    (tmp_path / "spec.md").write_text(spec)
    (tmp_path / "answers.jsonl").write_text(json.dumps({"code": "def add(a, b):\n    return a - b\n"}) + "\n")
    done = kg("experiment", "generate", "--spec", "@spec.md", "--harness", "replay", "--candidates", "answers.jsonl",
              "--n", "1", "--json")  # fmt: skip
    document = json.loads(done.stdout)
    assert document["evidence"]["oracle"].startswith("reference")
    assert document["trials"][0]["cause"] == "wrong_output"
    assert "return a + b" not in document["trials"][0]["input"]


def test_nothing_is_called_correct_where_nothing_was_run(kg: Kg, tmp_path: Path) -> None:
    """A spec in words without tests: the verdict's own sentence says that no candidate was run."""
    (tmp_path / "answers.jsonl").write_text(json.dumps({"code": "def add(a, b):\n    return a - b\n"}) + "\n")
    done = kg("experiment", "generate", "--spec", "Write add(a, b).", "--harness", "replay", "--candidates",
              "answers.jsonl", "--n", "1")  # fmt: skip
    assert "correct" not in done.stdout.partition("\n")[0]
    assert "none was run" in done.stdout.partition("\n")[0]


def test_the_raw_answer_stands_beside_the_code(kg: Kg, tmp_path: Path) -> None:
    """`show --trials` has both, and says what was dropped."""
    wrong, right = (f"```python\ndef add(a, b):\n    return a {sign} b\n```" for sign in "-+")
    answer = f"First:\n{wrong}\nNo, that is wrong:\n{right}"
    (tmp_path / "answers.jsonl").write_text(json.dumps({"text": answer}) + "\n")
    kg("experiment", "generate", "--spec", "def add(a, b): return a + b", "--harness", "replay", "--candidates",
       "answers.jsonl", "--n", "1")  # fmt: skip
    shown = kg("experiment", "show", "@latest", "--trials").stdout
    assert "the answer" in shown
    assert "No, that is wrong" in shown
    assert "what was taken from it (blocks_dropped, prose_removed)" in shown
