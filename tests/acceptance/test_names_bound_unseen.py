"""Programs that only running shows: names that are bound unseen, and answers that compile without being the program."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]
BOUND = {
    "globals": "globals()['add'] = lambda a, b: a + b",
    "star import": "from operator import *",
    "exec": "exec('def add(a, b): return a + b')",
    "setattr": "import sys\nsetattr(sys.modules[__name__], 'add', lambda a, b: a + b)",
    "vars": "vars().update(add=lambda a, b: a + b)",
    "in a function": "def make():\n    globals()['add'] = lambda a, b: a + b\nmake()",
    "dictionary": "import sys\nsys.modules[__name__].__dict__['add'] = lambda a, b: a + b",
    "attribute": "import sys\nsys.modules[__name__].add = lambda a, b: a + b",
    "attribute of an import": "import importlib\nimportlib.import_module(__name__).add = lambda a, b: a + b",
    "pattern": "match (lambda a, b: a + b):\n    case add:\n        pass",
    "exec by another name": "from builtins import exec as run\nrun('def add(a, b): return a + b')",
}
UNBOUND = {
    "exec of another name": "exec('sub = 1')",
    "star import without it": "from string import *",
    "attribute of another name": "import sys\nsys.modules[__name__].sub = lambda a, b: a + b",
    "of an object": "class A:\n    pass\nA().__dict__['add'] = lambda a, b: a + b",
}
TESTS = "def test_add():\n    assert add(1, 2) == 3\n    assert add(5, 7) == 12\n"


@pytest.mark.parametrize("oracle", ["reference", "tests"])
@pytest.mark.parametrize("form", ["code", "fence"])
def test_what_only_running_shows(oracle: str, form: str, kg: Kg, tmp_path: Path) -> None:
    programs = [*BOUND.values(), *UNBOUND.values()]
    answers = [{"code": text} if form == "code" else {"text": f"```python\n{text}\n```"} for text in programs]
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps(answer) + "\n" for answer in answers))
    (tmp_path / "test_it.py").write_text(TESTS)
    judged = ("--spec", "def add(a: int, b: int) -> int:\n    return a + b")
    judged = judged if oracle == "reference" else ("--spec", "Write add.", "--tests", "test_it.py")
    done = kg(
        "experiment", "generate", *judged, "--harness", "replay", "--candidates", "answers.jsonl", "--n",
        str(len(programs)), "--json", "-q",
    )  # fmt: skip
    trials = json.loads(done.stdout)["trials"]
    assert [trial["success"] for trial in trials] == [True] * len(BOUND) + [False] * len(UNBOUND), [
        (trial["cause"], trial["error"]) for trial in trials
    ]


def test_a_lone_word_of_prose_is_no_program(kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps({"text": word}) + "\n" for word in ("vars", "exec")))
    done = kg(
        "experiment", "generate", "--spec", "def add(a: int, b: int) -> int:\n    return a + b", "--harness", "replay",
        "--candidates", "answers.jsonl", "--n", "2", "--json", "-q",
    )  # fmt: skip
    assert {trial["cause"] for trial in json.loads(done.stdout)["trials"]} == {"malformed_output"}


def test_samples_that_compile_by_chance_are_read_again(kg: Kg, tmp_path: Path) -> None:
    """Data that holds the program, and markup that is a set of Python, continue a stem and compile; `--raw` leaves them."""
    program = "def add(a: int, b: int) -> int:\n    return a + b\n"
    task = {
        "task_id": "t/0", "prompt": 'def add(a: int, b: int) -> int:\n    """The sum."""\n', "entry_point": "add",
        "canonical_solution": "    return a + b\n",
        "test": "def check(candidate):\n    assert candidate(1, 2) == 3\n    assert candidate(5, 7) == 12\n",
    }  # fmt: skip
    call = {"name": "write_file", "arguments": {"path": "add.py", "content": program}}
    answers = [json.dumps({"code": program}), f"{{code:python}}\n{program}{{code}}", json.dumps(call)]
    (tmp_path / "suite.jsonl").write_text(json.dumps(task) + "\n")
    (tmp_path / "samples.jsonl").write_text(
        "".join(json.dumps({"task_id": "t/0", "completion": answer}) + "\n" for answer in answers)
    )
    judged = ("experiment", "verify", "--suite", "suite.jsonl", "--samples", "samples.jsonl", "--json", "-q")
    trials = json.loads(kg(*judged).stdout)["trials"]
    assert [(trial["success"], trial["cause"]) for trial in trials] == [
        (True, None), (True, None), (False, "malformed_output")
    ]  # fmt: skip
    assert not any(trial["success"] for trial in json.loads(kg(*judged, "--raw").stdout)["trials"])
