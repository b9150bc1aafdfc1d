"""Group commit: one task writes; whatever is queued when it gets its turn is one transaction.

Rule: a future resolves after the commit that made its marks durable. There is no timer: an idle writer commits at once.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, bindparam, insert, select, text
from sqlalchemy.exc import IntegrityError

from kgents.domain.fact import Fact, Finished, Planned, Sealed
from kgents.domain.json import JsonObject
from kgents.domain.ledger_fact import Closed, Opened
from kgents.domain.mark import LEDGER, ORIGIN, Entry, Mark, seal
from kgents.domain.names import Names
from kgents.domain.prefix import Prefix, prefix_of
from kgents.domain.summary import Summary
from kgents.errors import Busy, WorldError
from kgents.store.codec import summary_from_data
from kgents.store.driver_errors import errors_translated
from kgents.store.engines import AsyncEngine
from kgents.store.patience import asked_again
from kgents.store.repeated import Repeated
from kgents.store.rows import CHANGING, TrialRow, blob_row, changes_row, checked, experiment_row, mark_row, trial_row
from kgents.store.schema import blobs, experiments, logs, marks, trials
from kgents.store.series import check_share
from kgents.store.transactions import transactions

if TYPE_CHECKING:
    from kgents.store.server_lock import ServerLock


@dataclass(slots=True)
class _Job:
    """Entries for one log, and who waits for their marks."""

    log: str
    entries: Sequence[Entry]
    blobs: Sequence[bytes]
    done: "asyncio.Future[list[Mark]]"


@dataclass(slots=True)
class _Log:
    """What the writer remembers of a log that it appends to; `plan`: as data, once its projection was written."""

    key: int
    size: int
    head: str
    summary: Summary | None
    plan: JsonObject | None = None


@dataclass(slots=True)
class _Attempt:
    """One group, which may be sent to a server several times: a commit whose answer was lost may have happened.

    heads   size and head of each log before the group, as soon as they are known
    result  the marks of each job, once they were made; whether they are committed only the server knows
    """

    heads: dict[str, tuple[int, str]]
    result: list[list[Mark]] | None = None


class Writer:
    """The only writer of marks in this process."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._locks: dict[str, ServerLock] = {}
        self._transactions = transactions(engine)
        self._chains = _Chains(engine.dialect.name)
        self._jobs: asyncio.Queue[_Job | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def append(self, log: str, entries: Sequence[Entry], contents: Sequence[bytes]) -> list[Mark]:
        """Queues, and returns when it is durable."""
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        done: asyncio.Future[list[Mark]] = asyncio.get_running_loop().create_future()
        await self._jobs.put(_Job(log, entries, contents, done))
        return await done

    def forget(self, log: str) -> None:
        """Somebody else may have written to this log since."""
        self._chains.forget(log)

    def locked(self, log: str, lock: "ServerLock | None") -> None:
        """Names the lock that has to stand before anything is written to this log; None: there is none any more."""
        self._locks.pop(log, None)
        if lock is not None:
            self._locks[log] = lock

    def give_up(self) -> None:
        """Waits no longer for a lock of somebody else; what is queued fails."""
        self._transactions.give_up()

    async def close(self) -> None:
        """Writes what is queued."""
        if self._task is not None:
            await self._jobs.put(None)
            await self._task

    async def _work(self) -> None:
        try:
            while (job := await self._jobs.get()) is not None:
                group, over = [job], False
                while not self._jobs.empty():
                    more = self._jobs.get_nowait()
                    over = over or more is None
                    group += [more] if more is not None else []
                await self._serve(group)
                if over:
                    break
        finally:
            self._task = None
            while not self._jobs.empty():
                left = self._jobs.get_nowait()
                if left is not None and not left.done.done():
                    left.done.cancel()
            await self._transactions.drop()

    async def _serve(self, group: list[_Job]) -> None:
        attempt = _Attempt(self._chains.heads({job.log for job in group}))
        try:
            results = await asked_again(self._engine, lambda: self._once(group, attempt), while_unreachable=True)
        except Exception as wrong:  # noqa: BLE001 - whoever waits is told, whatever it is
            if len(group) > 1 and not isinstance(wrong, WorldError):  # one bad job must not take the others along
                for job in group:
                    await self._serve([job])
                return
            for job in group:
                if not job.done.done():
                    job.done.set_exception(wrong)
            return
        for job, result in zip(group, results, strict=True):
            if not job.done.done():
                job.done.set_result(result)

    async def _once(self, group: list[_Job], attempt: _Attempt) -> list[list[Mark]]:
        try:
            with errors_translated(self._engine.url):
                for log in {job.log for job in group} & set(self._locks):
                    await self._locks[log].confirm()
                return await self._transactions.run(lambda connection: self._chains.commit(connection, group, attempt))
        except BaseException:
            for job in group:
                self.forget(job.log)
            await self._transactions.drop()
            raise


class _Chains:
    """What is written in a transaction, and what is remembered of the logs from one to the next."""

    def __init__(self, dialect: str) -> None:
        self._logs: dict[str, _Log] = {}
        self._new_blobs = Repeated(upsert(dialect, blobs).on_conflict_do_nothing())
        self._new_log = upsert(dialect, logs).on_conflict_do_nothing()
        self._new_marks = Repeated(insert(marks))
        self._latest_trials = Repeated(_latest(upsert(dialect, trials), ("log", "index", "arm"), ("seq", "success")))
        self._experiment = Repeated(_latest(upsert(dialect, experiments), ("log",), CHANGING))
        changed: dict[str, Any] = {name: bindparam(name) for name in CHANGING}
        self._changes = Repeated(experiments.update().where(experiments.c.log == bindparam("key")).values(changed))

    def forget(self, log: str) -> None:
        self._logs.pop(log, None)

    def heads(self, names: set[str]) -> dict[str, tuple[int, str]]:
        """Size and head of these logs, as far as they are remembered."""
        return {name: (log.size, log.head) for name, log in self._logs.items() if name in names}

    def commit(self, connection: Connection, group: Sequence[_Job], attempt: _Attempt) -> list[list[Mark]]:
        """Appends what a group asks for. Busy where another process has written to one of the logs.

        Where it fails, or what follows it does, the logs of the group have to be forgotten.
        """
        self._logs.pop(LEDGER, None)  # other processes write to it
        try:
            if attempt.result is not None and self._stands(connection, attempt):
                return attempt.result
            attempt.result = None
            for name in dict.fromkeys(job.log for job in group if job.entries):
                self._compare_head(connection, name, attempt)
            attempt.result = [self._append(connection, job) for job in group]
        except IntegrityError as wrong:
            raise _overtaken() from wrong
        return attempt.result

    def _stands(self, connection: Connection, attempt: _Attempt) -> bool:
        """Whether a commit happened whose answer was lost: the marks have the same ids whenever they are made. Texts alone
        leave no mark that could tell; they are written again.
        """
        last = {made[-1].log: made[-1].id for made in attempt.result or () if made}
        return bool(last) and all(self._log(connection, name).head == head for name, head in last.items())

    def _compare_head(self, connection: Connection, name: str, attempt: _Attempt) -> None:
        log = self._log(connection, name)
        if attempt.heads.setdefault(name, (log.size, log.head)) != (log.size, log.head):
            raise _overtaken()

    def _append(self, connection: Connection, job: _Job) -> list[Mark]:
        who = _who(job.entries)
        contents = dict.fromkeys(job.blobs if who is None else [*job.blobs, who.to_text()])
        if contents:
            self._new_blobs.run(connection, [blob_row(content) for content in contents])
        if not job.entries:
            return []
        log = self._log(connection, job.log)
        made = self._chain(connection, job.log, log, job.entries)
        if job.log != LEDGER:
            self._project(connection, log, made, who)
            self._ledger(connection, job, made, log)
        return made

    def _chain(self, connection: Connection, name: str, log: _Log, entries: Sequence[Entry]) -> list[Mark]:
        made = []
        for entry in entries:
            mark = seal(name, log.size, log.head, entry)
            log.size, log.head = log.size + 1, mark.id
            made.append(mark)
        self._new_marks.run(connection, [mark_row(log.key, mark) for mark in made])
        return made

    def _project(self, connection: Connection, log: _Log, made: list[Mark], who: Names | None) -> None:
        rows: dict[tuple[int, int], TrialRow] = {}
        for mark in made:
            if log.summary is None:
                log.summary = Summary.begin(mark)
                if who is not None:
                    log.summary.plan = log.summary.plan.with_names(who)
            else:
                log.summary.add(mark)
            if mark.kind == Finished.kind:
                row = trial_row(log.key, mark)
                rows[row["index"], row["arm"]] = row
        if rows:
            self._latest_trials.run(connection, list(rows.values()))
        assert log.summary is not None
        if log.plan is not None:
            self._changes.run(connection, [changes_row(log.key, log.summary, log.plan)])
        else:
            self._experiment.run(connection, [experiment_row(log.key, log.summary)])
            log.plan = log.summary.plan.to_data()

    def _ledger(self, connection: Connection, job: _Job, made: list[Mark], log: _Log) -> None:
        facts: list[Fact] = []
        if isinstance(job.entries[0].fact, Planned):
            share = job.entries[0].fact.plan.share
            if share is not None:
                self._log(connection, LEDGER)  # nobody else writes to the ledger from here to the commit
                check_share(connection, share)
            facts.append(Opened(job.log, made[0].id, share=share))
        facts += [Closed(job.log, log.size, log.head) for entry in job.entries if isinstance(entry.fact, Sealed)]
        if facts:
            self.tell_ledger(connection, [Entry(job.entries[-1].at, fact) for fact in facts])

    def tell_ledger(self, connection: Connection, entries: Sequence[Entry]) -> None:
        self._chain(connection, LEDGER, self._log(connection, LEDGER), entries)

    def _log(self, connection: Connection, name: str) -> _Log:
        if name in self._logs:
            return self._logs[name]
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
        connection.execute(self._new_log, [{"name": name}])
        key = connection.execute(select(logs.c.key).where(logs.c.name == name)).scalar_one()
        last = select(marks.c.seq, marks.c.id).where(marks.c.log == key).order_by(marks.c.seq.desc()).limit(1)
        row = connection.execute(last).first()
        doc = connection.execute(select(experiments.c.doc).where(experiments.c.log == key)).scalar()
        size, head = (row.seq + 1, row.id.hex()) if row else (0, ORIGIN)
        summary = None if doc is None else summary_from_data(doc)
        if summary is not None and summary.decision is None:
            summary.prefix = _prefix(connection, key, name)
        self._logs[name] = _Log(key, size, head, summary)
        return self._logs[name]


def _who(entries: Sequence[Entry]) -> Names | None:
    """Name, tags, user and host of the plan among these entries, where they are a text of their own."""
    return next((entry.fact.plan.who for entry in entries if isinstance(entry.fact, Planned)), None)


def _overtaken() -> Busy:
    return Busy("another process has written to this experiment", "kg experiment show @latest")


def _prefix(connection: Connection, key: int, name: str) -> Prefix:
    """What counts of an undecided experiment, and what waits: the marks alone know that."""
    columns = select(marks.c.seq, marks.c.id, marks.c.prev, marks.c.stem)
    rows = connection.execute(columns.where(marks.c.log == key).order_by(marks.c.seq))
    return prefix_of(checked(name, row).entry.fact for row in rows)


def tell_ledger(connection: Connection, entries: Sequence[Entry]) -> None:
    """Appends to the ledger in the transaction of this connection."""
    _Chains(connection.dialect.name).tell_ledger(connection, entries)


def upsert(dialect: str, table: Table) -> Any:
    """An insert that can say what to do where the row is there already."""
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def _latest(statement: Any, keys: tuple[str, ...], changing: tuple[str, ...]) -> Any:
    """An insert that overwrites what changes; built once, because building costs more than running."""
    return statement.on_conflict_do_update(
        index_elements=list(keys), set_={name: statement.excluded[name] for name in changing}
    )
