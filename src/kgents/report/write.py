"""Writes an experiment to a stream or a file, in the format that the suffix names.

Rule: trials stream; an experiment of 10⁵ trials is written in constant memory (but for kinds that summarise trials).
"""

import csv
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from kgents.domain.mark import digest
from kgents.domain.ports import Store
from kgents.domain.summary import Summary
from kgents.errors import UsageError
from kgents.kinds.config import config_of
from kgents.kinds.kind import Config
from kgents.kinds.registry import kind_of
from kgents.report import document
from kgents.report.clean import cell
from kgents.report.completing import complete, waiting
from kgents.report.document_types import Document
from kgents.report.formats import FORMATS, suffix_of
from kgents.report.layout import compact, flat, pretty
from kgents.report.text import text

if TYPE_CHECKING:
    from kgents.report.html.collect import Collected, Row, Window
    from kgents.report.pictures import Picture

LARGE = 20_000  # characters of a part of the configuration that is told by its digest
LISTED = 400  # trials that a page lists
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
ANSWERS = 50  # answers whose texts are read together
IDS = 500  # marks whose ids a report lists; the JSON document has them all


async def write(store: Store, summary: Summary, path: Path) -> None:
    """Writes the file; UsageError names -o where it cannot be written."""
    suffix = suffix_of(path)
    if suffix is None:
        raise UsageError(f"-o {path}: no format has this suffix", f"use one of {' '.join(FORMATS)}")
    try:
        if suffix == ".png":
            drawn = await _png(store, summary)
            with path.open("wb") as file:
                file.write(drawn)
            return
        with path.open("w", encoding="utf-8", newline="" if suffix == ".csv" else None) as stream:
            await answer(store, summary, suffix, stream, full=True)
    except OSError as wrong:
        raise UsageError(f"-o {path}: {wrong.strerror}", "the record itself is safe: kg experiment report") from wrong


async def _png(store: Store, summary: Summary) -> bytes:
    from kgents.report.pictures import png

    return png(await picture(store, summary, await config_of(store, summary.plan)))


async def _svg(store: Store, summary: Summary, config: Config) -> str:
    from kgents.report.pictures import standalone

    return standalone(await picture(store, summary, config)) + "\n"


async def answer(
    store: Store,
    summary: Summary,
    suffix: str,
    stream: TextIO,
    stats: bool = False,
    full: bool = False,
    headed: bool = False,
) -> None:
    """Writes the experiment in one format.

    full    also what is large of the configuration, instead of its digest
    headed  what, who and when before the result, of texts
    """
    config = await config_of(store, summary.plan)
    match suffix:
        case ".jsonl":
            async for row in store.trials(summary.plan.experiment):
                stream.write(flat(document.trial(row, summary, config)) + "\n")
        case ".csv":
            await _csv(store, summary, config, stream)
        case ".html":
            stream.write(await page(store, summary, config))
        case ".svg":
            stream.write(await _svg(store, summary, config))
        case ".txt" | ".json":
            data = await complete(store, summary, config)
            if suffix == ".txt":
                stream.write(_for_people(summary, config, data, stats, headed))
            else:
                await write_json(store, summary, config, data if full else shortened(data), stream)
        case ".md":
            from kgents.report.markdown import markdown

            stream.write(markdown(summary, await complete(store, summary, config)))
        case _:
            from kgents.report.junit import junit

            data = await complete(store, summary, config)
            stream.write(await junit(summary, data, store.trials(summary.plan.experiment)))


async def page(store: Store, summary: Summary, config: Config, listed: int = LISTED) -> str:
    """The HTML document."""
    from kgents.report.html import experiment_file
    from kgents.report.html.collect import Window

    window = Window(0, listed)
    data, collection = await complete_and_collected(store, summary, config, window)
    return experiment_file(summary, data, collection, await first_ids(store, summary), window)


async def complete_and_collected(
    store: Store, summary: Summary, config: Config, window: "Window", texts: bool = True
) -> tuple[Document, "Collected"]:
    """The document, and the trials as a page shows them, of one pass over the trials; without `texts` for pictures alone.

    Texts are read of the answers that are shown, once for each, not of every trial.
    """
    from kgents.report.html.collect import Collected

    collection, plan = Collected(), summary.plan
    data = await complete(store, summary, config, also=lambda row, waits: collection.add(row, plan, waits, window))
    if texts:
        await _fill(store, collection)
    return data, collection


async def _fill(store: Store, collection: "Collected") -> None:
    contents = list(collection.answers)
    for start in range(0, len(contents), ANSWERS):
        some = contents[start : start + ANSWERS]
        firsts = await store.with_texts([collection.answers[content].first for content in some])
        for content, first in zip(some, firsts, strict=True):
            collection.fill(content, first)


