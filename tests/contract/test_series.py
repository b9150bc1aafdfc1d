"""Shares of a series: each is given once, in order, whoever asks at the same moment, and never given back."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kgents.domain.fact import Planned
from kgents.domain.ids import experiment_id
from kgents.domain.ledger_fact import Opened
from kgents.domain.mark import LEDGER, Entry, digest, seal
from kgents.domain.plan import Plan
from kgents.domain.ports import Query
from kgents.domain.series import SeriesShare
from kgents.errors import ShareTaken
from kgents.stats import Design
from kgents.store import open_store
from kgents.store.ledger import Ledger
from kgents.store.witness import verify

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SRC = str(Path(__file__).parents[2] / "src")
PROCESSES, EXPERIMENTS = 8, 2


def planned(number: int, share: SeriesShare) -> Plan:
    """A plan at that share."""
    design = Design(confidence=1 - share.error)
    facts = {"series": share.to_data()}
    return Plan(experiment_id(NOW, number), "null", digest(b"{}"), design, "d", 1, facts=facts)


def test_eight_at_once_never_overspend(database: str) -> None:
    """Sixteen runs by eight processes: sixteen places in a row, each plan at the confidence of its own."""
    script = str(Path(__file__).with_name("crowd_of_series.py"))
    done = subprocess.run(
        [sys.executable, script, database, str(PROCESSES), str(EXPERIMENTS)],
        env={**os.environ, "PYTHONPATH": SRC}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    asyncio.run(examine(database))


async def examine(database: str) -> None:
    """Every place was given once, and the plans say the same."""
    store = await open_store(database)
    taken = await store.shares("nightly")
    assert [opened.share and opened.share.place for opened in taken] == list(range(1, PROCESSES * EXPERIMENTS + 1))
    plans = [(await store.summary(opened.experiment)).plan for opened in taken]
    assert [plan.share for plan in plans] == [opened.share for opened in taken]
    assert [plan.design.confidence for plan in plans] == [1 - opened.share.error for opened in taken if opened.share]
    assert sum(1 - plan.design.confidence for plan in plans) <= 0.05
    assert [problem async for checked in verify(store) for problem in checked.problems] == []
    await store.aclose()


async def test_a_share_that_was_taken_is_not_given_again_and_nothing_is_written(database: str) -> None:
    """Also not the one after the next, nor one of another confidence; a run that stays without a trial gives nothing back."""
    first = SeriesShare("nightly", 1, 0.95)
    store = await open_store(database)
    plan = planned(1, first)
    await store.append(plan.experiment, [Entry(NOW, Planned(plan))], [b"{}"])
    for number, share in enumerate((first, SeriesShare("nightly", 3, 0.95), SeriesShare("nightly", 2, 0.9)), 2):
        refused = planned(number, share)
        with pytest.raises(ShareTaken, match="series nightly"):
            await store.append(refused.experiment, [Entry(NOW, Planned(refused))], [b"{}"])
    other = planned(5, SeriesShare("Nightly", 1, 0.9))
    await store.append(other.experiment, [Entry(NOW, Planned(other))], [b"{}"])
    plan = planned(6, first.next)
    await store.append(plan.experiment, [Entry(NOW, Planned(plan))], [b"{}"])
    assert [opened.share for opened in await store.shares("nightly")] == [first, first.next]
    assert {summary.plan.share async for summary in store.history(Query())} == {first, first.next, other.share}
    assert [problem async for checked in verify(store) for problem in checked.problems] == []
    await store.aclose()


def test_a_ledger_that_gives_a_share_twice_is_found_out() -> None:
    ledger = Ledger()
    for seq, place in enumerate((1, 2, 2)):
        opened = Opened(experiment_id(NOW, seq), "0" * 64, share=SeriesShare("nightly", place, 0.95))
        ledger.add(seal(LEDGER, seq, ledger.head, Entry(NOW, opened)))
    assert ledger.problems == ["mark 2 takes a share of the series nightly that is not the next one"]
