"""The list of experiments: filters, one line each with its interval, fifty a page; no trial is read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from kgents.domain.plan import Layout
from kgents.domain.ports import Query
from kgents.domain.summary import Summary
from kgents.kinds.registry import kind_of
from kgents.report.evidence import counts
from kgents.report.html.view import tone
from kgents.stats import Interval, credible_interval
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
            kind=wanted("kind"), status=wanted("status"), verdict=wanted("verdict"), tag=wanted("tag"), model=wanted("model"),
            limit=PAGE + 1, offset=self.start, text=wanted("text"),
        )  # fmt: skip

    def link(self, start: int) -> str:
        """The address of another page of this list."""
        return "/?" + urlencode({**self.filters, "start": start})


async def history(store: SqlStore, asked: Asked) -> dict[str, Any]:
    """What the template of the list shows."""
    summaries = [summary async for summary in store.history(asked.query())]
    shown = summaries[:PAGE]
    heads = await _headlines(store, shown)
    return {
        "rows": [_row(summary, headline) for summary, headline in zip(shown, heads, strict=True)],
        "filters": {name: asked.filters.get(name, "") for name in FILTERS},
        "newer": asked.link(max(0, asked.start - PAGE)) if asked.start else "",
        "older": asked.link(asked.start + PAGE) if len(summaries) > PAGE else "",
        "first": asked.start + 1,
    }


async def _headlines(store: SqlStore, shown: Sequence[Summary]) -> list[str]:
    wanted = [summary.plan.config for summary in shown if not summary.plan.name]
    texts = await store.texts(wanted)
    return [summary.plan.name or _headline(summary, texts.get(summary.plan.config)) for summary in shown]


def _headline(summary: Summary, content: bytes | None) -> str:
    if content is None:
        return "(erased)"
    if len(content) > LARGEST_CONFIG:
        return summary.plan.model or summary.plan.kind
    try:
        return kind_of(summary.plan.kind).headline(json.loads(content))
    except (ValueError, KeyError, TypeError):
        return "(damaged)"


def _row(summary: Summary, headline: str) -> dict[str, Any]:
    plan = summary.plan
    trials, successes = counts(summary)
    rated = trials and plan.layout is Layout.INDEPENDENT and "decider" not in plan.facts
    interval = credible_interval(plan.design.prior, trials, successes, plan.design.confidence) if rated else None
    return {
        "id": plan.experiment,
        "what": headline,
        "kind": plan.kind,
        "model": plan.model or "",
        "tags": plan.tags,
        "result": (summary.verdict or summary.status).value,
        "tone": tone(summary),
        "counts": f"{successes} of {trials}",
        "when": f"{summary.created_at:%Y-%m-%d %H:%M}",
        "bar": _bar(interval, successes / trials, plan.design.target) if interval is not None else None,
    }


def _bar(interval: Interval, rate: float, target: float | None) -> dict[str, Any]:
    """Places on a line of 100 units."""
    return {
        "low": 100 * interval.low,
        "width": 100 * (interval.high - interval.low),
        "at": 100 * rate,
        "target": None if target is None else 100 * target,
        "words": f"{rate:.3f}, from {interval.low:.3f} to {interval.high:.3f}",
    }
