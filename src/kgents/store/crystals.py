"""Crystals in the database: full-text search (FTS5, tsvector) and tags."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Integer, column, func, literal_column, select, text

from kgents.domain.ledger_fact import Forgotten, Remembered
from kgents.domain.mark import Entry
from kgents.errors import UsageError
from kgents.lazy_pattern import pattern
from kgents.store.crystal_digest import crystal_digest
from kgents.store.database import writing
from kgents.store.driver_errors import errors_translated
from kgents.store.engines import AsyncConnection
from kgents.store.erasure import forget, sweep
from kgents.store.schema import crystals
from kgents.store.sql import SqlStore
from kgents.store.writer import tell_ledger

_WORD = pattern(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Stored:
    """A crystal as it is kept."""

    key: int
    title: str
    body: str
    tags: tuple[str, ...]
    experiment: str | None
    access_count: int
    created_at: datetime


async def index_words(connection: AsyncConnection, key: int, title: str, body: str, tags: Sequence[str]) -> None:
    """Puts what a crystal says into the text index of SQLite, in place of what it said before; Postgres does so itself."""
    if connection.dialect.name == "postgresql":
        return
    words = {"key": key, "title": title, "body": body, "tags": " ".join(tags)}
    await connection.execute(text("DELETE FROM brain_text WHERE rowid = :key"), {"key": key})
    await connection.execute(
        text("INSERT INTO brain_text (rowid, title, body, tags) VALUES (:key, :title, :body, :tags)"), words
    )


class Crystals:
    """The crystals of a record."""

    def __init__(self, store: SqlStore) -> None:
        self._engine = store.engine
        self._postgres = store.engine.dialect.name == "postgresql"

    async def capture(self, title: str, body: str, tags: Sequence[str], experiment: str | None, now: datetime) -> int:
        """Keeps one; its key. An experiment has one crystal: a new one takes the place of the old. The ledger is told."""
        row: dict[str, Any] = {
            "title": title,
            "body": body,
            "tags": list(tags),
            "experiment": experiment,
            "updated_at": now,
            "salt": secrets.token_hex(16),
        }
        fact = Remembered(crystal_digest(row["salt"], title, body, tags, experiment), experiment)
        async with writing(self._engine) as connection:
            await connection.run_sync(tell_ledger, [Entry(now, fact)])  # first: it is what others wait for, too
            key = None if experiment is None else await self._replace(connection, row)
            if key is None:
                made = await connection.execute(crystals.insert().returning(crystals.c.key), {**row, "created_at": now})
                key = int(made.scalar_one())
            await index_words(connection, key, title, body, tags)
        return key

    async def _replace(self, connection: AsyncConnection, row: dict[str, object]) -> int | None:
        """Overwrites the crystal of an experiment, which needs no right to delete; its key, None where it has none."""
        same = crystals.update().where(crystals.c.experiment == row["experiment"])
        key: int | None = (await connection.execute(same.values(**row).returning(crystals.c.key))).scalars().first()
        return key

    async def search(self, words: str, tag: str | None, limit: int) -> list[Stored]:
        """Those that hold all words, best first; all of them, newest first, for no words.

        A word is a run of letters and digits, whatever stands between them, in both databases.
        """
        statement = select(crystals).limit(limit)
        if tag is not None:
            statement = statement.where(self._tagged(tag))
        terms = _WORD.findall(words)
        if terms:
            statement = self._matching(statement, terms)
        elif words.strip():
            return []
        statement = statement.order_by(crystals.c.created_at.desc(), crystals.c.key.desc())
        return [_stored(row) for row in await self._all(statement)]

    def _matching(self, statement: Any, terms: list[str]) -> Any:
        if self._postgres:
            query = func.plainto_tsquery("simple", " ".join(terms))
            vector: Any = literal_column("brain_crystals.text")
            return statement.where(vector.op("@@")(query)).order_by(func.ts_rank(vector, query).desc())
        quoted = " ".join(f'"{term}"' for term in terms)
        matches = (
            text("SELECT rowid AS key, rank FROM brain_text WHERE brain_text MATCH :words")
            .bindparams(words=quoted)
            .columns(column("key", Integer), column("rank"))
            .subquery()
        )
        return statement.join(matches, matches.c.key == crystals.c.key).order_by(matches.c.rank)

    async def show(self, key: int) -> Stored:
        """One, and counts that it was looked at. UsageError where there is none."""
        async with writing(self._engine) as connection:
            more = crystals.update().where(crystals.c.key == key).values(access_count=crystals.c.access_count + 1)
            await connection.execute(more)
        rows = await self._all(select(crystals).where(crystals.c.key == key))
        if not rows:
            raise _unknown(key)
        return _stored(rows[0])

    async def forget(self, key: int, at: datetime | None = None) -> None:
        """Removes one; `at`: when, now by default. UsageError where there is none."""
        async with writing(self._engine) as connection:
            row = (await connection.execute(select(crystals).where(crystals.c.key == key))).first()
            if row is None:
                raise _unknown(key)
            fact = Forgotten(crystal_digest(row.salt, row.title, row.body, row.tags, row.experiment))
            await connection.run_sync(tell_ledger, [Entry(at or datetime.now(UTC), fact)])
            await forget(connection, crystals.c.key == key)
        await sweep(self._engine)

    async def tags(self) -> dict[str, int]:
        """Every tag and how many crystals have it."""
        counts: dict[str, int] = {}
        for row in await self._all(select(crystals.c.tags)):
            for tag in row.tags:
                counts[tag] = counts.get(tag, 0) + 1
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def _tagged(self, tag: str) -> Any:
        if self._postgres:
            from sqlalchemy.dialects.postgresql import JSONB

            return crystals.c.tags.cast(JSONB).contains([tag])
        each = func.json_each(crystals.c.tags).table_valued("value")
        return select(each.c.value).where(each.c.value == tag).exists()

    async def _all(self, statement: Any) -> Sequence[Any]:
        with errors_translated(self._engine.url):
            async with self._engine.connect() as connection:
                rows: Sequence[Any] = (await connection.execute(statement)).all()
                return rows


def _unknown(key: int) -> UsageError:
    return UsageError(f"there is no crystal {key}", "kg brain search")


def _stored(row: Any) -> Stored:
    return Stored(row.key, row.title, row.body, tuple(row.tags), row.experiment, row.access_count, row.created_at)
