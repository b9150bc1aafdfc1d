"""The tables, their indexes, and the triggers that keep marks as they are.

Marks are the record; `experiments` and `trials` are projections of them, written in the same transaction. The bytes of
a mark end with its log, prev, seq and version, which are columns already: only the stem before them is stored, and the
view `witness` shows the bytes in full. That ids are unique follows from (log, seq), which they are hashes of.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

REVISION = "0004"


class UtcDateTime(TypeDecorator[datetime]):
    """Aware outside, UTC inside; SQLite has no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; naive times are refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware again."""
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Document(TypeDecorator[Any]):
    """JSON; JSONB on Postgres, whose dialect is imported only where it is used."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type of the column in this database."""
        if dialect.name != "postgresql":
            return dialect.type_descriptor(JSON())
        from sqlalchemy.dialects.postgresql import JSONB

        return dialect.type_descriptor(JSONB())


metadata = MetaData()

logs = Table(
    "logs",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
)

marks = Table(
    "marks",
    metadata,
    Column("log", Integer, ForeignKey("logs.key"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("id", LargeBinary(32), nullable=False),
    Column("prev", LargeBinary(32), nullable=False),
    Column("stem", Text, nullable=False),
    UniqueConstraint("log", "prev"),
    sqlite_with_rowid=False,
)

experiments = Table(
    "experiments",
    metadata,
    Column("log", Integer, ForeignKey("logs.key"), primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("name", Text),
    Column("kind", String(40), nullable=False),
    Column("status", String(16), nullable=False),
    Column("verdict", String(16)),
    Column("model", Text),
    Column("spec", String(64)),
    Column("tags", Document, nullable=False),
    Column("doc", Document, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("experiments_created", "created_at", "log"),
    Index("experiments_name", "name"),
    Index("experiments_kind", "kind", "created_at", "log"),
    Index("experiments_status", "status", "created_at", "log"),
    Index("experiments_verdict", "verdict", "created_at", "log"),
    Index("experiments_spec", "spec", "model"),
)

trials = Table(
    "trials",
    metadata,
    Column("log", Integer, ForeignKey("logs.key"), primary_key=True),
    Column("index", Integer, primary_key=True),
    Column("arm", Integer, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("success", SmallInteger),
    sqlite_with_rowid=False,
)

blobs = Table(
    "blobs",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("packed", LargeBinary, nullable=False),
)

crystals = Table(
    "brain_crystals",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("tags", Document, nullable=False),
    Column("experiment", String(32)),
    Column("access_count", Integer, nullable=False, server_default="0"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("salt", String(32), nullable=False),
    Index("brain_crystals_experiment", "experiment"),
)

schema_version = Table("schema_version", metadata, Column("revision", String(32), primary_key=True))

_BYTES = 'stem || \',"log":"\' || logs.name || \'","prev":"\' || {prev} || \'","seq":\' || seq || \',"v":1}}\''
_WITNESS = (
    "{create} witness AS SELECT logs.name AS log, marks.seq AS seq, {id} AS id, {prev} AS prev, {bytes} AS body{more} "
    "FROM marks JOIN logs ON logs.key = marks.log"
)


def _witness(create: str, hexadecimal: str, more: str = "") -> str:
    prev = hexadecimal.format("marks.prev")
    shown = _BYTES.format(prev=prev)
    return _WITNESS.format(create=create, id=hexadecimal.format("marks.id"), prev=prev, bytes=shown, more=more)


_SQLITE = [
    "CREATE INDEX IF NOT EXISTS experiments_tagged ON experiments (created_at, log, tags) WHERE tags <> '[]'",
    _witness("CREATE VIEW IF NOT EXISTS", "lower(hex({}))"),
    *(
        f"CREATE TRIGGER IF NOT EXISTS marks_no_{verb.lower()} BEFORE {verb} ON marks "
        f"BEGIN SELECT RAISE(ABORT, 'marks are never changed'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS marks_no_replace BEFORE INSERT ON marks "
        "WHEN EXISTS (SELECT 1 FROM marks WHERE log = NEW.log AND seq = NEW.seq) "
        "OR EXISTS (SELECT 1 FROM marks WHERE log = NEW.log AND prev = NEW.prev) "  # an OR within would read the whole log
        "BEGIN SELECT RAISE(ABORT, 'marks are never changed'); END"
    ),
    (
        "CREATE VIRTUAL TABLE IF NOT EXISTS brain_text "
        "USING fts5(title, body, tags, tokenize = 'unicode61 remove_diacritics 0')"
    ),
]
_POSTGRES = [
    _witness("CREATE OR REPLACE VIEW", "encode({}, 'hex')", ", (stem || '}')::jsonb AS doc"),
    "ALTER TABLE experiments ALTER COLUMN doc SET STORAGE MAIN",  # a row is rewritten with every trial:
    "ALTER TABLE experiments SET (fillfactor = 50)",  # in place, where old versions make room at once
    "CREATE INDEX IF NOT EXISTS experiments_tags ON experiments USING gin (tags)",
    (
        "ALTER TABLE brain_crystals ADD COLUMN IF NOT EXISTS text tsvector GENERATED ALWAYS AS "
        "(to_tsvector('simple', regexp_replace(title || ' ' || body || ' ' || tags::text, '[^[:alnum:]]+', ' ', 'g'))) "
        "STORED"
    ),
    "CREATE INDEX IF NOT EXISTS brain_crystals_text ON brain_crystals USING gin (text)",
    "CREATE INDEX IF NOT EXISTS brain_crystals_tags ON brain_crystals USING gin (tags)",
    (
        "CREATE OR REPLACE FUNCTION marks_are_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'marks are never changed'; END $$"
    ),
    (
        "CREATE OR REPLACE TRIGGER marks_no_change BEFORE UPDATE OR DELETE ON marks "
        "FOR EACH ROW EXECUTE FUNCTION marks_are_kept()"
    ),
    (
        "CREATE OR REPLACE TRIGGER marks_no_truncate BEFORE TRUNCATE ON marks "
        "FOR EACH STATEMENT EXECUTE FUNCTION marks_are_kept()"
    ),
]


def create_all(connection: Connection) -> None:
    """Every table, index and trigger; whatever is there already is left alone."""
    metadata.create_all(connection)
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRES:
        connection.exec_driver_sql(statement)
