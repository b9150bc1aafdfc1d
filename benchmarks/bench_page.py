"""`kg ui` and report files of records far larger than anybody looks at, beside `inspect view` in the same run.

    python benchmarks/bench_page.py [--experiments 100000] [--trials 10000] [--inspect /path/to/inspect] [--logs 10000]

Servers are processes of their own, asked over HTTP as a browser would: the median of nine, in wall-clock time, and the CPU
seconds and the peak memory of the server. Where Chromium is installed both pages are also opened in it: milliseconds until
the list (the experiment) is seen, and kilobytes loaded until then. `--inspect` is the program of an environment in which
inspect-ai is installed (`pip install inspect-ai`); it is given `--logs` logs, since it reads a folder of files.

Experiments of the list are rows and configurations alone, which is all that the list reads: a thousand are recorded, the
others are copies of their rows. Trials of the long experiment have outputs, causes and errors like those of real ones.
"""

import argparse
import asyncio
import http.client
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT / "benchmarks")]
from bench_record import BEGUN, CONFIG, fill
from conftest import clean_environment
from kgents.domain.fact import Decided, Fact, Finished, Planned, Sealed, Started, Verdict
from kgents.domain.ids import experiment_id
from kgents.domain.mark import Entry, digest
from kgents.domain.outcome import Cause
from kgents.domain.plan import Plan
from kgents.stats import Design, Rule
from kgents.store import open_store

PATIENCE = 120_000  # ms until something is seen in a browser
ASKED = 9
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
BATCH = 1000
LOG = """
import sys
from inspect_ai.dataset import Sample
from inspect_ai import Task, eval as run
from inspect_ai.scorer import match
from inspect_ai.model import get_model, ModelOutput
folder, samples = sys.argv[1], int(sys.argv[2])
said = [ModelOutput.from_content("mockllm/model", f"def mean(xs): return {number}") for number in range(samples)]
task = Task(dataset=[Sample(input=f"question {n}", target=f"return {n}" if n % 4 else "no") for n in range(samples)],
            scorer=match(location="end"), name="measured")
run(task, model=get_model("mockllm/model", custom_outputs=said), log_dir=folder, display="none", max_samples=1,
    log_realtime=False)
"""


async def long(url: str, trials: int) -> None:
    """An experiment whose every trial said something else; one in four failed, with its error."""
    store = await open_store(url)
    name = experiment_id(BEGUN, 1)
    plan = Plan(
        name, "command", digest(CONFIG), Design(Rule.FIXED, 0.5, 0.95, trials, futility=0.0), "d", 1, name="long"
    )
    await store.append(name, [Entry(BEGUN, Planned(plan))], [CONFIG])
    for start in range(0, trials, BATCH):
        facts: list[Fact] = []
        texts = [f"{index}: {'answered ' * 20}".encode() for index in range(start, start + BATCH)]
        for index, text in enumerate(texts, start):
            ok = bool(index % 4)
            cause, error = (None, None) if ok else (Cause.EXIT_STATUS, f"exit status {index % 3 + 1}")
            facts.append(Started(0, index))
            facts.append(Finished(0, index, ok, cause, error, 1000 * (index % 97), output=digest(text)))
        await store.append(name, [Entry(BEGUN, fact) for fact in facts], texts)
    won = sum(bool(index % 4) for index in range(trials))
    ends = (Decided(Verdict.SUPPORTED, "fixed", ((trials, won),)), Sealed())
    await store.append(name, [Entry(BEGUN, fact) for fact in ends])
    await store.aclose()


