"""What cannot cross is judged in the candidate's process, with controls, and says so."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from kgents.domain.outcome import Cause
from kgents.errors import UsageError
from kgents.sandbox.environment import environment
from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify.choosing import choose_oracle
from kgents.verify.mirrors.coins import coins_of, runs_of
from kgents.verify.mirrors.proof import proven
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
    assert judgement.integrity == "outside"
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


def test_literals_become_notes_under_coins() -> None:
    """Each literal is the true one in one run and a near miss in another; the number of coins is what one has to guess."""
    tests = "def test():\n    assert f(1) == 2, 'no'\n    assert f('a')\n    assert 'ab' == g()\n"
    runs = runs_of(tests, Random(7))
    assert (len(runs), coins_of(runs)) == (6, 10)
    assert any(all(run.true) for run in runs)
    for run in runs:
        assert run.lines == (2, 4)
        assert ("__note__(0, f(1) == 2)" in run.tests) == run.true[0]
        assert ("__note__(1, g() == 'ab')" in run.tests) == run.true[1]
        assert "assert f('a')" in run.tests
        assert run.failure([(0, run.true[0]), (1, run.true[1])]) is None
        forged = run.failure([(0, True), (1, True)])
        assert (forged is None) == all(run.true)
        assert forged is None or forged[1]
        assert run.failure([(0, run.true[0])]) == ("line 4 of the tests was not reached", False)
    assert [coins_of(runs_of("assert f(1) == 2", Random(1))), runs_of("assert f(1)", Random(1))] == [8, []]


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


FORGED = {
    "always equal": "class Queue:\n    def put(self, item): pass\n    def get(self): return Yes()\n"
    "class Yes:\n    def __eq__(self, other): return True\n",
    "notes replaced": QUEUE.replace("pop(0)", "pop(0) * 2")
    + "import gc\nfor thing in gc.get_objects():\n    if isinstance(thing, dict) and '__note__' in thing:\n"
    "        thing['__note__'] = lambda place, held: None\n",
    "leaves early": WRITES,
}


def test_tests_that_derive_from_a_candidates_class_run_in_its_process(sandbox: Sandbox) -> None:
    """They are judged there under secret coins, and the label says so."""
    oracle = choose_oracle("A queue", DERIVING, sandbox)
    assert oracle.inside
    judgement = SandboxVerifier(oracle, sandbox).judge(QUEUE)
    assert (judgement.success, judgement.error, judgement.integrity) == (True, None, "inside, 10 coins")
    for _ in range(60):  # twice the right answer is now and then the near miss that stands in its place
        judgement = SandboxVerifier(oracle, sandbox).judge(QUEUE.replace("pop(0)", "pop(0) * 2"))
        assert (judgement.success, judgement.cause) == (False, Cause.WRONG_OUTPUT)


@pytest.mark.parametrize("name", FORGED)
def test_coins_are_not_guessed(sandbox: Sandbox, name: str) -> None:
    """Whoever is equal to everything, replaces the notes or reads the literals fails one of the runs."""
    oracle = choose_oracle("A queue", DERIVING, sandbox)
    assert SandboxVerifier(oracle, sandbox).judge(FORGED[name]).success is False


def test_reading_the_expected_value_is_not_enough(sandbox: Sandbox) -> None:
    """A candidate that takes what the tests expect from their code is wrong wherever that is a near miss."""
    tests = (
        "class More(Box):\n    pass\ndef test_it():\n    box = More()\n    box.put(4)\n    assert box.total() == 40\n"
        "    box.put(5)\n    assert box.total() == 90\n"
    )
    right = "class Box:\n    def __init__(self): self.n = 0\n    def put(self, n): self.n += n\n    def total(self): return "
    reader = (
        "import sys\nclass Box:\n    calls = 0\n    def put(self, n): pass\n    def total(self):\n"
        "        large = [each for each in sys._getframe(1).f_code.co_consts if type(each) is int and each > 9]\n"
        "        self.calls += 1\n        return large[self.calls - 1]\n"
    )
    verifier = SandboxVerifier(
        proven(choose_oracle("A box", tests, sandbox), sandbox, f"{right}10 * self.n\n"), sandbox
    )
    assert verifier.judge(f"{right}10 * self.n\n").success is True
    judgement = verifier.judge(reader)
    assert (judgement.success, judgement.cause) == (False, Cause.FORBIDDEN)


def test_without_literals_nothing_is_counted(sandbox: Sandbox) -> None:
    """Tests that run inside and compare with no literal are refused, and give no verdict where they are run all the same."""
    tests = DERIVING.replace("== 3", "is not None")
    oracle = choose_oracle("A queue", tests, sandbox)
    judgement = SandboxVerifier(oracle, sandbox).judge(QUEUE)
    assert (judgement.success, judgement.cause) == (None, Cause.CANNOT_CROSS)
    with pytest.raises(UsageError, match="compare with no literal"):
        proven(oracle, sandbox, QUEUE)


def test_only_what_is_judged_outside_counts(sandbox: Sandbox) -> None:
    """--integrity outside refuses tests that need the candidate's process, and leaves its own operators' word uncounted."""
    oracle = replace(choose_oracle("A queue", DERIVING, sandbox), outside=True)
    with pytest.raises(UsageError, match="against --integrity outside"):
        proven(oracle, sandbox, QUEUE)
    tests = "from solution import P\ndef test_it():\n    assert P(1) == P(1)\n    assert P(1).n == 1\n"
    own = "class P:\n    def __init__(self, n): self.n = n\n    def __eq__(self, other): return self.n == other.n\n"
    oracle = choose_oracle("A class", tests, sandbox)
    judgement = SandboxVerifier(oracle, sandbox).judge(own)
    assert judgement.success is True
    assert judgement.integrity == "outside, 1 comparisons by the candidate's own operators (1 controlled)"
    judgement = SandboxVerifier(replace(oracle, outside=True), sandbox).judge(own)
    assert (judgement.success, judgement.cause) == (None, Cause.CANNOT_CROSS)
