"""A series: experiments that share a tag, a model, a kind or a part of their name, in the order in which they were begun.

Rule: a series is chosen before its outcomes. Each rate stands with the interval that people see of it; which verdicts stand
together is what `history --fdr` says of the same series.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

from kgents.domain.ports import Query, Store
from kgents.domain.summary import Summary
from kgents.errors import UsageError
from kgents.report.html.page import file_policy, render, style
from kgents.report.html.view import DrawnPicture, drawn, tone
from kgents.report.pictures import Picture, Point, png, series, standalone
from kgents.report.row import Row, row_of
from kgents.report.standing import Claim, claims, evidence_words, stand_together

MOST = 2000  # experiments that a series on a page has; `history --fdr` takes any number
DRAWN = 60  # … and those of which the picture is
SHARE = 0.05  # of wrong verdicts, where nobody names another


@dataclass(frozen=True, slots=True)
class Member:
    """An experiment of a series; `claim` is None where it has no e-value, or where too many take part."""

    summary: Summary
    row: Row
    claim: Claim | None


@dataclass(frozen=True, slots=True)
class Series:
    """The newest experiments of a series, newest first.

    title     what they have in common
    sentence  how many verdicts stand together
    whole     how many experiments take part
    """

    title: str
    sentence: str
    members: Sequence[Member]
    whole: int


class SeriesLine(TypedDict):
    """An experiment of a series, as texts; `tone` is the colour of its result."""

    id: str
    name: str
    when: str
    result: str
    tone: str
    counts: str
    rate: str
    interval: str
    target: str
    e_value: str
    needs: str
    stands: str


class SeriesView(TypedDict):
    """What the template of a series shows; `left_out` is how many experiments have no line."""

    title: str
    sentence: str
    picture: DrawnPicture | None
    rows: list[SeriesLine]
    left_out: int
    links: bool


async def read_series(store: Store, query: Query, alpha: float = SHARE, shown: int = DRAWN) -> Series:
    """The series of a query, whose own limit is of no account. Of more than MOST only the newest, without e-values."""
    summaries = [summary async for summary in store.history(replace(query, limit=MOST + 1, offset=0))]
    many = len(summaries) > MOST
    verdicts = [] if many else claims(summaries[::-1], alpha)
    sentence = (
        f"more than {MOST} experiments: which verdicts stand together says kg experiment history --fdr {alpha:g}"
        if many
        else stand_together(verdicts, len(summaries), alpha)
    )
    by_id = {claim.summary.plan.experiment: claim for claim in verdicts}
    members = [
        Member(summary, row_of(summary, {}, intervals=True), by_id.get(summary.plan.experiment))
        for summary in summaries[:shown]
    ]
    return Series(title_of(query), sentence, members, await store.count(query) if many else len(summaries))


def title_of(query: Query) -> str:
    """What the experiments of a query have in common."""
    shared = [("tag", query.tag), ("kind", query.kind), ("model", query.model), ("text", query.text)]
    return ", ".join(f"{name} {value}" for name, value in shared if value) or "all experiments"


def picture_of(drawn: Series) -> Picture | None:
    """The rates of those members that have one; None where none has."""
    rated = [member for member in drawn.members[::-1] if member.row.low is not None and member.row.rate is not None]
    if not rated:
        return None
    points = [_point(member) for member in rated]
    last = points[-1]
    words = (
        f"{len(points)} experiments, {drawn.title}; the newest {last.rate:.3f} ({last.low:.3f} to {last.high:.3f}). "
        f"A hollow dot is a verdict that does not stand beside the others. {drawn.sentence}"
    )
    return series("series", points, words)


def _point(member: Member) -> Point:
    row, claim = member.row, member.claim
    hollow = claim is not None and claim.decided and not claim.stand.rejected
    return Point(
        row.name or row.id, row.rate or 0.0, row.low or 0.0, 1.0 if row.high is None else row.high, row.target,
        tone(member.summary), hollow,
    )  # fmt: skip


def view_of(series: Series, links: bool) -> SeriesView:
    """What the template shows; `links`: each experiment leads to its page."""
    picture = picture_of(series)
    return {
        "title": series.title,
        "sentence": series.sentence,
        "picture": None if picture is None else drawn(picture),
        "rows": [_line(member) for member in series.members],
        "left_out": series.whole - len(series.members),
        "links": links,
    }


def _line(member: Member) -> SeriesLine:
    row = member.row
    e_value, needs, stands = ("", "", "") if member.claim is None else evidence_words(member.claim)
    return {
        "id": row.id,
        "name": (row.name or "").strip(),
        "when": f"{row.created_at:%Y-%m-%d %H:%M}",
        "result": row.result,
        "tone": tone(member.summary),
        "counts": f"{row.successes} of {row.trials}",
        "rate": "" if row.rate is None else f"{row.rate:.3f}",
        "interval": "" if row.low is None or row.high is None else f"{row.low:.3f} … {row.high:.3f}",
        "target": "" if row.target is None else f"{row.target:g}",
        "e_value": e_value,
        "needs": needs,
        "stands": stands,
    }


def write_series(drawn: Series, path: Path) -> None:
    """Writes a file whose suffix names the format: .html, .svg or .png. UsageError where it cannot be written."""
    try:
        path.write_bytes(_content(drawn, path.suffix))
    except OSError as wrong:
        raise UsageError(f"-o {path}: {wrong.strerror}", "name a file in a folder that you may write to") from wrong


def _content(drawn: Series, suffix: str) -> bytes:
    if suffix == ".html":
        shown = view_of(drawn, links=False)
        page = {"title": f"Series: {drawn.title}", "data": json.dumps(shown["rows"])}
        whole = render("file.html", page=page, body="series.html", series=shown, style=style(), policy=file_policy())
        return whole.encode()
    picture = picture_of(drawn)
    if picture is None:
        raise UsageError(
            f"no experiment of this series ({drawn.title}) has a rate, and so there is no picture",
            "-o FILE.html has a table",
        )
    return png(picture) if suffix == ".png" else (standalone(picture) + "\n").encode()
