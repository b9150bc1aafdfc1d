"""The reader of what test runners write."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kgents.verify.test_reports import FailedTest, TestCase, TestReport, junit_cases, read_junit, read_tests

TESTS = """
import unittest
import pytest

def test_right(): pass

def test_lists():
    assert [1, 2] == [1, 3], "lists differ"

@pytest.mark.parametrize("text", ["b - c"])
def test_text(text):
    assert text == 1

@pytest.fixture
def broken(): raise KeyError("gone")

def test_error(broken): pass

class TestInner:
    def test_method(self): raise ValueError("first\\nsecond")

class Case(unittest.TestCase):
    def test_case(self): self.assertEqual(1, 2)
"""
MESSAGES = {
    "test_lists": "AssertionError: lists differ",
    "test_text[b - c]": "AssertionError: assert 'b - c' == 1",
    "test_error": "KeyError: 'gone'",
    "test_method": "ValueError: first",
    "test_case": "AssertionError: 1 != 2",
}


def run_tests(folder: Path, *words: str) -> str:
    (folder / "test_some.py").write_text(TESTS)
    command = [sys.executable, "-m", *words, "test_some.py" if words[0] == "pytest" else "test_some"]
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    "options",
    ["", "-q", "-q -q", "-v", "--tb=short", "--tb=line", "--tb=no", "--color=yes", "-rN", "-rN -v", "--junitxml=/dev/stdout"],
)  # fmt: skip
def test_every_form_of_pytest_names_the_failed_tests_with_their_messages(tmp_path: Path, options: str) -> None:
    """Whatever options pytest has, the five failed tests are read with the first line of why they failed."""
    report = read_tests(run_tests(tmp_path, "pytest", "-p", "no:cacheprovider", *options.split()))
    assert report is not None
    messages = {test.name.replace(".", "::").split("::")[-1]: test.message for test in report.failed}
    assert set(messages) == set(MESSAGES)
    for name, message in MESSAGES.items():
        assert message in messages[name]
    if options != "-q -q":
        assert report.counts["passed"] == 1


def test_unittest_names_the_failed_test(tmp_path: Path) -> None:
    """unittest's own runner is read as well."""
    report = read_tests(run_tests(tmp_path, "unittest"))
    assert report is not None
    assert report.failed == (FailedTest("test_some.Case.test_case", "AssertionError: 1 != 2"),)
    assert report.counts == {"failed": 1}


def test_a_module_that_cannot_be_collected_is_named(tmp_path: Path) -> None:
    """An import that fails while tests are collected is quoted with its message."""
    (tmp_path / "test_some.py").write_text("")
    (tmp_path / "test_other.py").write_text("import nowhere_at_all")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "test_other.py"]
    report = read_tests(subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout)
    assert report is not None
    assert report.quoted() == "test_other.py: ModuleNotFoundError: No module named 'nowhere_at_all'"


def test_an_output_whose_middle_is_gone_still_names_its_failures() -> None:
    """The short summary at the end is enough."""
    start, end = "===== test session starts =====\n[… 900 bytes left out …]\n", "== 1 failed, 3 passed in 0.1s =="
    text = f"{start}FAILED t.py::test_a - assert 1 == 2\n{end}"
    report = read_tests(text)
    assert report is not None
    assert report.quoted() == "t.py::test_a: assert 1 == 2"
    assert report.counts == {"failed": 1, "passed": 3}


@pytest.mark.parametrize(
    "text",
    ["", "hello", "FAILED to connect - timed out", "ERROR: no such file", "3 passed by", "<testsuite", "<?xml?>"],
)
def test_what_is_no_output_of_a_test_runner_is_not_read(text: str) -> None:
    """Words that test runners use, in other texts, are nothing."""
    assert read_tests(text) is None


