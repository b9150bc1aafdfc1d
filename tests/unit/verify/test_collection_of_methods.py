"""Test methods of classes: each runs, between what it sets up and tears down, and the one that fails is named."""

from typing import Any

import pytest

from kgents.verify.collection import collected


def test_each_method_runs_between_its_set_up_and_its_tear_down() -> None:
    """In the order in which they stand; a class of the candidate's own is none of the tests."""
    steps: list[str] = []

    class TestBoth:
        def setup_method(self) -> None:
            steps.append("up")

        def test_one(self) -> None:
            steps.append("one")

        def test_two(self) -> None:
            steps.append("two")

        def teardown_method(self) -> None:
            steps.append("down")

    report: Any = {}
    assert collected({"TestBoth": TestBoth, "TestTheirs": TestBoth}, ["TestTheirs"], None, report) == 2
    assert steps == ["up", "one", "down", "up", "two", "down"]
    assert report == {}


def test_the_method_that_fails_is_named() -> None:
    """It ends the tests; what was named last stays."""

    class TestWrong:
        def test_right(self) -> None:
            pass

        def test_wrong(self) -> None:
            raise AssertionError

    report: Any = {}
    with pytest.raises(AssertionError):
        collected({"TestWrong": TestWrong}, [], None, report)
    assert report["test"] == "TestWrong.test_wrong"


def test_fixtures_are_functions_that_are_marked_so() -> None:
    """Both are given: what is yielded, and what is returned."""

    @pytest.fixture
    def two() -> int:
        return 2

    seen: list[int] = []

    def test_it(two: int) -> None:
        seen.append(two)

    report: Any = {}
    assert collected({"two": two, "other": object(), "test_it": test_it}, [], None, report) == 1
    assert seen == [2]
