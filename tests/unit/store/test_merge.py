"""Two records become one: what one lacks is taken from the other, and nothing that it has is changed."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kgents.domain.fact import Decided, Fact, Finished, Planned, Sealed, Started, Verdict
from kgents.domain.ledger_fact import Opened
from kgents.domain.mark import LEDGER, Entry, digest
from kgents.domain.plan import Plan
from kgents.stats import Design, Rule
from kgents.store import open_store
from kgents.store.crystals import Crystals
from kgents.store.merge import merge
from kgents.store.sql import SqlStore
from kgents.store.witness import verify

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
FIRST, SECOND = "exp-00000000test0001", "exp-00000000test0002"


async def opened(path: Path) -> SqlStore:
    """A database of its own."""
    store = await open_store(f"sqlite:///{path}")
    assert isinstance(store, SqlStore)
    return store


@pytest.fixture
async def old(tmp_path: Path) -> AsyncIterator[SqlStore]:
    """The record that is taken from."""
    store = await opened(tmp_path / "old.db")
    yield store
    await store.aclose()


@pytest.fixture
async def new(tmp_path: Path) -> AsyncIterator[SqlStore]:
    """The record that takes."""
    store = await opened(tmp_path / "new.db")
    yield store
    await store.aclose()


async def begun(store: SqlStore, name: str, success: bool = True, series: dict[str, Any] | None = None) -> None:
    """An experiment of one trial, which said something; not sealed."""
    design = Design(Rule.FIXED, None, 0.95, 1, futility=0.0)
    plan = Plan(name, "null", digest(b"{}"), design, "d", 1, facts={} if series is None else {"series": series})
    said = f"said in {name}".encode()
    facts: list[Fact] = [Planned(plan), Started(0, 0), Finished(0, 0, success, output=digest(said))]
    await store.append(name, [Entry(NOW, fact) for fact in facts], [b"{}", said])


async def sealed(store: SqlStore, name: str) -> None:
    """Its end."""
    await store.append(name, [Entry(NOW, Decided(Verdict.ESTIMATE, "fixed", ((1, 1),))), Entry(NOW, Sealed())])


async def problems(store: SqlStore) -> list[str]:
    """What a witness finds in the whole record."""
    return [problem async for checked in verify(store) for problem in checked.problems]


async def titles(store: SqlStore, words: str = "") -> set[str]:
    """Of the crystals that hold these words."""
    return {crystal.title for crystal in await Crystals(store).search(words, None, 99)}


async def test_experiments_come_with_their_marks_texts_and_ledger(old: SqlStore, new: SqlStore) -> None:
    """What is there is counted, what went on elsewhere is named and left, and a second time nothing is done."""
    await begun(old, FIRST, series={"name": "nightly", "place": 1, "confidence": "0.95"})
    await sealed(old, FIRST)
    await begun(old, SECOND)
    await begun(new, SECOND, success=False)
    before = [mark.body async for mark in new.marks(SECOND)]
    merged = await merge(old, new)
    assert (merged.experiments, merged.there, merged.different) == (1, 0, [SECOND])
    assert [mark.body async for mark in new.marks(FIRST)] == [mark.body async for mark in old.marks(FIRST)]
    assert await new.blob(digest(f"said in {FIRST}".encode())) == f"said in {FIRST}".encode()
    assert [mark.body async for mark in new.marks(SECOND)] == before
    told = [mark.entry.fact async for mark in new.marks(LEDGER)]
    assert [(fact.experiment, fact.share) for fact in told if isinstance(fact, Opened)] == [
        (SECOND, None),
        (FIRST, None),
    ]
    given = [mark.entry.fact async for mark in old.marks(LEDGER)]
    assert [fact.share.series for fact in given if isinstance(fact, Opened) and fact.share] == ["nightly"]
    assert await problems(new) == []
    again = await merge(old, new)
    assert (again.experiments, again.there, again.different, again.crystals) == (0, 1, [SECOND], 0)


async def test_crystals_come_once_and_an_experiment_keeps_its_own(old: SqlStore, new: SqlStore) -> None:
    """What persons captured comes beside what others did; of an experiment that has one, none comes, whatever it says."""
    theirs, ours = Crystals(old), Crystals(new)
    await begun(old, FIRST)
    await begun(old, SECOND)
    await ours.capture("own note", "of this record", (), None, NOW)
    await theirs.capture("note", "a lattice of rates", ("kept",), None, NOW)
    await theirs.capture("taught", "by the first", (), FIRST, NOW)
    await theirs.capture("taught there", "by the second", (), SECOND, NOW)
    await ours.capture("taught here", "by the second", (), SECOND, LATER)
    merged = await merge(old, new)
    assert (merged.experiments, merged.crystals) == (2, 2)
    assert await titles(new) == {"own note", "note", "taught", "taught here"}
    assert await titles(new, "lattice") == {"note"}
    (kept,) = await ours.search("", "kept", 9)
    assert (kept.body, kept.experiment) == ("a lattice of rates", None)
    assert await problems(new) == []
    assert (await merge(old, new)).crystals == 0
    assert await titles(old) == {"note", "taught", "taught there"}
