"""Suites in the shapes of LiveCodeBench, APPS, EvalPlus and BigCodeBench, judged as a user runs them."""

import base64
import json
import pickle
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]


def packed(cases: Any) -> str:
    """As LiveCodeBench packs private test cases."""
    return base64.b64encode(zlib.compress(pickle.dumps(json.dumps(cases)))).decode()


def cases(kind: str, *pairs: tuple[str, str]) -> list[dict[str, str]]:
    """Test cases of LiveCodeBench."""
    return [{"input": given, "output": wanted, "testtype": kind} for given, wanted in pairs]


LIVECODEBENCH = [
    {
        "question_title": "Doubling", "question_id": "abc301_a", "platform": "atcoder", "contest_id": "abc301",
        "starter_code": "",
        "question_content": "Given N, print 2N.", "difficulty": "easy", "metadata": "{}",
        "public_test_cases": json.dumps(cases("stdin", ("3\n", "6\n"))),
        "private_test_cases": packed(cases("stdin", ("5\n", "10\n"), ("0\n", "0\n"))),
    },
    {
        "question_title": "pair-up", "question_id": "2727", "platform": "leetcode", "contest_id": "weekly",
        "question_content": "Return how many numbers are even.", "difficulty": "easy",
        "starter_code": "class Solution:\n    def countEven(self, nums: List[int]) -> int:\n        ",
        "metadata": json.dumps({"func_name": "countEven"}),
        "public_test_cases": json.dumps(cases("functional", ("[1, 2, 4]", "2"))),
        "private_test_cases": json.dumps(cases("functional", ("[]", "0"), ("[2]", "1"))),
    },
]  # fmt: skip
LIVECODEBENCH_SAMPLES = [
    {"question_id": "abc301_a", "code_list": ["print(2 * int(input()))", "print(int(input()) + 3)"]},
    {"question_id": "2727", "code_list": [
        "class Solution:\n    def countEven(self, nums: List[int]) -> int:\n        return sum(n % 2 == 0 for n in nums)",
        "class Solution:\n    def countEven(self, nums: List[int]) -> int:\n        return len(nums)"]},
]  # fmt: skip
APPS = [
    {
        "problem_id": 0, "question": "Sum the numbers of a line.", "difficulty": "interview", "url": "", "starter_code": "",
        "solutions": json.dumps(["print sum(map(int, raw_input().split()))", "print(sum(map(int, input().split())))"]),
        "input_output": json.dumps({"inputs": ["1 2\n", "5 5 5\n", "0\n"], "outputs": ["3\n", "15\n", "0\n"]}),
    },
    {
        "problem_id": 1, "question": "Is a word a palindrome?", "starter_code": "def is_palindrome(word):\n\t", "solutions": "",
        "input_output": json.dumps({"fn_name": "is_palindrome", "inputs": [["aba"], ["ab"]], "outputs": [[True], [False]]}),
    },
]  # fmt: skip
APPS_SAMPLES = [
    {"task_id": "0", "solution": "print(sum(int(x) for x in input().split()))"},
    {"task_id": "0", "solution": "print(max(int(x) for x in input().split()))"},
    {"task_id": "1", "solution": "def is_palindrome(word):\n    return word == word[::-1]"},
    {"task_id": "1", "solution": "class Solution:\n    def is_palindrome(self, word):\n        return True"},
]
EVALPLUS = [
    {
        "task_id": "HumanEval/900", "prompt": 'def clamp(x: int) -> int:\n    """x, at least 0 and at most 9."""\n',
        "entry_point": "clamp", "canonical_solution": "    return max(0, min(9, x))\n", "contract": "    assert type(x) == int\n",
        "base_input": [[5], [-1]], "plus_input": [[9], [10], [100], [0]], "atol": 0,
    },
    {
        "task_id": "Mbpp/901",
        "prompt": '"""\nWrite a function that swaps the parts of a pair.\nassert swap((1, 2)) == (2, 1)\n"""\n',
        "entry_point": "swap", "canonical_solution": "\ndef swap(pair):\n  return pair[::-1]\n", "contract": "",
        "assertion": "assert swap((1, 2)) == (2, 1)", "base_input": [[[1, 2]]], "plus_input": [[[3, 4]], [["a", "b"]]], "atol": 0,
    },
]  # fmt: skip
EVALPLUS_SAMPLES = [
    {"task_id": "HumanEval/900", "solution": "def clamp(x):\n    return sorted((0, x, 9))[1]"},
    {"task_id": "HumanEval/900", "solution": "def clamp(x):\n    return max(0, x)"},
    {"task_id": "Mbpp/901", "solution": "def swap(pair):\n    a, b = pair\n    return b, a"},
    {"task_id": "Mbpp/901", "solution": "def swap(pair):\n    a, b = pair\n    return [b, a]"},
]
CODE = "import json\ndef task_func(text):\n"
DOC = '    """The keys of a JSON object, sorted.\n\n    Raises: ValueError for no object.\n    """\n'
BIGCODEBENCH = [
    {
        "task_id": "BigCodeBench/900", "complete_prompt": CODE + DOC, "code_prompt": CODE, "entry_point": "task_func",
        "instruct_prompt": f"Sorted keys of a JSON object.\nYou should write self-contained code starting with:\n```\n{CODE}```",
        "canonical_solution": "    data = json.loads(text)\n    if not isinstance(data, dict):\n        raise ValueError\n"
        "    return sorted(data)\n",
        "test": "import unittest\nfrom unittest.mock import patch\nclass TestCases(unittest.TestCase):\n    def setUp(self):\n"
        "        self.text = '{\"b\": 1, \"a\": 2}'\n    def test_keys(self):\n"
        "        self.assertEqual(task_func(self.text), ['a', 'b'])\n"
        "    def test_none(self):\n        with self.assertRaises(ValueError):\n            task_func('[]')\n"
        "    @patch('json.loads', return_value={'z': 0})\n    def test_patched(self, loads):\n"
        "        self.assertEqual(task_func('{}'), ['z'])\n",
        "libs": "['json']", "doc_struct": "{}",
    }
]  # fmt: skip
BIGCODEBENCH_SAMPLES = [
    {"task_id": "BigCodeBench/900", "completion": BIGCODEBENCH[0]["canonical_solution"]},
    {"task_id": "BigCodeBench/900", "solution": CODE + "    return sorted(json.loads(text))"},
]
SUITES = {
    "livecodebench": (LIVECODEBENCH, LIVECODEBENCH_SAMPLES, "stdio (2 tasks)"),
    "apps": (APPS, APPS_SAMPLES, "stdio (2 tasks)"),
    "evalplus": (EVALPLUS, EVALPLUS_SAMPLES, "reference (2 tasks)"),
    "bigcodebench": (BIGCODEBENCH, BIGCODEBENCH_SAMPLES, "tests (1 task)"),
}


