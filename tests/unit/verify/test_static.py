"""Static checks of candidates: what comments say of the check itself is not listened to."""

import sys

import pytest

from kgents.errors import UsageError
from kgents.verify import static
from kgents.verify.static import missing_tools, static_checks, without_switches

UNUSED = "import os\n\n\ndef add(a: int, b: int) -> int:\n    return a + b\n"
LINT = {
    "the file": "# ruff: noqa\n" + UNUSED,
    "the file, in flake8's words": "# flake8: noqa\n" + UNUSED,
    "the file, one rule": "# ruff: noqa: F401\n" + UNUSED,
    "the line": UNUSED.replace("os\n", "os  # noqa\n", 1),
    "the line, one rule": UNUSED.replace("os\n", "os  # noqa: F401\n", 1),
    "capitals": "# RUFF: NOQA\n" + UNUSED,
    "a range": "# ruff: disable[F401]\n" + UNUSED + "# ruff: enable[F401]\n",
}
WRONG = "def add(a: int, b: int) -> int:\n    return str(a + b)\n"
TYPES = {
    "the line": WRONG.replace("b)\n", "b)  # type: ignore\n"),
    "the line, one code": WRONG.replace("b)\n", "b)  # type: ignore[return-value]\n"),
    "the line, close": WRONG.replace("b)\n", "b)  #type:ignore\n"),
    "the line, with tabs": WRONG.replace("b)\n", "b)  #\ttype: ignore\n"),
    "the file": "# type: ignore\n" + WRONG,
    "the file, configured": "# mypy: ignore-errors\n" + WRONG,
    "the file, one code": '# mypy: disable-error-code="return-value"\n' + WRONG,
    "the file, in a text": '"""\n# mypy: ignore-errors\n"""\n' + WRONG,
}


@pytest.mark.parametrize("name", LINT)
def test_no_comment_switches_lint_off(name: str) -> None:
    """ruff says what it would have said."""
    (check,) = static_checks(LINT[name], ["lint"])
    assert (check.passed, "F401" in check.detail or "I001" in check.detail) == (False, True)


@pytest.mark.parametrize("name", TYPES)
def test_no_comment_switches_types_off(name: str) -> None:
    """mypy says what it would have said."""
    (check,) = static_checks(TYPES[name], ["types"])
    assert (check.passed, "return" in check.detail) == (False, True)


def test_lines_columns_and_types_that_comments_give_stay() -> None:
    """What is read is as long, and comments that are types are types."""
    typed = "items = []  # type: list[int]\nitems.append('a')\n"
    assert without_switches(typed) == typed
    assert not static_checks(typed, ["types"])[0].passed
    for source in (*LINT.values(), *TYPES.values()):
        assert [len(line) for line in without_switches(source).splitlines()] == [
            len(line) for line in source.splitlines()
        ]


def test_a_check_whose_tool_is_not_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is asked for, as is a check that there is not."""
    missing_tools(["types", "lint"])
    with pytest.raises(UsageError, match="--check signature: there is no such check"):
        missing_tools(["types", "signature"])
    monkeypatch.setitem(sys.modules, "mypy", None)
    missing_tools(["lint"])
    with pytest.raises(UsageError, match="--check types needs mypy"):
        missing_tools(["lint", "types"])


def test_a_check_that_passes_has_nothing_to_say_and_one_that_fails_its_first_line() -> None:
    right, wrong = (
        static_checks("def add(a: int, b: int) -> int:\n    return a + b\n", ["types"]),
        static_checks(WRONG, ["types"]),
    )
    assert [(check.name, check.passed, check.detail) for check in right] == [("types", True, "")]
    assert wrong[0].detail.startswith("line 2: error: ")
    both = static_checks(UNUSED, ["types", "lint"])
    assert [(check.name, check.passed) for check in both] == [("types", True), ("lint", False)]
    assert both[1].detail.startswith("line 1:8: F401")


def test_a_long_message_is_cut_and_only_the_file_itself_is_left_out() -> None:
    """After two hundred characters; a name that looks like the file's stays."""
    (check,) = static_checks(f"def f():\n    return {'x' * 300}\n", ["lint"])
    assert (len(check.detail), check.detail.startswith("line 2:12: F821")) == (200, True)
    literal = 'from typing import Literal\nx: Literal["a"] = "candidate.py:"\n'
    (check,) = static_checks(literal, ["types"])
    assert check.detail.startswith("line 2: error: ")
    assert "candidate.py:" in check.detail


def test_a_tool_that_does_not_answer_in_time_has_not_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert static.SECONDS == 60
    monkeypatch.setattr(static, "SECONDS", 0.001)
    (check,) = static_checks(UNUSED, ["lint"])
    assert (check.passed, check.detail) == (False, "no answer within 0.001 s")
