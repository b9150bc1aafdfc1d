"""From the trials of a test to its reports: the first failing trial's traceback, then what the trials add up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from kgents.domain.fact import StopReason
from kgents.domain.plan import Layout
from kgents.domain.summary import Summary
from kgents.kinds.callable.trial import Trial
from kgents.plugin.claim import Claim
from kgents.plugin.experiment import TestExperiment
from kgents.report.evidence import interval_of
from kgents.report.sentence import sentence

SHOWN_TRIALS = 200  # of the path
GOOD = ("supported", "best", "equivalent")
OPEN = ("inconclusive", "open")
UNPAID = (StopReason.BUDGET_USD, StopReason.BUDGET_TOKENS)


@dataclass(frozen=True, slots=True)
class Cycle:
    """The reports of one set-up, call and tear-down."""

    reports: Sequence[pytest.TestReport]
    trial: Trial

    @property
    def call(self) -> pytest.TestReport | None:
        """The report of the call; None where set-up ended it."""
        return next((report for report in self.reports if report.when == "call"), None)

    @property
    def broken(self) -> bool:
        """Whether set-up or tear-down failed: an error, never evidence."""
        return any(report.failed for report in self.reports if report.when != "call")

    @property
    def skipped(self) -> bool:
        """Whether it was skipped (an expected failure is none)."""
        return any(report.skipped and not hasattr(report, "wasxfail") for report in self.reports)

    @property
    def passed(self) -> bool:
        """Whether the call passed; of a test that is expected to fail, whether it did not fail."""
        call = self.call
        if call is None:
            return False
        return call.passed or (call.failed and str(call.longrepr).startswith("[XPASS(strict)]"))

    @property
    def seconds(self) -> float:
        """How long the call took."""
        return self.call.duration if self.call is not None else 0.0

    @property
    def message(self) -> str:
        """One line of the failure."""
        crash = getattr(getattr(self.call and self.call.longrepr, "reprcrash", None), "message", None)
        text = str(crash or (self.call.longreprtext if self.call else "")).strip()
        return text.splitlines()[0][:300] if text else "failed"

    @property
    def text(self) -> str:
        """The failure as pytest shows it."""
        return self.call.longreprtext if self.call is not None else ""


@dataclass(slots=True)
class Told:
    """What is kept of the trials: the first that failed, the last that passed, the last, and the one that broke."""

    failed: Cycle | None = None
    passed: Cycle | None = None
    last: Cycle | None = None
    broken: Cycle | None = None


def final_reports(
    item: pytest.Item, claim: Claim, experiment: TestExperiment, told: Told, seconds: float, arm: int = 0
) -> Sequence[pytest.TestReport]:
    """Set-up, call and tear-down reports of the one test; where tests are compared, of that arm."""
    if told.broken is not None:
        return told.broken.reports
    summary = experiment.summary()
    verdict = verdict_of(summary, arm)
    open_ = verdict in OPEN or (summary.stop is not None and summary.stop.reason in UNPAID)
    good = verdict in GOOD or (open_ and claim.on_inconclusive == "pass")
    cycle = (told.passed if good else told.failed) or told.last
    assert cycle is not None
    block = _block(item, experiment, told, sentence(summary), arm)
    properties = _properties(experiment, summary, verdict, arm)
    for report in cycle.reports:
        report.user_properties = [*report.user_properties, *properties]
        if report.when == "call":
            report.duration = seconds
            _judge(item, report, good, open_ and claim.on_inconclusive == "skip", sentence(summary))
            report.sections.append(("experiment", block))
    return cycle.reports


def verdict_of(summary: Summary, arm: int) -> str:
    """The word for the verdict: of a comparison what became of the arm (best, equivalent, eliminated, open)."""
    if summary.plan.layout is not Layout.COMPARE:
        return summary.verdict.value if summary.verdict is not None else "stopped"
    return "stopped" if summary.decision is None else str(summary.decision.detail["status"][arm])


def _judge(item: pytest.Item, report: pytest.TestReport, good: bool, skip: bool, text: str) -> None:
    """The outcome of the call; what is expected to fail keeps the words that pytest has for that."""
    if skip:
        path, line, _ = item.location
        report.outcome, report.longrepr = "skipped", (path, (line or 0) + 1, f"Skipped: {text}")
    elif hasattr(report, "wasxfail") or report.longreprtext.startswith("[XPASS(strict)]"):
        return
    elif good:
        report.outcome, report.longrepr = "passed", None
    else:
        report.outcome = "failed"
        report.longrepr = report.longrepr or text


def _block(item: pytest.Item, experiment: TestExperiment, told: Told, text: str, arm: int) -> str:
    whole = experiment.paths[arm]
    path = whole if len(whole) <= SHOWN_TRIALS else whole[:SHOWN_TRIALS] + "…"
    lines = [text, path]
    if told.failed is not None:
        root = item.config.getoption("kg_seed")
        seed = f" --kg-seed {root}" if root else ""
        index = told.failed.trial.index
        lines.append(f"again, trial {index} alone: pytest{seed} --kg-trial '{item.nodeid}::{index}'")
    if item.config.getoption("kg_record"):
        lines.append(f"on record: kg experiment show {experiment.plan.experiment}")
    return "\n".join(lines)


def _properties(experiment: TestExperiment, summary: Summary, verdict: str, arm: int) -> list[tuple[str, Any]]:
    compared = summary.plan.layout is Layout.COMPARE
    tally = summary.counted.tallies[arm]
    trials, successes = (tally.trials, tally.successes) if compared else summary.counts
    interval = interval_of(summary, arm if compared else None)
    cap = experiment.plan.design.max_trials or 0
    asked = ("kg.compared", " | ".join(summary.plan.arms)) if compared else ("kg.target", experiment.plan.design.target)
    return [
        ("kg.verdict", verdict),
        ("kg.trials", trials),
        ("kg.successes", successes),
        asked,
        ("kg.low", interval.low),
        ("kg.high", interval.high),
        ("kg.saved", max(0, cap - trials) if summary.decision is not None else 0),
        ("kg.experiment", experiment.plan.experiment),
    ]
