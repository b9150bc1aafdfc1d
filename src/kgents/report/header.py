"""What an experiment is, before what it came to: what, who, when, how long, by which plan, and where it stands."""

from kgents.domain.summary import Status, Summary
from kgents.domain.words import number, seconds
from kgents.kinds.kind import Config
from kgents.kinds.registry import command_of
from kgents.report.planning import asked
from kgents.report.row import row_of
from kgents.report.text import columns

Rows = list[tuple[str, str]]


def header(summary: Summary, config: Config) -> str:
    """The header of `kg experiment show`, for people."""
    return columns(header_rows(summary, config)) + "\n"


def header_rows(summary: Summary, config: Config) -> Rows:
    """(label, text) of all that is known; times in local time."""
    row, plan = row_of(summary, config), summary.plan
    began = summary.created_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    who = " at ".join(part for part in (row.user, row.host) if part)
    rows = [
        ("id", plan.experiment + (f"   {plan.name}" if plan.name else "")),
        (command_of(plan.kind), row.what),
        ("model", plan.model or ""),
        ("oracle", plan.oracle or ""),
        ("tags", ", ".join(plan.tags)),
        ("who", who),
        ("when", f"{began}, {seconds(round(row.seconds, 2))}"),
        ("plan", f"{planned(summary)}, seed {plan.seed}"),
        ("status", _status(summary)),
    ]
    return [(label, value) for label, value in rows if value]


def planned(summary: Summary) -> str:
    """The design in one line."""
    share = summary.plan.share
    return asked(summary.plan) + (f", place {share.place} of the series {share.series}" if share else "")


def _status(summary: Summary) -> str:
    """Where it stands; of a run that is not over, since when nothing was recorded."""
    if summary.status is Status.COMPLETED:
        return f"completed, {number(summary.totals.finished, 'trial')}"
    last = summary.updated_at.astimezone().strftime("%H:%M:%S")
    return f"{summary.status.value}, {number(summary.totals.finished, 'trial')} so far, the last mark at {last}"