def test_junit_counts_and_quotes() -> None:
    """JUnit documents of any runner: failures and errors with message or text, skipped tests apart."""
    report = read_junit(
        "<testsuites><testsuite><testcase classname='a.B' name='good'/><testcase name='skips'><skipped/></testcase>"
        "<testcase classname='a.B' name='bad'><failure message='1 != 2'>trace</failure></testcase>"
        "<testcase name='worse'><error>\nboom\nat line 3</error></testcase></testsuite></testsuites>"
    )
    assert report is not None
    assert report.failed == (FailedTest("a.B::bad", "1 != 2"), FailedTest("worse", "boom"))
    assert report.counts == {"passed": 1, "failed": 2, "skipped": 1}
    assert report.quoted() == "a.B::bad: 1 != 2 (and 1 more)"


def test_a_junit_document_with_entities_is_not_read() -> None:
    """Entities could grow without bound."""
    document = "<!DOCTYPE t [<!ENTITY a 'aa'>]><testsuite><testcase name='&a;'/></testsuite>"
    assert read_junit(document) is None
    for form in (document, document.encode()):
        with pytest.raises(ValueError, match="a document type"):
            junit_cases(form)


def test_cases_of_a_junit_document_have_a_duration_and_an_end() -> None:
    """Where none is given, or none that is a number, it is 0; comments before the document are no document type."""
    document = (
        "<!-- made by hand --><testsuite><testcase name='a' time='0.25'/><testcase name='b'/>"
        "<testcase name='c' time='soon'><skipped/></testcase><testcase name='d' time='2'><error>no\nmore</error></testcase>"
        "</testsuite>"
    )
    cases = [
        TestCase("a", True, seconds=0.25),
        TestCase("b", True),
        TestCase("c", None),
        TestCase("d", False, "no", "no\nmore", 2.0),
    ]
    assert junit_cases(document) == junit_cases(document.encode()) == cases
    assert [case.seconds for case in cases] == [0.25, 0.0, 0.0, 2.0]
    assert read_junit(document) == TestReport((FailedTest("d", "no"),), {"passed": 2, "failed": 1, "skipped": 1})


def test_a_junit_document_is_found_in_what_stands_around_it() -> None:
    """Also in a namespace of one suite; without its end, or with the end before the beginning, it is none."""
    suite = "<testsuite><testcase classname='a' name='b'><failure>1\n2</failure></testcase></testsuite>"
    report = read_tests(f"started\n<?xml version='1.0'?>\n{suite}\nended > here")
    assert report is not None
    assert report.failed == (FailedTest("a::b", "1"),)
    assert read_tests("</testsuite> <testsuite>") is None
    assert read_tests(suite.removesuffix("</testsuite>")) is None
    assert read_tests(suite) == read_tests(f"{suite}done") == report
    assert read_tests("<testsuite/>") is None


def test_a_failure_that_only_its_section_names_is_read() -> None:
    """Without a short summary: counts say that something failed, the section says what."""
    text = (
        "__ test_a __\n\n>   assert 1 == 2\nE   \nE   assert 1 == 2\n"
        "__ test_b __\nE   boom\n== 2 failed, 1 passed in 0.10s ==\n"
    )
    report = read_tests(text)
    assert report is not None
    assert report.failed == (FailedTest("test_a", "assert 1 == 2"), FailedTest("test_b", "boom"))
    assert report.counts == {"failed": 2, "passed": 1}


def test_unittest_counts_what_passed() -> None:
    text = (
        "======\nFAIL: test_a (test_some.Case.test_a)\n------\nTraceback (most recent call last):\n"
        '  File "x.py", line 3, in test_a\nAssertionError: 1 != 2\n\n'
        "======\nERROR: test_b (test_some.Case)\n------\nTraceback (most recent call last):\nValueError: no\n\n"
        "------\nRan 5 tests in 0.001s\n\nFAILED (failures=1, errors=1)\n"
    )
    report = read_tests(text)
    assert report is not None
    assert report.failed == (
        FailedTest("test_some.Case.test_a", "AssertionError: 1 != 2"),
        FailedTest("test_some.Case.test_b", "ValueError: no"),
    )
    assert report.counts == {"passed": 3, "failed": 2}


