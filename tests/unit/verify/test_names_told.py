"""Functions that a candidate tells of with its first word: they are what its module has, as long as it has not been asked."""

from collections.abc import Iterator

import pytest

from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify.choosing import choose_oracle
from kgents.verify.verifier import SandboxVerifier


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One for all of them."""
    opened = open_sandbox()
    yield opened
    opened.close()


ONCE = "from solution import f\nassert f(1) == 1\n"
LATE = ONCE + "from solution import f as again\nassert again(1) == 2\n"
SAME = "import solution\nfrom solution import f\nassert solution.f is f\nassert f(1) == 1\n"
KEPT = "def f(n):\n    return n\n"
BOUND_ANEW = "def f(n):\n    global f\n    f = lambda n: n + 1\n    return n\n"


@pytest.mark.parametrize(
    ("tests", "candidate", "right"),
    [
        (ONCE, KEPT, True),
        (ONCE, BOUND_ANEW, True),
        (LATE, BOUND_ANEW, True),
        (LATE, KEPT, False),
        (SAME, KEPT, True),
        (SAME, "def f(n):\n    return n + 1\n", False),
        (ONCE, "class Callable:\n    def __call__(self, n): return n\nf = Callable()\n", True),
        (ONCE, "from operator import pos as f\n", True),
        (ONCE, "f = lambda n: n\n", True),
        (ONCE, "f = 3\n", False),
    ],
)
def test_names_are_those_of_the_module(sandbox: Sandbox, tests: str, candidate: str, right: bool) -> None:
    """Also one that the candidate binds anew when it is called, and one that is no function."""
    oracle = choose_oracle("def f(n): ...\n", tests, sandbox)
    assert SandboxVerifier(oracle, sandbox).judge(candidate).success is right
