"""Removes the texts of an experiment: its chain stands, the ledger says that they are gone.

Rule: a text goes unless an experiment that was not erased refers to it, too. Two experiments that share a secret and
are both erased keep nothing of it.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from sqlalchemy import func, select, text

from kgents.domain.fact import Finished, Planned
from kgents.domain.ledger_fact import Erased
from kgents.domain.mark import LEDGER, Mark
from kgents.errors import UsageError
from kgents.lazy_pattern import pattern
from kgents.store.codec import summary_from_data, summary_to_data
from kgents.store.driver_errors import errors_translated
from kgents.store.engines import AsyncConnection, AsyncEngine
from kgents.store.schema import blobs, crystals, experiments, logs, marks

_REFERRING = {Planned.kind: ("config",), Finished.kind: ("out", "code", "detail")}
_ADDRESS = pattern(r'"(?:out|code|detail|config)":"([0-9a-f]{64})"')
_AT = pattern(r'\{"at":"([^"]+)"')


def addresses_of(mark: Mark) -> set[str]:
    """The blobs that a mark refers to, but for the names of an experiment (`names_of`)."""
    return {str(mark.data[name]) for name in _REFERRING.get(mark.kind, ()) if mark.data.get(name)}


def names_of(mark: Mark) -> set[str]:
    """The blob with name, tags, user and host that a mark refers to."""
    return {str(mark.data["names"])} if mark.kind == Planned.kind and mark.data.get("names") else set()


async def erase_texts(connection: AsyncConnection, experiment: str) -> Erased:
    """In a transaction that writes: removes blobs and crystal of this experiment; what the ledger is to be told."""
    if connection.dialect.name == "postgresql":
        await connection.exec_driver_sql("LOCK TABLE blobs IN EXCLUSIVE MODE")
    mine: set[str] = set()
    size = 0
    async for row in await _stems(connection, [logs.c.name == experiment]):
        size += 1
        mine.update(_ADDRESS.findall(row.stem))
    gone = await _erased_before(connection)
    async for row in await _stems(connection, [logs.c.name.notin_([experiment, LEDGER])]):
        addresses = _ADDRESS.findall(row.stem)
        if addresses and (row.name not in gone or _time(row.stem) > gone[row.name]):
            mine.difference_update(addresses)
    await forget(connection, crystals.c.experiment == experiment)
    return Erased(experiment, await _remove(connection, mine), size)


async def erase_names(connection: AsyncConnection, experiment: str) -> Erased:
    """In a transaction that writes: removes name, tags, user, host and crystal; what the ledger is to be told.

    UsageError where the chain itself holds them.
    """
    log = select(logs.c.key).where(logs.c.name == experiment).scalar_subquery()
    size = (await connection.execute(select(func.count()).where(marks.c.log == log))).scalar_one()
    doc = (await connection.execute(select(experiments.c.doc).where(experiments.c.id == experiment))).scalar_one()
    summary = summary_from_data(doc)
    if summary.plan.names is None:
        raise UsageError(
            f"name and tags of {experiment} are in its chain, which is never changed: it is of an older version", None
        )
    summary.plan = summary.plan.without_names()
    await forget(connection, crystals.c.experiment == experiment)
    unnamed: dict[str, object] = {"name": None, "tags": [], "doc": summary_to_data(summary)}
    await connection.execute(experiments.update().where(experiments.c.id == experiment).values(**unnamed))
    return Erased(experiment, await _remove(connection, {str(summary.plan.names)}), size, names=True)


async def _stems(connection: AsyncConnection, conditions: Iterable[Any]) -> Any:
    statement = select(logs.c.name, marks.c.stem).join(logs, logs.c.key == marks.c.log).where(*conditions)
    return await connection.stream(statement.execution_options(yield_per=500))


async def _erased_before(connection: AsyncConnection) -> dict[str, str]:
    """When the texts of each experiment were erased last, as marks say times."""
    erased_at: dict[str, str] = {}
    async for row in await _stems(connection, [logs.c.name == LEDGER]):
        if Erased.kind in row.stem:
            fact = Erased.from_data(json.loads(row.stem + "}")["data"])
            if not fact.names:
                erased_at[fact.experiment] = _time(row.stem)
    return erased_at


def _time(stem: str) -> str:
    match = _AT.match(stem)
    return match[1] if match else ""


async def forget(connection: AsyncConnection, condition: Any) -> int:
    """Removes crystals, and on SQLite their words from the text index; how many."""
    gone = await connection.execute(crystals.delete().where(condition).returning(crystals.c.key))
    keys = gone.scalars().all()
    if keys and connection.dialect.name == "sqlite":
        await connection.execute(text("DELETE FROM brain_text WHERE rowid = :key"), [{"key": key} for key in keys])
        await connection.execute(text("INSERT INTO brain_text (brain_text) VALUES ('optimize')"))
    return len(keys)


async def _remove(connection: AsyncConnection, addresses: set[str]) -> int:
    removed = 0
    for address in sorted(addresses):
        result = await connection.execute(blobs.delete().where(blobs.c.digest == bytes.fromhex(address)))
        removed += result.rowcount
    return removed


async def sweep(engine: AsyncEngine) -> None:
    """Takes what was deleted out of the files as well, as far as the database lets us while others read."""
    with suppress(Exception), errors_translated(engine.url):
        async with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                await connection.execution_options(transaction="none")
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                await connection.exec_driver_sql("VACUUM blobs, brain_crystals")
