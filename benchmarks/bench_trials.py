"""CPU and memory per durable trial of a null kind, on SQLite; against raw sqlite3 committing the same rows in the same run.

`bench_trials.py [TRIALS]` (default 20 000; linear to 10⁵).
"""

import asyncio
import json
import resource
import sqlite3
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from kgents.domain.mark import digest
from kgents.domain.outcome import Outcome
from kgents.domain.plan import Plan
from kgents.domain.ports import Slot
from kgents.engine.run import Run
from kgents.runner.clock import SystemClock
from kgents.runner.interruption import Interruption
from kgents.runner.local import LocalExecutor
from kgents.stats import Design, Rule, boundary
from kgents.store import open_store


class Null:
    """A trial that costs nothing."""

    async def run_trial(self, slot: Slot) -> Outcome:
        """Succeeds three times in four."""
        return Outcome.passed()

    async def aclose(self) -> None:
        """Nothing is open."""


async def run(folder: Path, trials: int, concurrency: int) -> float:
    """CPU seconds of a whole run."""
    design = Design(Rule.FIXED, None, 0.95, trials, futility=0.0)
    plan = Plan(f"exp-{trials}-{concurrency}", "null", digest(b"{}"), design, boundary(design).digest, 1)
    store = await open_store(f"sqlite:///{folder / f'{trials}-{concurrency}.db'}")
    before = time.process_time()
    await LocalExecutor(store, Null(), SystemClock(), str).begin(plan, [b"{}"], Run(concurrency), Interruption())
    spent = time.process_time() - before
    await store.aclose()
    return spent


def raw(folder: Path, trials: int) -> float:
    """The same durable rows by sqlite3 alone: two marks and a projection per transaction."""
    connection = sqlite3.connect(folder / "raw.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE marks (log, seq, id, prev, body, PRIMARY KEY (log, seq)) WITHOUT ROWID")
    connection.execute("CREATE TABLE trials (log, i, seq, PRIMARY KEY (log, i)) WITHOUT ROWID")
    body = json.dumps(
        {"at": datetime.now(UTC).isoformat(), "data": {"arm": 0, "i": 1, "ok": True, "us": 12}, "prev": "0" * 64}
    )
    before = time.process_time()
    for index in range(trials):
        connection.execute("BEGIN IMMEDIATE")
        rows = [(1, 2 * index + k, b"0" * 32, b"1" * 32, body) for k in (0, 1)]
        connection.executemany("INSERT INTO marks VALUES (?, ?, ?, ?, ?)", rows)
        connection.execute("INSERT INTO trials VALUES (1, ?, ?)", (index, 2 * index))
        connection.execute("COMMIT")
    return time.process_time() - before


def main() -> None:
    """Prints the table."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = raw(folder, trials // 4) / (trials // 4)
        print(f"raw sqlite3, one transaction a trial       {base * 1e3:.3f} ms CPU a trial")
        for concurrency in (1, 8):
            for count in (trials // 10, trials):
                spent = asyncio.run(run(folder, count, concurrency)) / count
                size = (folder / f"{count}-{concurrency}.db").stat().st_size / count
                print(
                    f"kgents, {count:>6} trials, {concurrency} at once: {spent * 1e3:>8.3f} ms CPU a trial "
                    f"({spent / base:.1f} raw), {size:.0f} bytes a trial, "
                    f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
                )
        design = Design()
        found = boundary(design)
        before = time.perf_counter()
        for n in range(100):
            found.decide(n, n // 2)
            found.distance(n, n // 2)
        print(f"a decision (calibrated rule, cap 100): {(time.perf_counter() - before) / 100 * 1e6:.1f} µs a trial")


if __name__ == "__main__":
    main()
