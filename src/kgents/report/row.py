"""One experiment as a row: what a list of experiments shows, in the terminal, in Python and on the page.

Rule: a row is made from the summary and the configuration alone; no trial is read.
"""

import csv
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import TextIO

from kgents.domain.plan import Layout
from kgents.domain.summary import Summary
from kgents.kinds.kind import Config
from kgents.kinds.registry import command_of, kind_of
from kgents.report.clean import cell
from kgents.report.evidence import analysis_of, interval_of


@dataclass(frozen=True, slots=True)
class Row:
    """An experiment in a list; None where there is nothing to say.

    kind      the command that makes such experiments
    what      what was tried, in one line
    seconds   from its beginning to its end, or to what was recorded last
    trials    those that count, of all arms together
    low, high  the interval that people see of the rate; None where there is none, or it was not asked for
    """

    id: str
    name: str | None
    created_at: datetime
    kind: str
    what: str
    model: str | None
    tags: tuple[str, ...]
    user: str | None
    host: str | None
    status: str
    verdict: str | None
    target: float | None
    confidence: float
    trials: int
    successes: int
    rate: float | None
    low: float | None
    high: float | None
    seconds: float
    cost_usd: float | None

    @property
    def result(self) -> str:
        """The verdict, or how far it is."""
        return self.verdict or self.status


def row_of(summary: Summary, config: Config, intervals: bool = False) -> Row:
    """The row of an experiment; `config` is empty where it was erased. `intervals`: also the exact ones, which cost time."""
    plan, (trials, successes) = summary.plan, summary.counts
    low, high = _interval(summary, trials) if intervals else (None, None)
    cost = summary.usage.cost_usd
    return Row(
        id=plan.experiment,
        name=plan.name,
        created_at=summary.created_at,
        kind=command_of(plan.kind),
        what=what_of(plan.kind, config),
        model=plan.model,
        tags=plan.tags,
        user=None if plan.who is None else plan.who.user,
        host=None if plan.who is None else plan.who.host,
        status=summary.status.value,
        verdict=summary.verdict and summary.verdict.value,
        target=plan.design.target,
        confidence=plan.design.confidence,
        trials=trials,
        successes=successes,
        rate=successes / trials if trials else None,
        low=low,
        high=high,
        seconds=summary.seconds,
        cost_usd=None if cost is None else float(cost),
    )


def what_of(kind: str, config: Config) -> str:
    """What an experiment of this kind tried, in one line; that it was erased, or cannot be read, where that is so."""
    if not config:
        return "(erased)"
    try:
        return " ".join(kind_of(kind).headline(config).split())
    except (ValueError, KeyError, TypeError):
        return "(damaged)"


def _interval(summary: Summary, trials: int) -> tuple[float | None, float | None]:
    plan = summary.plan
    if plan.layout is not Layout.INDEPENDENT or not trials:
        return None, None
    interval = interval_of(summary) if len(plan.arms) == 1 else analysis_of(summary).confidence_interval
    return (None, None) if interval is None else (interval.low, interval.high)


def data_of(row: Row) -> dict[str, object]:
    """The row as a dict, times as datetimes and tags as a tuple."""
    return asdict(row)


class RowWriter:
    """Rows as CSV: a line of names, then one an experiment, one column a field, times in ISO 8601, tags joined by ;."""

    def __init__(self, stream: TextIO) -> None:
        self._writer = csv.writer(stream, lineterminator="\n")
        self._writer.writerow([field.name for field in fields(Row)])

    def write(self, row: Row) -> None:
        """Writes the line of an experiment."""
        self._writer.writerow([_cell(value) for value in data_of(row).values()])


def _cell(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case tuple():
            return cell(";".join(map(str, value)))
        case str():
            return cell(value)
        case _:
            return value
