"""Programs in the sandbox: how they may read and print, how they may end, and what is said of those that are wrong."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from kgents.domain.outcome import Cause
from kgents.errors import UsageError
from kgents.sandbox.backend import Backend, Process
from kgents.sandbox.program import Program as Started
from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify.choosing import choose_oracle
from kgents.verify.oracle import Oracle
from kgents.verify.stdio.choosing import GivenExamples
from kgents.verify.stdio.examples import Example, Programs
from kgents.verify.stdio.judging import judged_program
from kgents.verify.verifier import SandboxVerifier

SUM = '[["2 3\\n", "5\\n"], ["10 -4\\n", "6\\n"], ["0 0\\n", "0\\n"]]'
CHECKER = "def check(stdin, expected, got):\n    return sorted(got.split()) == sorted(stdin.split())\n"
READING = {
    "input": "print(sum(map(int, input().split())))",
    "a main guard": "def main():\n    print(sum(map(int, input().split())))\nif __name__ == '__main__':\n    main()",
    "sys.stdin.read": "import sys\nsys.stdout.write(str(sum(map(int, sys.stdin.read().split()))))",
    "sys.stdin lines": "import sys\nfor line in sys.stdin:\n    print(sum(map(int, line.split())))",
    "readline": "import sys\ninput = sys.stdin.readline\na, b = map(int, input().split())\nprint(a + b)",
    "bytes": "import sys\nprint(sum(map(int, sys.stdin.buffer.readline().split())))",
    "open(0)": "print(sum(map(int, open(0).read().split())))",
    "a device": "print(sum(map(int, open('/dev/stdin').read().split())))",
    "os.read": "import os, io\nr = io.BytesIO(os.read(0, os.fstat(0).st_size)).readline\nprint(sum(map(int, r().split())))",
    "fileno": "import sys, os\nprint(sum(map(int, os.read(sys.stdin.fileno(), 100).split())))",
    "os.write": "import os\nos.write(1, b'%d' % sum(map(int, input().split())))",
    "fileinput": "import fileinput\nprint(sum(map(int, next(fileinput.input()).split())))",
    "atexit": "import sys, io, atexit\nout = io.StringIO()\natexit.register(lambda: sys.__stdout__.write(out.getvalue()))\n"
    "print(sum(map(int, input().split())), file=out)",
    "a thread": "import sys, threading\nsys.setrecursionlimit(10**6)\nthreading.stack_size(2**26)\n"
    "def main(): print(sum(map(int, input().split())))\nthreading.Thread(target=main).start()",
    "exit": "print(sum(map(int, input().split())))\nexit()",
    "sys.exit(0)": "import sys\nprint(sum(map(int, input().split())))\nsys.exit(0)",
    "os._exit": "import os\nprint(sum(map(int, input().split())), flush=True)\nos._exit(0)",
    "stderr": "import sys\nprint('debug', file=sys.stderr)\nprint(sum(map(int, input().split())))",
    "redirected": "import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()):\n    print('x')\n"
    "print(sum(map(int, input().split())))",
    "a dataclass": "from dataclasses import dataclass\n@dataclass\nclass P:\n    a: int\n    b: int\n"
    "p = P(*map(int, input().split()))\nprint(p.a + p.b)",
}  # fmt: skip
WRONG = {
    "a wrong answer": ("print(-1)", Cause.WRONG_OUTPUT, "stdin '2 3\\n': expected '5', got '-1'"),
    "nothing": ("input()", Cause.WRONG_OUTPUT, "got nothing"),
    "too much": ("print(sum(map(int, input().split())), 1)", Cause.WRONG_OUTPUT, "printed more than expected"),
    "a prompt": ("print(sum(map(int, input('numbers: ').split())))", Cause.WRONG_OUTPUT, "got 'numbers:'"),
    "only the first": ("input()\nprint(5)", Cause.WRONG_OUTPUT, "example 2 of 3"),
    "an exception": ("a, b = map(int, input().split())\nprint(a // (a - 2))", Cause.EXCEPTION, "ZeroDivisionError"),
    "end of input": ("input()\nprint(input())", Cause.EXCEPTION, "EOFError: EOF when reading a line (line 2)"),
    "an exit status": ("import sys\nprint(sum(map(int, input().split())))\nsys.exit(1)", Cause.EXCEPTION, "exit status 1"),
    "a lost buffer": ("import os\nprint(sum(map(int, input().split())))\nos._exit(0)", Cause.WRONG_OUTPUT, "got nothing"),
    "an endless loop": ("while True: pass", Cause.TIMEOUT, "no answer within the limit"),
    "endless printing": ("while True: print('x' * 10000)", Cause.EXCEPTION, "printed more than 6 MB"),
    "no program": ("print(", Cause.SYNTAX, "syntax error"),
    "another program": ("import subprocess\nprint(subprocess.run(['true']))", Cause.FORBIDDEN, "subprocess.Popen"),
    "a kill": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", Cause.EXCEPTION, "its process ended"),
}  # fmt: skip


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One for all tests of this file; short limits."""
    made = open_sandbox(allow_weak=True, cpu_s=2)
    yield made
    made.close()


