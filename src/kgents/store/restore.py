"""Puts a chain that was written elsewhere into a database: the same bytes, with projections folded from them."""

from collections.abc import AsyncIterator

from sqlalchemy import insert, select

from kgents.domain.fact import Finished
from kgents.domain.mark import Mark
from kgents.domain.names import Names
from kgents.domain.summary import Summary
from kgents.store.codec import unpack
from kgents.store.engines import AsyncConnection
from kgents.store.rows import TrialRow, experiment_row, mark_row, trial_row
from kgents.store.schema import blobs, experiments, marks, trials

PAGE = 500  # rows that are inserted together


async def show_names(connection: AsyncConnection, key: int, summary: Summary) -> None:
    """Once the texts are here: shows name and tags in the projection of the experiment under this key.

    ValueError, KeyError or TypeError where the text is none.
    """
    if summary.plan.names is None:
        return
    row = (await connection.execute(select(blobs).where(blobs.c.digest == bytes.fromhex(summary.plan.names)))).first()
    if row is not None:
        summary.plan = summary.plan.with_names(Names.from_text(unpack(row.packed, row.size)))
        shown = {name: value for name, value in experiment_row(key, summary).items() if name in ("name", "tags", "doc")}
        await connection.execute(experiments.update().where(experiments.c.log == key).values(**shown))


async def restore_log(connection: AsyncConnection, key: int, chain: AsyncIterator[Mark]) -> None:
    """Inserts the marks of one log under this key; bytes only, no projection."""
    page: list[dict[str, object]] = []
    async for mark in chain:
        page.append(mark_row(key, mark))
        if len(page) == PAGE:
            await connection.execute(insert(marks), page)
            page.clear()
    if page:
        await connection.execute(insert(marks), page)


async def restore_experiment(connection: AsyncConnection, key: int, chain: AsyncIterator[Mark]) -> Summary:
    """Inserts an experiment under this key, with its projections; ValueError where it does not begin with a plan."""
    summaries: list[Summary] = []
    latest: dict[tuple[int, int], TrialRow] = {}

    async def folded() -> AsyncIterator[Mark]:
        async for mark in chain:
            if summaries:
                summaries[0].add(mark)
            else:
                summaries.append(Summary.begin(mark))
            if mark.kind == Finished.kind:
                row = trial_row(key, mark)
                latest[row["index"], row["arm"]] = row
            yield mark

    await restore_log(connection, key, folded())
    if not summaries:
        raise ValueError("it has no marks")
    await connection.execute(insert(experiments), [experiment_row(key, summaries[0])])
    rows = list(latest.values())
    for start in range(0, len(rows), PAGE):
        await connection.execute(insert(trials), rows[start : start + PAGE])
    return summaries[0]
