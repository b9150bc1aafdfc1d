"""Whether tables, triggers and views are ours: what the record is read and protected by.

On SQLite every statement of the schema is compared with ours. On Postgres, where others may have tables beside ours, the
triggers that keep marks have to be there and enabled, and the view `witness` has to show bytes that hash to their ids.
"""

from functools import cache

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from kgents.store.schema import create_all

_TRIGGERS = {"marks_no_change", "marks_no_truncate"}
_ENABLED = text(
    "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass('marks') AND NOT tgisinternal AND tgenabled <> 'D'"
)
_UNLIKE = text(
    "SELECT log, seq FROM witness WHERE encode(sha256('\\x00'::bytea || convert_to(body, 'UTF8')), 'hex') <> id LIMIT 1"
)


def shape_problems(connection: Connection) -> list[str]:
    """What is not as kgents made it."""
    return _of_file(connection) if connection.dialect.name == "sqlite" else _of_server(connection)


def _statements(connection: Connection) -> dict[str, str]:
    """Name and statement of everything in a database of SQLite, written alike."""
    rows = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").all()
    return {
        f"{row.type} {row.name}": "".join(str(row.sql).replace('"', "").split())
        for row in rows
        if not row.name.startswith(("brain_text_", "sqlite_"))
    }


@cache
def _ours() -> dict[str, str]:
    engine = create_engine("sqlite+pysqlite://")
    with engine.begin() as connection:
        create_all(connection)
        made = _statements(connection)
    engine.dispose()
    return made


def _of_file(connection: Connection) -> list[str]:
    ours, theirs = _ours(), _statements(connection)
    missing = [f"the {name} is missing" for name in sorted(set(ours) - set(theirs))]
    changed = [
        f"the {name} is not the one that kgents made" for name, made in ours.items() if theirs.get(name, made) != made
    ]
    foreign = [f"the {name} is not of kgents" for name in sorted(set(theirs) - set(ours))]
    return missing + changed + foreign


def _of_server(connection: Connection) -> list[str]:
    enabled = set(connection.execute(_ENABLED).scalars())
    problems = [f"the trigger {name} of marks is missing or disabled" for name in sorted(_TRIGGERS - enabled)]
    problems += [f"the trigger {name} of marks is not of kgents" for name in sorted(enabled - _TRIGGERS)]
    try:
        row = connection.execute(_UNLIKE).first()
        shown, kept = (
            connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar() for name in ("witness", "marks")
        )
    except DBAPIError as wrong:
        return [*problems, f"the view witness cannot be read: {str(wrong.orig).splitlines()[0]}"]
    if row is not None:
        problems.append(f"the view witness shows mark {row.seq} of {row.log} other than it was written")
    return problems if shown == kept else [*problems, f"the view witness shows {shown} marks, the table has {kept}"]
