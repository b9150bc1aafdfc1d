"""What workers add to a trial, and what the coordinator does for many: on a cluster of processes on this machine.

`bench_cluster.py` prints, each beside a peer measured in the same run:
  null trials, 64 in flight, beside the bare engine carrying texts of the same size
  200 simulated slots, each a trial that waits: CPU, messages and bytes of coordinator and scheduler per trial
  trials of 2 s CPU on 2 workers of a slot beside 1, and beside --concurrency 2 on one machine
`bench_cluster.py record [TRIALS]` has two coordinators write so many null trials (10⁵) into one Postgres.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
FUNCTIONS = """import asyncio

async def null(trial):
    return True

async def waiting(trial):
    await asyncio.sleep(1)
    return True
"""
BUSY = "import time\nwhile time.process_time() < 2: pass"


@contextmanager
def cluster(home: Path, workers: int, slots: int) -> Iterator[tuple[str, int]]:
    """(address, process id of the scheduler) of a cluster whose workers can import FUNCTIONS."""
    (home / "bench_functions.py").write_text(FUNCTIONS)
    words = [sys.executable, "-m", "kgents", "cluster"]
    up = [*words, "up", "--workers", "0", "--port", "0", "--insecure"]
    with subprocess.Popen(
        up, cwd=home, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as scheduler:
        assert scheduler.stdout is not None
        address = scheduler.stdout.readline().strip()
        join = [*words, "worker", address, "--slots", str(slots)]
        joined = [
            subprocess.Popen(join, cwd=home, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) for _ in range(workers)
        ]
        for worker in joined:
            assert worker.stdout is not None
            worker.stdout.readline()
        try:
            yield address, scheduler.pid
        finally:
            for process in [*joined, scheduler]:
                process.terminate()
                process.wait()


def cpu_of(pid: int) -> float:
    """CPU seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Counted:
    """An engine that counts texts and their bytes."""

    engine: Any
    texts: int = 0
    size: int = 0

    async def members(self) -> Mapping[str, int]:
        """Those of the engine."""
        return await self.engine.members()

    async def submit(self, key: str, worker: str, text: str) -> str:
        """Counts both ways."""
        return self._count(text, await self.engine.submit(key, worker, text))

    async def tell(self, worker: str, text: str) -> str:
        """Counts both ways."""
        return self._count(text, await self.engine.tell(worker, text))

    def _count(self, text: str, answer: str) -> str:
        self.texts += 2
        self.size += len(text) + len(answer)
        return answer

    async def aclose(self) -> None:
        """That of the engine."""
        await self.engine.aclose()


@dataclass(frozen=True, slots=True)
class Spent:
    """Per trial: wall and CPU milliseconds of the coordinator, and of the scheduler."""

    wall: float
    cpu: float
    scheduler: float


async def timed(work: Callable[[int], Awaitable[Any]], count: int, in_flight: int, pid: int) -> Spent:
    """What `count` calls cost, so many at once."""
    turn = asyncio.Semaphore(in_flight)

    async def one(index: int) -> None:
        async with turn:
            await work(index)

    before = time.perf_counter(), time.process_time(), cpu_of(pid)
    await asyncio.gather(*(one(index) for index in range(count)))
    after = time.perf_counter(), time.process_time(), cpu_of(pid)
    return Spent(*((end - begin) / count * 1e3 for begin, end in zip(before, after, strict=True)))


async def trials(address: str, pid: int, name: str, count: int, in_flight: int) -> tuple[Spent, Spent, Counted]:
    """(trials through the kind that forwards, the bare engine with texts of their size, texts that were counted)."""
    sys.path.insert(0, "")
    import bench_functions  # type: ignore[import-not-found]

    from kgents.domain.ports import Slot
    from kgents.harness.ledger import Ledger
    from kgents.kinds.callable.function import identity_of
    from kgents.runner.cluster.address import Clocks, Workers
    from kgents.runner.cluster.dask_engine import connect
    from kgents.runner.cluster.fleet import Fleet
    from kgents.runner.cluster.remote import Remote

    class Local:
        """Nothing is run here."""

    engine = Counted(await connect(Workers(address)))
    members = await engine.members()
    fleet = Fleet()
    remote = Remote(engine, fleet, "exp-bench", Clocks(), Ledger(), Local())  # type: ignore[arg-type]
    arm = {"name": "", **identity_of(getattr(bench_functions, name)).to_data()}
    config = {"type": "callable", "arms": [arm], "timeout": None, "error_types": []}
    for worker, slots in members.items():
        build = remote.message("build", kind="callable", config=config, lease=600, share=(0, 1))
        answer = json.loads(await engine.tell(worker, build))
        assert "refused" not in answer, answer
        await fleet.join(worker, slots)
    await timed(lambda index: remote.run_trial(Slot(0, index, index)), in_flight, in_flight, pid)
    engine.texts = engine.size = 0
    ours = await timed(lambda index: remote.run_trial(Slot(0, 10_000 + index, index)), count, in_flight, pid)
    asked = remote.message("inspect", filler="x" * 150)
    addresses = list(members)
    bare = engine.engine._client
    from kgents.runner.cluster.bench import serve

    async def plain(index: int) -> None:
        message = remote.message("renew", open=True, filler=f"{index}{asked}")
        await bare.submit(serve, message, key=f"bare-{index}", pure=False, workers=[addresses[index % len(addresses)]])

    peer = await timed(plain, count, in_flight, pid) if name == "null" else Spent(0, 0, 0)
    await engine.aclose()
    return ours, peer, engine


