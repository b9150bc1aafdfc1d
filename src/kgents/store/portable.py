"""Moves logs between databases, byte by byte."""

from sqlalchemy import insert, select

from kgents.domain.fact import Finished
from kgents.domain.mark import LEDGER, Mark
from kgents.domain.summary import Summary
from kgents.errors import UsageError
from kgents.store.database import writing
from kgents.store.schema import blobs, experiments, logs, marks, trials
from kgents.store.sql import SqlStore
from kgents.store.writer import experiment_row

PAGE = 500


async def copy_all(old: SqlStore, new: SqlStore) -> int:
    """Copies ledger, experiments and texts into a database without experiments; the number of logs."""
    if (await new.sizes())["marks"]:
        raise UsageError("the database to copy to is not empty", "name a new one")
    names = await old.logs()
    async with writing(new.engine) as connection:
        for key, name in enumerate(names, 1):
            await connection.execute(insert(logs), [{"key": key, "name": name}])
            summary: Summary | None = None
            async for mark in old.marks(name):
                await connection.execute(insert(marks), [_mark_row(key, mark)])
                if name != LEDGER:
                    if summary is None:
                        summary = Summary.begin(mark)
                    else:
                        summary.add(mark)
            if summary is not None:
                await connection.execute(insert(experiments), [experiment_row(key, summary)])
                rows = await _trial_rows(old, key, name)
                for start in range(0, len(rows), PAGE):
                    await connection.execute(insert(trials), rows[start : start + PAGE])
        async with old.engine.connect() as source:
            async for row in await source.stream(select(blobs)):
                await connection.execute(insert(blobs), [dict(row._mapping)])
        if connection.dialect.name == "postgresql":
            await connection.exec_driver_sql(
                "SELECT setval(pg_get_serial_sequence('logs', 'key'), (SELECT max(key) FROM logs))"
            )
    return len(names)


def _mark_row(key: int, mark: Mark) -> dict[str, object]:
    identity, before = bytes.fromhex(mark.id), bytes.fromhex(mark.prev)
    return {"log": key, "seq": mark.seq, "id": identity, "prev": before, "body": mark.body.decode()}


async def _trial_rows(old: SqlStore, key: int, name: str) -> list[dict[str, object]]:
    found: dict[tuple[int, int], dict[str, object]] = {}
    async for mark in old.marks(name):
        if mark.kind == Finished.kind:
            ok = mark.data["ok"]
            row = {
                "log": key,
                "index": mark.data["i"],
                "arm": mark.data["arm"],
                "seq": mark.seq,
                "success": None if ok is None else int(ok),
            }
            found[mark.data["i"], mark.data["arm"]] = row
    return list(found.values())
