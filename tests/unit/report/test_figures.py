"""Sums over trials: durations, causes with an example each, answers, and why a run failed."""

import statistics
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from summaries import folded, plan

from kgents.domain.fact import Stopped, StopReason
from kgents.domain.outcome import Cause, Usage
from kgents.domain.plan import Errors
from kgents.domain.ports import Trial
from kgents.report.figures import Figures, failure
from kgents.stats import Design, Rule

DESIGN = Design(Rule.FIXED, None, 0.95, 40, futility=0.0)


def trial(
    index: int, seconds: float = 1.0, cause: Cause | None = None, error: str | None = None, usage: Usage = Usage()
) -> Trial:
    success = cause is None or (None if cause.fault != "program" else False)
    return Trial(0, index, success, cause, error, round(seconds * 1e6), 1.0, datetime(2026, 1, 1, tzinfo=UTC), usage)


def figures(*trials: Trial, errors: Errors = Errors.EXCLUDE) -> Figures:
    summed = Figures(errors)
    for one in trials:
        summed.add(one)
    return summed


def test_durations_are_those_of_all_trials() -> None:
    times = [0.5, 2.0, 0.25, 9.0, 1.5]
    told = figures(*(trial(index, seconds) for index, seconds in enumerate(times))).evidence()["duration_seconds"]
    assert told is not None
    assert told["mean"] == pytest.approx(statistics.mean(times))
    assert told["sd"] == pytest.approx(statistics.stdev(times))
    assert told["slowest"] == 9.0
    assert figures(trial(0, 2.0)).evidence()["duration_seconds"] == {"mean": 2.0, "sd": None, "slowest": 2.0}
    assert figures().evidence() == {"causes": [], "duration_seconds": None, "answers": 0}


def test_causes_come_by_their_frequency_with_the_error_of_the_first_trial() -> None:
    """Of two as frequent, by name."""
    trials = [
        trial(0, cause=Cause.NETWORK, error="connection refused"),
        trial(1, cause=Cause.WRONG_OUTPUT, error="expected 1, got 2"),
        trial(2, cause=Cause.WRONG_OUTPUT, error="expected 3, got 4"),
        trial(3, cause=Cause.EXCEPTION, error="ValueError"),
        trial(4),
    ]
    rows = figures(*trials).evidence()["causes"]
    assert [(row["cause"], row["trials"], row["counted"]) for row in rows] == [
        ("wrong_output", 2, 2), ("exception", 1, 1), ("network", 1, 0),
    ]  # fmt: skip
    assert rows[0]["example"] == "expected 1, got 2"
    assert rows[0]["hint"] is None
    assert "Is the server running?" in str(rows[2]["hint"])
    counting = figures(*trials, errors=Errors.COUNT).evidence()["causes"]
    assert [row["counted"] for row in counting] == [2, 1, 1]


def test_an_answer_is_what_a_model_was_asked_for_and_gave() -> None:
    asked, silent = Usage(9, 4, None, 1), Usage(0, 0, None, 1)
    assert figures(trial(0, usage=asked), trial(1, usage=silent), trial(2)).evidence()["answers"] == 2
    lost = [trial(0, cause=Cause.NETWORK, usage=silent), trial(1, cause=Cause.NETWORK, usage=asked)]
    assert figures(*lost).evidence()["answers"] == 1


def test_why_a_run_failed_is_the_cause_that_its_stop_quotes() -> None:
    rows = figures(
        trial(0, cause=Cause.WRONG_OUTPUT, error="no"),
        trial(1, cause=Cause.OVERLOADED, error="HTTP 529"),
        trial(2, cause=Cause.OVERLOADED, error="HTTP 529"),
        trial(3, cause=Cause.NETWORK, error="connection refused"),
    ).evidence()["causes"]
    quoting = folded(plan(DESIGN), Stopped(StopReason.ERRORS, "3 trials gave no evidence: connection refused"))
    told = failure(quoting, rows)
    assert told is not None
    assert told["kind"] == "network"
    assert told["message"].startswith("3 trials gave no evidence: connection refused")
    assert "Is the server running?" in told["message"]
    assert "Is the server running?" in str(told["hint"])
    other = failure(folded(plan(DESIGN), Stopped(StopReason.FATAL, "it ended")), rows)
    assert other is not None
    assert other["kind"] == "overloaded"  # the most frequent that does not count
    without = failure(folded(plan(DESIGN), Stopped(StopReason.ERRORS, "it ended")), [])
    assert without == {"kind": "errors", "message": "it ended", "hint": None}


@pytest.mark.parametrize("reason", [StopReason.INTERRUPTED, StopReason.BUDGET_SECONDS, StopReason.BUDGET_USD])
def test_a_run_that_was_stopped_did_not_fail(reason: StopReason) -> None:
    assert failure(folded(plan(DESIGN), Stopped(reason, "enough")), []) is None
    assert failure(folded(plan(DESIGN)), []) is None
