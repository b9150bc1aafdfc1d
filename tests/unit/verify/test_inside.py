"""What cannot cross is judged in the candidate's process, with controls, and says so."""

from collections.abc import Iterator

import pytest

from kgents.domain.outcome import Cause
from kgents.sandbox.environment import environment
from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify.controls import negated, perturbed
from kgents.verify.oracle import choose_oracle
from kgents.verify.verifier import SandboxVerifier

QUEUE_TESTS = """
import pytest
from queues import Queue

def test_first_in_first_out():
    queue = Queue()
    queue.put(1)
    queue.put(2)
    assert queue.get() == 1
    assert queue.get() == 2

def test_empty():
    with pytest.raises(IndexError):
        Queue().get()
"""
QUEUE = """
class Queue:
    def __init__(self): self._items = []
    def put(self, item): self._items.append(item)
    def get(self): return self._items.pop(0)
"""
COUNTER_TESTS = "count = make_counter()\nassert count() == 1\nassert count() == 2\n"
COUNTER = """
def make_counter():
    n = 0
    def count():
        nonlocal n
        n += 1
        return n
    return count
"""
ALWAYS_EQUAL = """
class Yes:
    def __eq__(self, other): return True
class Queue:
    def put(self, item): pass
    def get(self): return Yes()
"""
WRITES = (
    QUEUE
    + """
import os, json, struct
body = json.dumps({"passed": True}).encode()
os.write(3, struct.pack("!I", len(body)) + body)
os._exit(0)
"""
)
PATCHES = (
    QUEUE.replace("pop(0)", "pop()")
    + """
import builtins
class Fine(Exception): pass
builtins.AssertionError = Fine
builtins.exec = lambda *a, **k: None
"""
)
UNITTEST = """
import unittest
class TestQueue(unittest.TestCase):
    def setUp(self): self.queue = Queue()
    def test_it(self):
        self.queue.put("a")
        self.assertEqual(self.queue.get(), "a")
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    opened = open_sandbox(cpu_s=3, environment=environment(["pytest"]))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("tests", "right", "wrong"),
    [
        (QUEUE_TESTS, QUEUE, QUEUE.replace("pop(0)", "pop()")),
        (UNITTEST, QUEUE, QUEUE.replace("pop(0)", "pop(0) * 2")),
        (
            COUNTER_TESTS,
            COUNTER,
            "def make_counter(): return lambda: 1",
        ),
    ],
    ids=["class", "unittest", "closure"],
)
def test_classes_and_closures(sandbox: Sandbox, tests: str, right: str, wrong: str) -> None:
    oracle = choose_oracle("What the tests want", tests, sandbox)
    assert not oracle.inside
    verifier = SandboxVerifier(oracle, sandbox)
    judgement = verifier.judge(right)
    assert judgement.success is True, judgement.error
    assert judgement.integrity == "verdict computed outside the candidate's process"
    assert verifier.judge(wrong).success is False


@pytest.mark.parametrize(
    "forgery",
    [ALWAYS_EQUAL, WRITES, PATCHES],
    ids=["equal to everything", "writes the verdict", "patches builtins"],
)
def test_who_passes_everything_is_not_believed(sandbox: Sandbox, forgery: str) -> None:
    oracle = choose_oracle("A queue", QUEUE_TESTS.replace("def test_empty", "def later"), sandbox)
    judgement = SandboxVerifier(oracle, sandbox).judge(forgery)
    assert judgement.success is False
    assert judgement.cause in (Cause.FORBIDDEN, Cause.WRONG_OUTPUT, Cause.EXCEPTION)


def test_controls_change_what_is_asserted() -> None:
    tests = "def test():\n    assert f(1) == 2, 'no'\n    assert f('a')\n"
    assert negated(tests) == "def test():\n    assert not f(1) == 2, 'no'\n    assert not f('a')"
    assert perturbed(tests) == "def test():\n    assert f(1) == ('another value', 2), 'no'\n    assert f('a')"
    assert perturbed("assert f(1)") is None
    assert negated("f(1)") is None


DERIVING = """
class Twice(Queue):
    def put(self, item):
        super().put(item)
        super().put(item)
def test_it():
    queue = Twice()
    queue.put(3)
    assert queue.get() == 3
    assert queue.get() == 3
"""


def test_tests_that_derive_from_a_candidates_class_run_in_its_process(sandbox: Sandbox) -> None:
    """They are judged there, with negative controls, and labelled weaker."""
    oracle = choose_oracle("A queue", DERIVING, sandbox)
    assert oracle.inside
    judgement = SandboxVerifier(oracle, sandbox).judge(QUEUE)
    assert judgement.success is True, judgement.error
    assert judgement.integrity == "weaker: judged in the candidate's process, 2 negative controls"
    assert SandboxVerifier(oracle, sandbox).judge(QUEUE.replace("pop(0)", "pop(0) * 2")).success is False
