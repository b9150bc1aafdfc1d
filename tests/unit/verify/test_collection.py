"""Test files of pytest: parameters, plain fixtures, and what is refused before anything is run."""

import unittest
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from kgents.errors import UsageError
from kgents.sandbox.environment import environment
from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify import choosing as oracles
from kgents.verify.collection import collected
from kgents.verify.mirrors.inside.messages import Report
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


class Ran(list[Any]):
    """What was called, in order; each call says what the report has at the time."""

    def __init__(self) -> None:
        super().__init__()
        self.report: Report = {}

    def test(self, **more: object) -> None:
        """A test."""
        self.append((self.report.get("test"), *more.values()))

    def collect(self, names: dict[str, Any], entry: str | None = None) -> int:
        """How many tests there were; nothing is being run afterwards."""
        count = collected(names, [], entry, self.report)
        assert self.report == {}
        return count


def test_check_needs_a_function_and_the_one_that_it_is_given() -> None:
    ran = Ran()
    assert ran.collect({"check": ran.append, "test_a": ran.test}) == 1
    assert ran.collect({"test_a": ran.test, "f": 1}, "f") == 1
    assert ran.collect({"check": 7, "test_a": ran.test, "f": 1}, "f") == 1
    assert ran == [("test_a",)] * 3
    assert ran.collect({"check": ran.append, "test_a": ran.test, "f": "given"}, "f") == 2
    assert ran[3:] == ["given", ("test_a",)]
    assert ran.collect({"f": 1}) == 1


def test_what_is_called_like_a_test_and_is_none_is_left_alone() -> None:
    """Values, and classes of another name."""
    ran = Ran()
    thing = type("testing", (), {"test_it": lambda self: ran.test()})
    named = {"test_data": [1], "testing": thing, "TestData": [1], "test_a": ran.test, "Test": lambda: ran.test()}
    assert ran.collect(named) == 1
    assert ran == [("test_a",)]


def test_methods_are_run_between_what_is_done_before_and_after() -> None:
    """Each on an object of its own, by the names of unittest or by those of pytest."""
    ran = Ran()

    class TestPlain:
        def setup_method(self) -> None:
            ran.append("before")

        def teardown_method(self) -> None:
            ran.append("after")

        def test_one(self) -> None:
            assert not hasattr(self, "seen")
            self.seen = True
            ran.test()

        def test_two(self) -> None:
            self.test_one()

    class TestOther(unittest.TestCase):
        def setUp(self) -> None:
            ran.append("set up")

        def tearDown(self) -> None:
            ran.append("torn down")

        def test_it(self) -> None:
            assert self.id().endswith(".test_it")
            ran.test()

    assert ran.collect({"TestPlain": TestPlain, "TestOther": TestOther}) == 3
    plain = [step for name in ("one", "two") for step in ("before", (f"TestPlain.test_{name}",), "after")]
    assert ran == [*plain, "set up", ("TestOther.test_it",), "torn down"]


def test_marks_of_a_class_are_those_of_its_methods() -> None:
    """One mark, or a list of them."""
    ran = Ran()

    class TestMarked:
        pytestmark = pytest.mark.parametrize("a", [1, 2])

        @pytest.mark.parametrize("b", [3])
        def test_it(self, a: int, b: int) -> None:
            ran.test(a=a, b=b)

    class TestListed(TestMarked):
        pytestmark = [pytest.mark.parametrize("a", [4])]  # noqa: RUF012

        def test_it(self, a: int) -> None:
            ran.test(a=a)

    assert ran.collect({"TestMarked": TestMarked, "TestListed": TestListed}) == 3
    assert ran == [("TestMarked.test_it", 1, 3), ("TestMarked.test_it", 2, 3), ("TestListed.test_it", 4)]


given = pytest.mark.parametrize
PARAMETERS: dict[str, tuple[Any, list[Any]]] = {
    "a text": (given("a, b,", [(1, 2), (3, 4)]), [(1, 2), (3, 4)]),
    "a list": (given(["a", "b"], [[1, 2]]), [(1, 2)]),
    "by name": (given(argvalues=[(1, 2)], argnames="a,b"), [(1, 2)]),
    "values by name": (given("a,b", argvalues=[(1, 2)]), [(1, 2)]),
    "indirect": (given("a,b", [(1, 2)], False), [(1, 2)]),
    "one": (given("a", [(1, 2), pytest.param((3,))]), [((1, 2),), ((3,),)]),
    "one in a list": (given(["a"], [5]), [(5,)]),
    "another mark": (pytest.mark.filterwarnings("error"), [()]),
    "skipped": (pytest.mark.skip, []),
    "expected to fail": (pytest.mark.xfail(reason="not yet"), []),
    "skipped if so": (pytest.mark.skipif(True, reason="so"), []),
    "not skipped": (pytest.mark.skipif(False, reason="so"), [()]),
    "a row to be skipped": (
        given("a", [1, pytest.param(2, marks=pytest.mark.skipif(True, reason="so"))]), [(1,)],
    ),
    "a row that is not": (
        given("a", [pytest.param(2, marks=[pytest.mark.skipif(False, reason="so")])]), [(2,)],
    ),
}  # fmt: skip


@given("name", PARAMETERS)
def test_every_way_to_give_parameters(name: str) -> None:
    """As pytest reads them; what is to be skipped is not run."""
    mark, rows = PARAMETERS[name]
    ran = Ran()

    @mark
    def test_it(**values: object) -> None:
        ran.test(**values)

    assert ran.collect({"test_it": test_it}) == max(1, len(rows))
    assert ran == [("test_it", *row) for row in rows]


def test_a_fixture_is_made_once_for_a_test_and_ended_after_it() -> None:
    """Also one that another fixture asks for; what a parameter gives is not made."""
    ran = Ran()

    @pytest.fixture
    def base() -> list[int]:
        ran.append("made")
        return [1]

    @pytest.fixture
    def lent(base: list[int]) -> Iterator[list[int]]:
        yield base
        ran.append("ended")

    def test_both(lent: list[int], base: list[int]) -> None:
        assert lent is base
        ran.test()

    @pytest.mark.parametrize("base", [7])
    def test_given(base: int) -> None:
        ran.test(base=base)

    names = {"base": base, "lent": lent, "test_both": test_both, "test_given": test_given}
    assert ran.collect(names) == 2
    assert ran == ["made", ("test_both",), "ended", ("test_given", 7)]


def test_a_fixture_that_yields_twice_is_wrong() -> None:
    @pytest.fixture
    def twice() -> Iterator[int]:
        yield 1
        yield 2

    with pytest.raises(RuntimeError, match="yields twice"):
        collected({"twice": twice, "test_it": lambda twice: None}, [], None, {})


def test_fixtures_of_an_older_pytest_are_read() -> None:
    """It keeps the function in an attribute; what has only one of the two marks is none."""
    ran = Ran()
    older = SimpleNamespace(_pytestfixturefunction=object(), __pytest_wrapped__=SimpleNamespace(obj=lambda: 5))
    other = SimpleNamespace(__pytest_wrapped__=SimpleNamespace(obj=lambda: 6))
    assert ran.collect({"five": older, "other": other, "test_it": lambda five, other=0: ran.test(a=five, b=other)}) == 1
    assert ran == [("test_it", 5, 0)]
