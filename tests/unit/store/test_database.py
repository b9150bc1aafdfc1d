"""How a record is opened by those who only read it."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from kgents.store.database import get_reading_engine
from kgents.store.engines import AsyncEngine


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A file that is written ahead of itself, to which nobody writes now: nothing stands beside it."""
    path = tmp_path / "record.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (n INTEGER)")
        connection.commit()
    assert list(tmp_path.iterdir()) == [path]
    return path


async def counted(engine: AsyncEngine, path: Path) -> tuple[list[int], list[str]]:
    """(rows before and after somebody else writes one, files beside the record while it was open for reading)."""
    async with engine.connect() as connection:
        question = text("SELECT count(*) FROM t")
        rows = [int((await connection.execute(question)).scalar_one())]
        await connection.rollback()
        beside = sorted(other.name for other in path.parent.iterdir() if other != path)
        with closing(sqlite3.connect(path)) as writer:
            writer.execute("INSERT INTO t VALUES (1)")
            writer.commit()
        rows.append(int((await connection.execute(question)).scalar_one()))
    await engine.dispose()
    return rows, beside


def test_a_still_file_is_read_without_a_file_beside_it(record: Path) -> None:
    engine = get_reading_engine(f"sqlite:///{record}")
    assert engine is not None
    assert asyncio.run(counted(engine, record))[1] == []


def test_who_follows_a_run_sees_what_others_write(record: Path) -> None:
    engine = get_reading_engine(f"sqlite:///{record}", followed=True)
    assert engine is not None
    assert asyncio.run(counted(engine, record))[0] == [0, 1]


def test_what_stands_in_the_journal_of_a_killed_writer_is_read(record: Path) -> None:
    """Also by who does not follow: the file alone lacks it."""
    with closing(sqlite3.connect(record)) as writer:
        writer.execute("INSERT INTO t VALUES (1)")
        writer.commit()
        engine = get_reading_engine(f"sqlite:///{record}")
        assert engine is not None
        assert asyncio.run(counted(engine, record))[0][0] == 1


def test_where_there_is_no_file_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert get_reading_engine(f"sqlite:///{tmp_path / 'none.db'}") is None
    assert list(tmp_path.iterdir()) == []
