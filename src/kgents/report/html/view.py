"""What the page of an experiment says, as data for its template."""

import json
from collections.abc import Sequence
from typing import TypedDict

from kgents.domain.ports import Trial
from kgents.domain.summary import Summary
from kgents.kinds.figure import Forest, Matrix, Table
from kgents.kinds.registry import kind_of
from kgents.report.document_types import Document
from kgents.report.header import planned
from kgents.report.html.collect import Answer, Collected, Row, Window
from kgents.report.html.picture import TONES, first, further
from kgents.report.html.shown import cut, difference, expected_and_got
from kgents.report.pictures import Picture, inline
from kgents.report.plan_warnings import plan_warnings
from kgents.report.sentence import sentence
from kgents.report.text import rows

FAILURES, OTHERS = 40, 10  # different answers that a page shows
LARGEST_DATA = 200_000  # characters of the JSON within a page


class DrawnPicture(TypedDict):
    """A picture for the template: SVG, its title, and what it shows in words."""

    svg: str
    title: str
    words: str


class TableView(TypedDict):
    """A table; `code` are the columns set in a fixed pitch, `folded` whether it is closed at first."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    code: frozenset[int]
    folded: bool


class Difference(TypedDict):
    """Expected against got, as pieces of which some differ."""

    case: str
    expected: object
    got: object


class FoldedAnswer(TypedDict):
    """Trials with one answer: the first of them, and how many there are."""

    key: str
    count: int
    arms: str
    index: int
    cause: str
    error: str
    diff: Difference | None
    raw: str
    code: str
    left: int
    repairs: str
    input: str


class PageView(TypedDict):
    """What the template of an experiment shows; `shown` are the keys of the answers that it has in full."""

    id: str
    title: str
    result: str
    tone: str
    finished: bool
    facts: list[tuple[str, str]]
    warnings: list[str]
    pictures: list[DrawnPicture]
    more: list[DrawnPicture]
    rows: list[tuple[str, str]]
    tables: list[TableView]
    programs: list[tuple[str, str]]
    causes: list[tuple[str, int, str]]
    failures: list[FoldedAnswer]
    uncounted: list[FoldedAnswer]
    successes: list[FoldedAnswer]
    trials: Sequence[Row]
    shown: set[str]
    total: int
    window: Window
    left_out: list[str]
    size: int
    head: str
    mark_ids: Sequence[str]
    data: str


def view(summary: Summary, data: Document, collection: Collected, mark_ids: Sequence[str], window: Window) -> PageView:
    """Everything but the style."""
    plan, kind = summary.plan, kind_of(summary.plan.kind)
    config = data["config"]
    erased = bool(config.get("erased"))
    figures = () if erased else tuple(kind.figures(config, data["evidence"]))
    return {
        "id": plan.experiment,
        "title": sentence(summary, data["evidence"]),
        "result": (summary.verdict or summary.status).value,
        "tone": tone(summary),
        "finished": summary.completed_at is not None or summary.stop is not None,
        "facts": facts(summary, "(erased)" if erased else kind.headline(config)),
        "warnings": [*plan_warnings(plan), *(warning.text for warning in summary.warnings)],
        "pictures": [drawn(picture) for picture in first(summary, data, collection, figures)],
        "more": [drawn(picture) for picture in further(summary, data, collection)],
        "rows": figure_rows(summary, data, bool(figures)),
        "tables": [table for figure in figures for table in tables(figure)],
        "programs": [] if erased else list(kind.programs(config, data["evidence"])),
        "causes": [(str(cause), count, cause.fault.value) for cause, count in collection.causes.most_common()],
        "failures": [folded(key, answer, summary) for key, answer in collection.folded("-", FAILURES)],
        "uncounted": [folded(key, answer, summary) for key, answer in collection.folded("?", OTHERS)],
        "successes": [folded(key, answer, summary) for key, answer in collection.folded("+", OTHERS)],
        "trials": collection.rows,
        "shown": {
            key for sign, most in (("-", FAILURES), ("?", OTHERS), ("+", OTHERS)) for key, _ in collection.folded(sign, most)
        },
        "total": collection.total,
        "window": window,
        "left_out": left_out(collection, window, summary.size, len(mark_ids)),
        "size": summary.size,
        "head": summary.head,
        "mark_ids": mark_ids,
        "data": embedded(data),
    }  # fmt: skip


def drawn(picture: Picture) -> DrawnPicture:
    """A picture for the template."""
    return {"svg": inline(picture), "title": picture.title, "words": picture.description}


def tone(summary: Summary) -> str:
    """The colour of the result: good, bad, hold, or run while it goes on."""
    if summary.verdict is not None:
        return TONES.get(summary.verdict.value, "run")
    return "warn" if summary.stop is not None else "run"


def facts(summary: Summary, headline: str) -> list[tuple[str, str]]:
    """What, when, which model, by which plan, and the command that shows it."""
    plan = summary.plan
    ended = summary.completed_at or summary.updated_at
    rows = [
        ("what", headline),
        ("name", plan.name or ""),
        ("tags", ", ".join(plan.tags)),
        ("model", plan.model or ""),
        ("plan", planned(summary)),
        ("oracle", plan.oracle or ""),
        ("when", f"{summary.created_at:%Y-%m-%d %H:%M:%S} UTC, {(ended - summary.created_at).total_seconds():.1f} s"),
        ("seed", str(plan.seed)),
        ("boundary", plan.boundary_digest[:16]),
        ("by", f"kgents {plan.facts.get('kgents', '')}"),
        ("command", f"kg experiment show {plan.experiment}"),
    ]
    return [(label, value) for label, value in rows if value]


def figure_rows(summary: Summary, data: Document, drawn: bool) -> list[tuple[str, str]]:
    """The table of the text report; without the kind's own columns of characters where they stand as tables."""
    table = rows(summary, data)
    if not drawn:
        return table
    own = set(kind_of(summary.plan.kind).table(data["config"], data["evidence"]))
    return [row for row in table if row not in own]


