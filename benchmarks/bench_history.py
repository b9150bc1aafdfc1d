"""The list of a large record: `kg experiment history --limit 0`, as text and as JSON, on SQLite and Postgres.

`bench_history.py [EXPERIMENTS] [TRIALS]` (default 10 000 of 10 trials each). For each listing: the statements that were
sent, CPU and wall seconds inside one process (a configuration and the modules are warm), then those of the whole command.
"""

import asyncio
import io
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT / "benchmarks")]

from sqlalchemy import event

from bench_record import command, fill
from conftest import own_server
from kgents.domain.ports import Query
from kgents.report.listing import list_json, list_text
from kgents.store import open_store


async def listed(url: str, as_json: bool) -> tuple[int, float, float, int]:
    """Statements sent, CPU and wall seconds, and characters of a list of everything."""
    store, sent, stream = await open_store(url), [0], io.StringIO()

    def count(*_: object) -> None:
        sent[0] += 1

    event.listen(store.engine.sync_engine, "before_cursor_execute", count)
    wall, cpu = time.perf_counter(), time.process_time()
    await (
        list_json(store, Query(limit=None), stream, False) if as_json else list_text(store, Query(limit=None), stream)
    )
    spent = time.process_time() - cpu, time.perf_counter() - wall
    await store.aclose()
    return sent[0], *spent, len(stream.getvalue())


def measured(url: str, home: Path, experiments: int, trials: int) -> None:
    """Prints what the lists of a record cost."""
    asyncio.run(fill(url, experiments, trials))
    print(f"  {experiments} experiments of {trials} trials")
    for as_json in (False, True):
        sent, cpu, wall, size = asyncio.run(listed(url, as_json))
        name = "--json" if as_json else "text"
        print(f"  {name:<6} {sent:>6} statements, {cpu:5.2f} s CPU, {wall:5.2f} s wall, {size / 1e6:5.1f} MB")
    for words in ([], ["--json"]):
        command(url, home, "experiment", "history", "--limit", "0", *words)


def main() -> None:
    """Both databases."""
    experiments = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    trials = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    with tempfile.TemporaryDirectory() as name, own_server() as server:
        print("SQLite")
        measured(f"sqlite:///{name}/record.db", Path(name), experiments, trials)
        print("Postgres")
        measured(server.get_uri(), Path(name), experiments, trials)


if __name__ == "__main__":
    main()
