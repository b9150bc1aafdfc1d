"""A database of SQLite asked through threads: rows, transactions, and who stops waiting."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, ResourceClosedError

from kgents.store.database import get_async_session, get_engine
from kgents.store.file_engine import FileEngine

PROGRAM = """
import asyncio, sys
from kgents.store import open_store

async def main():
    store = await open_store("sqlite:///record.db")
    await store.put([b"a text"])
    await store.aclose()

asyncio.run(main())
loaded = {"greenlet", "aiosqlite", "sqlalchemy.ext.asyncio", "sqlalchemy.orm"} & set(sys.modules)
assert not loaded, loaded
"""


@pytest.fixture
async def engine(tmp_path: Path) -> Any:
    """Of a file with a table of numbers from 1 to 1200."""
    made = get_engine(f"sqlite:///{tmp_path / 'record.db'}")
    assert isinstance(made, FileEngine)
    async with made.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE t (n INTEGER PRIMARY KEY)")
        await connection.execute(text("INSERT INTO t VALUES (:n)"), [{"n": n} for n in range(1, 1201)])
    yield made
    await made.dispose()


def test_a_record_in_a_file_loads_no_other_driver(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr


async def test_rows_are_read_at_once_or_page_by_page(engine: FileEngine) -> None:
    async with engine.connect() as connection:
        question = text("SELECT n FROM t ORDER BY n")
        whole = (await connection.execute(question)).scalars().all()
        rows = await connection.stream(question)
        pages = [len(page) async for page in rows.partitions()]
        single = [row.n async for row in await connection.stream(question)]
    assert (pages, single) == ([500, 500, 200], list(whole))
    assert single == list(range(1, 1201))


async def test_a_block_that_fails_leaves_nothing(engine: FileEngine) -> None:
    async def twice() -> None:
        async with engine.begin() as connection:
            await connection.execute(text("INSERT INTO t VALUES (5000)"))
            await connection.execute(text("INSERT INTO t VALUES (1)"))

    with pytest.raises(IntegrityError):
        await twice()
    async with engine.begin() as connection:
        changed = await connection.execute(text("DELETE FROM t WHERE n > 1000"))
        assert changed.rowcount == 200
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM t"))).scalar_one() == 1000


async def test_a_step_that_nobody_waits_for_ends_before_the_connection_is_used_again(engine: FileEngine) -> None:
    begun, end, done = threading.Event(), threading.Event(), []

    def step(plain: Connection) -> None:
        begun.set()
        assert end.wait(60)
        done.append(plain.execute(text("SELECT 1")).scalar_one())

    async with engine.connect() as connection:
        waiting = asyncio.create_task(connection.run_sync(step))
        await asyncio.to_thread(begun.wait, 60)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        asyncio.get_running_loop().call_later(0.05, end.set)
    assert done == [1]
    with pytest.raises(ResourceClosedError):
        await connection.execute(text("SELECT 1"))


async def test_who_waits_for_a_lock_does_not_keep_its_holder_from_going_on(engine: FileEngine) -> None:
    """Each has a thread of its own."""

    async def take(n: int) -> None:
        async with engine.connect() as plain:
            connection = await plain.execution_options(transaction="writes")
            async with connection.begin():
                await connection.execute(text("INSERT INTO t VALUES (:n)"), {"n": n})

    await asyncio.gather(*(take(n) for n in range(2000, 2012)))
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM t WHERE n >= 2000"))).scalar_one() == 12


async def test_a_database_in_memory_is_one_for_all_connections() -> None:
    engine = get_engine("sqlite:///:memory:")
    assert isinstance(engine, FileEngine)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE t (n INTEGER)")
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM t"))).scalar_one() == 0
    await engine.dispose()


async def test_a_session_for_queries_of_ones_own(engine: FileEngine) -> None:
    async with get_async_session(engine) as session:
        assert (await session.execute(select(text("count(*)")).select_from(text("t")))).scalar_one() == 1200
        with pytest.raises(OperationalError, match="readonly"):
            await session.execute(text("DELETE FROM t"))


async def test_what_was_disposed_of_is_opened_anew(engine: FileEngine) -> None:
    await engine.dispose()
    async with engine.connect() as connection:
        driver = await connection.run_sync(lambda plain: plain.connection.driver_connection)
        assert isinstance(driver, sqlite3.Connection)
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
