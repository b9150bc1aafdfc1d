"""Several experiments as a table or a JSON array, and the trials of one as text; all of it streamed."""

import textwrap
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import TextIO

from kgents.domain.ports import Glance, Listed, Query, Store, Trial
from kgents.domain.summary import Summary
from kgents.domain.words import number, seconds
from kgents.kinds.config import readable_config, recorded_config
from kgents.kinds.kind import Config
from kgents.kinds.registry import command_of
from kgents.report.clean import write_json
from kgents.report.layout import compact
from kgents.report.live.spans import cells, cut
from kgents.report.row import RowWriter, row_of, what_of

BEGINNING, COMMA, ENDING = "[\n", ",\n", "\n]\n"  # of an array with a line for each of its items
_WIDTHS = {"id": 20, "created": 16, "kind": 9, "result": 12, "trials": 11, "took": 8, "model": 16}  # two columns apart
_RIGHT = ("trials", "took")  # numbers stand at the right end
_LEFT_OUT = ("model", "took", "kind", "created", "trials")  # in this order, where the window is narrow
_TITLE = 24  # columns that what it is about has at least


async def list_text(store: Store, query: Query, stream: TextIO, width: int = 120) -> None:
    """One line per experiment, the newest first; said is how many there are where that is not all."""
    shown = 0
    async for glance in store.glances(query):
        if not shown:
            stream.write(_columns({name: name for name in _WIDTHS}, width) + "what\n")
        stream.write(_line(glance, width) + "\n")
        shown += 1
    if not shown:
        others = await store.count(Query())
        stream.write(f"none of {number(others, 'experiment')} fits\n" if others else "no experiments\n")
    elif shown == query.limit and (every := await store.count(query)) > shown:
        stream.write(f"{shown} of {every} (--limit 0 shows all)\n")


async def list_csv(store: Store, query: Query, stream: TextIO) -> None:
    """One line per experiment below a line of names, with the interval that people see."""
    writer = RowWriter(stream)
    async for listed in store.listing(query):
        writer.write(row_of(listed.summary, readable_config(listed.config), intervals=True))


def _line(glance: Glance, width: int) -> str:
    line = _columns(
        {
            "id": glance.id,
            "created": glance.created_at.astimezone().isoformat(" ", "minutes")[:16],
            "kind": command_of(glance.kind),
            "result": glance.verdict or glance.status,
            "trials": f"{glance.successes} of {glance.trials}",
            "took": seconds(round(glance.seconds, 1)),
            "model": glance.model or "-",
        },
        width,
    )
    title = glance.name or what_of(glance.kind, readable_config(glance.config))
    return line + _short(title, max(_TITLE, width - 1 - cells(line)))


def _columns(values: Mapping[str, str], width: int) -> str:
    """The columns that fit beside what it is about; a model's name takes what is left of the width."""
    shown = dict(_WIDTHS)
    for name in _LEFT_OUT:
        if (spare := width - 1 - _TITLE - sum(size + 2 for size in shown.values())) >= 0:
            break
        del shown[name]
    line = ""
    for name, size in shown.items():
        text = cut(values[name], size + max(0, spare), "…") if name == "model" else values[name]
        gap = " " * (size - cells(text))
        line += f"{gap}{text}  " if name in _RIGHT else f"{text}{gap}  "
    return line


def _short(text: str, room: int) -> str:
    """Whole words as far as they fit; of a first word that does not, its beginning."""
    text = " ".join(text.split())
    if cells(text) <= room:
        return text
    if not text.isascii():
        return cut(text, room, " …")
    shown = textwrap.shorten(text, room, placeholder=" …")
    return shown if shown.strip() != "…" else text[: room - 2] + " …"


async def list_json(store: Store, query: Query, stream: TextIO, trials: bool, full: bool = False) -> None:
    """An array of documents, without trials unless they are asked for."""
    if not trials:
        await write_array(stream, lines_json(store, store.listings(query, with_mark_ids=True), full))
        return
    from kgents.report.completing import complete
    from kgents.report.write import shortened, write_json

    separator = "[\n"
    async for listed in store.listing(query):
        stream.write(separator)
        summary, config = listed.summary, recorded_config(listed.summary.plan, listed.config)
        document = await complete(store, summary, config)
        await write_json(store, summary, config, document if full else shortened(document), stream)
        separator = ",\n"
    stream.write("[]\n" if separator == "[\n" else "\n]\n")


async def lines_json(
    store: Store, pages: AsyncGenerator[Sequence[Listed]], full: bool = False
) -> AsyncGenerator[Sequence[str]]:
    """Documents without trials, a line each, without its end, page by page; those before damage are given before it is told."""
    from kgents.report.completing import complete, unread
    from kgents.report.write import shortened_line

    write = compact if full else shortened_line
    content: bytes | None = None
    config: Config = {}
    async with aclosing(pages):
        async for page in pages:
            lines: list[str] = []
            try:
                for listed in page:
                    summary = listed.summary
                    if listed.config is not content:
                        content, config = listed.config, recorded_config(summary.plan, listed.config)
                    document = unread(summary, config) or await complete(store, summary, config, figures_wanted=False)
                    lines.append(f'{write(document)[:-1]},"mark_ids":{_ids(listed.mark_ids)}}}')
            except Exception:
                yield lines
                raise
            yield lines


async def write_array(stream: TextIO, pages: AsyncGenerator[Sequence[str]]) -> None:
    """A JSON array of documents, each of which is a line."""
    last = await write_items(stream, pages, BEGINNING)
    stream.write("[]\n" if last == BEGINNING else ENDING)


async def write_items(stream: TextIO, pages: AsyncGenerator[Sequence[str]], separator: str) -> str:
    """Some of them: `separator` before the first, a comma before the others; returned is what comes before one more."""
    async with aclosing(pages):
        async for lines in pages:
            if lines:
                write_json(stream, separator)
                write_json(stream, COMMA.join(lines))
                separator = COMMA
    return separator


def _ids(mark_ids: Sequence[str]) -> str:
    """A JSON array of hexadecimal digits, as `compact` writes it."""
    return '["' + '","'.join(mark_ids) + '"]' if mark_ids else "[]"


async def trials_text(store: Store, summary: Summary, stream: TextIO) -> None:
    """Every trial: its outcome, then what was said."""
    async for row in store.trials(summary.plan.experiment):
        stream.write("\n" + _trial(summary, row))


def _trial(summary: Summary, row: Trial) -> str:
    name = f"{summary.plan.arms[row.arm]} trial {row.index}".strip()
    outcome = "success" if row.success else f"{(row.cause or '').replace('_', ' ')}: {row.error or ''}"
    seed = summary.plan.seed_of(row.arm, row.index)
    head = f"{name}: {outcome}   {seconds(row.duration_us / 1e6)}, seed {seed}\n"
    if row.candidate is None or row.output in (None, "", row.candidate):
        return head + textwrap.indent((row.candidate or row.output or "").rstrip(), "    ") + "\n"
    notes = f" ({', '.join(row.repairs)})" if row.repairs else ""
    answer, code = (textwrap.indent((text or "").rstrip(), "    ") for text in (row.output, row.candidate))
    return f"{head}  the answer\n{answer}\n  what was taken from it{notes}\n{code}\n"
