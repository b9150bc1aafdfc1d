"""Several experiments as a table or a JSON array, and the trials of one as text; all of it streamed."""

import textwrap
from typing import TextIO

from kgents.domain.ports import Query, Store, Trial
from kgents.domain.seeds import derive
from kgents.domain.summary import Summary
from kgents.kinds.config import config_of
from kgents.kinds.registry import kind_of
from kgents.report.evidence import counts
from kgents.report.layout import flat
from kgents.report.write import answer, complete


async def list_text(store: Store, query: Query, stream: TextIO) -> None:
    """One line per experiment."""
    found = 0
    async for summary in store.history(query):
        if not found:
            stream.write(f"{'id':<20}  {'created':<16}  {'kind':<9}  {'result':<12}  {'trials':>11}  what\n")
        found += 1
        stream.write(await _line(store, summary) + "\n")
    if not found:
        stream.write("no experiments\n")


async def _line(store: Store, summary: Summary) -> str:
    plan = summary.plan
    trials, successes = counts(summary)
    config = await config_of(store, summary.plan)
    what = plan.name or (kind_of(plan.kind).headline(config) if config else "(erased)")
    created = summary.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
    result = summary.verdict or summary.status
    shown = textwrap.shorten(what, 60, placeholder=" …") or what[:60]
    return f"{plan.experiment:<20}  {created}  {plan.kind:<9}  {result:<12}  {f'{successes} of {trials}':>11}  {shown}"


async def list_json(store: Store, query: Query, stream: TextIO, trials: bool) -> None:
    """An array of documents, without trials unless they are asked for."""
    separator = "[\n"
    async for summary in store.history(query):
        stream.write(separator)
        if trials:
            await answer(store, summary, ".json", stream)
        else:
            data = await complete(store, summary, await config_of(store, summary.plan))
            data["mark_ids"] = [identity async for identity in store.mark_ids(summary.plan.experiment)]
            stream.write(flat(data))
        separator = ",\n"
    stream.write("[]\n" if separator == "[\n" else "\n]\n")


async def trials_text(store: Store, summary: Summary, stream: TextIO) -> None:
    """Every trial: its outcome, then what was said."""
    async for row in store.trials(summary.plan.experiment):
        stream.write("\n" + _trial(summary, row))


def _trial(summary: Summary, row: Trial) -> str:
    name = f"{summary.plan.arms[row.arm]} trial {row.index}".strip()
    outcome = "success" if row.success else f"{row.cause}: {row.error or ''}"
    seed = derive(summary.plan.seed, row.index)
    head = f"{name}: {outcome}   {row.duration_us / 1000:.1f} ms, seed {seed}\n"
    if row.candidate is None or row.output in (None, "", row.candidate):
        return head + textwrap.indent((row.candidate or row.output or "").rstrip(), "    ") + "\n"
    notes = f" ({', '.join(row.repairs)})" if row.repairs else ""
    answer, code = (textwrap.indent((text or "").rstrip(), "    ") for text in (row.output, row.candidate))
    return f"{head}  the answer\n{answer}\n  what was taken from it{notes}\n{code}\n"
