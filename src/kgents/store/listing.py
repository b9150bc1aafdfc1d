"""What a list of experiments asks the database: projection, configuration and ids of marks of each, in one statement."""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, Text, literal_column, select, type_coerce

from kgents.domain.ports import Glance
from kgents.store.rows import content_of
from kgents.store.schema import blobs, experiments

UNHEX = "kgents_unhex"  # connections of SQLite are given it: unhex came with SQLite 3.41
NEWEST_FIRST = (experiments.c.created_at.desc(), experiments.c.log.desc())

# A projection that is damaged has no configuration, and must not end the list here: reading it says what is wrong.
_ADDRESS = {
    "sqlite": f"CASE WHEN json_valid(experiments.doc) THEN {UNHEX}(json_extract(experiments.doc, '$.plan.config')) END",
    "postgresql": "CASE WHEN experiments.doc #>> '{plan,config}' ~ '^([0-9a-f]{2})+$' "
    "THEN decode(experiments.doc #>> '{plan,config}', 'hex') END",
}
_DOC = {"sqlite": "experiments.doc", "postgresql": "experiments.doc::text"}
_MARK_IDS = {
    "sqlite": "(SELECT group_concat(hex(id), ' ') FROM "
    "(SELECT id FROM marks WHERE marks.log = experiments.log ORDER BY seq))",
    "postgresql": "(SELECT string_agg(encode(marks.id, 'hex'), ' ' ORDER BY marks.seq) "
    "FROM marks WHERE marks.log = experiments.log)",
}
# [counts of the decision, tallies of the complete prefix, begun, completed, changed last], as text that JSON is read from.
_LITTLE = {
    "sqlite": "CASE WHEN json_valid(experiments.doc) THEN json_extract(experiments.doc, "
    "'$.decision.counts', '$.prefix.tallies', '$.created_at', '$.completed_at', '$.updated_at') END",
    "postgresql": "jsonb_build_array(experiments.doc #> '{decision,counts}', experiments.doc #> '{prefix,tallies}', "
    "experiments.doc -> 'created_at', experiments.doc -> 'completed_at', experiments.doc -> 'updated_at')::text",
}


def page_alone(history: Select[Any]) -> Select[Any]:
    """The same rows of a history with an offset: of those that are left out nothing but their keys is read."""
    table = experiments.c
    page = history.with_only_columns(table.log).subquery("page")
    return select(table.id, table.doc).where(table.log.in_(select(page.c.log))).order_by(*NEWEST_FIRST)


def listing_statement(history: Select[Any], dialect: str, with_mark_ids: bool) -> Select[Any]:
    """The columns of a history (doc as text), then digest, size, packed (NULL where erased), mark_ids (NULL if not asked)."""
    doc = type_coerce(literal_column(_DOC[dialect]), Text).label("doc")
    statement = _with_config(history.with_only_columns(experiments.c.id, doc), dialect)
    return statement.add_columns(literal_column(_MARK_IDS[dialect] if with_mark_ids else "NULL").label("mark_ids"))


def glance_statement(history: Select[Any], dialect: str) -> Select[Any]:
    """The statement of a history with the columns of an experiment and of its configuration, and `little` in place of doc."""
    table = experiments.c
    columns = (table.id, table.name, table.kind, table.status, table.verdict, table.model)
    little = type_coerce(literal_column(_LITTLE[dialect]), Text).label("little")
    return _with_config(history.with_only_columns(*columns, little), dialect)


def _with_config(history: Select[Any], dialect: str) -> Select[Any]:
    joined = experiments.outerjoin(blobs, blobs.c.digest == literal_column(_ADDRESS[dialect]))
    return history.select_from(joined).add_columns(blobs.c.digest, blobs.c.size, blobs.c.packed)


def glance_of(row: Any) -> Glance | None:
    """The glance of a row; None where the projection alone does not say what counts, or is damaged."""
    decided, prefix, *times = json.loads(row.little or "[null, null]")
    counted = prefix if decided is None else decided
    if counted is None:
        return None
    begun, completed, changed = (None if time is None else datetime.fromisoformat(time) for time in times)
    if begun is None or changed is None:
        return None
    counts = sum(arm[0] for arm in counted), sum(arm[1] for arm in counted)
    return glance(row, begun, counts, max(0.0, ((completed or changed) - begun).total_seconds()))


def glance(row: Any, created_at: datetime, counts: tuple[int, int], seconds: float) -> Glance:
    """The columns of a row, with what its projection says: when it began, (trials, successes) that count, how long it took."""
    return Glance(
        id=row.id,
        name=row.name,
        kind=row.kind,
        status=row.status,
        verdict=row.verdict,
        model=row.model,
        created_at=created_at,
        trials=counts[0],
        successes=counts[1],
        seconds=seconds,
        config=config_of(row),
    )


def unhex(digits: Any) -> bytes | None:
    """The bytes of hexadecimal digits, as a function of SQLite; None for anything else."""
    try:
        return bytes.fromhex(digits)
    except (TypeError, ValueError):
        return None


def config_of(row: Any) -> bytes | None:
    """The configuration of a row, or None where it was erased. TamperedRecord where it is not the one of its address."""
    return config_in(row.digest, row.size, row.packed)


def config_in(digest: bytes | None, size: int, packed: bytes) -> bytes | None:
    """The same of its columns."""
    return None if digest is None else _content(Packed(digest, size, packed))


class Packed(NamedTuple):
    """The columns of a text."""

    digest: bytes
    size: int
    packed: bytes


@lru_cache(maxsize=16)
def _content(row: Packed) -> bytes:
    """Its content; many experiments of a list have one configuration."""
    return content_of(row)


def ids_of(digits: str | None) -> tuple[str, ...]:
    """The ids of marks that a row has as one text."""
    return tuple(digits.lower().split(" ")) if digits else ()
