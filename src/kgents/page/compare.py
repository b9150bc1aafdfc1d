"""Two experiments side by side: sentence, plan, pictures, and which failures both have."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypedDict

from kgents.kinds.registry import kind_of
from kgents.page.record import Shown
from kgents.report.html.picture import first
from kgents.report.html.view import DrawnPicture, FoldedAnswer, drawn, figure_rows, folded, tone, view

FAILURES = 20  # different failures of each


class SideView(TypedDict):
    """One of two experiments."""

    id: str
    title: str
    result: str
    tone: str
    facts: list[tuple[str, str]]
    pictures: list[DrawnPicture]
    rows: list[tuple[str, str]]
    failures: list[FoldedAnswer]


class ComparedView(TypedDict):
    """Both, their figures line by line (label, of the one, of the other), and the errors that both have."""

    sides: list[SideView]
    rows: list[tuple[str, ...]]
    shared: set[str]


def compared(both: Sequence[Shown]) -> ComparedView:
    """What the template shows."""
    sides = [side(shown, name) for shown, name in zip(both, "ab", strict=True)]
    labels = list(dict.fromkeys(label for one in sides for label, _ in one["rows"] if label))
    keys = [{failure["error"] or failure["cause"] for failure in one["failures"]} for one in sides]
    shared = keys[0] & keys[1]
    tables = [dict(one["rows"]) for one in sides]
    rows = [(label, *(table.get(label, "") for table in tables)) for label in labels]
    return {"sides": sides, "rows": rows, "shared": shared}


def side(shown: Shown, name: str) -> SideView:
    """One of the two; pictures have its letter in their ids."""
    summary, data = shown.summary, shown.data
    page = view(summary, data, shown.collection, (), shown.window)
    config = data["config"]
    figures = () if config.get("erased") else tuple(kind_of(summary.plan.kind).figures(config, data["evidence"]))
    pictures = [
        replace(picture, name=f"{name}-{picture.name}") for picture in first(summary, data, shown.collection, figures)
    ]
    return {
        "id": summary.plan.experiment,
        "title": page["title"],
        "result": page["result"],
        "tone": tone(summary),
        "facts": page["facts"],
        "pictures": [drawn(picture) for picture in pictures[:2]],
        "rows": figure_rows(summary, data, bool(figures)),
        "failures": [folded(key, answer, summary) for key, answer in shown.collection.folded("-", FAILURES)],
    }
