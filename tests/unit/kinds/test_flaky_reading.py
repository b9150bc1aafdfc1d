"""What one run of a suite says of its tests."""

import json
from pathlib import Path

import pytest

from kgents.errors import UsageError
from kgents.kinds.flaky.reading import read_junit, read_reports


def _lines(path: Path, *rows: tuple[str, str, str]) -> Path:
    told = [{"test": test, "when": when, "outcome": word, "seconds": 0.5, "line": "why"} for test, when, word in rows]
    path.write_text("".join(json.dumps(row) + "\n" for row in told) + '{"test": "cut of')
    return path


def test_set_up_call_and_tear_down_are_one_outcome(tmp_path: Path) -> None:
    """Any of them failing is a failure, a skip says nothing, a test that never ended is known to have begun."""
    tests = read_reports(
        _lines(
            tmp_path / "reports",
            ("good", "start", ""), ("good", "setup", "passed"), ("good", "call", "passed"), ("good", "teardown", "passed"),
            ("bad", "setup", "passed"), ("bad", "call", "failed"), ("bad", "teardown", "passed"),
            ("late", "setup", "passed"), ("late", "call", "passed"), ("late", "teardown", "failed"),
            ("skipped", "start", ""), ("skipped", "setup", "skipped"), ("skipped", "teardown", "passed"),
            ("hung", "start", ""), ("hung", "setup", "passed"),
        )
    )  # fmt: skip
    assert {name: ran.passed for name, ran in tests.items()} == {
        "good": True, "bad": False, "late": False, "skipped": None, "hung": None,
    }  # fmt: skip
    assert [name for name, ran in tests.items() if ran.begun] == ["hung"]
    assert (tests["bad"].error, tests["late"].error) == ("why", "teardown: why")
    assert tests["good"].seconds == 1.5


def test_a_run_that_wrote_nothing_has_no_tests(tmp_path: Path) -> None:
    """A missing file is a run in which nothing ran."""
    assert read_reports(tmp_path / "nothing") == {}


def test_junit_files_of_any_runner_are_read(tmp_path: Path) -> None:
    """Failures, errors and skips by `classname::name`; nested suites; a time that is no number is 0."""
    path = tmp_path / "out.xml"
    path.write_text(
        "<testsuites><testsuite><testcase classname='a' name='good' time='0.25'/>"
        "<testsuite><testcase name='bad' time='x'><failure message='not equal'>trace</failure></testcase></testsuite>"
        "<testcase classname='a' name='broken'><error>first line\nsecond</error></testcase>"
        "<testcase classname='a' name='skipped'><skipped/></testcase></testsuite></testsuites>"
    )
    tests = read_junit(path)
    assert {name: ran.passed for name, ran in tests.items()} == {
        "a::good": True, "bad": False, "a::broken": False, "a::skipped": None,
    }  # fmt: skip
    assert (tests["bad"].error, tests["a::broken"].error, tests["a::good"].seconds) == ("not equal", "first line", 0.25)


def test_a_file_that_is_missing_or_no_xml_is_named(tmp_path: Path) -> None:
    """UsageError names --junit."""
    with pytest.raises(UsageError, match="--junit"):
        read_junit(tmp_path / "nothing.xml")
    (tmp_path / "bad.xml").write_text("<a>")
    with pytest.raises(UsageError, match="is no XML"):
        read_junit(tmp_path / "bad.xml")
    (tmp_path / "dtd.xml").write_text('<!DOCTYPE a [<!ENTITY x "y">]><testsuite><testcase name="&x;"/></testsuite>')
    with pytest.raises(UsageError, match="document type"):
        read_junit(tmp_path / "dtd.xml")


def test_what_a_test_printed_may_hold_any_markup(tmp_path: Path) -> None:
    """A document type in the text of a failure is no document type of the file."""
    case = "<testcase name='a'><failure message='no page'><![CDATA[<!DOCTYPE html><p>]]></failure></testcase>"
    (tmp_path / "out.xml").write_text(f"<?xml version='1.0'?><!-- by hand --><testsuite>{case}</testsuite>")
    assert read_junit(tmp_path / "out.xml")["a"].error == "no page"
