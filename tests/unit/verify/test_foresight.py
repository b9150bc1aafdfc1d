"""Calls that are put to a candidate before the tests ask: which, in which order, and that the verdict never depends on it."""

import json
from collections.abc import Iterator

import pytest

from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify.foresight import foreseen
from kgents.verify.oracle import tests_oracle as oracle_of
from kgents.verify.verifier import SandboxVerifier
from kgents.verify.waves import pauses

COMMON = {"entry": "f", "defined": ("f",), "checks": (), "tolerance": 1e-9}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    opened = open_sandbox(cpu_s=2)
    yield opened
    opened.close()


def waves(tests: str, *names: str) -> list[list[object]]:
    """Arguments of the calls that are foreseen."""
    return [[json.loads(call)[1] for call in wave] for wave in foreseen(tests, names or ("f",), "f")]


def test_plain_asserts_are_one_wave() -> None:
    assert waves("assert f(1) == 5\nassert abs(f(2, 'x') - 0.5) < 1e-6\nassert f([3], k=4)") == [[[1], [2, "x"], [[3]]]]
    assert waves("def check(candidate):\n    assert candidate(1) == 5\n    assert candidate(-2) == 6") == [[[1], [-2]]]
    assert waves("import pytest\ndef test_a():\n    with pytest.raises(ValueError):\n        f(1)\n    f(2)") == [
        [[1], [2]]
    ]


def test_an_argument_that_is_a_wanted_answer_waits_for_that_answer() -> None:
    assert waves("assert g('abc') == 'bcd'\nassert f('bcd') == 'abc'", "f", "g") == [[["abc"]], [["bcd"]]]
    assert waves("assert f([2, 1]) == [1, 2]\nassert f(n=[1, 2]) == [1, 2]") == [[[[2, 1]]], [[]]]
    assert waves("assert f(2) == 2 * 2\nassert f(4) == 16") == [[[2]], [[4]]], "what is wanted cannot be read"
    assert waves("r = f(2)\nassert r == 4\nassert f(4) == 16") == [[[2]], [[4]]], "compared later"
    assert waves("x = 4\nassert f(2) == x\nassert f(4) == 16") == [[[2]], [[4]]], "compared with a name"
    assert waves("assert f(1) == True\nassert f(True) == 1") == [[[1], [True]]]


@pytest.mark.parametrize(
    "rest",
    [
        "for n in (2, 3):\n    assert f(n) == n",
        "assert f(2) == 2, f'got {f(2)}'",
        "assert [f(n) for n in (2,)] == [2]",
        "assert f(f(2)) == 2",
        "x = 2\nassert f(x) == 2",
        "assert f(*[2]) == 2",
        "if f(2):\n    pass",
        "class TestIt:\n    def test(self):\n        assert f(2) == 2",
    ],
)
def test_what_cannot_be_read_off_is_left_to_the_tests(rest: str) -> None:
    assert waves("assert f(1) == 7\n" + rest) == [[[1]]]


COUNTING = "seen = []\ndef f(n):\n    seen.append(n)\n    return len(seen)"
STRAYING = "if f(1) == 1 or f(2) == 2:\n    pass\nassert (f(3) == 3) or f(4) == 4\nassert f(5) == 5"


@pytest.mark.parametrize(
    ("tests", "candidate", "passes"),
    [
        (STRAYING, "def f(n): return n", True),
        (STRAYING, "def f(n): return 0", False),
        ("assert f(1) == 1 or f(2)\nassert f(3) == 3", "def f(n): return n", True),
        ("assert f(1) == 1 or f(2)\nassert f(3) == 3", "def f(n): return 3", True),
        ("assert f(1) == 1 or f(2)\nassert f(3) == 3", "def f(n): return -n", False),
        ("assert f(1) == 1\nassert f(1) == 2\nassert f(1) == 3", COUNTING, True),
        ("assert f(1) == 1\nassert f(2) == 2", "import os\ndef f(n):\n    return n if n < 2 else os._exit(0)", False),
        ("assert f(1) == 1\nassert f(2) == 2", "def f(n):\n    while n > 1: pass\n    return n", False),
        ("try:\n    f(1)\nexcept BaseException:\n    pass\nassert f(2) == 2", "def f(n): return n", True),
        ("def g():\n    return f(9)\nassert f(1) == 1\nassert g() == 9\nassert f(2) == 2", "def f(n): return n", True),
    ],
)  # fmt: skip
def test_the_verdict_is_that_of_the_tests_as_they_run(
    sandbox: Sandbox, tests: str, candidate: str, passes: bool
) -> None:
    verifier = SandboxVerifier(oracle_of(tests, COMMON, "f", ()), sandbox)
    for _ in range(2):  # what strayed once is not foreseen again
        judgement = verifier.judge(candidate)
        assert judgement.success is passes, judgement.error


PEEPING = """
import sys
def f(text):
    frame = sys._getframe()
    while frame is not None:
        for call in frame.f_locals.get("calls", []):
            if call[1] != [text]:
                return call[1][0]
        frame = frame.f_back
    return "?"
"""


def test_no_answer_can_be_read_off_the_calls_to_come(sandbox: Sandbox) -> None:
    told = SandboxVerifier(oracle_of("assert f('abc') == 'bcd'\nassert f('xyz') == '?'", COMMON, "f", ()), sandbox)
    assert "'xyz'" in str(told.judge(PEEPING.replace("return call[1][0]", "raise ValueError(call[1])")).error), (
        "it can peep"
    )
    tests = "assert f('abc') == 'bcd'\nassert f('bcd') == '?'"
    assert SandboxVerifier(oracle_of(tests, COMMON, "f", ()), sandbox).judge(PEEPING).success is False


def test_a_corpus_pauses_before_an_argument_that_gives_an_answer_away() -> None:
    rows = [([1], {"value": 8}, "f"), ([3], {"value": 5}, "f"), ([5], {"value": 7}, "f"), ([8], {"value": 8}, "f")]
    assert pauses(rows) == (2,)
    assert pauses([([[1]], {"value": None, "args": [[1, 2]]}, "f"), ([[1, 2]], {"raised": "ValueError"}, "f")]) == (1,)
    assert pauses([]) == ()