def oracle(sandbox: Sandbox, examples: str = SUM, spec: str = "Add two numbers.", **more: Any) -> Oracle:
    """Of examples."""
    given = GivenExamples(examples, more.pop("checker", ""))
    return choose_oracle(spec, None, sandbox, examples=given, **more)


@pytest.mark.parametrize("way", READING)
def test_every_way_to_read_and_print(way: str, sandbox: Sandbox) -> None:
    """Programs that people submit to judges run here as they do there."""
    judgement = SandboxVerifier(oracle(sandbox), sandbox).judge(READING[way])
    assert (judgement.success, judgement.error) == (True, None)
    assert (judgement.cases, judgement.passed, judgement.integrity) == (3, 3, "outside")


@pytest.mark.parametrize("way", WRONG)
def test_what_is_said_of_wrong_programs(way: str, sandbox: Sandbox) -> None:
    """The example, its input, what was expected and what came."""
    program, cause, words = WRONG[way]
    judgement = SandboxVerifier(oracle(sandbox), sandbox).judge(program)
    assert (judgement.success, judgement.cause) == (False, cause), judgement.error
    assert words in str(judgement.error)


def test_examples_run_in_fresh_processes(sandbox: Sandbox) -> None:
    """A program that counts its runs in memory or in files always sees the first one."""
    program = (
        "import os, sys\nprint(sum(map(int, input().split())) + os.path.exists('seen') + hasattr(sys, 'seen'))\n"
        "open('seen', 'w').write('x')\nsys.seen = 1\n"
    )
    assert SandboxVerifier(oracle(sandbox), sandbox).judge(program).success is True


def test_large_inputs_and_outputs_cross(sandbox: Sandbox) -> None:
    """Two million characters each way."""
    numbers = "\n".join(map(str, range(300_000)))
    examples = json.dumps([[numbers, numbers], ["1 2\n", "2 1\n"]])
    program = "text = open(0).read().split()\nprint(*text if len(text) > 2 else text[::-1])"
    assert SandboxVerifier(oracle(sandbox, examples), sandbox).judge(program).success is True