def busy(home: Path, count: int, *options: str) -> float:
    """Seconds of a whole run of trials of 2 s CPU."""
    words = [
        sys.executable,
        "-m",
        "kgents",
        "experiment",
        "run",
        "-q",
        "--n",
        str(count),
        *options,
        "--",
        sys.executable,
        "-c",
        BUSY,
    ]
    begun = time.perf_counter()
    environment = {**ENVIRONMENT, "KGENTS_DATA_DIR": str(home)}
    subprocess.run(words, cwd=home, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begun


def forwarding(home: Path, count: int) -> None:
    """Null trials, and 200 slots that wait."""
    with cluster(home, 2, 32) as (address, pid):
        ours, bare, counted = asyncio.run(trials(address, pid, "null", count, 64))
    print(
        f"null trial, 64 in flight: {ours.wall:.2f} ms wall, {ours.cpu:.2f} ms CPU here, {ours.scheduler:.2f} in the scheduler"
    )
    print(
        f"bare engine, same sizes:  {bare.wall:.2f} ms wall, {bare.cpu:.2f} ms CPU here, {bare.scheduler:.2f} in the scheduler"
    )
    print(f"                          {counted.texts / count:.2f} texts and {counted.size / count:.0f} bytes a trial")
    with cluster(home, 2, 100) as (address, pid):
        ours, _, counted = asyncio.run(trials(address, pid, "waiting", 5 * 200, 200))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"200 slots, trials of 1 s: {ours.wall * 200 / 1e3:.2f} s a round, {ours.cpu:.2f} ms CPU here, "
        f"{ours.scheduler:.2f} in the scheduler a trial; {counted.size / 1000:.0f} bytes; peak {peak:.0f} MB"
    )


def scaling(home: Path, count: int = 8) -> None:
    """Two workers beside one, and beside one machine."""
    seconds = {}
    for workers in (1, 2):
        with cluster(home, workers, 1) as (address, _):
            seconds[workers] = busy(home, count, "--workers", address)
    local = {size: busy(home, count, "--concurrency", str(size)) for size in (1, 2)}
    print(f"{count} trials of 2 s CPU: 1 × 1 {seconds[1]:.1f} s, 2 × 1 {seconds[2]:.1f} s: {seconds[1] / seconds[2]:.2f} ×; "
          f"--concurrency 1 and 2 here {local[1]:.1f} and {local[2]:.1f} s: {local[1] / local[2]:.2f} ×")  # fmt: skip


def record(count: int) -> None:
    """Two coordinators, one Postgres."""
    sys.path.insert(0, str(ROOT / "tests"))
    from conftest import own_server

    with own_server() as server:
        url, half, here = server.get_uri(), count // 2, str(Path(__file__).parent)
        code = f"import sys; sys.path.insert(0, {here!r}); import bench_cluster as b; b.write({url!r}, {half})"
        begun = time.perf_counter()
        both = [
            subprocess.Popen([sys.executable, "-c", code], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
            for _ in "ab"
        ]
        said = [process.communicate()[0].strip() for process in both]
        seconds = time.perf_counter() - begun
    print(
        f"{count} null trials from two coordinators into one Postgres: {seconds:.0f} s, {count / seconds:.0f} a second"
    )
    print("\n".join(said))


def write(url: str, count: int) -> None:
    """One coordinator: so many null trials, 64 at once, counted again from the record."""
    from bench_trials import Null
    from kgents.domain.ids import experiment_id
    from kgents.domain.mark import digest
    from kgents.domain.plan import Plan
    from kgents.engine.run import Run
    from kgents.runner.clock import SystemClock
    from kgents.runner.interruption import Interruption
    from kgents.runner.local import LocalExecutor
    from kgents.stats import Design, Rule, boundary
    from kgents.store import open_store

    async def go() -> None:
        design = Design(Rule.FIXED, None, 0.95, count, futility=0.0)
        clock = SystemClock()
        name = experiment_id(clock.now(), os.getpid())
        plan = Plan(name, "null", digest(b"{}"), design, boundary(design).digest, 1)
        store = await open_store(url)
        await LocalExecutor(store, Null(), clock, str).begin(plan, [b"{}"], Run(64), Interruption())
        summary = await store.summary(name)
        await store.aclose()
        spent, known = time.process_time() / count * 1e3, summary.totals.tallies[0].trials
        print(f"  {name}: {known} trials on record, {spent:.2f} ms CPU a trial")

    asyncio.run(go())


def main() -> None:
    """Prints all of it, or the load on the record."""
    if sys.argv[1:2] == ["record"]:
        record(int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
        return
    with tempfile.TemporaryDirectory(prefix="kgents-bench-") as folder:
        os.chdir(folder)
        forwarding(Path(folder), int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
        scaling(Path(folder))
        os.chdir(ROOT)


if __name__ == "__main__":
    main()