async def listed(store: Store, summary: Summary, window: "Window") -> list["Row"]:
    """The lines of some trials in the list of a page."""
    from kgents.report.html.collect import row_of

    if not window.length:
        return []
    behind = await waiting(store, summary)
    rows = store.trials(summary.plan.experiment, texts=False, start=window.start, length=window.length)
    return [row_of(row, summary.plan, (row.arm, row.index) in behind) async for row in rows]


async def picture(store: Store, summary: Summary, config: Config) -> "Picture":
    """The picture that stands for an experiment. UsageError where it has none."""
    from kgents.report.html import main_picture
    from kgents.report.html.collect import Window

    data, collection = await complete_and_collected(store, summary, config, Window(0, 0), texts=False)
    erased = data["config"].get("erased")
    figures = () if erased else tuple(kind_of(summary.plan.kind).figures(data["config"], data["evidence"]))
    drawn = main_picture(summary, data, collection, figures)
    if drawn is None:
        raise UsageError(f"{summary.plan.experiment} has no trial yet, and so no picture", "kg experiment resume")
    return drawn


async def first_ids(store: Store, summary: Summary) -> list[str]:
    """The ids of the marks for a report: of a very long run the first ones, and its head is shown beside them."""
    return [identity async for identity in store.mark_ids(summary.plan.experiment, IDS)]


def _for_people(summary: Summary, config: Config, data: Document, stats: bool, headed: bool) -> str:
    shown = text(summary, data, stats)
    if headed:
        from kgents.report.header import header

        shown = header(summary, config) + "\n" + shown
    if stats:
        from kgents.report.statistics import statistics_text

        shown += statistics_text(summary)
    return shown


def shortened(data: Document) -> Document:
    """The document, in which large parts of the configuration are told by digest and size."""
    shortened: Document = {**data, "config": {key: _told(value) for key, value in data["config"].items()}}
    return shortened


def shortened_line(data: Document) -> str:
    """The shortened document on one line. A document that is small as a whole has no large part: it is written once."""
    line = compact(data)
    return line if line.isascii() and len(line) <= LARGE else compact(shortened(data))


def _told(value: Any, room: int = LARGE) -> Any:
    """The value; of one that is large its digest and size, of a large object those of its largest parts."""
    canonical = _CANONICAL.encode(value)
    if len(canonical) <= room:
        return value
    if not isinstance(value, dict):
        return {"digest": digest(canonical.encode()), "characters": len(canonical), "shown_by": "--full"}
    parts, left = dict(value), len(canonical)
    sizes = {key: len(json.dumps(part)) for key, part in parts.items()}
    for key in sorted(parts, key=lambda key: -sizes[key]):
        if left > room:
            parts[key] = _told(parts[key], min(room, 200))
            left -= sizes[key] - len(json.dumps(parts[key]))
    return parts


async def write_json(store: Store, summary: Summary, config: Config, data: Document, stream: TextIO) -> None:
    """One document, its lists streamed: what it came to first, then how it was asked for, the trials and the marks."""
    ordered = {key: value for key, value in data.items() if key != "config"} | {"config": data["config"]}
    stream.write("{\n" + ",\n".join(f"  {json.dumps(key)}: {pretty(value, 2)}" for key, value in ordered.items()))
    stream.write(',\n  "trials": ')
    rows = store.trials(summary.plan.experiment)
    await _array(stream, (flat(document.trial(row, summary, config)) async for row in rows))
    stream.write(',\n  "mark_ids": ')
    await _array(stream, (json.dumps(identity) async for identity in store.mark_ids(summary.plan.experiment)))
    stream.write("\n}\n")


async def _array(stream: TextIO, items: AsyncIterator[str]) -> None:
    separator = "["
    async for item in items:
        stream.write(f"{separator}\n    {item}")
        separator = ","
    stream.write("[]" if separator == "[" else "\n  ]")


_COLUMNS = ("index", "arm", "success", "counted", "cause", "error", "duration_ms", "confidence", "seed", "timestamp")


async def _csv(store: Store, summary: Summary, config: Config, stream: TextIO) -> None:
    columns = (*_COLUMNS, "input_tokens", "output_tokens", "cost_usd", "output")
    writer = csv.DictWriter(stream, columns)
    writer.writeheader()
    async for row in store.trials(summary.plan.experiment):
        data = document.trial(row, summary, config)
        fields: Mapping[str, object] = {**data, **data["usage"]}
        values = ((key, fields[key]) for key in columns)
        writer.writerow({key: cell(value) if isinstance(value, str) else value for key, value in values})
