"""What GitHub Actions shows of an experiment: one annotation in the log, and a summary on the page of the job."""

from kgents.domain.fact import StopReason, Verdict
from kgents.domain.summary import Summary
from kgents.report.document_types import Document
from kgents.report.sentence import sentence

VARIABLE = "GITHUB_STEP_SUMMARY"  # a file that summaries are appended to


def annotation(summary: Summary, data: Document) -> str:
    """The line of a workflow command: error, warning or notice, with the headline."""
    title = _property(f"kgents {summary.plan.name or summary.plan.experiment}")
    return f"::{_level(summary, data)} title={title}::{_data(sentence(summary, data['evidence']))}"


def _level(summary: Summary, data: Document) -> str:
    failed = summary.stop is not None and summary.stop.reason in (StopReason.ERRORS, StopReason.FATAL)
    if failed or summary.verdict is Verdict.REFUTED:
        return "error"
    none_passed = summary.verdict is Verdict.ESTIMATE and data["evidence"]["success_rate"] == 0
    return "warning" if none_passed or summary.verdict in (None, Verdict.INCONCLUSIVE) else "notice"


def _data(text: str) -> str:
    """A message as workflow commands want it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """A property as workflow commands want it."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
