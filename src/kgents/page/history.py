"""The list of experiments: filters, one line each with its interval, fifty a page; no trial is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypedDict
from urllib.parse import urlencode

from kgents.domain.plan import Layout
from kgents.domain.ports import Query
from kgents.domain.summary import Summary
from kgents.domain.words import seconds
from kgents.errors import UsageError
from kgents.kinds.config import readable_config
from kgents.kinds.registry import kind_called
from kgents.report.html.view import tone
from kgents.report.row import row_of
from kgents.stats import Interval, Prior, credible_interval
from kgents.store.sql import SqlStore

PAGE = 50
FILTERS = ("text", "kind", "verdict", "status", "model", "tag")
LARGEST_CONFIG = 200_000  # bytes of a configuration that is read for the sake of a headline


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of the list as a browser sends them, and how many experiments come before this page."""

    filters: Mapping[str, str]
    start: int = 0

    @staticmethod
    def read(query: Mapping[str, str]) -> "Asked":
        """From the query of a URL; what is not understood is as if it were not there."""
        start = query.get("start", "")
        number = min(int(start), 10**9) if start.isascii() and start.isdigit() else 0
        return Asked({name: query[name].strip() for name in FILTERS if query.get(name, "").strip()}, number)

    def query(self) -> Query:
        """What the store is asked: one more than is shown, to know whether there is a next page."""
        wanted = self.filters.get
        return Query(
            kind=_kind(wanted("kind")), status=wanted("status"), verdict=wanted("verdict"), tag=wanted("tag"),
            model=wanted("model"), text=wanted("text"), limit=PAGE + 1, offset=self.start,
        )  # fmt: skip

    def link(self, start: int) -> str:
        """The address of another page of this list."""
        return "/?" + urlencode({**self.filters, "start": start})

    def series(self) -> str:
        """The address of these experiments as a series; empty where a filter goes by what came out, or there is none."""
        chosen = self.filters.keys()
        return "/series?" + urlencode(self.filters) if chosen and not chosen & {"verdict", "status"} else ""


def _kind(name: str | None) -> str | None:
    """The kind that people call so; of a name that nobody knows, the name: there are none of it."""
    try:
        return name and kind_called(name)
    except UsageError:
        return name


class BarView(TypedDict):
    """Places on a line of 100 units, and the interval in words."""

    low: float
    width: float
    at: float
    target: float | None
    words: str


class HistoryLine(TypedDict):
    """An experiment in the list."""

    id: str
    what: str
    kind: str
    model: str
    tags: tuple[str, ...]
    result: str
    tone: str
    counts: str
    when: str
    took: str
    bar: BarView | None


class HistoryView(TypedDict):
    """A page of the list, with the addresses of its neighbours; empty where there is none."""

    rows: list[HistoryLine]
    filters: Mapping[str, str]
    newer: str
    older: str
    first: int
    series: str


async def history(store: SqlStore, asked: Asked) -> HistoryView:
    """What the template of the list shows."""
    listed = [experiment async for experiment in store.listing(asked.query())]
    return {
        "rows": [_row(experiment.summary, experiment.config) for experiment in listed[:PAGE]],
        "filters": {name: asked.filters.get(name, "") for name in FILTERS},
        "newer": asked.link(max(0, asked.start - PAGE)) if asked.start else "",
        "older": asked.link(asked.start + PAGE) if len(listed) > PAGE else "",
        "first": asked.start + 1,
        "series": asked.series(),
    }


def _row(summary: Summary, content: bytes | None) -> HistoryLine:
    plan = summary.plan
    large = content is not None and len(content) > LARGEST_CONFIG
    row = row_of(summary, {} if large else readable_config(content))
    rated = row.rate is not None and plan.layout is Layout.INDEPENDENT and plan.decider is None
    interval = _interval(plan.design.prior, row.trials, row.successes, row.confidence) if rated else None
    return {
        "id": row.id,
        "what": (row.name or "").strip() or (row.model or row.kind if large else row.what),
        "kind": row.kind,
        "model": row.model or "",
        "tags": row.tags,
        "result": row.result,
        "tone": tone(summary),
        "counts": f"{row.successes} of {row.trials}",
        "when": f"{row.created_at:%Y-%m-%d %H:%M}",
        "took": seconds(round(row.seconds, 1)),
        "bar": _bar(interval, row.rate or 0.0, row.target) if interval is not None else None,
    }


@lru_cache(maxsize=4096)
def _interval(prior: Prior, trials: int, successes: int, confidence: float) -> Interval:
    """The interval of a bar, as exactly as a bar shows it; kept, since a list is looked at again and again."""
    return credible_interval(prior, trials, successes, confidence, 1e-6)


def _bar(interval: Interval, rate: float, target: float | None) -> BarView:
    """Places on a line of 100 units."""
    return {
        "low": 100 * interval.low,
        "width": 100 * (interval.high - interval.low),
        "at": 100 * rate,
        "target": None if target is None else 100 * target,
        "words": f"{rate:.3f}, from {interval.low:.3f} to {interval.high:.3f}",
    }
