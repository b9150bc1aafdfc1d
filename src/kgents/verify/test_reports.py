"""What test runners write: which tests failed and why, read from the output of pytest or unittest, or from JUnit XML.

Rule: text in, data out. The text may be cut in its middle, coloured, hostile or of another program altogether; nothing
is raised, and what is not recognised is not there.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, takewhile
from xml.etree import ElementTree as ET

_LINE = 2_000  # characters of a line that are read
_TRACEBACK = 500  # lines of a failed test that are searched for its exception
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_COUNT = re.compile(r"(\d+) (failed|passed|skipped|errors?|xfailed|xpassed|deselected|rerun)\b")
_COUNTS = re.compile(r"^(?:=+ )?(?:\d+ [a-z]+(?:, )?)+ in [\d.]+s.*$")
_SUMMARY = re.compile(r"^(FAILED|ERROR) (\S+\[.*?\](?= - |$)|\S.*?)(?: - (.*))?$")
_VERBOSE = re.compile(
    r"^(\S+::.+?) (FAILED|ERROR)(?: +\[ *\d+%\])?$|^\[gw\d+\] \[ *\d+%\] (FAILED|ERROR) (\S+::.+?) *$"
)
_TITLE = re.compile(r"^_{2,} (?:ERROR (?:at \w+ of|collecting) )?(.+?) _{2,}$")
_CASE = re.compile(r"^(FAIL|ERROR): (\S+)(?: \((.+)\))?")
_RAN = re.compile(r"^Ran (\d+) tests? in [\d.]+s$")
_RULE = re.compile(r"^(?:[=_]{4,}.*|-{20,})$")
_RAISED = re.compile(r"^[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Failed|Warning)\b.*$")


@dataclass(frozen=True, slots=True)
class FailedTest:
    """One test that failed or could not be run: its name as the runner has it, and the line that says why."""

    name: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class TestCase:
    """One test case of a JUnit file: passed True or False, None where it was skipped; `message` is one line, `text` all
    that is said of the failure, `seconds` what it took.
    """

    __test__ = False
    name: str
    passed: bool | None
    message: str = ""
    text: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class TestReport:
    """What a run of tests came to: the failed ones in the order of the report, and the runner's own counts by word."""

    __test__ = False
    failed: tuple[FailedTest, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    def quoted(self) -> str:
        """The failures as one line: the first with its message, and how many more there are; empty without one."""
        if not self.failed:
            return ""
        first = self.failed[0]
        more = f" (and {len(self.failed) - 1} more)" if len(self.failed) > 1 else ""
        return first.name + (f": {first.message}" if first.message else "") + more


def read_tests(text: str) -> TestReport | None:
    """What is said about tests in the output of a program; None where it is no output of a test runner."""
    text = _COLOUR.sub("", text).replace("\r\n", "\n")
    lines = [line[:_LINE] for line in text.split("\n")]
    return _of_junit(text) or _of_pytest(lines) or _of_unittest(lines)


def read_junit(document: str) -> TestReport | None:
    """What a JUnit XML document says; None for a text that is none. Documents with a DTD are not read."""
    try:
        cases = junit_cases(document)
    except ValueError:
        return None
    failed = tuple(FailedTest(case.name, case.message) for case in cases if case.passed is False)
    skipped = sum(case.passed is None for case in cases)
    counts = {"passed": len(cases) - len(failed) - skipped, "failed": len(failed), "skipped": skipped}
    return TestReport(failed, {word: count for word, count in counts.items() if count})


def junit_cases(document: str | bytes) -> list[TestCase]:
    """The test cases of a JUnit XML document. ValueError says why a text is none; documents with a DTD are not read."""
    head = (
        document.partition(b"<testsuite")[0]
        if isinstance(document, bytes)
        else document.partition("<testsuite")[0].encode()
    )
    if b"<!" in head.replace(b"<!--", b""):
        raise ValueError("a document type, which is not read")
    try:
        root = ET.fromstring(document)
    except ET.ParseError as wrong:
        raise ValueError(str(wrong)) from wrong
    if root.tag not in ("testsuites", "testsuite"):
        raise ValueError(f"<{root.tag}> is not <testsuites>")
    return [_junit_case(case) for case in root.iter("testcase")]


def _junit_case(case: ET.Element) -> TestCase:
    name = "::".join(part for part in (case.get("classname"), case.get("name")) if part)
    try:
        seconds = float(case.get("time") or 0)
    except ValueError:
        seconds = 0.0
    wrong = next((child for child in case if child.tag in ("failure", "error")), None)
    if wrong is None:
        return TestCase(name, None if case.find("skipped") is not None else True, seconds=seconds)
    text = (wrong.text or "").strip()
    lines = (wrong.get("message") or text).strip().splitlines()
    return TestCase(name, False, lines[0].strip() if lines else "", text, seconds)


def _of_junit(text: str) -> TestReport | None:
    """The document that stands in an output, with whatever else before and after it."""
    start, end = text.find("<testsuite"), text.rfind("</testsuite")
    if not 0 <= start < end:
        return None
    return read_junit(text[start : text.find(">", end) + 1])


def _of_pytest(lines: list[str]) -> TestReport | None:
    counts = _pytest_counts(lines)
    listed = list(_listed(lines))
    if counts is None and not listed and not any("test session starts" in line for line in lines):
        return None
    messages = dict(_explained(lines))
    failed = {name: message or _message_of(name, messages) for name, message in listed}
    if not failed and any(word.startswith(("failed", "error")) for word in counts or {}):
        failed = messages
    return TestReport(tuple(FailedTest(name, message) for name, message in failed.items()), counts or {})


def _pytest_counts(lines: list[str]) -> dict[str, int] | None:
    for line in reversed(lines):
        text = line.strip("= ")
        if _COUNTS.match(text) and _COUNT.search(text):
            return {word.removesuffix("s"): int(count) for count, word in _COUNT.findall(text)}
    return None


def _listed(lines: list[str]) -> Iterator[tuple[str, str]]:
    """(name, message) of the lines that name failed tests: those of the short summary, else those of -v."""
    summary = [match for match in map(_SUMMARY.match, lines) if match and _is_id(match[2])]
    for match in summary:
        yield match[2], (match[3] or "").strip()
    for match in () if summary else filter(None, map(_VERBOSE.match, lines)):
        yield match[1] or match[4], ""


def _is_id(name: str) -> bool:
    return "::" in name or re.search(r"\.(py|txt|rst|md)\b", name) is not None


def _explained(lines: list[str]) -> Iterator[tuple[str, str]]:
    """(title, message) of every section of FAILURES and ERRORS: the message is the first line that pytest marks E."""
    for at, line in enumerate(lines):
        title = _TITLE.match(line)
        if title:
            section = list(takewhile(lambda text: not _RULE.match(text), lines[at + 1 :]))
            marked = (text[1:].strip() for text in section if text.startswith("E  "))
            yield title[1], next((text for text in marked if text), "")


def _message_of(name: str, messages: Mapping[str, str]) -> str:
    """The message of the section whose title is the last part of a test's name."""
    title = ".".join(name.split("::")[1:]) or name
    return messages.get(title, "")


def _of_unittest(lines: list[str]) -> TestReport | None:
    ran = next((match for match in map(_RAN.match, reversed(lines)) if match), None)
    if ran is None:
        return None
    failed = [
        FailedTest(f"{match[3]}.{match[2]}" if match[3] and match[2] not in match[3] else match[3] or match[2],
                   _raised(lines[at + 1 :]))
        for at, match in ((at, _CASE.match(line)) for at, line in enumerate(lines))
        if match
    ]  # fmt: skip
    counts = {"passed": max(0, int(ran[1]) - len(failed)), "failed": len(failed)}
    return TestReport(tuple(failed), {word: count for word, count in counts.items() if count})


def _raised(lines: list[str]) -> str:
    """The line of a traceback that names the exception."""
    section = takewhile(lambda text: not text.startswith("=====") and not _RAN.match(text), lines)
    return next((text.strip() for text in islice(section, _TRACEBACK) if _RAISED.match(text)), "")
