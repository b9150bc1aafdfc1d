"""What is to be known of a database without writing to it, and the one way to bring it up to date by hand."""

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, inspect, select, text
from sqlalchemy.engine import URL

from kgents.errors import UsageError
from kgents.store.address import get_url
from kgents.store.creation import ready, stored_revision
from kgents.store.database import get_engine, get_reading_engine, is_file
from kgents.store.driver_errors import errors_translated
from kgents.store.engines import AsyncConnection, AsyncEngine
from kgents.store.schema import REVISION, blobs, crystals, experiments, marks, trials

TABLES = (experiments, trials, marks, blobs, crystals)


@dataclass(frozen=True, slots=True)
class Status:
    """A database as it is.

    url       without password and driver
    revision  of its tables; None where there is no record yet, empty where none is stored
    rows      how many each table has
    sizes     bytes: of the files of SQLite, of the tables (with their indexes) of Postgres
    """

    url: str
    revision: str | None
    rows: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def schema(self) -> str:
        """The state of the schema, for people."""
        if self.revision is None:
            return "none yet: the first experiment makes it"
        if not self.revision:
            return "not known: the table schema_version is empty"
        if self.revision == REVISION:
            return f"{REVISION}, up to date"
        return f"{self.revision}; this kgents writes {REVISION}: kg db upgrade"


async def status_of(database: str) -> Status:
    """Looks, and writes nothing. UsageError for a URL that means nothing, StoreUnavailable where nothing answers."""
    url = get_url(database)
    shown = url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)
    engine = get_reading_engine(database)
    if engine is None:
        return Status(shown, None)
    try:
        revision = await stored_revision(engine)
        if revision is None:
            return Status(shown, None)
        with errors_translated(engine.url):
            async with engine.connect() as connection:
                return Status(shown, revision, await _rows(connection), await _sizes(connection))
    finally:
        await engine.dispose()


async def _rows(connection: AsyncConnection) -> dict[str, int]:
    there = set(await connection.run_sync(lambda plain: inspect(plain).get_table_names()))
    counts = {}
    for table in TABLES:
        if table.name in there:
            counts[table.name] = int((await connection.execute(select(func.count()).select_from(table))).scalar_one())
    return counts


async def _sizes(connection: AsyncConnection) -> dict[str, int]:
    if is_file(connection.engine.url):
        path = Path(str(connection.engine.url.database))
        files = (path, path.with_name(path.name + "-wal"))
        return {file.name: file.stat().st_size for file in files if file.is_file()}
    if connection.dialect.name == "sqlite":
        return {}
    size = text("SELECT pg_total_relation_size(to_regclass(:name))")
    sizes = {table.name: (await connection.execute(size, {"name": table.name})).scalar() for table in TABLES}
    return {name: int(size) for name, size in sizes.items() if size is not None}


async def bring_up_to_date(database: str) -> tuple[str | None, str]:
    """Makes the tables, or rewrites those of an older kgents: the revision before (None: no record) and after."""
    engine: AsyncEngine = get_engine(database)
    try:
        before = await stored_revision(engine)
        await ready(engine)
    finally:
        await engine.dispose()
    return before, REVISION


def refuse_missing(database: str) -> None:
    """UsageError where a file to read from is not there."""
    url = get_url(database)
    if is_file(url) and not Path(str(url.database)).is_file():
        raise UsageError(f"there is no database {url.database}", "name one that is there")


def refuse_same(source: str, target: str) -> None:
    """UsageError where two URLs name one database."""
    first, second = get_url(source), get_url(target)
    if is_file(first) and is_file(second):
        same = Path(str(first.database)).resolve() == Path(str(second.database)).resolve()
    else:
        same = _named(first) == _named(second)
    if same:
        raise UsageError("FROM and TO are one database", "name another one to copy to")


def _named(url: URL) -> tuple[object, ...]:
    """What of a URL says which database it is: all but the password."""
    return url.drivername, url.username, url.host, url.port, url.database, url.query
