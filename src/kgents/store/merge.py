"""Takes what one database has and another lacks into the other: experiments with their texts and crystals, chains intact.

Rule: the ledger of the other database goes on; it is told what the first ledger said of each experiment. An experiment
that both have is left alone, also where one of them went on with it: two ends of one chain are never joined.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import insert, select

from kgents.domain.fact import Fact
from kgents.domain.ledger_fact import Closed, Erased, Opened, Remembered
from kgents.domain.mark import LEDGER, Entry
from kgents.store.crystal_digest import crystal_digest
from kgents.store.crystals import index_words
from kgents.store.database import writing
from kgents.store.engines import AsyncConnection
from kgents.store.erasure import addresses_of, names_of
from kgents.store.restore import PAGE, restore_experiment, show_names
from kgents.store.rows import blob_row
from kgents.store.schema import blobs, crystals, logs
from kgents.store.sql import SqlStore
from kgents.store.writer import tell_ledger, upsert


@dataclass(slots=True)
class Merged:
    """What a merge did. `different`: experiments that both have, with other marks; they were not copied."""

    experiments: int = 0
    crystals: int = 0
    there: int = 0
    different: list[str] = field(default_factory=list)


async def merge(old: SqlStore, new: SqlStore) -> Merged:
    """Copies into `new` what it lacks, one transaction an experiment; nothing of what it has is changed."""
    told: dict[str, list[Entry]] = {}
    async for mark in old.marks(LEDGER):
        match mark.entry.fact:
            case Opened(name) as opened:  # a share of a series is of the ledger that gave it
                told.setdefault(name, []).append(replace(mark.entry, fact=replace(opened, share=None)))
            case Closed(name) | Erased(name):
                told.setdefault(name, []).append(mark.entry)
            case _:
                pass
    merged = Merged()
    known = set(await new.logs())
    for name in [name for name in await old.logs() if name != LEDGER]:
        if name not in known:
            await _copy(old, new, name, told.get(name, []))
            merged.experiments += 1
        elif await _head(old, name) == await _head(new, name):
            merged.there += 1
        else:
            merged.different.append(name)
    merged.crystals = await _crystals(old, new)
    return merged


async def _head(store: SqlStore, name: str) -> str:
    summary = await store.summary(name)
    return summary.head


async def _copy(old: SqlStore, new: SqlStore, name: str, told: Sequence[Entry]) -> None:
    addresses: dict[str, None] = {}

    async def chain() -> Any:
        async for mark in old.marks(name):
            addresses.update(dict.fromkeys(sorted(addresses_of(mark) | names_of(mark))))
            yield mark

    async with writing(new.engine) as connection:
        await connection.run_sync(tell_ledger, told)  # first: it is what others wait for, too
        key = (await connection.execute(insert(logs).returning(logs.c.key), {"name": name})).scalar_one()
        summary = await restore_experiment(connection, key, chain())
        await _texts(old, connection, list(addresses))
        await show_names(connection, key, summary)


async def _texts(old: SqlStore, connection: AsyncConnection, addresses: list[str]) -> None:
    add = upsert(connection.dialect.name, blobs).on_conflict_do_nothing()
    for start in range(0, len(addresses), PAGE):
        contents = await old.texts(addresses[start : start + PAGE])
        if contents:
            await connection.execute(add, [blob_row(content) for content in contents.values()])


async def _crystals(old: SqlStore, new: SqlStore) -> int:
    """Copies the crystals that are not there; an experiment that has one keeps its own."""
    there = [row._mapping async for row in new.rows(select(crystals))]
    digests, about = {_digest(row) for row in there}, {row["experiment"] for row in there} - {None}
    missing = [
        dict(row._mapping)
        async for row in old.rows(select(crystals).order_by(crystals.c.key))
        if _digest(row._mapping) not in digests and row.experiment not in about
    ]
    for row in missing:
        fact: Fact = Remembered(_digest(row), row["experiment"])
        async with writing(new.engine) as connection:
            await connection.run_sync(tell_ledger, [Entry(row["updated_at"], fact)])
            plain = {name: value for name, value in row.items() if name != "key"}
            key = (await connection.execute(insert(crystals).returning(crystals.c.key), plain)).scalar_one()
            await index_words(connection, key, row["title"], row["body"], row["tags"])
    return len(missing)


def _digest(row: Any) -> str:
    return crystal_digest(row["salt"], row["title"], row["body"], row["tags"], row["experiment"])
