"""Annotations of GitHub Actions are one line each, whatever a name or an error holds."""

from datetime import UTC, datetime

from kgents.domain.fact import Stopped, StopReason
from kgents.domain.plan import Plan
from kgents.domain.summary import Status, Summary
from kgents.report.github import annotation
from kgents.stats import Design, Rule

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def test_a_failed_run_is_an_error_and_everything_is_escaped() -> None:
    """Colons and commas end a property, line breaks the command."""
    plan = Plan("exp-1", "command", "c", Design(Rule.FIXED, None, 0.95, 4, futility=0.0), "", 1, name="a:b,c\nd")
    summary = Summary(plan, NOW, NOW, status=Status.FAILED, stop=Stopped(StopReason.FATAL, "50 %\n::error::forged"))
    line = annotation(summary, {"evidence": {"success_rate": None}})
    assert line == "::error title=kgents a%3Ab%2Cc%0Ad::failed: 50 %25%0A::error::forged"
