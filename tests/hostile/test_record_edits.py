"""Whoever has the file in hand and edits one value of it, wherever that stands, is found; and what is not is documented."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import kgents as kg
from kgents.errors import KgentsError
from kgents.store import open_store
from kgents.store.crystals import Crystals
from kgents.store.witness import verify

TIME = "2001-02-03 04:05:06.000007"
UNWITNESSED = {("brain_crystals", name) for name in ("access_count", "created_at", "updated_at")}  # docs/record.md


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record of several experiments, with tags, names, texts, scores, and knowledge of its own."""
    path = tmp_path_factory.mktemp("record") / "kgents.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KGENTS_DATABASE_URL", f"sqlite:///{path}")
        kg.decide(lambda trial: (trial.index != 2, "a text that is long enough to be deflated " * 20), target=0.5,
                  max_trials=12, name="first", seed=1)  # fmt: skip
        kg.compare({"a": lambda trial: True, "b": lambda trial: trial.index % 2 == 0}, max_trials=8, seed=2)
        kg.estimate(lambda trial: 0.5, n=3, score=(0, 1), seed=3)
    asyncio.run(_learned(path))
    return path


async def _learned(path: Path) -> None:
    store = await open_store(f"sqlite:///{path}")
    await Crystals(store).capture("temperature 0", "it repeats itself", ["sampling"], None, datetime.now(UTC))
    await store.aclose()


def problems(path: Path) -> list[str]:
    """What the check of a record says, or why it cannot be read."""

    async def checked() -> list[str]:
        store = await open_store(f"sqlite:///{path}")
        try:
            return [problem async for log in verify(store) for problem in log.problems]
        finally:
            await store.aclose()

    try:
        return asyncio.run(checked())
    except KgentsError as wrong:
        return [wrong.message]


def edits(value: Any) -> list[Any]:
    """Other values that a column could have: near ones, such of another type, and none."""
    if isinstance(value, int):
        return [value + 1, -1, None]
    if isinstance(value, bytes):
        return [value[:-1] + bytes([value[-1] ^ 1]), value + b"\0", b""]
    if isinstance(value, str):
        return [TIME if value.startswith("20") else f"{value}x", value[:-2], None]
    return ["x", 0]


def everywhere(path: Path) -> Iterator[tuple[str, str, str, tuple[Any, ...]]]:
    """(table, column, statement, values) of every edit of a row in the middle of each table; a column "" removes the row."""
    with closing(sqlite3.connect(path)) as database:
        named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        tables = [name for (name,) in database.execute(named) if not name.startswith("brain_text_")]
        for table in tables:
            information = database.execute(f"PRAGMA table_info({table})").fetchall()
            keys = [f'"{row[1]}"' for row in information if row[5]] or ["rowid"]
            rows = database.execute(f"SELECT {', '.join(keys)}, * FROM {table}").fetchall()
            row = rows[len(rows) // 2]
            where, key = " AND ".join(f"{name} = ?" for name in keys), row[: len(keys)]
            yield table, "", f"DELETE FROM {table} WHERE {where}", key
            for column, value in zip(information, row[len(keys) :], strict=True):
                for other in edits(value):
                    yield table, column[1], f'UPDATE {table} SET "{column[1]}" = ? WHERE {where}', (other, *key)


def edited(path: Path, statement: str, values: tuple[Any, ...]) -> bool:
    """Whether the edit can be made by somebody who takes the triggers away and puts them back."""
    with closing(sqlite3.connect(path)) as database:
        triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            database.execute(f"DROP TRIGGER {name}")
        try:
            changed = database.execute(statement, values).rowcount
        except sqlite3.IntegrityError:
            return False
        for _, text in triggers:
            database.execute(text)
        database.commit()
        return bool(changed)


def test_every_edit_of_a_value_is_found(record: Path, tmp_path: Path) -> None:
    """But for those that docs/record.md lists as witnessed by nothing."""
    assert problems(record) == []
    made, missed = 0, []
    for table, column, statement, values in everywhere(record):
        copy = Path(shutil.copy(record, tmp_path / "copy.db"))
        if edited(copy, statement, values):
            made += 1
            if not problems(copy):
                missed.append((table, column, values[0]))
    assert made > 80
    assert [edit for edit in missed if edit[:2] not in UNWITNESSED] == []


def test_every_part_of_a_document_is_compared(record: Path, tmp_path: Path) -> None:
    """The projection that history reads, value by value."""
    with closing(sqlite3.connect(record)) as database:
        log, text = database.execute("SELECT log, doc FROM experiments ORDER BY log LIMIT 1").fetchone()

    missed = []
    for name, other in _others(json.loads(text)):
        copy = Path(shutil.copy(record, tmp_path / "copy.db"))
        assert edited(copy, "UPDATE experiments SET doc = ? WHERE log = ?", (json.dumps(other), log))
        if not problems(copy):
            missed.append(name)
    assert missed == []


def _others(document: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The document with one of its values changed, for each value that is no list or object, and its dotted name."""
    if isinstance(document, dict | list):
        items = document.items() if isinstance(document, dict) else enumerate(document)
        for key, value in list(items):
            for inner, other in _others(value, f"{name}.{key}"):
                copy: Any = dict(document) if isinstance(document, dict) else list(document)
                copy[key] = other
                yield inner, copy
    else:
        yield name, 1 if document is None else f"{document}0"
