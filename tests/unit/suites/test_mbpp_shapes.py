"""What MBPP's files really look like: carriage returns, tabs, tests in the names of functions, classes in the setup, a list."""

import json
from pathlib import Path
from typing import Any

import pytest

from kgents.errors import UsageError
from kgents.kinds.suite.files.suite import read_suite
from kgents.sandbox.sandbox import open_sandbox
from kgents.verify.task import task_oracle
from kgents.verify.verifier import SandboxVerifier

NODE = "class Node:\r\n\tdef __init__(self, value):\r\n\t\tself.value = value\r\n\t\tself.next = None\r\n"
PLAIN: list[tuple[str, list[str], str]] = [
    ("def test_pair(items):\r\n    return len(items) == 2", ["assert test_pair([1, 2]) == True", "assert test_pair([]) == False"], ""),  # noqa: E501
    ("def half(n):\r\n\treturn n // 2\r\ndef check(n):\r\n\treturn half(n) * 2 == n", ["assert check(4) == True", "assert check(3) == False"], ""),  # noqa: E501
    ("def sum(a, b):\r\n    return a + 2 * b", ["assert sum(10, 15) == 40"], ""),
    (f"{NODE}def length(node):\r\n\treturn 0 if node is None else 1 + length(node.next)", ["assert (length(head)) == 2"], "head = Node(1) \r\nhead.next = Node(2)\r\n"),  # noqa: E501
    ("def ordered(items): \r\n  items.sort() \r\n  return tuple(items)", ["assert ordered([3, 1])==((1, 3))", "assert set(ordered([2])) == set((2,))"], ""),  # noqa: E501
    ("def only_tests(test_list, k):\r\n return [x for x in test_list if x == k]", ["assert only_tests([(4, 4), (4, )], (4, )) == [(4, )]"], ""),  # noqa: E501
]  # fmt: skip


def written(path: Path, sanitized: bool) -> str:
    rows: list[dict[str, Any]] = []
    for number, (code, tests, setup) in enumerate(PLAIN):
        row: dict[str, Any] = {"task_id": number, "code": code, "test_list": tests}
        if sanitized:
            row |= {
                "source_file": "a.ipynb",
                "prompt": "Write it.",
                "test_imports": ["import math"] if number == 2 else [],
            }
            row["test_list"] = [*tests, "assert math.isclose(sum(1, 1), 3.0)"] if number == 2 else tests
            row["test_setup_code"] = setup
        else:
            row |= {"text": "Write it.", "test_setup_code": setup, "challenge_test_list": ["assert False"]}
        rows.append(row)
    path.write_text(json.dumps(rows) if sanitized else "".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


@pytest.mark.parametrize("sanitized", [False, True], ids=["lines", "one list"])
def test_every_solution_passes_its_own_tests_and_a_wrong_one_does_not(tmp_path: Path, sanitized: bool) -> None:
    suite = read_suite(written(tmp_path / ("mbpp.json" if sanitized else "mbpp.jsonl"), sanitized))
    assert (suite.name, len(suite.tasks)) == ("mbpp", len(PLAIN))
    assert [task.entry for task in suite.tasks] == ["test_pair", "check", "sum", "length", "ordered", "only_tests"]
    sandbox = open_sandbox(cpu_s=5)
    for task in suite.tasks:
        verifier = SandboxVerifier(task_oracle(task.entry, task.tests, task.setup, task.canonical, sandbox), sandbox)
        right = verifier.judge(task.canonical or "")
        assert right.success is True, (task.id, right.error)
        wrong = verifier.judge(f"{task.canonical}\ndef {task.entry}(*_):\n    return 'nothing'\n")
        assert wrong.success is False, task.id
    sandbox.close()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"task_id": 1},\n {"task_id": 2,]', "line 2: not JSON"),
        ('[{"task_id": 1, "text": "", "test_list": ["assert f(1)"]},\n 3]', "line 2: a JSON int, not an object"),
        ('[{"task_id": 1, "text": ""}]', "line 1: neither 'test' nor 'test_list'"),
    ],
)
def test_a_list_that_is_malformed_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mbpp.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=message):
        read_suite(str(path))
