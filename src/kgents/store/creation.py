"""The tables at first use: made, found, or brought up to date; under a lock, so that many processes may start at once."""

from sqlalchemy import Connection, inspect, text

from kgents.errors import UsageError
from kgents.store.migrations import upgrade
from kgents.store.schema import REVISION, create_all, schema_version

LOCK = 7_301_984_417  # of Postgres, while tables are made


def ensure(connection: Connection) -> None:
    """Makes the tables at first use. Runs in a transaction that has the write lock.

    UsageError for a database of somebody else's, or from a later version of kgents.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    names = set(inspect(connection).get_table_names())
    if "schema_version" not in names:
        if connection.dialect.name == "sqlite" and names:
            raise UsageError("this SQLite file belongs to something else", "name another file with --database")
        create_all(connection)
        connection.execute(schema_version.insert().values(revision=REVISION))
        return
    revision = connection.execute(schema_version.select()).scalar()
    if revision != REVISION:
        upgrade(connection, str(revision))
