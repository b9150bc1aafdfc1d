"""Files of tasks and of samples: what they say, and every fault with its file and line."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from kgents.errors import UsageError
from kgents.kinds.suite.files.samples import read_samples
from kgents.kinds.suite.files.suite import read_suite
from kgents.kinds.suite.files.task import Task, preamble

HUMANEVAL: dict[str, Any] = {
    "task_id": "Mine/0",
    "prompt": 'import math\n\ndef helper(x):\n    return x\n\ndef double(x):\n    """Twice x."""\n',
    "entry_point": "double",
    "canonical_solution": "    return 2 * x\n",
    "test": "def check(candidate):\n    assert candidate(2) == 4\n",
}
MBPP: dict[str, Any] = {
    "task_id": 11,
    "text": "Write a function that adds two numbers.",
    "code": "def add(a, b):\r\n    return a + b",
    "test_setup_code": "import math",
    "test_list": ["assert add(1, 2) == 3", "assert math.isclose(add(0.1, 0.2), 0.3)"],
}


def write(path: Path, *lines: Any) -> Path:
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize("name", ["suite.jsonl", "suite.jsonl.gz"])
def test_a_task_of_humaneval(tmp_path: Path, name: str) -> None:
    suite = read_suite(str(write(tmp_path / name, HUMANEVAL, "")))
    (task,) = suite.tasks
    assert (suite.name, task.id, task.entry) == ("suite", "Mine/0", "double")
    assert task.canonical == task.program("    return 2 * x\n")
    answered = task.answered("def double(x): return helper(x) * math.pi\n")
    assert answered.startswith("import math\n\ndef helper(x):\n    return x\n\ndef double(x): return")
    assert Task.from_data(json.loads(json.dumps(task.to_data()))) == task


def test_a_task_of_mbpp(tmp_path: Path) -> None:
    (task,) = read_suite(str(write(tmp_path / "m.jsonl", MBPP))).tasks
    assert (task.id, task.entry, task.stem) == ("11", "add", "")
    assert task.tests.splitlines()[0] == "import math"
    assert "assert add(1, 2) == 3" in task.prompt
    assert task.canonical == "def add(a, b):\n    return a + b"
    assert task.program("def add(a, b): pass") == "def add(a, b): pass"


def test_the_preamble_ends_before_decorators() -> None:
    assert preamble("import a\n@a.b\ndef f():\n    '''x'''\n", "f") == "import a\n"
    assert preamble("no python at all", "f") == ""
    assert preamble("import a\n", "f") == ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: not JSON"),
        ("[1]", "line 2: a JSON list, not an object"),
        ({"task_id": "x"}, "line 2: neither 'test' nor 'test_list'"),
        ({**HUMANEVAL, "task_id": None}, "line 2: 'task_id' is no string"),
        (HUMANEVAL, "line 2: a second task 'Mine/0'"),
        ({**HUMANEVAL, "task_id": "b", "test": "def ("}, "line 2: 'test' is no Python program"),
        ({**HUMANEVAL, "task_id": "b", "entry_point": "1x"}, "line 2: 'entry_point' '1x' is no name"),
        ({**MBPP, "test_list": "assert"}, "line 2: 'test_list' is no list of strings"),
        ({**MBPP, "test_list": ["assert ("]}, "line 2: 'test_list' is no Python program"),
        ({key: value for key, value in HUMANEVAL.items() if key != "prompt"} | {"task_id": "c"}, "'prompt' is missing"),
    ],
)
def test_a_bad_line_of_a_suite_is_named(tmp_path: Path, line: Any, said: str) -> None:
    path = write(tmp_path / "suite.jsonl", HUMANEVAL, line)
    with pytest.raises(UsageError) as wrong:
        read_suite(str(path))
    assert said in wrong.value.message
    assert wrong.value.message.startswith(f"--suite {path}, line 2")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file or suite"):
        read_suite(str(tmp_path / "none.jsonl"))
    with pytest.raises(UsageError, match="is empty"):
        read_suite(str(write(tmp_path / "empty.jsonl")))
    damaged = tmp_path / "damaged.jsonl.gz"
    damaged.write_bytes(gzip.compress(b'{"a": 1}' * 100)[:-12])
    with pytest.raises(UsageError, match="damaged gzip data"):
        read_suite(str(damaged))
    suite = read_suite(str(write(tmp_path / "s.jsonl", HUMANEVAL)))
    with pytest.raises(UsageError, match="--task Mine/9"):
        suite.only(["Mine/9"])


def test_samples_continue_the_prompt_or_stand_alone(tmp_path: Path) -> None:
    suite = read_suite(str(write(tmp_path / "s.jsonl", HUMANEVAL, MBPP)))
    path = write(
        tmp_path / "samples.jsonl.gz",
        {"task_id": "Mine/0", "completion": "    return x + x\n"},
        {"task_id": "Mine/0", "solution": "def double(x): return 0\n"},
        {"task_id": 11, "completion": "def add(a, b): return 1\n"},
    )
    samples = read_samples(path, suite)
    assert samples.programs["Mine/0"][0].endswith('"""Twice x."""\n    return x + x\n')
    assert samples.programs["Mine/0"][1] == "def double(x): return 0\n"
    assert samples.programs["11"] == ("def add(a, b): return 1\n",)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"task_id": "Mine/7", "completion": ""}, "line 1: s has no task 'Mine/7'"),
        ({"task_id": "Mine/0"}, "line 1: 'completion' is missing"),
        ({"completion": ""}, "line 1: 'task_id' is missing"),
        ("", "the file is empty"),
    ],
)
def test_bad_samples_are_named(tmp_path: Path, line: Any, said: str) -> None:
    suite = read_suite(str(write(tmp_path / "s.jsonl", HUMANEVAL)))
    with pytest.raises(UsageError) as wrong:
        read_samples(write(tmp_path / "samples.jsonl", line), suite)
    assert said in wrong.value.message
