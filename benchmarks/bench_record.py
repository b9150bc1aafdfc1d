"""The record on SQLite and Postgres: CPU and bytes per durable trial, history, show and verify at scale.

`bench_record.py [TRIALS] [EXPERIMENTS]` (default 4000 and 10 000 of 10 trials each; 100 000 makes 10⁶ trials). Ratios are
to the raw drivers (sqlite3, asyncpg) that commit the same rows one transaction a trial, in the same run. Postgres is
started here. CPU is that of this process; wall times depend on what else runs.
"""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from sqlalchemy import Table, insert, text

from conftest import clean_environment, own_server
from explain import explain
from kgents.domain.fact import Decided, Fact, Finished, Planned, Sealed, Started, Verdict
from kgents.domain.ids import experiment_id
from kgents.domain.ledger_fact import Closed, Opened
from kgents.domain.mark import LEDGER, ORIGIN, Entry, Mark, digest, seal
from kgents.domain.outcome import Cause, Outcome
from kgents.domain.plan import Plan
from kgents.domain.ports import Query, Slot
from kgents.domain.summary import Summary
from kgents.engine.run import Run
from kgents.runner.clock import SystemClock
from kgents.runner.interruption import Interruption
from kgents.runner.local import LocalExecutor
from kgents.stats import Design, Rule, boundary
from kgents.store import open_store, schema
from kgents.store.database import writing
from kgents.store.rows import experiment_row, mark_row, trial_row
from kgents.store.schema import logs, marks
from kgents.store.witness import verify

BODY = json.dumps({"at": "2026-01-01T00:00:00.000000+00:00", "data": {"arm": 0, "i": 1, "us": 12}, "prev": "0" * 64})
TEXT = 400  # bytes of a candidate that cannot be deflated


