"""Names that a program binds so that only running it shows them: right code is not said to lack them, wrong code still does."""

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
