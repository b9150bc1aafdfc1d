"""What is said of a candidate in the end, whichever way it was judged, and what a fault of the sandbox makes of it."""

import asyncio
import json
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from kgents.domain.outcome import Cause
from kgents.domain.ports import Judgement
from kgents.sandbox.backend import Backend, Process
from kgents.sandbox.batch import Batch, ask
from kgents.sandbox.deadline import TimedChannel
from kgents.sandbox.facts import LARGEST
from kgents.sandbox.inside import values as codec
from kgents.sandbox.program import Program as Started
from kgents.sandbox.sandbox import Sandbox, SandboxFault, open_sandbox
from kgents.verify.oracle import Oracle
from kgents.verify.reference.derive import Strength
from kgents.verify.reference.inside.observing import TIMEOUT, Program, Seen
from kgents.verify.reference.inside.recipes import packed
from kgents.verify.reference.judging import Reference, _told, judged
from kgents.verify.stdio.examples import Example, Programs
from kgents.verify.verifier import SandboxVerifier

NEXT = "def f(x):\n    return x + 1\n"
COUNTING = "n = 0\ndef f(x):\n    global n\n    n += 1\n    return n\n"
STARTS = "starts another program (subprocess.Popen): candidates may not fork or execute anything"
STATIC = Oracle("static", "f", ("f",))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    opened = open_sandbox(cpu_s=3)
    yield opened
    opened.close()


def rows_of(source: str, *arguments: Any, target: str = "f") -> tuple[Any, ...]:
    """Rows of a reference: what a spec does on one argument after another."""
    program = Program(source, target)
    return tuple(
        ([packed(each)], json.loads(json.dumps(program.call((each,), 1.0).to_wire())), target) for each in arguments
    )


def reference(*rows: Any, keeps_state: bool = False, checks: tuple[str, ...] = (), tolerance: float = 1e-9) -> Oracle:
    """An oracle of rows, as the algorithm of today derives them."""
    strength = Strength(9, 9, len(rows), 0, len(rows), keeps_state=keeps_state)
    return Oracle("reference", "f", ("f",), rows, version=2, strength=strength, checks=checks, tolerance=tolerance)


def first_version(*rows: tuple[Any, Any], target: str = "f") -> Oracle:
    """An oracle as version 1 of the algorithm derived it, of (argument, answer)."""
    told = tuple((codec.encode([one]), {"value": codec.encode(answer)}, target) for one, answer in rows)
    return Oracle("reference", target, (target,), told)


def judge(oracle: Oracle, candidate: str, sandbox: Sandbox, draw: int = 0) -> Judgement:
    return SandboxVerifier(oracle, sandbox).judge(candidate, draw)


def said(judgement: Judgement) -> tuple[Any, ...]:
    return judgement.success, judgement.cause, judgement.error


def counts(judgement: Judgement) -> tuple[Any, ...]:
    """(cases, those that passed, how the verdict was kept apart, checks)."""
    checks = [(check.name, check.passed) for check in judgement.checks]
    return judgement.cases, judgement.passed, judgement.integrity, checks


# -- by rows of a reference -----------------------------------------------------------------------------------------------
def test_a_candidate_that_does_as_the_spec_does_on_every_row_is_right(sandbox: Sandbox) -> None:
    judgement = judge(reference(*rows_of(NEXT, 1, 2, 3)), "def f(y): return 1 + y\n", sandbox)
    assert said(judgement) == (True, None, None)
    assert counts(judgement) == (3, 3, "outside", [("reference", True)])


