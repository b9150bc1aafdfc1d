"""Erasing: the names of one experiment go, those of all others stay, and each can be done after the other."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kgents.domain.fact import Finished, Planned, Started
from kgents.domain.ledger_fact import Erased
from kgents.domain.mark import LEDGER, Entry, digest
from kgents.domain.names import Names
from kgents.domain.plan import Plan
from kgents.domain.ports import Query
from kgents.errors import UsageError
from kgents.stats import Design, Rule
from kgents.store import open_store
from kgents.store.database import writing
from kgents.store.schema import blobs
from kgents.store.sql import SqlStore
from kgents.store.witness import verify

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
FIRST, SECOND = "exp-00000000test0001", "exp-00000000test0002"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    """An empty one."""
    made = await open_store(f"sqlite:///{tmp_path / 'a.db'}")
    assert isinstance(made, SqlStore)
    yield made
    await made.aclose()


def contents(folder: Path) -> bytes:
    """Of all files of a database."""
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def plans(store: SqlStore, query: Query) -> dict[str, Plan]:
    """What is listed, by id."""
    return {row.summary.plan.experiment: row.summary.plan async for row in store.listing(query)}


async def begun(store: SqlStore, experiment: str, name: str, texts: list[bytes]) -> None:
    """An experiment with a name, a tag and one trial for each text."""
    names = Names("0" * 32, name, (f"tag-{name}",), f"user-{name}", "host")
    design = Design(Rule.FIXED, None, 0.95, 9, futility=0.0)
    plan = Plan(experiment, "null", digest(b"{}"), design, "d", 1, names=digest(names.to_text()), who=names)
    facts = [Planned(plan), *(Started(0, n) for n in range(len(texts)))]
    ends = [Finished(0, n, True, output=digest(text)) for n, text in enumerate(texts)]
    entries = [Entry(NOW, fact) for fact in [*facts, *ends]]
    await store.append(experiment, entries, [b"{}", names.to_text(), *texts])


async def test_the_names_of_one_experiment_go_and_those_of_others_stay(store: SqlStore, tmp_path: Path) -> None:
    """What the names were is not in the database any more; the texts of its trials are; both chains stand."""
    await begun(store, FIRST, "secret", [b"said"])
    await begun(store, SECOND, "kept", [b"said too"])
    assert await store.erase(FIRST, LATER, names=True) == 1
    listed = await plans(store, Query())
    assert (listed[FIRST].name, tuple(listed[FIRST].tags)) == (None, ())
    assert (listed[SECOND].name, tuple(listed[SECOND].tags)) == ("kept", ("tag-kept",))
    assert list(await plans(store, Query(tag="tag-kept"))) == [SECOND]
    assert not await plans(store, Query(tag="tag-secret"))
    assert await store.blob(digest(b"said")) == b"said"
    erased = [mark.entry.fact async for mark in store.marks(LEDGER)][-1]
    assert erased == Erased(FIRST, 1, 3, names=True)
    assert [checked.problems async for checked in verify(store)] == [()] * 3
    assert b"secret" not in contents(tmp_path)


async def test_texts_that_were_erased_are_needed_by_no_one_until_they_are_said_again(store: SqlStore) -> None:
    """A text of two experiments goes with the second of them; erasing names alone frees no text."""
    await begun(store, FIRST, "one", [b"shared", b"own"])
    await begun(store, SECOND, "two", [b"shared"])
    await store.erase(SECOND, LATER, names=True)
    await store.erase(FIRST, LATER)
    assert [await store.blob(digest(text)) for text in (b"shared", b"own")] == [b"shared", None]
    await store.erase(SECOND, LATER)
    assert await store.blob(digest(b"shared")) is None
    later = [Entry(LATER + timedelta(seconds=1), fact) for fact in
             (Started(0, 2), Finished(0, 2, True, output=digest(b"again")))]  # fmt: skip
    await store.append(FIRST, later, [b"again"])
    await store.erase(SECOND, LATER + timedelta(seconds=2))
    assert await store.blob(digest(b"again")) == b"again"
    assert [checked.problems async for checked in verify(store)] == [()] * 3


async def test_names_that_the_chain_holds_cannot_be_erased(store: SqlStore) -> None:
    """An experiment of an older version has them there; nothing is changed, and it is said."""
    plan = Plan(FIRST, "null", digest(b"{}"), Design(Rule.FIXED, None, 0.95, 2, futility=0.0), "d", 1)
    await store.append(FIRST, [Entry(NOW, Planned(plan))], [b"{}"])
    with pytest.raises(UsageError, match="is of an older version"):
        await store.erase(FIRST, LATER, names=True)
    assert not [fact for mark in [m async for m in store.marks(LEDGER)] if isinstance(fact := mark.entry.fact, Erased)]


@pytest.mark.parametrize("erased", [False, True])
async def test_a_text_that_is_missing_is_damage_unless_it_was_erased(store: SqlStore, erased: bool) -> None:
    """The ledger tells the two apart, and the number of texts is said."""
    await begun(store, FIRST, "one", [b"said", b"said too"])
    if erased:
        await store.erase(FIRST, LATER)
    else:
        async with writing(store.engine) as connection:
            await connection.execute(blobs.delete().where(blobs.c.digest == bytes.fromhex(digest(b"said"))))
    problems = [problem async for checked in verify(store) for problem in checked.problems]
    assert problems == ([] if erased else ["1 text is missing, and the ledger has no erasure of them"])


async def test_one_experiment_is_checked_alone_or_all_of_them(store: SqlStore) -> None:
    """With the ledger, which says what there has to be; the newest first."""
    await begun(store, FIRST, "one", [b"said"])
    await begun(store, SECOND, "two", [b"said too"])
    assert [checked.log async for checked in verify(store, FIRST)] == [LEDGER, FIRST]
    assert [checked.log async for checked in verify(store)] == [LEDGER, SECOND, FIRST]
