"""What a database is asked to do on the way to a durable record."""

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from kgents.domain.fact import Finished, Planned, Started
from kgents.domain.mark import Entry, digest
from kgents.domain.plan import Plan
from kgents.stats import Design, Rule
from kgents.store import creation
from kgents.store.database import get_engine, listen
from kgents.store.listing import glance_of
from kgents.store.schema import UtcDateTime
from kgents.store.transactions import transactions
from kgents.store.writer import _Attempt, _Chains, _Job

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAME = "exp-00000000test0001"


async def test_every_commit_of_a_file_reaches_the_disk(tmp_path: Path) -> None:
    """The pragmas are set on each connection: one that lacks them would leave deleted texts in the file."""
    engine = get_engine(f"sqlite:///{tmp_path / 'record.db'}")
    async with engine.connect() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        told = [(await connection.execute(text(f"PRAGMA {pragma}"))).scalar() for pragma in asked]
    await engine.dispose()
    assert told[:4] == ["wal", 2, 1, 1]
    assert told[4] >= 1000


def test_all_versions_take_one_lock_while_tables_are_made() -> None:
    """Its number is a promise: two releases that start at once on an empty server know of each other by it alone."""
    assert creation.LOCK == 7_301_984_417


def test_times_are_aware_outside_and_utc_inside() -> None:
    """SQLite keeps them without a zone, Postgres with it."""
    there = NOW.astimezone(timezone(timedelta(hours=5)))
    kept = UtcDateTime().process_bind_param(there, sqlite.dialect())
    assert (kept, kept and kept.tzinfo) == (NOW.replace(tzinfo=None), None)
    sent = UtcDateTime().process_bind_param(there, postgresql.dialect())
    assert sent is not None
    assert (sent, sent.tzinfo) == (NOW, UTC)
    assert UtcDateTime().process_result_value(kept, sqlite.dialect()) == NOW
    with pytest.raises(ValueError, match="without a zone"):
        UtcDateTime().process_bind_param(kept, sqlite.dialect())


@pytest.mark.parametrize(("ended", "changed", "seconds"), [(90, 120, 90.0), (None, 120, 120.0), (-5, 120, 0.0)])
def test_a_glance_says_how_long_it_took(ended: int | None, changed: int, seconds: float) -> None:
    """To its end, or to what was recorded last; never less than nothing, whatever a clock did."""
    times = [NOW, None if ended is None else NOW + timedelta(seconds=ended), NOW + timedelta(seconds=changed)]
    little = json.dumps([[[4, 3], [6, 1]], None, *(time and time.isoformat() for time in times)])
    columns = dict.fromkeys(("id", "name", "kind", "status", "verdict", "model", "digest", "size", "packed"))
    seen = glance_of(SimpleNamespace(little=little, **columns))
    assert seen is not None
    assert (seen.trials, seen.successes, seen.seconds) == (10, 4, seconds)


async def test_who_gives_up_does_not_wait_for_the_lock_of_another(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("BEGIN IMMEDIATE")
        waiting = transactions(get_engine(f"sqlite:///{path}"))
        waiting.give_up()
        with pytest.raises(OperationalError, match="locked"):
            async with asyncio.timeout(8):
                await waiting.run(lambda connection: connection.execute(text("SELECT 1")))
    await waiting.drop()


async def test_marks_whose_commit_was_not_answered_are_not_written_twice(tmp_path: Path) -> None:
    """Where the log ends with them they are there; where another has gone on, or they were lost, they are not taken for it."""
    address = f"sqlite:///{tmp_path / 'record.db'}"
    made_by = get_engine(address)
    await creation.ready(made_by)
    await made_by.dispose()
    engine = create_engine(address)
    listen(engine)
    plan = Plan(NAME, "null", digest(b"{}"), Design(Rule.FIXED, None, 0.95, 2, futility=0.0), "d", 1)
    entries = [Entry(NOW, fact) for fact in (Planned(plan), Started(0, 0), Finished(0, 0, True))]
    job = _Job(NAME, entries, [b"{}"], asyncio.get_running_loop().create_future())
    attempt = _Attempt({})
    with engine.connect() as connection:
        made = _Chains("sqlite").commit(connection, [job], attempt)
        assert [mark.seq for mark in made[0]] == [0, 1, 2]
        connection.rollback()  # lost: it is written again
        again = _Chains("sqlite").commit(connection, [job], attempt)
        connection.commit()
        assert [mark.id for mark in again[0]] == [mark.id for mark in made[0]]
        assert _Chains("sqlite").commit(connection, [job], attempt) is again
        connection.rollback()
        marks = connection.execute(
            text("SELECT count(*) FROM marks JOIN logs ON log = key WHERE name = :n"), {"n": NAME}
        )
        assert marks.scalar() == 3
    engine.dispose()


async def test_what_fails_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    """The driver's transaction is taken back whatever was asked through SQLAlchemy meanwhile; the next one begins anew."""
    engine = get_engine(f"sqlite:///{tmp_path / 'record.db'}")
    ran = transactions(engine)

    def fill(connection: Connection, rows: int) -> int:
        connection.execute(text("INSERT INTO kept VALUES (1)"))
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("INSERT INTO kept VALUES (2)")
        if not rows:
            raise ValueError("in the middle")
        return int(connection.execute(text("SELECT count(*) FROM kept")).scalar_one())

    await ran.run(lambda connection: connection.execute(text("CREATE TABLE kept (number)")) and None)
    with pytest.raises(ValueError, match="in the middle"):
        await ran.run(lambda connection: fill(connection, 0))
    assert [await ran.run(lambda connection: fill(connection, 2)) for _ in range(2)] == [2, 4]
    with closing(sqlite3.connect(tmp_path / "record.db")) as other:
        assert other.execute("SELECT sum(number) FROM kept").fetchone() == (6,)
        other.execute("DROP TABLE kept")
    with pytest.raises(OperationalError, match="no such table"):
        await ran.run(lambda connection: fill(connection, 2))
    await ran.drop()
    await engine.dispose()