def test_functions_that_read_and_print(sandbox: Sandbox) -> None:
    """A function that calls input(), one that returns, one in a class; a program that did the work is not run twice."""
    spec = 'def add() -> None:\n    "reads two numbers, prints their sum"\n'
    judge = SandboxVerifier(oracle(sandbox, spec=spec), sandbox).judge
    assert judge("def add():\n    print(sum(map(int, input().split())))").success is True
    assert judge("def add():\n    print(sum(map(int, input().split())))\nadd()").success is True
    assert judge("def add():\n    return sum(map(int, input().split()))").success is False
    assert judge("def other(): pass").cause is Cause.MISSING
    calls = '{"args": [1, 2], "returns": 3}\n{"args": [2, 2], "returns": 4, "stdout": "hi"}'
    made = oracle(sandbox, calls, "Add numbers.", entry_point="add")
    judge = SandboxVerifier(made, sandbox).judge
    assert judge("def add(a, b):\n    if a == b: print('hi')\n    return a + b").success is True
    assert (
        judge("class Solution:\n    def add(self, a, b):\n        print('hi' * (a == b))\n        return a + b").success
        is True
    )
    assert "expected 'hi', got nothing" in str(judge("def add(a, b): return a + b").error)
    assert "expected to return 3, returned 2" in str(judge("def add(a, b): return a * b").error)
    assert Oracle.from_data(made.to_data()).digest == made.digest


def test_a_checker_of_the_user(sandbox: Sandbox) -> None:
    """It decides alone; it may say why, assert, or raise; its parameters are known by their names."""
    examples = '[["1 2 3\\n", "1 2 3\\n"], ["4 5\\n", "4 5\\n"]]'
    for checker in (
        "def check(stdin, expected, got):\n    return got.split()[::-1] == stdin.split(), 'not reversed'\n",
        (
            "def check(process_output, judge_output, judge_input, **more):\n"
            "    assert process_output.split()[::-1] == judge_input.split(), 'not reversed'\n"
        ),
    ):
        with pytest.raises(UsageError, match="refuses the expected output of example 1: not reversed"):
            oracle(sandbox, examples, checker=checker)
        reversed_examples = '[["1 2 3\\n", "3 2 1\\n"], ["4 5\\n", "5 4\\n"]]'
        judge = SandboxVerifier(oracle(sandbox, reversed_examples, checker=checker), sandbox).judge
        assert judge("print(*input().split()[::-1])").success is True
        assert "not reversed" in str(judge("print(input())").error)


def test_examples_that_cannot_tell_right_from_wrong_are_refused(sandbox: Sandbox) -> None:
    """A program that prints nothing, its input or the commonest answer must fail; the remedy is said."""
    for examples, words in (
        ('[["1\\n", "5\\n"]]', "always prints '5'"),
        ('[["1\\n", ""], ["2\\n", ""]]', "prints nothing"),
        ('[["1\\n", "1"], ["2\\n", "2"]]', "echoes its input"),
        ('[["1", "yes"], ["2", "yes"]]', "always prints 'yes'"),
        ('{"args": [1], "returns": 3}\n{"args": [2], "returns": 3}', "always returns 3"),
    ):
        with pytest.raises(UsageError, match="do not tell right from wrong") as wrong:
            oracle(sandbox, examples, entry_point="f" if "args" in examples else None)
        assert words in wrong.value.message
        weak = oracle(sandbox, examples, entry_point="f" if "args" in examples else None, allow_weak=True)
        assert weak.weak
        assert "WEAK" in weak.title
    with pytest.raises(UsageError, match="do not tell right from wrong"):
        oracle(sandbox, SUM, checker="def check(stdin, expected, got): return True\n")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"spec": "This is an interactive problem."}, "interactive"),
        ({"spec": "a, b = map(int, input().split())\nprint(a - b)"}, "fail on the spec itself: example 1 of 3"),
        ({"spec": "def add(a: int, b: int) -> int: ..."}, "give no 'args'"),
        ({"examples": '{"args": [1], "returns": 2}'}, "no function is named"),
        ({"checker": "def check("}, "syntax error"),
        ({"checker": "x = 1"}, "defines no function check"),
        ({"checker": "def check(): return True"}, "takes no argument"),
    ],
)
def test_what_cannot_be_an_oracle_is_refused(more: dict[str, str], words: str, sandbox: Sandbox) -> None:
    """Before any trial, with what is wrong."""
    with pytest.raises(UsageError) as wrong:
        oracle(sandbox, **more)
    assert words in wrong.value.message


