"""The tables at first use: made, found, or brought up to date; under a lock, so that many processes may start at once."""

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import DBAPIError

from kgents.errors import DamagedRecord, UsageError
from kgents.store.database import writing
from kgents.store.driver_errors import errors_translated
from kgents.store.engines import AsyncEngine
from kgents.store.migrations import upgrade
from kgents.store.schema import REVISION, create_all, metadata, schema_version
from kgents.store.server import link_of, server_engine

LOCK = 7_301_984_417  # of Postgres, while tables are made


async def ready(engine: AsyncEngine) -> None:
    """Makes sure that the tables are ours and of this revision: one query, where they are."""
    if await stored_revision(engine) == REVISION:
        return
    link = link_of(engine)
    unhurried = engine if link is None else server_engine(link.url, unhurried=True)
    try:
        async with writing(unhurried) as connection:
            await connection.run_sync(_ensure)
    finally:
        if unhurried is not engine:
            await unhurried.dispose()


async def stored_revision(engine: AsyncEngine) -> str | None:
    """The revision of the tables that are there; None where there are none of ours, empty where none is stored."""
    with errors_translated(engine.url):
        async with engine.connect() as connection:
            try:
                revision = (await connection.execute(select(schema_version.c.revision))).scalar()
            except DBAPIError as wrong:
                if "no such " in str(wrong.orig) or "does not exist" in str(wrong.orig):
                    return None
                raise
    return str(revision or "")


def _ensure(connection: Connection) -> None:
    """Runs in a transaction that has the write lock. UsageError for tables of somebody else or a later kgents."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    inspector = inspect(connection)
    names = set(inspector.get_table_names())
    if schema_version.name not in names:
        _refuse_foreign(names, connection.dialect.name)
        create_all(connection)
        connection.execute(schema_version.insert().values(revision=REVISION))
        return
    if {column["name"] for column in inspector.get_columns(schema_version.name)} != {"revision"}:
        _refuse_foreign({schema_version.name}, connection.dialect.name)
    revision = connection.execute(schema_version.select()).scalar()
    if revision is None:
        raise DamagedRecord(
            "the table schema_version of this database is empty: its revision is not known",
            "restore your backup; or, if you know that this kgents made it: "
            f"INSERT INTO schema_version VALUES ('{REVISION}')",
        )
    if revision != REVISION:
        upgrade(connection, str(revision))


def _refuse_foreign(names: set[str], dialect: str) -> None:
    """A file has to be ours alone; in a database of Postgres others may live, under other names."""
    if dialect == "sqlite" and names:
        raise UsageError("this SQLite file belongs to something else", "name another file with --database")
    taken = sorted(names & set(metadata.tables))
    if taken:
        raise UsageError(
            f"this database has a table of something else: {', '.join(taken)}",
            "name another database, or a schema of its own: ?search_path=SCHEMA",
        )
