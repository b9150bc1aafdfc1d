"""The reference oracle: what a spec that runs has to say of candidates of every shape."""

import ast
from collections.abc import Iterator

import pytest

from kgents.domain.outcome import Cause
from kgents.errors import UsageError
from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify.choosing import choose_oracle
from kgents.verify.reference.inside.taking import domains_of
from kgents.verify.verifier import SandboxVerifier

STACK = """
class Stack:
    def __init__(self, limit: int = 5):
        self._items: list[int] = []
        self.limit = limit

    def push(self, item: int) -> "Stack":
        if len(self._items) >= self.limit:
            raise OverflowError("full")
        self._items.append(item)
        return self

    def pop(self) -> int:
        return self._items.pop()

    def __len__(self) -> int:
        return len(self._items)
"""
POINT = """
from dataclasses import dataclass

@dataclass
class Point:
    x: int
    y: int

    def far(self) -> float:
        return abs(complex(self.x, self.y))

def mirror(p: int) -> Point:
    return Point(-p, p)
"""

LEFT = """
import sys
def half(n: int) -> int:
    if n % 2:
        sys.exit('{}')
    if n == 0:
        sys.exit({})
    return n // 2
"""
LEAVING = {
    LEFT.format("", 0).replace("''", "2"): "SystemExit",
    LEFT.format("", 1).replace("''", "1"): "SystemExit",
}
CASES = {
    "exit statuses": (LEFT.format("usage: an even number", None), LEFT.format("", 0).replace("''", "257"), LEAVING),
    "integers": (
        "def add(a: int, b: int) -> int:\n    return a + b\n",
        "def add(a, b): return b + a",
        {"def add(a, b): return a - b": "expected "},
    ),
    "large integers": (
        "def power(n: int) -> int:\n    return 7 ** abs(n)\n",
        "def power(n): return pow(7, abs(n))",
        {"def power(n): return int(7.0 ** abs(n))": "): expected "},
    ),
    "floats and nan": (
        "def f(x: float) -> float:\n    return float('nan') if x < 0 else x / 3\n",
        "def f(x): return x * (1 / 3) if x >= 0 else -float('nan')",
        {"def f(x): return x / 3": "expected nan, got -"},
    ),
    "sets": (
        "def s(xs: list[str]) -> set[str]:\n    return set(xs)\n",
        "def s(xs): return {x for x in reversed(xs)}",
        {"def s(xs): return list(xs)": "s([]): expected set(), got []"},
    ),
    "exceptions": (
        "def div(a: int, b: int) -> float:\n    return a / b\n",
        "def div(a, b):\n    if not b: raise ZeroDivisionError('other words')\n    return a / b",
        {"def div(a, b): return a / b if b else 0": "div(0, 0): expected ZeroDivisionError: division by zero, got 0"},
    ),
    "arguments that are changed": (
        "def up(xs: list[int]) -> None:\n    xs.sort()\n",
        "def up(xs): xs[:] = sorted(xs)",
        {"def up(xs): sorted(xs)": "expected to leave [["},
    ),
    "generators": (
        "def count(n: int):\n    for i in range(n):\n        yield i\n",
        "def count(n): return iter(range(n))",
        {"def count(n): return list(range(n))": "count(0): expected an iterator over [], got []"},
    ),
    "coroutines": (
        "async def twice(x: int) -> int:\n    return 2 * x\n",
        "async def twice(x): return x + x",
        {
            "def twice(x): return 2 * x": "twice(0): expected awaitable 0, got 0",
            "async def twice(x): return x": ": expected awaitable ",
        },
    ),
    "several functions": (
        "def half(x: int) -> float:\n    return x / 2\ndef main(x: int) -> float:\n    return half(x) + 1\n",
        "def half(x): return x * 0.5\ndef main(x): return x / 2 + 1",
        {"def half(x): return 0\ndef main(x): return x / 2 + 1": "half(1): expected 0.5, got 0"},
    ),
    "classes": (
        STACK,
        STACK.replace("limit: int", "limit").replace("_items", "_stack"),
        {
            STACK.replace("pop()", "pop(0)"): "pop(): expected ",
            STACK.replace("return self\n", "return None\n"): ": expected the object itself, got None",
            STACK.replace(">=", ">"): ": expected OverflowError, got the object itself",
            STACK.replace("self.limit = limit", "self.limit = 5"): ": expected limit = ",
        },
    ),
    "dataclasses": (
        POINT,
        POINT.replace("abs(complex(self.x, self.y))", "(self.x * self.x + self.y * self.y) ** 0.5"),
        {POINT.replace("-p, p", "p, p"): "expected Point(x=-1, y=1), got Point(x=1, y=1)"},
    ),
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    opened = open_sandbox(cpu_s=2)
    yield opened
    opened.close()


@pytest.mark.parametrize("name", CASES)
def test_every_shape_of_a_spec_is_compared(sandbox: Sandbox, name: str) -> None:
    spec, other, wrong = CASES[name]
    oracle = choose_oracle(spec, None, sandbox)
    assert oracle.kind == "reference"
    assert choose_oracle(spec, None, sandbox).digest == oracle.digest
    verifier = SandboxVerifier(oracle, sandbox)
    for right in (spec, other):
        judgement = verifier.judge(right)
        assert judgement.success is True, judgement.error
    for candidate, said in wrong.items():
        judgement = verifier.judge(candidate)
        assert (judgement.success, said in (judgement.error or "")) == (False, True), judgement.error


def test_the_entry_point_is_the_only_target(sandbox: Sandbox) -> None:
    spec = CASES["several functions"][0]
    oracle = choose_oracle(spec, None, sandbox, entry_point="half")
    assert {row[2] for row in oracle.rows} == {"half"}
    assert SandboxVerifier(oracle, sandbox).judge("def half(x): return x / 2\ndef main(x): return 0").success is True


def test_given_inputs_are_the_corpus_and_the_tolerance_is_relative(sandbox: Sandbox) -> None:
    spec = "def f(x):\n    return x / 3\n"
    oracle = choose_oracle(spec, None, sandbox, inputs="[3]\n[1.5]\n", tolerance=0.01)
    assert len(oracle.rows) == 2
    verifier = SandboxVerifier(oracle, sandbox)
    assert verifier.judge("def f(x): return x / 3.001").success is True
    judgement = verifier.judge("def f(x): return x / 4")
    assert (judgement.success, judgement.cause) == (False, Cause.WRONG_OUTPUT)


@pytest.mark.parametrize(
    ("body", "reads"),
    [
        ("return random.random()", "chance"),
        ("return hash(str(x))", r"id\(\) or hash\(\)"),
        ("return __import__('ti' + 'me').time()", "the clock"),
        ("return os.environ['HOME']", "the environment"),
    ],
)
def test_a_reference_that_reads_the_world_is_refused(sandbox: Sandbox, body: str, reads: str) -> None:
    """What it answers is no measure for another program."""
    with pytest.raises(UsageError, match=reads):
        choose_oracle(f"import os, random\ndef f(x: int):\n    {body}\n", None, sandbox)


def test_a_reference_whose_answers_depend_on_the_hash_seed_is_refused(sandbox: Sandbox) -> None:
    """A second run, under another hash seed, says something else."""
    with pytest.raises(UsageError, match="not deterministic"):
        choose_oracle("def f(xs: list[str]):\n    return list(set(xs))\n", None, sandbox)


def test_a_reference_that_takes_few_of_the_inputs_is_refused_or_weak(sandbox: Sandbox) -> None:
    """It says what it tells apart and what not, and how to go on; allowed all the same it is WEAK."""
    spec = "def height(node):\n    return 0 if node is None else 1 + _both(node.left, node.right)\n"
    spec += "def _both(one, other):\n    return max(height(one), height(other))\n"
    with pytest.raises(UsageError, match=r"the reference kills|no input was found") as refused:
        choose_oracle(spec, None, sandbox)
    assert "--allow-weak-oracle" in (refused.value.hint or "")
    assert "(WEAK)" in choose_oracle(spec, None, sandbox, allow_weak=True).title


def test_a_spec_that_calls_itself_is_given_trees(sandbox: Sandbox) -> None:
    """Parts that a function gives to itself are what it takes, or the end of it."""
    spec = "def height(node):\n    return 0 if node is None else 1 + max(height(node.left), height(node.right))\n"
    oracle = choose_oracle(spec, None, sandbox)
    assert oracle.strength is not None
    assert not oracle.strength.alive


@pytest.mark.parametrize(
    ("use", "leaf"),
    [("out.append(part)", "any"), ("out.append(part.upper())", "str"), ("out.append(part + 1)", "int")],
)
def test_what_ends_a_tree_is_told_by_its_use(use: str, leaf: str) -> None:
    """What is only handed on may be anything: a tuple among lists as well."""
    source = "def flat(parts):\n    out = []\n    for part in parts:\n        if isinstance(part, list):\n"
    source += f"            out += flat(part)\n        else:\n            {use}\n    return out\n"
    ((domain, *_),) = domains_of(ast.parse(source).body[0], {})  # type: ignore[arg-type]
    assert domain[0] == "list"
    assert leaf in str(domain[1][1])


def test_a_reference_that_answers_one_thing_is_refused(sandbox: Sandbox) -> None:
    """A program that knows nothing passes as it."""
    with pytest.raises(UsageError, match="only answers"):
        choose_oracle("def f(x: int) -> bool:\n    return x > 10 ** 40\n", None, sandbox)
