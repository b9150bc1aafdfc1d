"""Queries that nobody reads to their end."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from kgents.domain.fact import Finished, Planned, Started
from kgents.domain.mark import Entry, digest
from kgents.domain.plan import Plan
from kgents.domain.ports import Query
from kgents.stats import Design, Rule
from kgents.store import open_store
from kgents.store.schema import blobs

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAME = "exp-00000000test0001"


async def begun(path: Path, readers: list[Any], wrong: list[Any]) -> None:
    """Begins to read in every way, and leaves: the loop ends with all of them open."""
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: wrong.append(context))
    store = await open_store(f"sqlite:///{path}")
    design = Design(Rule.FIXED, None, 0.95, 3, futility=0.0)
    facts = [Planned(Plan(NAME, "command", digest(b"{}"), design, "d", 1)), Started(0, 0), Finished(0, 0, True)]
    await store.append(NAME, [Entry(NOW, fact) for fact in facts], [b"{}"])
    readers += [store.marks(NAME), store.mark_ids(NAME), store.history(Query()), store.listing(Query())]
    readers += [store.glances(Query()), store.trials(NAME)]
    for reader in readers:
        await anext(reader)


def test_a_loop_that_ends_closes_what_was_being_read(tmp_path: Path) -> None:
    """Without a word about one that another closes at the same time, as where nobody reads the output any more."""
    readers: list[Any] = []
    wrong: list[Any] = []
    asyncio.run(begun(tmp_path / "record.db", readers, wrong))
    assert wrong == []


async def test_who_reads_on_after_the_end_is_told_that_it_is_the_end(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'record.db'}")
    await store.put([b"a text"])
    rows = store.rows(select(blobs))
    assert [row.size async for row in rows] == [6]
    assert [row async for row in rows] == []
    await store.aclose()
    assert store.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