LINES = Programs((Example("3 4\n", ("7",), layouts=("3\n4\n",)), Example("5 6\n", ("11",), layouts=("5\n6\n",))))


@pytest.mark.parametrize(
    ("program", "error", "passed"),
    [
        ("print(sum(map(int, input().split())))", None, 2),
        ("print(int(input()) + int(input()))", None, 2),
        ("a, b = map(int, input().split())\nprint(7)", "example 2 of 2, stdin '5 6\\n': expected '11', got '7'", 1),
        ("print(int(input()) - int(input()))", "ValueError", 0),
    ],
    ids=["one line", "lines", "neither, right once", "neither"],
)
def test_a_program_may_read_another_layout(program: str, error: str | None, passed: int, sandbox: Sandbox) -> None:
    """It is judged by the layout that suits it best, and told how many examples it passes in that."""
    seen = judged_program(program, LINES, (), sandbox, 20.0)
    assert seen.passed == passed
    assert (seen.error is None) if error is None else (error in str(seen.error))


def test_a_program_that_does_not_end_is_not_asked_in_every_layout(sandbox: Sandbox) -> None:
    seen = judged_program("while True: pass", LINES, (), sandbox, 20.0)
    assert (seen.passed, seen.ran.whole) == (0, False)


@pytest.mark.parametrize(("every", "passed"), [(False, 0), (True, 1)])
def test_examples_that_pass_are_counted_behind_one_that_does_not(every: bool, passed: int, sandbox: Sandbox) -> None:
    """Only where every one is run."""
    programs = Programs((Example("1\n", ("2",)), Example("5\n", ("5",))))
    assert judged_program("print(input())", programs, (), sandbox, 20.0, every).passed == passed


def test_examples_that_are_merely_wrong_do_not_end_a_count(sandbox: Sandbox) -> None:
    """Only those without an end do, after a few."""
    programs = Programs((*(Example(f"{number}\n", ("no",)) for number in range(6)), Example("7\n", ("7",))))
    assert judged_program("print(input())", programs, (), sandbox, 20.0, every=True).passed == 1


@pytest.mark.parametrize(
    ("status", "told"), [("'bad luck'", "exit status 1: bad luck"), ("3", "exit status 3"), ("' '", "exit status 1")]
)
def test_an_exit_status_is_told_with_what_was_complained_of(status: str, told: str, sandbox: Sandbox) -> None:
    program = f"import sys\nprint(input())\nsys.exit({status})"
    seen = judged_program(program, Programs((Example("1\n", ("1",)),)), (), sandbox, 20.0)
    assert str(seen.error).endswith(f": {told}")


@pytest.mark.parametrize("program", ["print(int(input()) + int(input()))", "print(eval(input()))"])
def test_examples_may_have_layouts_in_different_numbers(program: str, sandbox: Sandbox) -> None:
    """One that has fewer is asked in its last, one that has none as it is."""
    three = (
        Example("3 4\n", ("7",), layouts=("3\n4\n", "3+4\n")),
        Example("5 6\n", ("11",), layouts=("5+6\n",) if "eval" in program else ("5\n6\n",)),
        Example("1+1\n" if "eval" in program else "1\n1\n", ("2",)),
    )
    assert judged_program(program, Programs(three), (), sandbox, 20.0).error is None


def test_after_four_examples_without_an_end_no_more_are_run(sandbox: Sandbox) -> None:
    """What is right behind them is not counted."""
    program = "import os\nif input() == 'end': os.kill(os.getpid(), 9)\nprint('yes')\n"
    for ends, passed in ((3, 2), (4, 1)):
        examples = (Example("go\n", ("yes",)), *(Example("end\n", ("yes",)),) * ends, Example("go\n", ("yes",)))
        seen = judged_program(program, Programs(examples), (), sandbox, 20.0, every=True)
        assert (seen.passed, seen.error, seen.ran.whole) == (passed, None, False)
        assert seen.where == f"example 2 of {ends + 2}, stdin 'end\\n'"


