"""A copy of a whole database: everything of it, however many pages it takes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kgents.domain.fact import Finished, Planned, Started
from kgents.domain.mark import Entry, digest
from kgents.domain.plan import Plan
from kgents.stats import Design, Rule
from kgents.store import open_store, whole_copy
from kgents.store.sql import SqlStore
from kgents.store.whole_copy import copy_all, is_empty
from kgents.store.witness import verify

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXTS = [f"text {number}".encode() for number in range(5)]


async def opened(path: Path) -> SqlStore:
    store = await open_store(f"sqlite:///{path}")
    assert isinstance(store, SqlStore)
    return store


@pytest.mark.parametrize("page", [1, 2, 3, 500])
async def test_it_is_the_same_record_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: int) -> None:
    """Marks, ledger and texts; before, the one holds something and the other nothing."""
    monkeypatch.setattr(whole_copy, "PAGE", page)
    old, new = await opened(tmp_path / "old.db"), await opened(tmp_path / "new.db")
    name = "exp-00000000test0001"
    plan = Plan(name, "null", digest(b"{}"), Design(Rule.FIXED, None, 0.95, 5, futility=0.0), "d", 1)
    facts = [Planned(plan), *(Started(0, index) for index in range(5))]
    facts += [Finished(0, index, True, output=digest(text)) for index, text in enumerate(TEXTS)]
    await old.append(name, [Entry(NOW, fact) for fact in facts], [b"{}", *TEXTS])
    assert (await is_empty(old), await is_empty(new)) == (False, True)
    assert await copy_all(old, new) == 2
    assert not await is_empty(new)
    marks = [[mark.id async for mark in store.marks(name)] for store in (old, new)]
    assert marks[0] == marks[1]
    assert [trial.output async for trial in new.trials(name)] == [text.decode() for text in TEXTS]
    assert [checked.problems async for checked in verify(new)] == [(), ()]
    await old.aclose()
    await new.aclose()
