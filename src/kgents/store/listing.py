"""What a list of experiments asks the database: projection, configuration and ids of marks of each, in one statement."""

from typing import Any

from sqlalchemy import Select, literal_column

from kgents.store.rows import content_of
from kgents.store.schema import blobs, experiments

UNHEX = "kgents_unhex"  # connections of SQLite are given it: unhex came with SQLite 3.41
_BYTES = 32  # of an id

# A projection that is damaged has no configuration, and must not end the list here: reading it says what is wrong.
_ADDRESS = {
    "sqlite": f"CASE WHEN json_valid(experiments.doc) THEN {UNHEX}(json_extract(experiments.doc, '$.plan.config')) END",
    "postgresql": "CASE WHEN experiments.doc #>> '{plan,config}' ~ '^([0-9a-f]{2})+$' "
    "THEN decode(experiments.doc #>> '{plan,config}', 'hex') END",
}
_MARK_IDS = {
    "sqlite": "(SELECT group_concat(hex(id), '') FROM "
    "(SELECT id FROM marks WHERE marks.log = experiments.log ORDER BY seq))",
    "postgresql": "(SELECT string_agg(encode(marks.id, 'hex'), '' ORDER BY marks.seq) "
    "FROM marks WHERE marks.log = experiments.log)",
}


def listing_statement(history: Select[Any], dialect: str, with_mark_ids: bool) -> Select[Any]:
    """The statement of a history with more columns: digest, size, packed (NULL where erased) and, where asked, mark_ids."""
    joined = experiments.outerjoin(blobs, blobs.c.digest == literal_column(_ADDRESS[dialect]))
    statement = history.select_from(joined).add_columns(blobs.c.digest, blobs.c.size, blobs.c.packed)
    return statement.add_columns(literal_column(_MARK_IDS[dialect]).label("mark_ids")) if with_mark_ids else statement


def unhex(digits: Any) -> bytes | None:
    """The bytes of hexadecimal digits, as a function of SQLite; None for anything else."""
    try:
        return bytes.fromhex(digits)
    except (TypeError, ValueError):
        return None


def config_of(row: Any) -> bytes | None:
    """The configuration of a row, or None where it was erased. TamperedRecord where it is not the one of its address."""
    return None if row.digest is None else content_of(row)


def ids_of(digits: str | None) -> tuple[str, ...]:
    """The ids of marks that a row has as one text."""
    return tuple(bytes.fromhex(digits).hex(",", _BYTES).split(",")) if digits else ()