def lines(path: Path, rows: list[dict[str, Any]]) -> str:
    """A file of JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path.name


@pytest.mark.parametrize("name", SUITES)
def test_samples_of_a_suite_are_judged(name: str, kg: Kg, tmp_path: Path) -> None:
    """The first sample of each task is right, the second is not; a recheck agrees."""
    suite, samples, oracle = SUITES[name]
    files = (
        "--suite",
        lines(tmp_path / f"{name}.jsonl", suite),
        "--samples",
        lines(tmp_path / "samples.jsonl", samples),
    )
    done = kg("experiment", "verify", *files, "--k", "1", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    verdicts = [(trial["arm"], trial["success"]) for trial in document["trials"]]
    names = sorted({arm for arm, _ in verdicts})
    assert sorted(verdicts) == [(arm, success) for arm in names for success in (False, True)], document["trials"]
    assert document["evidence"]["oracle"] == oracle
    again = kg("witness", "verify", "@latest", "--recheck")
    assert again.returncode == 0, again.stdout + again.stderr


def test_a_coder_is_asked_for_what_a_task_wants(kg: Kg, tmp_path: Path) -> None:
    """A whole program, the starter code, the instruction; its answers are read accordingly."""
    everything = [*LIVECODEBENCH, *APPS[:1], *EVALPLUS[1:], *BIGCODEBENCH]
    answers = ["n = int(input())\nprint(2 * n)", "class Solution:\n    def countEven(self, nums):\n        return 1",
               "print(sum(map(int, input().split())))", "def swap(pair):\n    return pair[1], pair[0]",
               "def task_func(text):\n    data = json.loads(text)\n    return sorted(data if data else [][1])"]  # fmt: skip
    suite = lines(tmp_path / "suite.jsonl", everything)
    replayed = lines(tmp_path / "answers.jsonl", [{"text": f"Sure:\n```python\n{code}\n```"} for code in answers])
    command = (
        "--suite",
        suite,
        "--harness",
        "replay",
        "--candidates",
        replayed,
        "--n",
        "1",
        "--concurrency",
        "1",
        "--json",
    )
    done = kg("experiment", "generate", *command)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    prompts = [task["prompt"] for task in document["config"]["tasks"]]
    assert "Write a whole Python program" in prompts[0]
    assert "class Solution:\n    def countEven" in prompts[1]
    assert prompts[3].startswith("Write a function that swaps")
    assert "self-contained code starting with" in prompts[4]
    assert {trial["arm"] for trial in document["trials"]} == {"abc301_a", "2727", "0", "Mbpp/901", "BigCodeBench/900"}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({**LIVECODEBENCH[0], "private_test_cases": "%"}, "line 1: 'private_test_cases' can be read neither"),
        ({**LIVECODEBENCH[0], "public_test_cases": "[]", "private_test_cases": "[]"}, "no test case"),
        ({**APPS[0], "input_output": "{"}, "'input_output' is no JSON"),
        ({**APPS[0], "question": "This is an interactive problem."}, "an interactive task"),
        ({**EVALPLUS[0], "plus_input": [5]}, "'plus_input' is no list of lists"),
        ({**EVALPLUS[0], "canonical_solution": "    return ("}, "'canonical_solution' is no program"),
        ({**BIGCODEBENCH[0], "test": "class ("}, "'test' is no Python program"),
    ],
)
def test_a_fault_in_a_task_is_named_with_its_line(row: dict[str, Any], words: str, kg: Kg, tmp_path: Path) -> None:
    """Exit 2 before anything runs."""
    done = kg("experiment", "generate", "--suite", lines(tmp_path / "suite.jsonl", [row]), "--n", "1")
    assert done.returncode == 2
    assert "suite.jsonl, line 1: " in done.stderr
    assert words.removeprefix("line 1: ") in done.stderr


def test_warnings_that_are_printed_are_on_record(kg: Kg, tmp_path: Path) -> None:
    """An own solution that fails, and examples that a constant passes: said at the start, in JSON, and by show."""
    broken = {**APPS[0], "solutions": json.dumps(["print(0)"])}
    weak = {**APPS[0], "problem_id": 7, "input_output": json.dumps({"inputs": ["1 2\n"], "outputs": ["3\n"]})}
    files = (
        "--suite",
        lines(tmp_path / "suite.jsonl", [broken, weak]),
        "--samples",
        lines(tmp_path / "s.jsonl", APPS_SAMPLES[:1]),
    )
    done = kg("experiment", "verify", *files, "--json")
    assert "own solution of 0 does not pass" in done.stderr
    recorded = {warning["code"]: warning["text"] for warning in json.loads(done.stdout)["warnings"]}
    assert "own solution of 0 does not pass" in recorded["own_solution"]
    assert "1 of 2 tasks have no sample" in recorded["left_out"]
    assert "own solution of 0 does not pass" in kg("experiment", "show", "@latest").stdout
    assert kg("witness", "verify", "@latest").returncode == 0
    done = kg("experiment", "generate", *files[:2], "--model", "simulated", "--n", "1", "--json")
    recorded = {warning["code"]: warning["text"] for warning in json.loads(done.stdout)["warnings"]}
    assert "always prints '3' passes the examples of 7" in recorded["weak_tests"]
