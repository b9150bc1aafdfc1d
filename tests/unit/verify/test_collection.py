"""Test files of pytest: parameters, plain fixtures, and what is refused before anything is run."""

from collections.abc import Iterator
from typing import Any

import pytest

from kgents.errors import UsageError
from kgents.sandbox.environment import environment
from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify import choosing as oracles
from kgents.verify.collection import collected
from kgents.verify.verifier import SandboxVerifier

COMMON: dict[str, Any] = {"entry": None, "defined": (), "checks": (), "tolerance": 1e-9}
RIGHT = "def div(a, b):\n    return a / b\n"
WRONG = "def div(a, b):\n    return a // b\n"
FILES = {
    "approx and raises": (
        (
            "import pytest\nfrom solution import div\n"
            "def test_thirds():\n    assert div(1, 3) == pytest.approx(0.3333333, rel=1e-6)\n"
            "def test_zero():\n    with pytest.raises(ZeroDivisionError):\n        div(1, 0)\n"
        ),
        2,
    ),
    "parameters": (
        (
            "import pytest\nfrom solution import div\n"
            "@pytest.mark.parametrize('a, b, c', [(1, 2, 0.5), pytest.param(3, 2, 1.5, id='more'),\n"
            "    pytest.param(1, 1, 7, marks=pytest.mark.xfail)], ids=['x', 'y', 'z'])\n"
            "def test_it(a, b, c):\n    assert div(a, b) == c\n"
            "@pytest.mark.parametrize(argnames='a', argvalues=[pytest.param(5), 7])\n"
            "@pytest.mark.parametrize('b', (2, 4))\n"
            "def test_both(a, b):\n    assert div(a, b) * b == a\n"
            "@pytest.mark.skip\ndef test_never():\n    assert div(1, 1) == 9\n"
        ),
        6,
    ),
    "fixtures": (
        (
            "import pytest\nfrom solution import div\n"
            "closed = []\n"
            "@pytest.fixture\ndef two():\n    return 2\n"
            "@pytest.fixture()\ndef pair(two):\n    yield [two, two + 1]\n    closed.append(two)\n"
            "def test_first(pair):\n    pair.append(9)\n    assert div(pair[1], pair[0]) == 1.5\n"
            "def test_fresh(pair, two):\n    assert len(pair) == two and closed == [2]\n    assert div(1, two) == 0.5\n"
            "class TestMore:\n"
            "    def setup_method(self):\n        self.one = 1\n"
            "    @pytest.mark.parametrize('b', [2, 4])\n"
            "    def test_in_class(self, b, two):\n        assert div(self.one, b) == 1 / b and two == 2\n"
        ),
        4,
    ),
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    opened = open_sandbox(cpu_s=5, environment=environment(["pytest"]))
    yield opened
    opened.close()


@pytest.mark.parametrize("name", FILES)
def test_files_of_pytest_judge(sandbox: Sandbox, name: str) -> None:
    tests, cases = FILES[name]
    verifier = SandboxVerifier(oracles.tests_oracle(tests, COMMON, None), sandbox)
    right = verifier.judge(RIGHT)
    assert (right.success, right.cases) == (True, cases), right.error
    assert verifier.judge(WRONG).success is False


def test_plain_asserts_have_no_files() -> None:
    """Tests that write files outside of pytest's session are a usage error before anything is run."""
    tests = "import tempfile\nwith tempfile.NamedTemporaryFile() as file:\n    assert div(file.name, 1)\n"
    with pytest.raises(UsageError, match="use tempfile where no file can be written"):
        oracles.tests_oracle(tests, COMMON, None)


@pytest.mark.parametrize(("own", "called"), [([], ["check", "test_more"]), (["check", "test_more"], [])])
def test_check_is_run_besides_test_functions(own: list[str], called: list[str]) -> None:
    """Neither where the name is the candidate's own."""
    seen: list[str] = []
    names: dict[str, Any] = {"check": lambda asked: seen.append(asked), "test_more": lambda: seen.append("test_more")}
    assert collected({**names, "f": "check"}, own, "f", {}) == max(1, len(called))  # a file without tests is one
    assert seen == called


def test_rows_of_parameters_are_plain_or_params() -> None:
    """One marked to be skipped is left out; two decorators are all of their pairs."""
    seen: list[tuple[int, int]] = []

    @pytest.mark.parametrize("a", [1, pytest.param(2), pytest.param(3, marks=pytest.mark.skip)])
    @pytest.mark.parametrize("b", [(4), pytest.param(5)])
    def test_pairs(a: int, b: int) -> None:
        seen.append((a, b))

    assert collected({"test_pairs": test_pairs}, [], None, {}) == 4
    assert sorted(seen) == [(1, 4), (1, 5), (2, 4), (2, 5)]
