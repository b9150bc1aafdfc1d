"""The record opened so that nothing can be written: what looks at it while others write to it.

Rule: SQLite is opened with mode=ro (or as immutable, where nobody can write) and query_only, transactions of Postgres are
READ ONLY, and no table is ever made or brought up to date.
"""

import os
from pathlib import Path

from sqlalchemy import event

from kgents.errors import UsageError
from kgents.store.address import get_url
from kgents.store.creation import stored_revision
from kgents.store.database import get_reading_engine, is_file
from kgents.store.engines import AsyncEngine
from kgents.store.schema import REVISION
from kgents.store.sql import SqlStore


async def open_reading(url: str) -> SqlStore:
    """The record at a URL, to be read only. UsageError where there is none, or where its tables are of another version."""
    engine = _engine(url)
    try:
        revision = await stored_revision(engine)
    except BaseException:
        await engine.dispose()
        raise
    if revision == REVISION:
        return SqlStore(engine)
    await engine.dispose()
    raise _other(revision)


def may_only_be_read(text: str) -> bool:
    """Whether the URL names a file of SQLite that is there and that this user may read but not write to."""
    url = get_url(text)
    path = Path(str(url.database))
    if not is_file(url) or not path.is_file():
        return False
    return os.access(path, os.R_OK) and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def _other(revision: str | None) -> UsageError:
    if revision is None:
        return UsageError(
            "there is no record there yet", "the first experiment makes it: kg experiment run --n 3 -- true"
        )
    if revision < REVISION:
        return UsageError(
            f"the tables of this record have the schema {revision}, this kgents reads {REVISION}", "kg db upgrade"
        )
    return UsageError(
        f"this record was written by a later kgents (schema {revision}, not {REVISION})", "install that one"
    )


def _engine(text: str) -> AsyncEngine:
    url, engine = get_url(text), get_reading_engine(text, followed=True)
    if engine is None:
        raise _other(None)
    if url.get_backend_name() == "postgresql":
        event.listen(
            engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        )
    return engine