def many(path: Path, experiments: int) -> None:
    """So many experiments of three trials each, a minute apart."""
    asyncio.run(fill(f"sqlite:///{path}", min(1000, experiments), 3))
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT * FROM experiments").fetchall()
        for copy in range(1, -(-experiments // 1000)):
            moved = [_moved(row, copy) for row in rows]
            connection.executemany("INSERT INTO logs VALUES (?, ?)", [(row[0], row[1]) for row in moved])
            connection.executemany(f"INSERT INTO experiments VALUES ({','.join('?' * len(rows[0]))})", moved)


def _moved(row: tuple[Any, ...], copy: int) -> tuple[Any, ...]:
    key, identity, *others, doc, created, _ = row
    new = f"{identity[:-6]}{copy:06d}-{key}"
    at = f"{2026 + copy // 300:04d}-{copy // 28 % 12 + 1:02d}-{copy % 28 + 1:02d}{created[10:]}"
    return (key + 1_000_000 * copy, new, *others, doc.replace(identity, new), at, at)


@contextmanager
def served(command: list[str], home: Path, pattern: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server until the block ends, and the address that it printed."""
    process = subprocess.Popen(
        command, env=clean_environment(home), cwd=home, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        yield process, next(match[0] for line in lines if (match := re.search(pattern, line)))
    finally:
        process.terminate()
        process.communicate(timeout=60)


def spent(process: "subprocess.Popen[str]") -> tuple[float, float]:
    """(CPU seconds, peak MB) of a process so far."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    peak = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())
    assert peak is not None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), int(peak[1]) / 1024


class Client:
    """Asks a server; `cookie` is what the first visit set."""

    def __init__(self, url: str) -> None:
        self._place, self._cookie = urlsplit(url), ""
        response, _ = self._ask(f"{self._place.path or '/'}?{self._place.query}")
        self._cookie = (response.getheader("set-cookie") or "").partition(";")[0]

    def ask(self, path: str) -> tuple[float, int, str]:
        """(seconds, bytes, where it leads to) of one page."""
        began = time.perf_counter()
        response, content = self._ask(path)
        return time.perf_counter() - began, len(content), response.getheader("location") or ""

    def _ask(self, path: str) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection(self._place.netloc, timeout=120)
        connection.request("GET", path, headers={"Cookie": self._cookie} if self._cookie else {})
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response, content


def asked(name: str, process: "subprocess.Popen[str]", client: Client, path: str) -> None:
    """Prints what a page takes: the first look, and the median of those that follow."""
    before = spent(process)[0]
    first, size, _ = client.ask(path)
    cpu = spent(process)[0] - before
    again = median(client.ask(path)[0] for _ in range(ASKED))
    later = (spent(process)[0] - before - cpu) / ASKED
    peak = spent(process)[1]
    print(
        f"  {name:<20} first {1000 * first:5.0f} ms ({1000 * cpu:4.0f} CPU), then {1000 * again:4.0f} ms "
        f"({1000 * later:3.0f} CPU), {size / 1000:4.0f} kB, "
        f"server at most {peak:.0f} MB"
    )


def opened(name: str, url: str, places: dict[str, tuple[str, str]]) -> None:
    """Prints how long a browser takes until something is seen; `places` are (path, what is seen) by name."""
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        print(f"  {name}: no Chromium here")
        return
    from playwright.sync_api import TimeoutError as NotSeen
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        context = browser.new_context()
        context.new_page().goto(url, wait_until="commit", timeout=PATIENCE)
        base = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        for title, (path, seen) in places.items():
            page, sizes = context.new_page(), list[int]()
            page.on("requestfinished", lambda request, sizes=sizes: sizes.append(request.sizes()["responseBodySize"]))
            began = time.perf_counter()
            try:
                page.goto(base + path, wait_until="commit", timeout=PATIENCE)
                page.get_by_text(seen).first.wait_for(timeout=PATIENCE)
                took = f"{1000 * (time.perf_counter() - began):5.0f} ms"
            except NotSeen:
                took = f"not seen within {PATIENCE / 1000:.0f} s"
            print(f"  {name} in Chromium, {title:<19} {took}, {sum(sizes) / 1000:6.0f} kB loaded")
            page.close()
        browser.close()


def ours(folder: Path, experiments: int, trials: int) -> None:
    """`kg ui` and `kg experiment report`."""
    listed, one = folder / "many.db", folder / "long.db"
    many(listed, experiments)
    asyncio.run(long(f"sqlite:///{one}", trials))
    kg = [sys.executable, "-m", "kgents"]
    for path in (listed, one):
        command = [*kg, "ui", "--no-browser", "--database", f"sqlite:///{path}"]
        with served(command, folder, r"http://\S+") as (process, url):
            client = Client(url)
            if path == listed:
                print(f"kg ui, list of {experiments} experiments")
                for name, place in (("newest", "/"), ("page 100", "/?start=5000"), ("tag", "/?tag=nightly"),
                                    ("verdict", "/?verdict=refuted"), ("text in the name", "/?text=n99"),
                                    ("a text that none has", "/?text=nowhere")):  # fmt: skip
                    asked(name, process, client, place)
                opened("kg ui", url, {"list": ("/", "when (UTC)")})
            else:
                print(f"kg ui, experiment of {trials} trials")
                place = client.ask("/e/long")[2]
                asked("page", process, client, place)
                asked("its later trials", process, client, f"{place}?start={trials // 2}")
                opened("kg ui", url, {"experiment": (place, "The decision")})
    began = time.perf_counter()
    report = [*kg, "experiment", "report", "long", "-o", "x.html", "--database", f"sqlite:///{one}"]
    subprocess.run(report, cwd=folder, env=clean_environment(folder), check=True, capture_output=True)
    size = (folder / "x.html").stat().st_size
    print(f"report file of {trials} trials: {time.perf_counter() - began:.1f} s with its start, {size / 1000:.0f} kB")


def theirs(program: Path, folder: Path, logs: int, samples: int) -> None:
    """`inspect view` over a log of so many samples, and over so many small logs."""
    python = program.with_name("python")
    for name, size in (("long", samples), ("small", 3)):
        line = [str(python), "-c", LOG, str(folder / name), str(size)]
        subprocess.run(line, env=clean_environment(folder), check=True, capture_output=True)
    (small,), (large,) = (folder / "small").glob("*.eval"), (folder / "long").glob("*.eval")
    for number in range(logs - 1):
        shutil.copy(small, folder / "small" / re.sub(r"^.*?_", f"2026-01-01T{number:08d}_", small.name))
    for name, title in (("small", f"list of {logs} logs"), ("long", f"log of {samples} samples")):
        command = [str(program), "view", "--log-dir", str(folder / name), "--port", str(7575 + (name == "long"))]
        with served(command, folder, r"http://[\w.:]+") as (process, url):
            print(f"inspect view, {title}")
            place = f"/#/logs/{large.name}" if name == "long" else "/#/logs"
            opened("inspect view", url, {"list" if name == "small" else "log": (place, "measured")})
            cpu, peak = spent(process)
            print(f"  the server then has used {cpu:.1f} s CPU with its start, {peak:.0f} MB at most")


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--experiments", type=int, default=100_000)
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--inspect", type=Path, default=None)
    parser.add_argument("--logs", type=int, default=10_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        ours(Path(name), wanted.experiments, wanted.trials)
        if wanted.inspect is not None:
            theirs(wanted.inspect, Path(name), wanted.logs, wanted.trials)


if __name__ == "__main__":
    main()
