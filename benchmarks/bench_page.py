"""Pages: how large, how long, how much memory; of records far larger than anybody looks at.

    python benchmarks/bench_page.py [--experiments 100000] [--trials 10000]

A record is filled as benchmarks/bench_record.py does; `kg ui` and `kg experiment report` are then asked as a browser and
a person would. CPU seconds and medians of five; wall-clock figures are of a machine that may have other work.
"""

import argparse
import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).parent))
from bench_record import fill
from kgents.page.history import Asked, history
from kgents.page.part import part
from kgents.page.record import Reader
from kgents.report.html.page import render, style


async def index(url: str) -> tuple[float, float, int]:
    """(CPU seconds of a first page, of the hundredth page, bytes) of the list."""
    reader = Reader(url)
    store = await reader.store()
    times: list[list[float]] = [[], []]
    page = ""
    for _ in range(5):
        for place, query in enumerate(({}, {"start": "5000"})):
            began = time.process_time()
            rows = await history(store, Asked.read(query))
            page = render("index.html", title="Experiments", style=style(), list=rows)
            times[place].append(time.process_time() - began)
    await reader.aclose()
    return median(times[0]), median(times[1]), len(page)


async def experiment(url: str) -> tuple[float, float, int]:
    """(CPU seconds of the first look, of the next look while nothing changed, bytes) of the newest experiment."""
    reader = Reader(url)
    name = await (await reader.store()).resolve("@latest")
    times = []
    for _ in range(2):
        began = time.process_time()
        page = part(await reader.shown(name))
        times.append(time.process_time() - began)
    await reader.aclose()
    return times[0], times[1], len(page)


def report(url: str, folder: Path) -> tuple[float, int]:
    """(CPU seconds, bytes) of `kg experiment report -o x.html`, a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [
        sys.executable,
        "-m",
        "kgents",
        "experiment",
        "report",
        "@latest",
        "-o",
        str(folder / "x.html"),
        "--database",
        url,
    ]
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, (folder / "x.html").stat().st_size


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--experiments", type=int, default=100_000)
    parser.add_argument("--trials", type=int, default=10_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        many, long = f"sqlite:///{folder}/many.db", f"sqlite:///{folder}/long.db"
        asyncio.run(fill(long, 1, wanted.trials))
        first, again, size = asyncio.run(experiment(long))
        print(
            f"experiment of {wanted.trials} trials: first look {first:.2f} s CPU, again {again:.3f} s, {size / 1000:.0f} kB"
        )
        print(f"  this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB at most")
        seconds, size = report(long, folder)
        print(f"  report as a file: {seconds:.2f} s CPU with its start, {size / 1000:.0f} kB")
        asyncio.run(fill(many, wanted.experiments, 3))
        first, late, size = asyncio.run(index(many))
        times = f"{1000 * first:.0f} ms CPU, page 100 {1000 * late:.0f} ms"
        print(f"list of {wanted.experiments} experiments: {times}, {size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
