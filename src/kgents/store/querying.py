"""What the database is asked for a list of experiments, and for the one that a reference stands for."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text

from kgents.domain.ports import Query
from kgents.store.listing import NEWEST_FIRST, page_alone
from kgents.store.schema import experiments


def history_statement(query: Query, dialect: str) -> Select[Any]:
    """What a list of experiments is asked with, the newest first."""
    table = experiments.c
    statement = select(table.id, table.doc).order_by(*NEWEST_FIRST)
    for column, value in (
        (table.kind, query.kind),
        (table.status, query.status),
        (table.verdict, query.verdict),
        (table.spec, query.spec),
        (table.model, query.model),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if query.since is not None:
        statement = statement.where(table.created_at >= query.since)
    if query.tag is not None:
        statement = statement.where(_tagged(query.tag, dialect))
    if query.text is not None:
        columns = (table.id, table.name, table.model)
        statement = statement.where(or_(*(column.icontains(query.text, autoescape=True) for column in columns)))
    if query.older_than is not None:
        statement = statement.where(_behind(query.older_than))
    return (
        page_alone(statement.limit(query.limit).offset(query.offset)) if query.offset else statement.limit(query.limit)
    )


def _behind(experiment: str) -> ColumnElement[bool]:
    """Whether a row comes after that of an experiment, the newest first."""
    table, other = experiments.c, experiments.alias("other")
    earlier = table.created_at < other.c.created_at
    same = and_(table.created_at == other.c.created_at, table.log < other.c.log)
    return select(other.c.log).where(other.c.id == experiment, or_(earlier, same)).correlate(experiments).exists()


def _tagged(tag: str, dialect: str) -> Any:
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import JSONB

        return experiments.c.tags.cast(JSONB).contains([tag])
    each = func.json_each(experiments.c.tags).table_valued("value")
    return text("experiments.tags <> '[]'") & select(each.c.value).where(each.c.value == tag).exists()


def conditions_of(reference: str) -> list[Any]:
    """What a reference may be: an id, a name, the beginning of an id; the first that fits is meant."""
    conditions: list[Any] = [experiments.c.id == reference, experiments.c.name == reference]
    if len(reference) >= 4:
        conditions.append(experiments.c.id.startswith(reference, autoescape=True))
        if len(reference) >= 8 and not reference.startswith("exp-"):
            conditions.append(experiments.c.id.startswith("exp-" + reference, autoescape=True))
    return conditions
