"""Eight processes at once: the tables are made once, nobody is turned away, nothing is lost, no chain forks."""

import asyncio
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from kgents.domain.mark import LEDGER
from kgents.domain.ports import Query
from kgents.store import open_store
from kgents.store.witness import verify

SRC = str(Path(__file__).parents[2] / "src")
PROCESSES, EXPERIMENTS, TRIALS = 8, 4, 8


def test_eight_that_begin_and_write_at_once(database: str) -> None:
    numbers = [str(number) for number in (PROCESSES, EXPERIMENTS, TRIALS)]
    script = str(Path(__file__).with_name("crowd.py"))
    done = subprocess.run(
        [sys.executable, script, database, *numbers],
        env={**os.environ, "PYTHONPATH": SRC}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    asyncio.run(examine(database))


async def examine(database: str) -> None:
    """Everything is there, once."""
    store = await open_store(database)
    summaries = [summary async for summary in store.history(Query(limit=None))]
    assert len(summaries) == PROCESSES * EXPERIMENTS
    assert {summary.tallies[0].trials for summary in summaries} == {TRIALS}
    assert {summary.size for summary in summaries} == {2 * TRIALS + 4}
    ledger = [mark async for mark in store.marks(LEDGER)]
    assert len(ledger) == 2 * PROCESSES * EXPERIMENTS
    assert all(later.prev == earlier.id for earlier, later in pairwise(ledger))
    assert [problem async for checked in verify(store) for problem in checked.problems] == []
    await store.aclose()