class Counting:
    """The backend of a sandbox, and how many processes it has started."""

    def __init__(self, inner: Backend) -> None:
        self._inner, self.started = inner, 0
        self.renew = inner.renew

    def start(self, program: Started, wall: float) -> Process:
        """One more."""
        self.started += 1
        return self._inner.start(program, wall)

    def close(self) -> None:
        """Ends nothing: it is used by other tests."""


@pytest.mark.parametrize(
    ("program", "started"),
    [
        ("print(", 1),
        ("import os\nos.kill(os.getpid(), 9)", 1),
        ("print(sum(map(int, input().split())))", 2),
        ("print(0)", 2),
    ],
    ids=["no program", "no end", "right", "wrong"],
)
def test_another_layout_is_tried_where_that_may_help(program: str, started: int, sandbox: Sandbox) -> None:
    """Not of what is no program or comes to no end, nor of what is right."""
    counting = Counting(sandbox.backend)
    own = Sandbox(sandbox.name, counting, sandbox.candidate.limits, sandbox.environment)
    judged_program(program, LINES, (), own, 20.0)
    own.close()
    assert counting.started == started


def test_what_is_not_run_passes_nothing(sandbox: Sandbox) -> None:
    """No program, and one that lacks its function; of no examples nothing is wrong."""
    one = Programs((Example(returns=(2,), args=(1,)), Example(returns=(3,), args=(2,))), entry="f")
    for program in ("def f(x) return x", "def g(x): return x"):
        seen = judged_program(program, one, ("f",), sandbox, 20.0, every=True)
        assert (seen.error, seen.passed, seen.where) == (None, 0, "example 1 of 2, called with (1)")
    none = judged_program("print(1)", Programs(()), (), sandbox, 20.0)
    assert (none.error, none.passed, none.ran.whole) == (None, 0, True)


def test_without_a_word_the_first_example_that_fails_is_the_last(sandbox: Sandbox) -> None:
    programs = Programs((Example("1\n", ("2",)), Example("5\n", ("5",))))
    assert judged_program("print(input())", programs, (), sandbox, 20.0).passed == 0


@pytest.mark.parametrize(("size", "shown"), [(60, "x" * 60), (61, "x" * 59 + "…")])
def test_a_long_input_is_cut(size: int, shown: str, sandbox: Sandbox) -> None:
    """After sixty characters, as are arguments."""
    typed = Programs((Example("x" * size, ("2",)),))
    assert judged_program("print(1)", typed, (), sandbox, 20.0).where == f"example 1 of 1, stdin {shown!r}"
    given = Programs((Example("3", returns=(2,), args=(10 ** (size - 1), "a")),), entry="f")
    called = str(10 ** (size - 1)) if size == 60 else f"{str(10**60)[:59]}…"
    seen = judged_program("def f(x, y): return 1", given, ("f",), sandbox, 20.0)
    assert seen.where == f"example 1 of 1, called with ({called}, 'a'), stdin '3'"
    assert seen.error == f"{seen.where}: expected to return 2, returned 1"


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("def f(x): raise KeyError", "KeyError (line 1)"),
        ("def f(x): raise ValueError('no')", "ValueError: no (line 1)"),
        ("def f(x): print(1)", "expected to return 2, returned None"),
        ("import sys\ndef f(x): return 2\nsys.exit()", "expected to return 2, it was not called"),
    ],
)
def test_a_function_is_told_by_what_it_raised_or_returned(program: str, told: str, sandbox: Sandbox) -> None:
    """Or that it was not called at all."""
    one = Programs((Example(returns=(2,), args=(1,)),), entry="f")
    assert judged_program(program, one, ("f",), sandbox, 20.0).error == f"example 1 of 1, called with (1): {told}"