def tables(figure: object) -> list[TableView]:
    """A figure as a table: its own, or the numbers of what is drawn."""
    match figure:
        case Table():
            return [
                {
                    "title": figure.title,
                    "columns": figure.columns,
                    "rows": figure.rows,
                    "code": figure.code,
                    "folded": False,
                }
            ]
        case Matrix():
            lines = [(name, *(f"{cell.text}{f' ({cell.note})' if cell.note else ''}" for cell in cells))
                     for name, cells in figure.rows]  # fmt: skip
            columns = (figure.corner, *figure.columns)
        case Forest():
            lines = [(bar.name, "-" if bar.estimate is None else f"{bar.estimate:.3f}", f"{bar.low:.3f} … {bar.high:.3f}",
                      bar.note) for bar in figure.bars]  # fmt: skip
            columns = ("", "estimate", "interval", "")
        case _:
            return []
    return [
        {
            "title": f"{figure.title}: the numbers",
            "columns": columns,
            "rows": lines,
            "code": frozenset(),
            "folded": True,
        }
    ]


def folded(key: str, answer: Answer, summary: Summary) -> FoldedAnswer:
    """An answer for the page: how often, by whom, what was wrong, the raw answer beside the code taken from it."""
    trial = answer.first
    raw, raw_left = cut(None if trial.output == trial.candidate else trial.output)
    code, code_left = cut(trial.candidate)
    arms = [f"{arm} ×{count}" for arm, count in answer.arms.items() if arm]
    return {
        "key": key,
        "count": answer.count,
        "arms": ", ".join(arms) if len(summary.plan.arms) > 1 else "",
        "index": trial.index,
        "cause": str(trial.cause) if trial.cause else "success",
        "error": cut(trial.error)[0],
        "diff": differing(trial),
        "raw": raw,
        "code": code,
        "left": raw_left + code_left,
        "repairs": ", ".join(trial.repairs),
        "input": cut(str(trial.metadata.get("input") or ""), 600)[0],
    }


def differing(trial: Trial) -> Difference | None:
    """Expected against got: from what the trial recorded, or from a diagnosis that says both."""
    expected, got = trial.metadata.get("expected"), trial.output
    case = ""
    if not isinstance(expected, str) or not got or trial.success:
        both = expected_and_got(trial.error)
        if both is None:
            return None
        case, expected, got = both
    before, after = difference(cut(expected)[0], cut(got)[0])
    return {"case": case, "expected": before, "got": after}


def left_out(collection: Collected, window: Window, marks: int, named: int) -> list[str]:
    """What the record has and the page has not, in sentences."""
    notes = []
    if collection.total > len(collection.rows):
        first, last = window.start + 1, window.start + len(collection.rows)
        notes.append(f"trials {first} to {last} of {collection.total} are listed")
    hidden = sum(collection.others.values())
    if hidden:
        notes.append(f"the texts of {hidden} trials are left out")
    for sign, word, most in (("-", "failures", FAILURES), ("+", "successes", OTHERS)):
        different = sum(answer.sign == sign for answer in collection.answers.values())
        if different > most:
            notes.append(f"of {different} different {word} the {most} most frequent are shown")
    if marks > named:
        notes.append(f"the ids of {marks - named} marks are left out")
    return notes


def embedded(data: Document) -> str:
    """The JSON document without its trials, for other programs; empty where it is too large for a page."""
    content = json.dumps(data, ensure_ascii=True, default=str)
    if len(content) > LARGEST_DATA:
        content = json.dumps({**data, "config": {"left_out": True}}, ensure_ascii=True, default=str)
    return content if len(content) <= LARGEST_DATA else ""
