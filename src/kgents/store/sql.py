"""The Store port on SQLAlchemy Core, for SQLite and Postgres."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from kgents.domain.fact import Finished
from kgents.domain.ledger_fact import Opened
from kgents.domain.mark import Entry, Mark, digest
from kgents.domain.ports import Glance, Listed, Query, Trial
from kgents.domain.prefix import Prefix, Totals, prefix_of
from kgents.domain.summary import Summary
from kgents.errors import TamperedRecord, UnknownExperiment
from kgents.store import querying
from kgents.store.codec import summary_from_data, trial_of, with_texts
from kgents.store.creation import ready
from kgents.store.database import get_engine, writing
from kgents.store.driver_errors import errors_translated
from kgents.store.engines import AsyncEngine
from kgents.store.erasure import erase_names, erase_texts, sweep
from kgents.store.experiment_lock import experiment_lock
from kgents.store.listing import (
    config_in,
    glance,
    glance_of,
    glance_statement,
    ids_of,
    listing_statement,
)
from kgents.store.patience import asked_again
from kgents.store.readers import Pages, Readers, Rows
from kgents.store.rows import checked, content_of, finished
from kgents.store.schema import blobs, crystals, experiments, logs, marks, trials
from kgents.store.series import taken, taken_statement
from kgents.store.writer import Writer, tell_ledger

PAGE = 200  # trials whose texts are fetched together
NONSENSE = (ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError)  # what a damaged row raises


class SqlStore:
    """The record. See `kgents.domain.ports.Store`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._writer = Writer(engine)
        self._readers = Readers(engine)

    @staticmethod
    async def open(url: str) -> "SqlStore":
        """Connects, and makes the tables at first use."""
        engine = get_engine(url)
        try:
            await asked_again(engine, lambda: ready(engine), while_unreachable=False)
        except BaseException:
            await engine.dispose()
            raise
        return SqlStore(engine)

    async def aclose(self) -> None:
        """Writes what is queued and closes, also what somebody began to read and did not read to its end."""
        try:
            await self._writer.close()
        finally:
            await self._readers.aclose()
            await self.engine.dispose()

    async def append(self, log: str, entries: Sequence[Entry], contents: Sequence[bytes] = ()) -> Sequence[Mark]:
        """Appends to a chain, with blobs, projections and ledger in one transaction."""
        return await self._writer.append(log, entries, contents)

    async def put(self, contents: Sequence[bytes]) -> Sequence[str]:
        """Stores blobs; returns their addresses."""
        await self._writer.append("", (), contents)
        return [digest(content) for content in contents]

    async def blob(self, address: str) -> bytes | None:
        """The content at an address, or None."""
        return (await self.texts([address])).get(address)

    @asynccontextmanager
    async def lock(self, experiment: str) -> AsyncIterator[None]:
        """The right to write to an experiment; Busy where another process has it."""
        self._writer.forget(experiment)
        async with experiment_lock(self.engine, experiment) as lock:
            self._writer.locked(experiment, lock)
            try:
                yield
            finally:
                self._writer.locked(experiment, None)

    def give_up(self) -> None:
        """Waits for the database no longer: whatever waits for it fails at once with StoreUnavailable."""
        self._writer.give_up()

    async def marks(self, log: str, after: int = -1) -> AsyncIterator[Mark]:
        """The marks of a log, in order; TamperedRecord where bytes and id disagree."""
        statement = (
            select(marks.c.seq, marks.c.id, marks.c.prev, marks.c.stem)
            .join(logs, logs.c.key == marks.c.log)
            .where(logs.c.name == log, marks.c.seq > after)
            .order_by(marks.c.seq)
        )
        async with aclosing(self.rows(statement)) as rows:
            async for row in rows:
                yield checked(log, row)

    async def mark_ids(self, log: str, limit: int | None = None) -> AsyncIterator[str]:
        """The ids of a log's marks, in order; not compared with their bytes."""
        statement = select(marks.c.id).join(logs, logs.c.key == marks.c.log).where(logs.c.name == log)
        async with aclosing(self.rows(statement.order_by(marks.c.seq).limit(limit))) as rows:
            async for row in rows:
                yield row.id.hex()

    async def resolve(self, reference: str) -> str:
        """The id that a reference stands for."""
        latest = select(experiments.c.id).order_by(experiments.c.created_at.desc(), experiments.c.log.desc()).limit(1)
        if reference == "@latest":
            matches = [str(row.id) for row in await self._all(latest)]
            if not matches:
                raise UnknownExperiment("there are no experiments yet", 'kg experiment generate --spec "…"')
            return str(matches[0])
        columns = select(experiments.c.id).order_by(experiments.c.created_at.desc()).limit(6)
        for condition in querying.conditions_of(reference):
            matches = [str(row.id) for row in await self._all(columns.where(condition))]
            if len(matches) == 1:
                return str(matches[0])
            if matches:
                raise UnknownExperiment(
                    f"{reference!r} stands for more than one experiment", f"one of {', '.join(matches)}"
                )
        hint = "kg experiment history; a prefix has 4 or more characters"
        raise UnknownExperiment(f"no experiment answers to {reference!r}", hint)

    async def shares(self, series: str) -> Sequence[Opened]:
        """The experiments that took a share of the error of a series, by place."""
        return taken(await self._all(taken_statement(series)), series)

    async def summary(self, experiment: str) -> Summary:
        """The projection of one experiment."""
        for row in await self._all(select(experiments.c.doc).where(experiments.c.id == experiment)):
            return await self._summary(experiment, row.doc)
        raise UnknownExperiment(f"no experiment answers to {experiment!r}", "kg experiment history")

    async def history(self, query: Query) -> AsyncIterator[Summary]:
        """Projections, newest first."""
        async with aclosing(self.rows(self.history_statement(query))) as rows:
            async for row in rows:
                yield await self._summary(row.id, row.doc)

    def listing(self, query: Query, with_mark_ids: bool = False) -> AsyncIterator[Listed]:
        """Projections with their configurations and, where asked for, the ids of their marks: one statement in all."""
        return Rows(self.listings(query, with_mark_ids))

    async def listings(self, query: Query, with_mark_ids: bool = False) -> AsyncGenerator[Sequence[Listed]]:
        """The same, page by page; what stands before a damaged row is given before it is told."""
        statement = listing_statement(self.history_statement(query), self.engine.dialect.name, with_mark_ids)
        async with aclosing(self.pages(statement)) as pages:
            async for rows in pages:
                page: list[Listed] = []
                try:
                    for experiment, doc, digest, size, packed, mark_ids in rows:
                        summary = self._projection(experiment, doc, as_text=True)
                        if summary.prefix is None and summary.decision is None:
                            summary.prefix = await self._prefix(summary)
                        page.append(Listed(summary, config_in(digest, size, packed), ids_of(mark_ids)))
                except TamperedRecord:
                    yield page
                    raise
                yield page

    async def glances(self, query: Query) -> AsyncIterator[Glance]:
        """The little that a line of a list says, newest first: one statement in all, but for the undecided of old records."""
        statement = glance_statement(self.history_statement(query), self.engine.dialect.name)
        async with aclosing(self.rows(statement)) as rows:
            async for row in rows:
                yield self._glance(row) or await self._whole_glance(row)

    def _glance(self, row: Any) -> Glance | None:
        try:
            return glance_of(row)
        except NONSENSE:
            return None

    async def _whole_glance(self, row: Any) -> Glance:
        """From the projection as a whole, which says what is wrong where it is damaged."""
        summary = await self.summary(row.id)
        return glance(row, summary.created_at, summary.counts, summary.seconds)

    async def count(self, query: Query) -> int:
        """How many experiments a query is about, whatever its limit and offset."""
        every = self.history_statement(replace(query, limit=None, offset=0)).order_by(None).subquery()
        (row,) = await self._all(select(func.count().label("rows")).select_from(every))
        return int(row.rows)

    async def _summary(self, experiment: str, doc: Any) -> Summary:
        """The projection; of an undecided experiment it may be older than `prefix`, which then comes from the marks."""
        summary = self._projection(experiment, doc)
        if summary.prefix is None and summary.decision is None:
            summary.prefix = await self._prefix(summary)
        return summary

    def _projection(self, experiment: str, doc: Any, as_text: bool = False) -> Summary:
        try:
            return summary_from_data(json.loads(doc) if as_text else doc)
        except NONSENSE as wrong:
            raise TamperedRecord(
                f"what the record shows of {experiment} is damaged ({type(wrong).__name__}: {wrong})",
                f"kg witness verify {experiment}",
            ) from wrong

    async def _prefix(self, summary: Summary) -> Prefix:
        try:
            return prefix_of([mark.entry.fact async for mark in self.marks(summary.plan.experiment)])
        except TamperedRecord:  # nothing counts; `kg witness verify` says what is wrong
            return Prefix(Totals.of(len(summary.plan.arms)))

    def history_statement(self, query: Query) -> Select[Any]:
        """What `history` asks the database."""
        return querying.history_statement(query, self.engine.dialect.name)

    async def trials(
        self, experiment: str, texts: bool = True, start: int = 0, length: int | None = None
    ) -> AsyncIterator[Trial]:
        """The trials by (index, arm); the last outcome of each; `length` of them, after `start`."""
        statement = (
            select(marks.c.seq, marks.c.id, marks.c.prev, marks.c.stem)
            .select_from(trials)
            .join(logs, logs.c.key == trials.c.log)
            .join(marks, (marks.c.log == trials.c.log) & (marks.c.seq == trials.c.seq))
            .where(logs.c.name == experiment)
            .order_by(trials.c.index, trials.c.arm)
            .limit(length)
            .offset(start or None)
        )
        page: list[tuple[Finished, datetime]] = []
        async with aclosing(self.rows(statement)) as rows:
            async for row in rows:
                page.append(finished(experiment, row))
                if len(page) == PAGE:
                    for trial in await self._page(page, texts):
                        yield trial
                    page.clear()
        for trial in await self._page(page, texts):
            yield trial

    async def _page(self, page: list[tuple[Finished, datetime]], texts: bool) -> list[Trial]:
        addresses: set[str] = set()
        for fact, _ in page:
            wanted = (fact.output, fact.candidate, fact.detail) if texts else (fact.detail,)
            addresses.update(address for address in wanted if address)
        contents = await self.texts(sorted(addresses))
        return [trial_of(fact, at, contents) for fact, at in page]

    async def with_texts(self, rows: Sequence[Trial]) -> list[Trial]:
        """The same trials with their texts, as far as they are there."""
        contents = await self.texts(sorted({address for row in rows for address in row.addresses if address}))
        return [with_texts(row, contents) for row in rows]

    async def trial_rows(self, experiment: str) -> AsyncIterator[Any]:
        """The rows of the projection: index, arm, seq, success."""
        statement = select(trials.c.index, trials.c.arm, trials.c.seq, trials.c.success)
        mine = statement.join(logs, logs.c.key == trials.c.log).where(logs.c.name == experiment)
        async with aclosing(self.rows(mine)) as rows:
            async for row in rows:
                yield row

    async def logs(self) -> list[str]:
        """The names of all logs, oldest first."""
        return [str(row.name) for row in await self._all(select(logs.c.name).order_by(logs.c.key))]

    async def sizes(self) -> dict[str, int]:
        """How many rows the tables have."""
        counts = {}
        for table in (experiments, trials, marks, blobs, crystals):
            (row,) = await self._all(select(func.count().label("rows")).select_from(table))
            counts[table.name] = int(row.rows)
        return counts

    async def erase(self, experiment: str, at: datetime, names: bool = False) -> int:
        """Removes the texts that no other experiment needs; its chain stands, the ledger says so. The number removed.

        names  removes name, tags, user and host instead; UsageError where the chain itself holds them
        """
        async with writing(self.engine) as connection:
            fact = await (erase_names if names else erase_texts)(connection, experiment)
            await connection.run_sync(tell_ledger, [Entry(at, fact)])
        await sweep(self.engine)
        return fact.blobs

    async def texts(self, addresses: Sequence[str]) -> dict[str, bytes]:
        """The contents at these addresses, as far as they are there; TamperedRecord for one that does not belong there."""
        texts: dict[str, bytes] = {}
        for start in range(0, len(addresses), 500):
            keys = [bytes.fromhex(address) for address in addresses[start : start + 500]]
            for row in await self._all(select(blobs).where(blobs.c.digest.in_(keys))):
                texts[row.digest.hex()] = content_of(row)
        return texts

    async def _all(self, statement: Select[Any]) -> Sequence[Any]:
        return await asked_again(self.engine, lambda: self._asked(statement), while_unreachable=False)

    async def _asked(self, statement: Select[Any]) -> Sequence[Any]:
        with errors_translated(self.engine.url):
            async with self.engine.connect() as connection:
                rows: Sequence[Any] = (await connection.execute(statement)).all()
                return rows

    def rows(self, statement: Select[Any]) -> Rows:
        """The rows of a query, streamed."""
        return Rows(self.pages(statement))

    def pages(self, statement: Select[Any]) -> Pages:
        """The same, page by page."""
        return Pages(self._readers, statement)