WRONG = {
    "a value": ("def f(x): return x if x == 2 else x + 1", Cause.WRONG_OUTPUT, "f(2): expected 3, got 2", 2),
    "an exception": ("def f(x): return [0][x - 1] + x + 1", Cause.EXCEPTION, "f(2): expected 3, got IndexError: list index", 1),
    "a name": ("def g(x): return x + 1", Cause.MISSING, "f is not defined", 0),
    "no program": ("def f(x) return x", Cause.SYNTAX, "syntax error in line 1: ", 0),
    "unloaded": ("import nowhere\ndef f(x): return x + 1", Cause.EXCEPTION, "cannot be loaded: ModuleNotFoundError: No", 0),
    "dead": ("import os\ndef f(x): os._exit(3)", Cause.EXCEPTION, "its process ended at f(", 0),
    "a program": (
        "import subprocess\ndef f(x):\n    if x == 2: subprocess.run(['true'])\n    return x + 1",
        Cause.FORBIDDEN,
        f"{STARTS}; f(2): expected 3, got ",
        2,
    ),
    "a program, on loading": (
        "import subprocess\nsubprocess.run(['true'])\ndef f(x): return x + 1",
        Cause.FORBIDDEN,
        f"{STARTS}; cannot be loaded: ",
        0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_candidate_that_does_otherwise_is_told_how(name: str, sandbox: Sandbox) -> None:
    """The cause, the first difference, and on how many rows it was right."""
    candidate, cause, words, passed = WRONG[name]
    judgement = judge(reference(*rows_of(NEXT, 1, 2, 3)), candidate, sandbox)
    assert (judgement.success, judgement.cause, judgement.passed) == (False, cause, passed), judgement.error
    assert str(judgement.error).startswith(words)
    if judgement.cases == 3:
        assert counts(judgement) == (3, passed, "outside", [("reference", False)])
        assert judgement.checks[0].detail == judgement.error


def test_a_candidate_that_dies_on_a_row_is_told_which(sandbox: Sandbox) -> None:
    """In the order in which it is asked; a difference on a row before is what counts."""
    oracle = reference(*rows_of(NEXT, 1, 2, 3), keeps_state=True)
    dies = "import os\ndef f(x):\n    if x == 2: os._exit(3)\n    return x + {more}\n"
    judgement = judge(oracle, dies.format(more=1), sandbox)
    assert (judgement.cause, judgement.passed) == (Cause.EXCEPTION, 1)
    assert str(judgement.error).startswith("its process ended at f(2) (exit 3, ")
    assert said(judge(oracle, dies.format(more=2), sandbox)) == (False, Cause.WRONG_OUTPUT, "f(1): expected 2, got 3")


def test_a_call_without_an_end_is_a_timeout(sandbox: Sandbox) -> None:
    endless = "def f(x):\n    while x == 2: pass\n    return x + 1\n"
    judgement = judge(reference(*rows_of(NEXT, 2)), endless, sandbox)
    assert said(judgement) == (False, Cause.TIMEOUT, "f(2): expected 3, got no answer within 2 s of CPU time")


def test_the_order_of_the_rows_is_drawn_from_the_number_of_the_trial(sandbox: Sandbox) -> None:
    """Of a spec that keeps something from call to call it stays as it is."""
    rows = rows_of(COUNTING, 1, 2, 3)
    by_draw = {draw: said(judge(reference(*rows), COUNTING, sandbox, draw)) for draw in (0, 1)}
    assert by_draw[0] != by_draw[1]
    assert said(SandboxVerifier(reference(*rows), sandbox).judge(COUNTING)) == by_draw[0]
    for draw in (0, 1):
        assert judge(reference(*rows, keeps_state=True), COUNTING, sandbox, draw).success is True
    verifier = SandboxVerifier(reference(*rows), sandbox)
    assert said(asyncio.run(verifier.verify(COUNTING))) == by_draw[0]
    assert said(asyncio.run(verifier.verify(COUNTING, 1))) == by_draw[1]


def test_what_is_printed_counts_where_the_spec_prints_on_any_row(sandbox: Sandbox) -> None:
    loud = "def f(x):\n    if x > 1: print('x' * x)\n"
    rows = rows_of(loud, 1, 2, 100)
    assert judge(reference(*rows), loud, sandbox).success is True
    judgement = judge(reference(*rows), "def f(x): print('y' * 90)\n", sandbox)
    assert judgement.error == f"f(1): expected to print '', printed {'y' * 80!r}"
    judgement = judge(reference(*rows[1:]), "def f(x): print('xx')\n", sandbox)
    assert judgement.error == f"f(100): expected to print {'x' * 80!r}, printed 'xx\\n'"
    assert judge(reference(*rows[:1]), "def f(x): print('y')\n", sandbox).success is True


COPIES = "def f(xs):\n    return list(xs)\n"
SAME = "f returns its argument, where a new object is expected"


def test_an_answer_that_is_the_argument_itself_is_none_of_its_own(sandbox: Sandbox) -> None:
    """Said where nothing else differs, and every row was answered."""
    rows = rows_of(COPIES, [1], [2], [3], [4])
    oracle = reference(*rows, keeps_state=True)
    assert judge(oracle, COPIES, sandbox).success is True
    assert said(judge(oracle, "def f(xs): return xs\n", sandbox)) == (False, Cause.WRONG_OUTPUT, SAME)
    once = judge(oracle, "def f(xs): return xs if xs != [2] else [7]\n", sandbox)
    assert (once.error, once.passed) == ("f([2]): expected [2], got [7]", 3)
    dies = judge(oracle, "import os\ndef f(xs): return xs if xs != [4] else os._exit(1)\n", sandbox)
    assert str(dies.error).startswith("its process ended at f([4])")


def row(answer: Seen, argument: Any = 1) -> tuple[Any, ...]:
    return ([packed(argument)], answer.to_wire(), "f")


def test_files_and_prints_count_where_any_row_has_some() -> None:
    """Files that the spec makes, or that it is given."""
    plain, made, printed = row(Seen(1)), row(Seen(1, files=(("a", "x"),))), row(Seen(1, printed="x\n"))
    given = ([{"R": ["path", "a", ["x", True]]}], Seen(1).to_wire(), "f")

    def held(*rows: Any) -> tuple[bool, bool]:
        against = Reference(rows, {}, ("f",), 0.0, in_order=False)
        return bool(against.has_files), against.prints

    assert held(plain, plain) == (False, False)
    assert held(plain, made) == (True, False)
    assert held(plain, given) == (True, False)
    assert held(plain, printed) == (False, True)


def test_every_respect_is_told_in_its_own_words() -> None:
    """Long texts are cut."""

    def told(want: Seen, got: Seen, respect: str) -> str:
        return _told(row(want), want, got, respect, 0.0)

    assert told(Seen(1), Seen(raised=TIMEOUT), "answer") == "f(1): expected 1, got no answer within 2 s of CPU time"
    assert told(Seen(1), Seen(2), "answer") == "f(1): expected 1, got 2"
    assert told(Seen(1, left=["l", 1]), Seen(1, left=["l", 2]), "arguments") == "f(1): expected to leave [1], left [2]"
    files = told(Seen(1, files=(("a", "x"),)), Seen(1), "files")
    assert files == "f(1): expected to leave the files [('a', 'x')], left []"
    assert len(told(Seen(1, files=(("a", "x" * 400),)), Seen(1), "files")) == 300


def test_an_object_is_told_by_the_step_at_which_it_differs(sandbox: Sandbox) -> None:
    spec = "class C:\n    def __init__(self): self.n = 0\n    def add(self, k):\n        self.n += k\n        return self.n\n"
    program = Program(spec, "C()")
    wire = json.loads(json.dumps(program.call(((), (("add", (2,)), ("add", (3,)))), 1.0).to_wire()))
    rows = [([packed(()), packed((("add", (2,)), ("add", (3,))))], wire, "C()")]
    verdict = judged(
        spec.replace("+= k", "= k"), Reference(rows, {"C": ["n"]}, ("C",), 0.0, in_order=True), sandbox, 60, 0
    )
    assert str(verdict.error).startswith("C(); add(2); add(3): expected 5, got 3")


# -- by rows of the first version of the algorithm ----------------------------------------------------------------------------
def test_rows_of_the_first_version_judge_as_they_did(sandbox: Sandbox) -> None:
    oracle = first_version((1, 2), (2, 3), (3, 4))
    right = judge(oracle, NEXT, sandbox)
    assert said(right) == (True, None, None)
    assert counts(right) == (3, 3, "outside", [("reference", True)])
    wrong = judge(oracle, "def f(x): return x + 1 if x == 2 else 0", sandbox)
    assert said(wrong) == (False, Cause.WRONG_OUTPUT, "f(1): expected 2, got 0")
    assert counts(wrong) == (3, 1, "outside", [("reference", False)])
    assert wrong.checks[0].detail == wrong.error


FIRST_WRONG = {
    "an exception": ("def f(x): raise KeyError(x)", Cause.EXCEPTION, "f(1): expected 2, got KeyError: 1"),
    "a name": ("def g(x): return x + 1", Cause.MISSING, "f is not defined"),
    "no program": ("def f(x) return x", Cause.SYNTAX, "syntax error in line 1: "),
    "unloaded": ("import nowhere\ndef f(x): return x + 1", Cause.EXCEPTION, "cannot be loaded: ModuleNotFoundError: No module"),
    "a program": ("import subprocess\ndef f(x): subprocess.run(['true'])", Cause.FORBIDDEN, STARTS),
    "a program, on loading": ("import subprocess\nsubprocess.run(['true'])\ndef f(x): return x", Cause.FORBIDDEN, STARTS),
    "dead": ("import os\ndef f(x): return x + 1 if x != 2 else os._exit(3)", Cause.EXCEPTION, "its process ended at f(2) (exit"),
}  # fmt: skip


@pytest.mark.parametrize("name", FIRST_WRONG)
def test_rows_of_the_first_version_say_what_is_wrong(name: str, sandbox: Sandbox) -> None:
    candidate, cause, words = FIRST_WRONG[name]
    judgement = judge(first_version((1, 2), (2, 3), (3, 4)), candidate, sandbox)
    assert (judgement.success, judgement.cause) == (False, cause), judgement.error
    assert str(judgement.error).startswith(words)
    if name == "dead":
        assert counts(judgement) == (3, 1, "outside", [("reference", False)])


def test_a_call_of_the_first_version_has_the_time_that_all_calls_have(sandbox: Sandbox) -> None:
    sleeps = "import time\ndef f(x):\n    if x == 2: time.sleep(60)\n    return x + 1\n"
    judgement = SandboxVerifier(first_version((1, 2), (2, 3)), sandbox, wall=0.5).judge(sleeps)
    assert (judgement.cause, judgement.passed) == (Cause.TIMEOUT, 1)
    assert str(judgement.error).startswith("no answer within the limit at f(2) (")


def test_a_difference_on_a_large_input_is_told_on_a_smaller_one(sandbox: Sandbox) -> None:
    """Where the oracle has the program that says what is right."""
    told = (codec.encode([[3, 1, 2, 9]]), {"value": codec.encode([1, 2, 3, 9])}, "f")
    oracle = Oracle("reference", "f", ("f",), (told,), source="def f(xs): return sorted(xs)\n")
    judgement = judge(oracle, "def f(xs): return xs", sandbox)
    assert judgement.success is False
    assert len(str(judgement.error)) < len("f([3, 1, 2, 9]): expected [1, 2, 3, 9], got [3, 1, 2, 9]")


def test_the_first_version_judges_every_function_of_a_spec(sandbox: Sandbox) -> None:
    rows = first_version((1, 2), (2, 3)).rows + first_version((1, 0), (2, 1), target="g").rows
    oracle = Oracle("reference", "f", ("f", "g"), rows)
    both = NEXT + "def g(x): return x - 1\n"
    assert counts(judge(oracle, both, sandbox))[:2] == (4, 4)
    wrong = judge(oracle, both.replace("x - 1", "x - x"), sandbox)
    assert said(wrong) == (False, Cause.WRONG_OUTPUT, "g(2): expected 1, got 0")
    assert counts(wrong)[:2] == (4, 3)


def test_what_is_said_has_at_most_300_characters(sandbox: Sandbox) -> None:
    """Whatever the call and the answers are."""
    long = "x" * 200
    given = Programs((Example(returns=(2,), args=(long,) * 9),), entry="f")
    for oracle, candidate in (
        (reference(*rows_of("def f(x): return x", long)), "def f(x): return 'y' * 200"),
        (first_version((long, long)), "def f(x): return 'y' * 200"),
        (Oracle("stdio", "f", ("f",), programs=given), "def f(*x): return 1"),
    ):
        judgement = judge(oracle, candidate, sandbox)
        assert (judgement.success, len(str(judgement.error))) == (False, 300)
        assert judgement.checks[0].detail == judgement.error


# -- by examples, and by reading alone ---------------------------------------------------------------------------------------
PAIRS = Programs((Example("1\n", ("2",)), Example("2\n", ("3",))))
BY_EXAMPLES = Oracle("stdio", programs=PAIRS)


def test_programs_are_judged_by_their_examples(sandbox: Sandbox) -> None:
    right = judge(BY_EXAMPLES, "print(int(input()) + 1)", sandbox)
    assert (said(right), counts(right)) == ((True, None, None), (2, 2, "outside", [("stdio", True)]))
    wrong = judge(BY_EXAMPLES, "input()\nprint(2)", sandbox)
    assert said(wrong) == (False, Cause.WRONG_OUTPUT, "example 2 of 2, stdin '2\\n': expected '3', got '2'")
    assert counts(wrong) == (2, 1, "outside", [("stdio", False)])
    assert wrong.checks[0].detail == wrong.error


STDIO_WRONG = {
    "raised": ("x = input()\nraise KeyError(x)", Cause.EXCEPTION, "example 1 of 2, stdin '1\\n': KeyError"),
    "left": ("import sys\nprint(int(input()) + 1)\nsys.exit(2)", Cause.EXCEPTION, "example 1 of 2, stdin '1\\n': exit status 2"),
    "no program": ("print(", Cause.SYNTAX, "syntax error"),
    "dead": ("import os\nos.kill(os.getpid(), 9)", Cause.EXCEPTION, "its process ended at example 1 of 2, stdin '1\\n' ("),
    "a program": ("import subprocess\nsubprocess.run(['true'])", Cause.FORBIDDEN, STARTS),
    "a program that was not missed": (
        "import subprocess\ntry: subprocess.run(['true'])\nexcept BaseException: pass\nprint(7)",
        Cause.WRONG_OUTPUT,
        "example 1 of 2",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STDIO_WRONG)
def test_programs_that_are_wrong_are_told_how(name: str, sandbox: Sandbox) -> None:
    candidate, cause, words = STDIO_WRONG[name]
    judgement = judge(BY_EXAMPLES, candidate, sandbox)
    assert (judgement.success, judgement.cause) == (False, cause), judgement.error
    assert str(judgement.error).startswith(words)


def test_a_program_that_lacks_its_function_is_told_so(sandbox: Sandbox) -> None:
    oracle = Oracle("stdio", "f", ("f",), programs=Programs((Example(returns=(2,), args=(1,)),), entry="f"))
    assert judge(oracle, NEXT, sandbox).success is True
    assert said(judge(oracle, "def g(x): return x", sandbox)) == (False, Cause.MISSING, "f is not defined")


def test_what_is_judged_by_reading_has_to_compile_and_to_define(sandbox: Sandbox) -> None:
    right = judge(STATIC, NEXT, sandbox)
    assert (said(right), counts(right)) == ((True, None, None), (1, 1, "read, not run", [("compiles", True)]))
    assert said(judge(STATIC, "def g(x): return x", sandbox)) == (False, Cause.MISSING, "f is not defined")
    broken = judge(STATIC, "def f(x) return x", sandbox)
    assert (broken.success, broken.cause) == (False, Cause.SYNTAX)
    assert str(broken.error).startswith("syntax error in line 1: ")
    unseen = judge(STATIC, "from math import *", sandbox)
    assert unseen.success is True
    assert unseen.integrity == "read, not run: whether it defines f is not known"


def test_a_program_of_more_characters_than_are_read_is_refused(sandbox: Sandbox) -> None:
    just = NEXT + "#" * (LARGEST - len(NEXT))
    assert judge(STATIC, just, sandbox).success is True
    assert said(judge(STATIC, just + "#", sandbox)) == (
        False, Cause.SYNTAX, "TooLarge: 2000001 characters; at most 2000000 are read",
    )  # fmt: skip


def test_further_checks_are_made_of_what_is_right(sandbox: Sandbox) -> None:
    """They count as cases; what is wrong already is not looked at."""
    rows = rows_of(NEXT, 1, 2)
    both = reference(*rows, checks=("lint", "lint"))
    right = judge(both, NEXT, sandbox)
    every = [("reference", True), ("lint", True), ("lint", True)]
    assert (said(right), counts(right)) == ((True, None, None), (4, 4, "outside", every))
    unused = judge(both, f"import os\n\n{NEXT}", sandbox)
    assert (unused.success, unused.cause) == (False, Cause.STATIC)
    assert str(unused.error).startswith("lint: line 1:")
    assert counts(unused) == (4, 2, "outside", [("reference", True), ("lint", False), ("lint", False)])
    assert counts(judge(both, "import os\ndef f(x): return 0", sandbox)) == (2, 0, "outside", [("reference", False)])


def test_a_verifier_describes_itself(sandbox: Sandbox) -> None:
    told = SandboxVerifier(STATIC, sandbox).describe()
    assert told == {"oracle": "static", "oracle_digest": STATIC.digest, "sandbox": sandbox.describe()}


# -- faults of the sandbox --------------------------------------------------------------------------------------------------
class Faulty:
    """A backend that fails, or whose processes die at once, in the order that is told; then it is the one that it has."""

    def __init__(self, inner: Backend, faults: Sequence[str]) -> None:
        self._inner, self._faults = inner, list(faults)
        self.started = self.renewed = 0

    def start(self, program: Started, wall: float) -> Process:
        """Fails ("fault"), kills what it starts ("dead"), or does what it should ("")."""
        self.started += 1
        fault = self._faults.pop(0) if self._faults else ""
        if fault == "fault":
            raise SandboxFault("no process " + "x" * 400)
        process = self._inner.start(program, wall)
        if fault == "dead":
            process.kill()
        return process

    def renew(self) -> None:
        """Fails where that is what comes next."""
        self.renewed += 1
        if self._faults and self._faults[0] == "not renewed":
            raise SandboxFault("not again " + "x" * 400)

    def close(self) -> None:
        """Ends nothing: the other one is used by other tests."""


MakeFaulty = Callable[..., tuple[Sandbox, Faulty]]


@pytest.fixture
def faulty(sandbox: Sandbox) -> Iterator[MakeFaulty]:
    """Makes sandboxes like another one, with faults; they end with the test."""
    made: list[Sandbox] = []

    def make(*faults: str) -> tuple[Sandbox, Faulty]:
        backend = Faulty(sandbox.backend, faults)
        made.append(Sandbox(sandbox.name, backend, sandbox.candidate.limits, sandbox.environment))
        return made[-1], backend

    yield make
    for each in made:
        each.close()


def test_a_fault_is_tried_once_more_and_is_no_failure_of_the_candidate(faulty: MakeFaulty) -> None:
    oracle = reference(*rows_of(NEXT, 1))
    once, backend = faulty("fault")
    assert said(judge(oracle, NEXT, once)) == (True, None, None)
    assert (backend.started, backend.renewed) == (2, 1)
    twice, backend = faulty("fault", "fault")
    judgement = judge(oracle, NEXT, twice)
    assert (judgement.success, judgement.cause, len(str(judgement.error))) == (None, Cause.SANDBOX, 300)
    assert str(judgement.error).startswith("the sandbox failed twice: no process x")
    assert (backend.started, backend.renewed) == (2, 1)
    never, backend = faulty("fault", "not renewed")
    judgement = judge(oracle, NEXT, never)
    assert (judgement.success, judgement.cause, len(str(judgement.error))) == (None, Cause.SANDBOX, 300)
    assert str(judgement.error).startswith("the sandbox cannot be started again: not again x")


NO_THREADS = 'def f(x): raise RuntimeError("can\'t start new thread")\n'


def test_want_of_threads_is_ours_where_no_other_program_gets_one(faulty: MakeFaulty) -> None:
    """Else it is the candidate's: it says so itself, or has used them up."""
    oracle = reference(*rows_of(NEXT, 1))
    own, backend = faulty()
    judgement = judge(oracle, NO_THREADS, own)
    assert (judgement.success, judgement.cause, backend.started) == (False, Cause.EXCEPTION, 2)
    other, backend = faulty()
    assert (judge(oracle, "def f(x): return 0", other).success, backend.started) == (False, 1)
    ours, backend = faulty("", "dead")
    assert (judge(oracle, NO_THREADS, ours).success, backend.started) == (False, 4)
    lasting, backend = faulty("", "dead", "", "dead")
    assert said(judge(oracle, NO_THREADS, lasting)) == (
        None, Cause.SANDBOX, "the sandbox failed twice: can't start new thread",
    )  # fmt: skip


def test_a_process_that_is_done_with_is_killed_where_it_waits(sandbox: Sandbox) -> None:
    """Its line ends after it: it does nothing more."""
    process = sandbox.start(sandbox.candidate, 10)
    channel = TimedChannel(process.socket, time.monotonic() + 10)
    batch = Batch()
    ask(channel, batch, NEXT, "f", [codec.encode([1])], 0.0, ())
    ended = sandbox.left(process, wait=True)
    assert [answer["value"] for answer in batch.answers] == [2]
    assert (ended.signal, ended.exit) == (signal.SIGKILL, None)


def test_a_closed_sandbox_has_no_verdict() -> None:
    """Nor a process any more."""
    verifier = SandboxVerifier(STATIC, open_sandbox(allow_weak=True))

    async def closed() -> tuple[Judgement, Judgement]:
        before = await verifier.verify(NEXT)
        await verifier.aclose()
        return before, await verifier.verify(NEXT)

    before, after = asyncio.run(closed())
    assert (before.success, after.success, after.cause) == (True, None, Cause.SANDBOX)
