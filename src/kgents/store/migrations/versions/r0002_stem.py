"""Marks without what their columns repeat, history in the order of an index, and one way to cut texts into words."""

from alembic import op

from kgents.store.schema import create_all, experiments

revision = "0002"
down_revision = "0001"

_TAIL = (
    """length(',"log":"' || logs.name || '","prev":"","seq":' || marks.seq || ',"v":1}') + 64"""  # prev: 64 characters
)
_SQLITE = [
    "DROP TRIGGER marks_no_update",
    "DROP TRIGGER marks_no_delete",
    "ALTER TABLE marks RENAME TO marks_0001",
    "DROP TABLE brain_text",
]
_SQLITE_AFTER = [
    (
        f"INSERT INTO marks (log, seq, id, prev, stem) "
        f"SELECT log, seq, id, prev, substr(body, 1, length(body) - ({_TAIL})) "
        f"FROM marks_0001 AS marks JOIN logs ON logs.key = marks.log"
    ),
    "DROP TABLE marks_0001",
    (
        "INSERT INTO brain_text (rowid, title, body, tags) SELECT key, title, body, "
        "(SELECT group_concat(value, ' ') FROM json_each(tags)) FROM brain_crystals"
    ),
]
_POSTGRES = [
    "ALTER TABLE marks DISABLE TRIGGER USER",
    "ALTER TABLE marks DROP COLUMN doc",
    "ALTER TABLE marks DROP CONSTRAINT marks_id_key",
    "ALTER TABLE marks RENAME COLUMN body TO stem",
    f"UPDATE marks SET stem = left(stem, length(stem) - ({_TAIL})) FROM logs WHERE logs.key = marks.log",
    "ALTER TABLE marks ENABLE TRIGGER USER",
    "ALTER TABLE brain_crystals DROP COLUMN text",
    "DROP INDEX experiments_doc",  # it made every trial an update of an index, and nothing asked it
]


def upgrade() -> None:
    """Rewrites what changed; `create_all` makes what is missing then."""
    bind = op.get_bind()
    sqlite = bind.dialect.name == "sqlite"
    for name in ("created", "kind", "status", "verdict"):
        op.drop_index(f"experiments_{name}", "experiments")
    for statement in _SQLITE if sqlite else _POSTGRES:
        bind.exec_driver_sql(statement)
    create_all(bind)
    for index in experiments.indexes:
        index.create(bind, checkfirst=True)
    for statement in _SQLITE_AFTER if sqlite else []:
        bind.exec_driver_sql(statement)