class Null:
    """A trial that costs nothing but says something."""

    async def run_trial(self, slot: Slot) -> Outcome:
        """Succeeds three times in four."""
        said = os.urandom(TEXT // 2).hex()
        return Outcome.passed(said) if slot.index % 4 else Outcome.failed(Cause.WRONG_OUTPUT, "wrong", said)

    async def aclose(self) -> None:
        """Nothing is open."""


async def run(url: str, trials: int, concurrency: int) -> tuple[float, float]:
    """CPU and wall seconds of a whole run."""
    design = Design(Rule.FIXED, None, 0.95, trials, futility=0.0)
    name = experiment_id(datetime.now(UTC), concurrency)
    plan = Plan(name, "null", digest(b"{}"), design, boundary(design).digest, 1)
    store = await open_store(url)
    cpu, wall = time.process_time(), time.perf_counter()
    executor = LocalExecutor(store, Null(), SystemClock(), str)
    await executor.begin(plan, [b"{}"], Run(concurrency), Interruption())
    spent = time.process_time() - cpu, time.perf_counter() - wall
    await store.aclose()
    return spent


def raw_sqlite(path: Path, trials: int) -> float:
    """CPU seconds of the same durable rows by sqlite3 alone: two marks, a projection, a text per transaction."""
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", *_TABLES):
        connection.execute(statement)
    before = time.process_time()
    for index in range(trials):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO m VALUES (1, ?, ?, ?, ?)", _rows(index))
        connection.execute("INSERT INTO t VALUES (1, ?, ?)", (index, 2 * index))
        connection.execute("INSERT INTO b VALUES (?, ?)", (os.urandom(32), os.urandom(TEXT // 2)))
        connection.execute("COMMIT")
    spent = time.process_time() - before
    connection.close()
    return spent


async def raw_asyncpg(url: str, trials: int) -> float:
    """CPU seconds of the same rows by asyncpg alone."""
    import asyncpg

    connection = await asyncpg.connect(url)
    for statement in _TABLES:
        await connection.execute(statement.replace("BLOB", "bytea").replace(" WITHOUT ROWID", ""))
    before = time.process_time()
    for index in range(trials):
        async with connection.transaction():
            await connection.executemany("INSERT INTO m VALUES (1, $1, $2, $3, $4)", _rows(index))
            await connection.execute("INSERT INTO t VALUES (1, $1, $2)", index, 2 * index)
            await connection.execute("INSERT INTO b VALUES ($1, $2)", os.urandom(32), os.urandom(TEXT // 2))
    spent = time.process_time() - before
    await connection.execute("DROP TABLE m, t, b")
    await connection.close()
    return spent


_TABLES = (
    "CREATE TABLE m (log INTEGER, seq INTEGER, id BLOB, prev BLOB, body TEXT, PRIMARY KEY (log, seq)) WITHOUT ROWID",
    "CREATE TABLE t (log INTEGER, i INTEGER, seq INTEGER, PRIMARY KEY (log, i)) WITHOUT ROWID",
    "CREATE TABLE b (digest BLOB PRIMARY KEY, packed BLOB)",
)


def _rows(index: int) -> list[tuple[int, bytes, bytes, str]]:
    return [(2 * index + k, os.urandom(32), os.urandom(32), BODY) for k in (0, 1)]


async def size(url: str) -> int:
    """Bytes of the database."""
    store = await open_store(url)
    query = "SELECT pg_database_size(current_database())"
    if url.startswith("sqlite"):
        query = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    async with store.engine.connect() as connection:
        found = (await connection.execute(text(query))).scalar_one()
    await store.aclose()
    return int(found)


def cost(url: str, raw: float, trials: int) -> None:
    """Prints what a durable trial costs."""
    for concurrency in (1, 8):
        before = asyncio.run(size(url))
        cpu, wall = asyncio.run(run(url, trials, concurrency))
        grown = (asyncio.run(size(url)) - before) / trials - TEXT / 2
        print(
            f"  {concurrency} at once   {cpu / trials * 1e3:6.3f} ms CPU a trial ({cpu / trials / raw:4.1f} raw)   "
            f"{wall / trials * 1e3:6.2f} ms wall   {grown:5.0f} bytes a trial beside its text"
        )


BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
CONFIG = b'{"programs": [{"argv": ["true"], "name": ""}]}'
VERDICTS = (Verdict.SUPPORTED, Verdict.REFUTED, Verdict.INCONCLUSIVE, Verdict.ESTIMATE)


async def fill(url: str, experiments: int, size: int) -> None:
    """So many finished experiments, a minute apart, with chains, projections and ledger, a thousand per transaction."""
    store = await open_store(url)
    await store.put([CONFIG])
    ledger = (-1, ORIGIN)
    async with writing(store.engine) as connection:
        await connection.execute(insert(logs), [{"key": 1, "name": LEDGER}])
    for start in range(0, experiments, 1000):
        rows: dict[Table, list[dict[str, Any]]] = {logs: [], marks: [], schema.experiments: [], schema.trials: []}
        for number in range(start, min(start + 1000, experiments)):
            chain = chain_of(number, size)
            key, summary = number + 2, folded(chain)
            rows[logs].append({"key": key, "name": summary.plan.experiment})
            rows[marks] += [mark_row(key, mark) for mark in chain]
            rows[schema.experiments].append(experiment_row(key, summary))
            rows[schema.trials] += [trial_row(key, mark) for mark in chain if mark.kind == Finished.kind]
            for fact in (
                Opened(summary.plan.experiment, chain[0].id),
                Closed(summary.plan.experiment, summary.size, summary.head),
            ):
                mark = seal(LEDGER, ledger[0] + 1, ledger[1], Entry(summary.created_at, fact))
                ledger = (mark.seq, mark.id)
                rows[marks].append(mark_row(1, mark))
        async with writing(store.engine) as connection:
            for table, made in rows.items():
                await connection.execute(insert(table), made)
    await store.aclose()


def chain_of(number: int, trials: int) -> list[Mark]:
    """The marks of a finished experiment."""
    at = BEGUN + timedelta(minutes=number)
    design = Design(Rule.FIXED, 0.5, 0.95, trials, futility=0.0)
    name = experiment_id(at, number)
    tags = ("nightly",) if number % 100 == 0 else ()
    plan = Plan(name, "command", digest(CONFIG), design, "d", number, name=f"n{number}", tags=tags, model="m")
    facts: list[Fact] = [Planned(plan)]
    for index in range(trials):
        facts += [Started(0, index), Finished(0, index, True, duration_us=1000)]
    facts += [Decided(VERDICTS[number % 4], "fixed", ((trials, trials),)), Sealed()]
    found: list[Mark] = []
    for fact in facts:
        found.append(seal(name, len(found), found[-1].id if found else ORIGIN, Entry(at, fact)))
    return found


def folded(chain: list[Mark]) -> Summary:
    """What they come to."""
    summary = Summary.begin(chain[0])
    for mark in chain[1:]:
        summary.add(mark)
    return summary


SINCE = BEGUN + timedelta(days=1)
QUERIES = {
    "history": Query(),
    "--kind": Query(kind="command"),
    "--status": Query(status="completed"),
    "--verdict": Query(verdict="refuted"),
    "--tag": Query(tag="nightly"),
    "--tag, none": Query(tag="never"),
    "--since --limit 20": Query(since=SINCE),
    "--kind --verdict": Query(kind="command", verdict="refuted"),
    "--status, none": Query(status="failed"),
}


async def _forward(store: Any) -> None:
    async with writing(store.engine) as connection:
        await connection.exec_driver_sql(
            "SELECT setval(pg_get_serial_sequence('logs', 'key'), (SELECT max(key) FROM logs))"
        )


async def ask(url: str) -> None:
    """Prints how long history takes, and how the database goes about it."""
    store = await open_store(url)
    if url.startswith("postgresql"):
        await _forward(store)
    async with store.engine.connect() as connection:
        await connection.exec_driver_sql("ANALYZE")
        await connection.commit()
    for name, query in QUERIES.items():
        before = time.perf_counter()
        found = len([summary async for summary in store.history(query)])
        took = time.perf_counter() - before
        async with store.engine.connect() as connection:
            how = await explain(connection, store.history_statement(query))
        print(f"  {name:<20} {took * 1e3:7.1f} ms, {found:>2} rows   {how}")
    await store.aclose()


def command(url: str, home: Path, *words: str) -> None:
    """Prints what a whole command costs."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "kgents", *words, "--database", url],
        env=clean_environment(home), stdout=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall, cpu, peak = time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    assert process.returncode == 0
    print(f"  kg {' '.join(words):<44} {wall:6.2f} s wall, {cpu:6.2f} s CPU, peak {peak:.0f} MB")


async def long(url: str, trials: int) -> None:
    """An experiment of so many trials, with two marks each."""
    store = await open_store(url)
    name = experiment_id(BEGUN, 999_999_999)
    design = Design(Rule.FIXED, None, 0.95, trials, futility=0.0)
    plan = Plan(name, "command", digest(CONFIG), design, "d", 1, name="long")
    await store.append(name, [Entry(BEGUN, Planned(plan))], [CONFIG])
    for start in range(0, trials, 500):
        facts = [fact for i in range(start, start + 500) for fact in (Started(0, i), Finished(0, i, True))]
        await store.append(name, [Entry(BEGUN, fact) for fact in facts])
    await store.aclose()


async def check(url: str) -> None:
    """Prints how long its marks take to verify."""
    store = await open_store(url)
    before, cpu = time.perf_counter(), time.process_time()
    found = [checked async for checked in verify(store, await store.resolve("long"))]
    took, spent = time.perf_counter() - before, time.process_time() - cpu
    assert not any(checked.problems for checked in found)
    print(f"  verify, {sum(checked.size for checked in found)} marks: {took:.2f} s wall, {spent:.2f} s CPU")
    await store.aclose()


def scale(url: str, home: Path, experiments: int) -> None:
    """Prints what a large record is like."""
    before = time.perf_counter()
    asyncio.run(fill(url, experiments, 10))
    print(f"  {experiments} experiments, {experiments * 10} trials, filled in {time.perf_counter() - before:.0f} s")
    asyncio.run(ask(url))
    asyncio.run(long(url, 50_000))
    for words in (["history"], ["history", "--json"], ["history", "--verdict", "refuted"], ["show", "long", "--json"]):
        command(url, home, "experiment", *words)


def main() -> None:
    """Both databases."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    experiments = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    with tempfile.TemporaryDirectory() as name, own_server() as server:
        home = Path(name)
        url = f"sqlite:///{home}/record.db"
        raw: Any = raw_sqlite(home / "raw.db", trials // 4) / (trials // 4)
        print(f"SQLite; raw sqlite3 {raw * 1e3:.3f} ms CPU a trial")
        cost(url, raw, trials)
        asyncio.run(long(url, 50_000))
        asyncio.run(check(url))
        scale(f"sqlite:///{home}/large.db", home, experiments)
        server.psql("CREATE DATABASE large")
        url = server.get_uri()
        raw = asyncio.run(raw_asyncpg(url, trials // 4)) / (trials // 4)
        print(f"Postgres; raw asyncpg {raw * 1e3:.3f} ms CPU a trial (the server's own not counted)")
        cost(url, raw, trials)
        asyncio.run(long(url, 50_000))
        asyncio.run(check(url))
        scale(url.replace("/postgres?", "/large?"), home, experiments)


if __name__ == "__main__":
    main()
