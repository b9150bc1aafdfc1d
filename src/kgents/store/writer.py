"""Group commit: one task writes; whatever is queued when it gets its turn is one transaction.

Rule: a future resolves after the commit that made its marks durable. There is no timer: an idle writer commits at once.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kgents.domain.fact import Closed, Fact, Finished, Opened, Planned, Sealed
from kgents.domain.mark import LEDGER, ORIGIN, Entry, Mark, digest, seal
from kgents.domain.summary import Summary
from kgents.errors import Busy, KgentsError
from kgents.store.codec import pack, summary_from_data, summary_to_data
from kgents.store.database import explained
from kgents.store.schema import blobs, experiments, logs, marks, trials


@dataclass(slots=True)
class _Job:
    log: str
    entries: Sequence[Entry]
    blobs: Sequence[bytes]
    done: "asyncio.Future[list[Mark]]"


@dataclass(slots=True)
class _Log:
    """What the writer remembers of a log that it appends to."""

    key: int
    size: int
    head: str
    summary: Summary | None


class Writer:
    """The only writer of marks in this process."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._jobs: asyncio.Queue[_Job | None] = asyncio.Queue()
        self._logs: dict[str, _Log] = {}
        self._task: asyncio.Task[None] | None = None
        self._upsert: Any = (sqlite if engine.dialect.name == "sqlite" else postgresql).insert

    async def append(self, log: str, entries: Sequence[Entry], contents: Sequence[bytes]) -> list[Mark]:
        """Queues, and returns when it is durable."""
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        done: asyncio.Future[list[Mark]] = asyncio.get_running_loop().create_future()
        await self._jobs.put(_Job(log, entries, contents, done))
        return await done

    def forget(self, log: str) -> None:
        """Somebody else may have written to this log since."""
        self._logs.pop(log, None)

    async def close(self) -> None:
        """Writes what is queued."""
        if self._task is not None:
            await self._jobs.put(None)
            await self._task
            self._task = None

    async def _work(self) -> None:
        connection: AsyncConnection | None = None
        try:
            while (job := await self._jobs.get()) is not None:
                group, over = [job], False
                while not self._jobs.empty():
                    more = self._jobs.get_nowait()
                    over = over or more is None
                    group += [more] if more is not None else []
                connection = await self._serve(connection, group)
                if over:
                    break
        finally:
            if connection is not None:
                with suppress(Exception):
                    await connection.close()

    async def _serve(self, connection: AsyncConnection | None, group: list[_Job]) -> AsyncConnection | None:
        try:
            with explained(self._engine.url):
                if connection is None:
                    connection = await (await self._engine.connect()).execution_options(writes=True)
                results = await self._commit(connection, group)
        except KgentsError as wrong:
            for job in group:
                self.forget(job.log)
            if len(group) > 1:  # one bad job must not take the others with it
                for job in group:
                    connection = await self._serve(connection, [job])
                return connection
            if not group[0].done.done():
                group[0].done.set_exception(wrong)
            await self._dropped(connection)
            return None
        for job, result in zip(group, results, strict=True):
            if not job.done.done():
                job.done.set_result(result)
        return connection

    async def _dropped(self, connection: AsyncConnection | None) -> None:
        if connection is not None:
            with suppress(Exception):
                await connection.invalidate()
                await connection.close()

    async def _commit(self, connection: AsyncConnection, group: list[_Job]) -> list[list[Mark]]:
        self._logs.pop(LEDGER, None)  # other processes write to it
        remembered = {name: (log.size, log.head) for name, log in self._logs.items()}
        try:
            async with connection.begin():
                return [await self._append(connection, job) for job in group]
        except IntegrityError as wrong:
            self._logs.clear()
            raise Busy("another process has written to this experiment", "kg experiment show @latest") from wrong
        except BaseException:
            for name in [
                name for name in self._logs if name not in remembered or remembered[name][0] != self._logs[name].size
            ]:
                del self._logs[name]
            raise

    async def _append(self, connection: AsyncConnection, job: _Job) -> list[Mark]:
        if job.blobs:
            rows = {digest(content): content for content in job.blobs}
            values = [
                {"digest": bytes.fromhex(key), "size": len(content), "packed": pack(content)}
                for key, content in rows.items()
            ]
            await connection.execute(self._upsert(blobs).on_conflict_do_nothing(), values)
        if not job.entries:
            return []
        log = await self._log(connection, job.log)
        made = await self._chain(connection, job.log, log, job.entries)
        if job.log != LEDGER:
            await self._project(connection, log, made)
            await self._ledger(connection, job, made, log)
        return made

    async def _chain(self, connection: AsyncConnection, name: str, log: _Log, entries: Sequence[Entry]) -> list[Mark]:
        made = []
        for entry in entries:
            mark = seal(name, log.size, log.head, entry)
            log.size, log.head = log.size + 1, mark.id
            made.append(mark)
        values = [
            {"log": log.key, "seq": mark.seq, "id": bytes.fromhex(mark.id), "prev": bytes.fromhex(mark.prev),
             "body": mark.body.decode()}
            for mark in made
        ]  # fmt: skip
        await connection.execute(insert(marks), values)
        return made

    async def _project(self, connection: AsyncConnection, log: _Log, made: list[Mark]) -> None:
        rows: dict[tuple[int, int], dict[str, Any]] = {}
        for mark in made:
            if log.summary is None:
                log.summary = Summary.begin(mark)
            else:
                log.summary.add(mark)
            if mark.kind == Finished.kind:
                ok = mark.data["ok"]
                row = {"log": log.key, "index": mark.data["i"], "arm": mark.data["arm"], "seq": mark.seq,
                       "success": None if ok is None else int(ok)}  # fmt: skip
                rows[mark.data["i"], mark.data["arm"]] = row
        if rows:
            statement = self._upsert(trials)
            keep = {"seq": statement.excluded.seq, "success": statement.excluded.success}
            upsert = statement.on_conflict_do_update(index_elements=["log", "index", "arm"], set_=keep)
            await connection.execute(upsert, list(rows.values()))
        assert log.summary is not None
        await connection.execute(self._experiment(), [experiment_row(log.key, log.summary)])

    def _experiment(self) -> Any:
        statement = self._upsert(experiments)
        changing = ("status", "verdict", "doc", "updated_at")
        return statement.on_conflict_do_update(
            index_elements=["log"], set_={name: statement.excluded[name] for name in changing}
        )

    async def _ledger(self, connection: AsyncConnection, job: _Job, made: list[Mark], log: _Log) -> None:
        facts: list[Fact] = []
        if isinstance(job.entries[0].fact, Planned):
            facts.append(Opened(job.log, made[0].id))
        facts += [Closed(job.log, log.size, log.head) for entry in job.entries if isinstance(entry.fact, Sealed)]
        if facts:
            ledger = await self._log(connection, LEDGER)
            await self._chain(connection, LEDGER, ledger, [Entry(job.entries[-1].at, fact) for fact in facts])

    async def _log(self, connection: AsyncConnection, name: str) -> _Log:
        if name in self._logs:
            return self._logs[name]
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
        await connection.execute(self._upsert(logs).on_conflict_do_nothing(), [{"name": name}])
        key = (await connection.execute(select(logs.c.key).where(logs.c.name == name))).scalar_one()
        last = select(marks.c.seq, marks.c.id).where(marks.c.log == key).order_by(marks.c.seq.desc()).limit(1)
        row = (await connection.execute(last)).first()
        doc = (await connection.execute(select(experiments.c.doc).where(experiments.c.log == key))).scalar()
        size, head = (row.seq + 1, row.id.hex()) if row else (0, ORIGIN)
        self._logs[name] = _Log(key, size, head, None if doc is None else summary_from_data(doc))
        return self._logs[name]


def experiment_row(key: int, summary: Summary) -> dict[str, Any]:
    """The projection of an experiment."""
    plan = summary.plan
    return {
        "log": key,
        "id": plan.experiment,
        "name": plan.name,
        "kind": plan.kind,
        "status": summary.status.value,
        "verdict": summary.verdict and summary.verdict.value,
        "model": plan.model,
        "spec": plan.facts.get("spec"),
        "tags": list(plan.tags),
        "doc": summary_to_data(summary),
        "created_at": summary.created_at,
        "updated_at": summary.updated_at,
    }
