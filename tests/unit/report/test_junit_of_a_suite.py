"""JUnit of a flaky suite: a test that never ran is skipped, and a run that came to no verdict is an error."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from kgents.domain.fact import Stopped, StopReason, Verdict
from kgents.domain.outcome import Usage
from kgents.domain.plan import Plan
from kgents.domain.ports import Trial
from kgents.domain.prefix import Tally, Totals
from kgents.domain.summary import Status, Summary
from kgents.report.junit import junit
from kgents.stats import Design, Rule

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ARMS = ("a.py::test_dice", "a.py::test_new", "a.py::test_stable")
DICE = {
    "name": "a.py::test_dice", "flaky": True, "verdict": "supported", "failures": 1, "runs": 9,
    "first_failure": {"error": "no", "cause": "exit_status", "text": "trace"},
}  # fmt: skip


async def none() -> AsyncIterator[Trial]:
    """No trial is at hand, so that no case has a duration."""
    return
    yield


def summary_of(verdict: Verdict | None) -> Summary:
    """Nine runs of two tests; one that has appeared since, of which no run counts."""
    plan = Plan("exp-1", "flaky", "c", Design(Rule.FIXED, 0.9, 0.95, 9, futility=0.0), "", 1, arms=ARMS)
    totals = Totals([Tally(9, 8), Tally(0, 0, 0, 1), Tally(9, 9)])
    if verdict is None:
        stop = Stopped(StopReason.INTERRUPTED, "")
        return Summary(plan, NOW, NOW, status=Status.INTERRUPTED, stop=stop, totals=totals)
    return Summary(plan, NOW, NOW, status=Status.COMPLETED, verdict=verdict, totals=totals)


async def suite_of(verdict: Verdict | None, test: Mapping[str, object] = DICE) -> ET.Element:
    """The suite of the file."""
    data: Any = {"created_at": NOW, "evidence": {"flaky": [], "tests": [test], "success_rate": 0.9}}
    return ET.fromstring(await junit(summary_of(verdict), data, none()))[0]


async def test_what_never_ran_is_skipped_and_not_passed() -> None:
    """The counts of the suite are those of its cases."""
    suite = await suite_of(Verdict.SUPPORTED)
    cases = {case.attrib["name"]: [child.tag for child in case] for case in suite.iter("testcase")}
    assert cases == {"test_dice": ["flakyFailure"], "test_new": ["skipped"], "test_stable": []}
    assert [suite.attrib[name] for name in ("tests", "failures", "errors", "skipped")] == ["3", "0", "0", "1"]


async def test_a_run_without_a_verdict_is_an_error() -> None:
    """It is one case more, so that no reader of the file takes the run for a success."""
    suite = await suite_of(None)
    errors = [case for case in suite.iter("testcase") if case.find("error") is not None]
    assert [case.attrib["name"] for case in errors] == ["exp-1"]
    assert [suite.attrib[name] for name in ("tests", "failures", "errors", "skipped")] == ["4", "0", "1", "1"]


async def test_a_test_that_failed_in_the_run_that_found_it_alone_is_flaky() -> None:
    """Of that run nothing is kept but that it failed: no line, no text."""
    suite = await suite_of(Verdict.SUPPORTED, {**DICE, "failures": 0, "first_failure": None})
    again = next(case for case in suite.iter("testcase") if case.attrib["name"] == "test_dice").find("flakyFailure")
    assert again is not None
    assert again.attrib["message"] == "failed 0 of 9 runs: in the first run, which found the tests"
    assert again.findtext("stackTrace") == ""


async def test_the_time_of_a_case_is_that_of_its_trials() -> None:
    """Their mean, in seconds."""

    async def trials() -> AsyncIterator[Trial]:
        for index, (arm, us) in enumerate([(0, 1_500_000), (0, 250_000), (2, 40_000)]):
            yield Trial(arm, index, True, None, None, us, 1.0, NOW, Usage())

    data: Any = {"created_at": NOW, "evidence": {"flaky": [], "tests": [DICE], "success_rate": 0.9}}
    suite = ET.fromstring(await junit(summary_of(Verdict.SUPPORTED), data, trials()))[0]
    times = {case.attrib["name"]: float(case.attrib.get("time", 0)) for case in suite.iter("testcase")}
    assert times["test_dice"] == pytest.approx(0.875)
    assert times["test_stable"] == pytest.approx(0.04)
