"""An experiment as a JUnit file: one test case whose failure is the verdict, with the trials in its output."""

import re
from collections.abc import AsyncIterator, Mapping
from xml.etree import ElementTree as ET

from kgents.domain.fact import Verdict
from kgents.domain.outcome import Cause
from kgents.domain.ports import Trial
from kgents.domain.summary import Summary
from kgents.kinds.flaky.options import FailedTest, FlakyEvidence
from kgents.kinds.options import as_written
from kgents.report.document_types import Document
from kgents.report.sentence import sentence

_FORBIDDEN = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


async def junit(summary: Summary, data: Document, trials: AsyncIterator[Trial]) -> str:
    """The file's text. A verdict is one test: trials of a stochastic program are no tests of their own; those of a suite are."""
    if "flaky" in data["evidence"]:
        return _written(_suite_cases(summary, data, await _seconds(trials)))
    plan, told = summary.plan, sentence(summary, data["evidence"])
    failed = summary.verdict in (Verdict.REFUTED, Verdict.INCONCLUSIVE) or _none_passed(summary, data)
    errored = summary.verdict is None
    suite = _suite(summary, data, plan.kind, tests=1, failures=int(failed), errors=int(errored))
    label = {"classname": f"kgents.{plan.kind}", "name": plan.name or plan.experiment}
    case = ET.SubElement(suite, "testcase", {**label, "time": suite.attrib["time"]})
    if failed or errored:
        ET.SubElement(case, "failure" if failed else "error", {"message": _clean(told)})
    lines = [_line(plan.arms[row.arm], row) async for row in trials]
    ET.SubElement(case, "system-out").text = _clean("\n".join([told, *lines]))
    return _written(suite)


def _suite(
    summary: Summary, data: Document, name: str, tests: int, failures: int, errors: int = 0, skipped: int = 0
) -> ET.Element:
    """A suite without cases, with what identifies the experiment."""
    numbers = {"tests": tests, "failures": failures, "errors": errors, "skipped": skipped}
    counts = {each: str(count) for each, count in numbers.items()}
    time = {"time": f"{summary.duration_us / 1e6:.3f}"}
    suite = ET.Element("testsuite", {"name": f"kgents.{name}", "timestamp": str(data["created_at"]), **counts, **time})
    properties = ET.SubElement(suite, "properties")
    for each, value in _properties(summary).items():
        ET.SubElement(properties, "property", {"name": each, "value": _clean(value)})
    return suite


def _written(suite: ET.Element) -> str:
    root = ET.Element(
        "testsuites", {name: suite.attrib[name] for name in ("tests", "failures", "errors", "skipped", "time")}
    )
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


async def _seconds(trials: AsyncIterator[Trial]) -> Mapping[int, float]:
    """The mean duration of the trials of each arm."""
    spent: dict[int, list[float]] = {}
    async for row in trials:
        spent.setdefault(row.arm, []).append(row.duration_us / 1e6)
    return {arm: sum(times) / len(times) for arm, times in spent.items()}


def _suite_cases(summary: Summary, data: Document, seconds: Mapping[int, float]) -> ET.Element:
    """One test case a test of the suite. A flaky one passed, with `flakyFailure`, where it passes often enough, and failed,
    with `rerunFailure`, where it does not: the words of Maven Surefire, which others read. One of which no run counts is
    skipped, and a run that came to no verdict is an error of its own.
    """
    plan, rows = summary.plan, {test["name"]: test for test in as_written(FlakyEvidence, data["evidence"])["tests"]}
    unseen = {arm for arm, tally in enumerate(summary.counted.tallies) if not tally.trials}
    failing = sum(_fails(test) for test in rows.values())
    open_ = int(summary.verdict is None)
    suite = _suite(summary, data, "flaky", len(plan.arms) + open_, failing, open_, len(unseen))
    for number, name in enumerate(plan.arms):
        classname, _, test = name.rpartition("::")
        label = {"classname": _clean(classname.removesuffix(".py").replace("/", ".")), "name": _clean(test)}
        case = ET.SubElement(suite, "testcase", {**label, "time": f"{seconds.get(number, 0.0):.3f}"})
        if name in rows:
            _failure(case, rows[name])
        elif number in unseen:
            ET.SubElement(case, "skipped", {"message": "no run of it counts"})
    if open_:
        case = ET.SubElement(suite, "testcase", {"classname": "kgents.flaky", "name": plan.name or plan.experiment})
        ET.SubElement(case, "error", {"message": _clean(sentence(summary, data["evidence"]))})
    return suite


def _fails(test: FailedTest) -> bool:
    """Whether a test is a failure: it never passed, or passes too rarely by its verdict."""
    return not test["flaky"] or test["verdict"] == Verdict.REFUTED.value


def _failure(case: ET.Element, test: FailedTest) -> None:
    error, cause, text = _first_failure(test)
    message = f"failed {test['failures']} of {test['runs']} runs: {error or cause}"
    attributes = {"message": _clean(message), "type": cause}
    if _fails(test):
        ET.SubElement(case, "failure", attributes).text = _clean(text)
    if test["flaky"]:
        word = "rerunFailure" if _fails(test) else "flakyFailure"
        again = ET.SubElement(case, word, attributes)
        ET.SubElement(again, "stackTrace").text = _clean(text)


def _first_failure(test: FailedTest) -> tuple[str, str, str]:
    """(one line, cause, text) of the first run that it failed in; of the run that found the tests no more is kept."""
    first = test["first_failure"]
    if first is None:
        return "in the first run, which found the tests", Cause.UNKNOWN.value, ""
    return first["error"] or "", str(first["cause"]), first["text"] or ""


def _none_passed(summary: Summary, data: Document) -> bool:
    """Whether an estimate was made of trials that all failed."""
    evidence = data["evidence"]
    return summary.verdict is Verdict.ESTIMATE and evidence["success_rate"] == 0


def _properties(summary: Summary) -> dict[str, str]:
    return {
        "experiment": summary.plan.experiment,
        "verdict": summary.verdict or summary.status,
        "witness_size": str(summary.size),
        "witness_head": summary.head,
    }


def _line(arm: str, row: Trial) -> str:
    outcome = (row.cause or "success").replace("_", " ")
    return f"{arm} trial {row.index}: {outcome}{': ' if row.error else ''}{row.error or ''}".strip()


def _clean(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold."""
    return _FORBIDDEN.sub("", text)
