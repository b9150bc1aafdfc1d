"""Moves everything from one database to another, byte by byte."""

from sqlalchemy import Table, insert, select, text

from kgents.domain.mark import LEDGER
from kgents.domain.summary import Summary
from kgents.store.database import writing
from kgents.store.engines import AsyncConnection
from kgents.store.restore import PAGE, restore_experiment, restore_log, show_names
from kgents.store.schema import blobs, crystals, logs
from kgents.store.sql import SqlStore


async def is_empty(store: SqlStore) -> bool:
    """Whether a database holds nothing yet, so that a copy can be the whole of another, ledger included."""
    return not any((await store.sizes()).values())


async def copy_all(old: SqlStore, new: SqlStore) -> int:
    """Copies ledger, experiments, texts and crystals into a database that `is_empty`; the number of logs."""
    names = await old.logs()
    copied: dict[int, Summary] = {}
    async with writing(new.engine) as connection:
        for key, name in enumerate(names, 1):
            await connection.execute(insert(logs), [{"key": key, "name": name}])
            if name == LEDGER:
                await restore_log(connection, key, old.marks(name))
            else:
                copied[key] = await restore_experiment(connection, key, old.marks(name))
        await _copy_table(old, blobs, connection)
        for key, summary in copied.items():
            await show_names(connection, key, summary)
        await _copy_table(old, crystals, connection)
        await _after(connection)
    return len(names)


async def _copy_table(old: SqlStore, table: Table, connection: AsyncConnection) -> None:
    page: list[dict[str, object]] = []
    async for row in old.rows(select(table)):
        page.append(dict(row._mapping))
        if len(page) == PAGE:
            await connection.execute(insert(table), page)
            page.clear()
    if page:
        await connection.execute(insert(table), page)


async def _after(connection: AsyncConnection) -> None:
    """What follows from keys that were given instead of drawn, and the text index of SQLite."""
    if connection.dialect.name == "postgresql":
        for table in ("logs", "brain_crystals"):
            await connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'key'), GREATEST((SELECT max(key) FROM {table}), 1))"
            )
    else:
        await connection.execute(
            text(
                "INSERT INTO brain_text (rowid, title, body, tags) SELECT key, title, body, "
                "(SELECT group_concat(value, ' ') FROM json_each(tags)) FROM brain_crystals"
            )
        )
