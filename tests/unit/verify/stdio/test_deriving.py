"""Specs that read standard input as oracles: what they judge rightly, and what is refused."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kgents.errors import UsageError
from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify.choosing import choose_oracle
from kgents.verify.oracle import Oracle
from kgents.verify.stdio.choosing import GivenExamples
from kgents.verify.stdio.deriving import layouts_of
from kgents.verify.stdio.examples import Example, Programs
from kgents.verify.stdio.inside.shapes import Reading, Shape, Unclear
from kgents.verify.stdio.judging import job_of
from kgents.verify.stdio.processes import run_case
from kgents.verify.verifier import SandboxVerifier

EACH_ALONE = True  # slow, and nothing is shared

ROWS = map(json.loads, (Path(__file__).parent / "stdin_programs.jsonl").read_text().splitlines())
TASKS = {
    row["name"]: (row["right"], row["wrong"], row["inputs"]) for row in ROWS
}  # two of each; the first right one is the spec
REFUSED = {"distances"}  # its own mutants are too like it: it asks for --examples


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One for all tests of this file."""
    made = open_sandbox(allow_weak=True, cpu_s=3)
    yield made
    made.close()


@pytest.mark.parametrize("name", TASKS)
def test_a_spec_that_reads_stdin_tells_right_from_wrong(name: str, sandbox: Sandbox) -> None:
    """Another right way passes, mistakes fail; a spec that cannot tell them apart is refused with the remedy."""
    right, wrong, _ = TASKS[name]
    if name in REFUSED:
        with pytest.raises(UsageError, match="do not tell right from wrong") as refusal:
            choose_oracle(right[0], None, sandbox)
        assert "--examples FILE" in str(refusal.value.hint)
        return
    oracle = choose_oracle(right[0], None, sandbox)
    judge = SandboxVerifier(oracle, sandbox).judge
    assert oracle.kind == "stdio"
    assert "mutants of the spec" in oracle.title
    assert [judge(program).error for program in right] == [None, None]
    assert [judge(program).success for program in wrong] == [False, False]
    assert Oracle.from_data(oracle.to_data()).digest == oracle.digest


@pytest.mark.parametrize("name", TASKS)
def test_given_examples_tell_right_from_wrong(name: str, sandbox: Sandbox) -> None:
    """On inputs of ours, with what the first right program prints in a plain run."""
    right, wrong, inputs = TASKS[name]
    job = job_of(right[0], Programs(()), Example(), ())
    pairs = [[stdin, run_case(sandbox, job, stdin, 20).stdout] for stdin in inputs]
    oracle = choose_oracle("A task.", None, sandbox, examples=GivenExamples(json.dumps(pairs)))
    judge = SandboxVerifier(oracle, sandbox).judge
    assert [judge(program).error for program in right] == [None, None]
    assert [judge(program).success for program in wrong] == [False, False]


@pytest.mark.parametrize(
    ("program", "shapes"),
    [
        ("n = int(input())", [Shape("int", None, ("n",))]),
        ("a, b = map(int, input().split())", [Shape("int", 2, ("a", "b"))]),
        ("a = list(map(float, input().strip().split()))", [Shape("float", 0, ("a",))]),
        ("a = [int(x) - 1 for x in input().split()]", [Shape("int", 0, ("a",))]),
        ("s = input().strip()", [Shape("text", None, ("s",))]),
        ("a, b = input().split()\nprint(int(a) + int(b))", [Shape("int", 2, ("a", "b"))]),
        ("n = input()\nprint(int(n))", [Shape("int", None, ())]),
        ("import sys\ninput = sys.stdin.buffer.readline\nn = int(input())", [Shape("int", None, ("n",))]),
        ("import sys\nd = sys.stdin.read().split()\nprint(int(d[0]))", [Shape("int", 0, ("d",), whole=True)]),
        ("for line in open(0):\n    print(int(line))", [Shape("int", None, ())]),
        (
            "op, *rest = input().split()\nif op == 'a': pass\nelif op == 'b': pass",
            [Shape("command", 0, ("op", "rest"))],
        ),
        ("op, x = input().split()\nif op in ('a', 'b'): print(int(x))", [Shape("command", 2, ("op",))]),
        ("for line in open(0):\n    for part in line.split():\n        print(int(part))", [Shape("int", 0)]),
        ("for n, line in enumerate(open(0)):\n    print(n, float(line))", [Shape("float")]),
        ("lines = open(0).readlines()\nprint(max(int(line) for line in lines))", [Shape("int")]),
        ("print([line.strip() for line in open(0)])", [Shape("text", None, ("line",))]),
    ],
)
def test_how_a_program_reads(program: str, shapes: list[Shape]) -> None:
    """What each read gives, and what it goes to."""
    assert Reading(program).shapes == shapes


@pytest.mark.parametrize(
    "program",
    ["parts = input().split()\nif parts[0] == 'push': print(parts[1])", "import sys\nprint(sys.stdin.read())",
     "a = input().split(',')", "op, *x = input().split()\nif op == 'a': pass\nelif op == 'b': pass\nelse: print(x)",
     "import sys\nprint(sys.stdin.readlines())"],
)  # fmt: skip
def test_what_is_not_understood(program: str) -> None:
    """Is said, and not guessed."""
    with pytest.raises(Unclear):
        Reading(program)


def test_a_spec_that_says_something_else_each_time_is_refused(sandbox: Sandbox) -> None:
    """Chance, clocks and constant output are no measure."""
    for spec, words in (
        ("import random\nn = int(input())\nprint(random.random())", "chance"),
        ("import time\nn = int(input())\nprint(time.time() + n)", "clock"),
        ("n = int(input())\nprint('ok')", "passes"),
        ("n = int(input())\nraise ValueError(n)", "0 inputs were found"),
    ):
        with pytest.raises(UsageError, match="--spec") as wrong:
            choose_oracle(spec, None, sandbox)
        assert words in wrong.value.message


def test_other_layouts_of_what_is_read_as_parts() -> None:
    """Whoever reads by lines is right with the lines that people would write."""
    assert layouts_of("2\n1\n2\n3\n4\n") == ("2 1 2 3 4\n", "2\n1 2 3 4\n", "2\n1 2\n3 4\n")
    assert layouts_of("5\n") == ("5\n", "5\n")