def test_what_the_short_summary_says_goes_before_the_lines_of_each_test() -> None:
    """`-v` names a failure without its message."""
    text = (
        "===== test session starts =====\nt.py::test_a FAILED [ 50%]\nt.py::test_b PASSED [100%]\n"
        "FAILED t.py::test_a - assert 1 == 2\n== 1 failed, 1 passed in 0.10s ==\n"
    )
    report = read_tests(text)
    assert report is not None
    assert report.failed == (FailedTest("t.py::test_a", "assert 1 == 2"),)
    without = read_tests(text.replace("FAILED t.py::test_a - assert 1 == 2\n", ""))
    assert without is not None
    assert without.failed == (FailedTest("t.py::test_a", ""),)


def test_failures_that_several_processes_list_are_read() -> None:
    """As pytest-xdist writes them under `-v`."""
    text = (
        "===== test session starts =====\n[gw0] [ 50%] FAILED t.py::test_a \n[gw1] [100%] PASSED t.py::test_b \n"
        "== 1 failed, 1 passed in 0.10s ==\n"
    )
    report = read_tests(text)
    assert report is not None
    assert report.failed == (FailedTest("t.py::test_a", ""),)


def test_a_session_that_came_to_no_count_is_one() -> None:
    """It began: nothing is known to have failed."""
    assert read_tests("===== test session starts =====\ncollecting\n") == TestReport()


@pytest.mark.parametrize("name", ["t.py", "doc/a.txt", "a::b"])
def test_what_names_a_file_or_a_part_of_one_is_a_test(name: str) -> None:
    """A file that could not be collected, or a test within whatever a plugin collects."""
    assert read_tests(f"ERROR {name} - no\n") == TestReport((FailedTest(name, "no"),))


def test_a_summary_without_messages_has_them_from_the_sections() -> None:
    """A section is called as the test is within its file."""
    text = (
        "__ test_a __\nE   one\n__ Case.test_b __\nE   two\n__ ERROR collecting t.py __\nE   three\n"
        "FAILED t.py::test_a\nFAILED t.py::Case::test_b\nERROR t.py\n== 2 failed, 1 error in 0.10s ==\n"
    )
    report = read_tests(text)
    assert report is not None
    assert [(test.name, test.message) for test in report.failed] == [
        ("t.py::test_a", "one"), ("t.py::Case::test_b", "two"), ("t.py", "three"),
    ]  # fmt: skip
    assert report.counts == {"failed": 2, "error": 1}


def test_a_long_line_is_read_up_to_2000_characters() -> None:
    start = "FAILED t.py::test_a - "
    report = read_tests(f"{start}{'x' * 3_000}\n")
    assert report is not None
    assert report.failed[0].message == "x" * (2_000 - len(start))


@pytest.mark.parametrize(("lines", "message"), [(0, "ValueError: no"), (499, "ValueError: no"), (500, "")])
def test_the_exception_of_unittest_is_looked_for_in_500_lines(lines: int, message: str) -> None:
    """From the one after its title on."""
    text = f"FAIL: test_a\n{'  in a file' + chr(10) if lines else ''}" + "  more\n" * (lines - 1) + "ValueError: no\n"
    assert read_tests(f"{text}Ran 1 test in 0.1s\n") == TestReport((FailedTest("test_a", message),), {"failed": 1})


def test_a_failure_of_unittest_has_no_exception_of_the_next_one() -> None:
    """Nor are there less than no tests that passed, where parts of one test failed."""
    text = "FAIL: test_a (m.Case)\nnothing\n=====\nFAIL: test_b (m.Case)\nValueError: no\n\nRan 1 test in 0.1s\nKeyError: late\n"
    failed = (FailedTest("m.Case.test_a"), FailedTest("m.Case.test_b", "ValueError: no"))
    assert read_tests(text) == TestReport(failed, {"failed": 2})
