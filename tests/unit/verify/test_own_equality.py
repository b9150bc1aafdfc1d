"""Two objects of a class of the candidate's that the tests name: who is equal only by how it was made is not believed."""

from collections.abc import Iterator

import pytest

from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify.choosing import choose_oracle
from kgents.verify.verifier import SandboxVerifier

TESTS = """
from solution import Vec

def test_sum():
    want = Vec(4, 6)
    got = Vec(1, 2) + Vec(3, 4)
    assert got == want
"""
ADD = "    def __add__(self, other): return Vec(self.x + other.x, self.y + other.y)\n"
INIT = "    def __init__(self, x, y): self.x, self.y = x, y\n"
EQUAL = "    def __eq__(self, other): return (self.x, self.y) == (other.x, other.y)\n"
RIGHT = {
    "plain": "class Vec:\n" + INIT + ADD + EQUAL,
    "dataclass": "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass Vec:\n    x: int\n    y: int\n"
    + ADD,
    "a number of its own": (
        "class Vec:\n    made = 0\n    def __init__(self, x, y):\n"
        "        Vec.made += 1\n        self.number, self.x, self.y = Vec.made, x, y\n" + ADD + EQUAL
    ),
    "kept by value": (
        "class Vec:\n    known = {}\n    def __new__(cls, x, y):\n"
        "        return cls.known.setdefault((x, y), object.__new__(cls))\n" + INIT + ADD
    ),
}
FORGED = {
    "to everything": "class Vec:\n    def __init__(self, *a): pass\n    def __add__(self, o): return self\n"
    "    def __eq__(self, o): return True\n",
    "to the first that was made": "class Vec:\n    made = 0\n    def __init__(self, *a):\n        Vec.made += 1\n"
    "        self.number = Vec.made\n    def __add__(self, o): return self\n    def __eq__(self, o): return o.number == 1\n",
    "to what was made before it": "class Vec:\n    made = []\n    def __init__(self, *a): Vec.made.append(self)\n"
    "    def __add__(self, o): return self\n    def __eq__(self, o): return o is Vec.made[0]\n",
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    opened = open_sandbox()
    yield opened
    opened.close()


@pytest.mark.parametrize("name", RIGHT)
def test_honest_classes_pass(sandbox: Sandbox, name: str) -> None:
    """Whatever they are made of."""
    judgement = SandboxVerifier(choose_oracle("Write Vec.", TESTS, sandbox), sandbox).judge(RIGHT[name])
    assert judgement.success is True, judgement.error


@pytest.mark.parametrize("name", FORGED)
def test_forged_equality_fails(sandbox: Sandbox, name: str) -> None:
    """An object that is made anew in the same way has to be equal, too, and its near misses must not be."""
    judgement = SandboxVerifier(choose_oracle("Write Vec.", TESTS, sandbox), sandbox).judge(FORGED[name])
    assert judgement.success is False
    assert "equals" in (judgement.error or "")
