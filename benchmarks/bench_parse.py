"""Parsing measured: what isolation costs beside a plain loop, memory over 10⁵ inputs, durable trials, drawing and judging.

Run: python benchmarks/bench_parse.py [--long]     (--long: a durable experiment of 10⁵ trials, about two minutes)

Times are processor seconds of this process and its children, so that a busy machine changes little; the peer of every
row is the plain loop over the same inputs, measured before and after it, the smaller one counts.
"""

import asyncio
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kgents.kinds.parse.trial import CHILD
from kgents.parsing.corpora import BUILT_IN
from kgents.parsing.isolation import Isolation
from kgents.parsing.mutator import families, mutators
from kgents.parsing.oracle import judge
from kgents.parsing.source import Input, Source

INPUTS = 10_000
BATCH = 1024


def processor() -> float:
    """Processor seconds of this process and of its children that have ended."""
    mine, theirs = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return mine.ru_utime + mine.ru_stime + theirs.ru_utime + theirs.ru_stime


def plain(parse: Callable[[str], object], texts: list[str]) -> float:
    """Seconds per input of a loop in this process."""
    begun = processor()
    for text in texts:
        with suppress(ValueError, RecursionError):
            parse(text)
    return (processor() - begun) / len(texts)


async def isolated(strategy: str, texts: list[str]) -> tuple[float, float]:
    """(processor seconds, seconds on the wall) per input, the start of the process left out."""
    job = {"parsers": [{"strategy": strategy}], "language": "json", "schema": None, "seconds": 5.0, "memory_mb": 512}
    idle = await _run(job, [])
    spent, wall = await _run(job, texts)
    return (spent - idle[0]) / len(texts), wall / len(texts)


async def _run(job: dict[str, object], texts: list[str]) -> tuple[float, float]:
    before = processor()
    isolation = Isolation(job, os.environ, CHILD)
    await isolation.answers([(0, "{}")])
    begun = time.perf_counter()
    for start in range(0, len(texts), BATCH):
        await isolation.answers([(0, text) for text in texts[start : start + BATCH]])
    wall = time.perf_counter() - begun
    await isolation.aclose()
    return processor() - before, wall


def pool(parse: Callable[[str], object], texts: list[str], chunk: int) -> float:
    """Processor seconds per input of a pool of one process, which survives neither a hang nor a crash."""
    before = processor()
    with multiprocessing.get_context("fork").Pool(1, _adopt, (parse,)) as workers:
        for _ in workers.imap(_call, texts, chunksize=chunk):
            pass
        workers.close()
        workers.join()
    return (processor() - before) / len(texts)


_parse: Callable[[str], object] = json.loads


def _adopt(parse: Callable[[str], object]) -> None:
    global _parse  # the state of a forked worker is global to its process
    _parse = parse


def _call(text: str) -> object:
    try:
        return _parse(text)
    except (ValueError, RecursionError):
        return None


def drawn(count: int) -> list[Input]:
    """Inputs of the default corpus."""
    source = Source(BUILT_IN["llm-json"], mutators(), dict.fromkeys(families(), 1))
    return [source.input(seed) for seed in range(count)]


def throughput(inputs: list[Input]) -> None:
    """Isolation beside the loop, for parsers that are fast."""
    import fast_json_repair

    texts = [given.text for given in inputs if given.family != "bombs"]
    for strategy, parse in (("strict", json.loads), ("fast_repair", fast_json_repair.loads)):
        loop = plain(parse, texts)
        spent, wall = asyncio.run(isolated(strategy, texts))
        loop = min(loop, plain(parse, texts))
        pooled = pool(parse, texts, 64) - loop  # a pool hangs for good on a deep value
        print(
            f"isolation  {strategy:12} {1 / spent:8.0f} inputs per processor second, {1 / wall:8.0f} on the wall; overhead "
            f"{1e6 * (spent - loop):5.1f} µs over a loop of {1e6 * loop:.1f} µs; pool in chunks of 64: {1e6 * pooled:.1f} µs"
        )


def bombs(inputs: list[Input]) -> None:
    """Values of thousands of levels cross the process boundary step by step."""
    texts = [given.text for given in inputs if given.family == "bombs"]
    loop = plain(json.loads, texts)
    spent, _ = asyncio.run(isolated("strict", texts))
    print(f"bombs      {len(texts):8} texts of {sum(map(len, texts)) // len(texts)} characters: {1e6 * (spent - loop):.0f} µs "
          f"over a loop of {1e6 * loop:.0f} µs")  # fmt: skip


def drawing(inputs: list[Input]) -> None:
    """What drawing an input and judging an answer cost."""
    from kgents.parsing.oracle import Answer

    begun = processor()
    drawn(2000)
    made = processor()
    for given in inputs[:2000]:
        judge(given, Answer("returned", given.truth))
    print(
        f"drawing    {1e6 * (made - begun) / 2000:8.1f} µs an input; judging {1e6 * (processor() - made) / 2000:.1f} µs"
    )


def memory() -> None:
    """Peak memory of the judge over 10⁴ and 10⁵ inputs, each in a process of its own."""
    for count in (10_000, 100_000):
        code = (
            "import asyncio, os, resource\n"
            "from benchmarks.bench_parse import drawn, BATCH\n"
            "from kgents.kinds.parse.trial import CHILD\n"
            "from kgents.parsing.isolation import Isolation\n"
            "texts = [given.text for given in drawn(2000)]\n"
            "async def main():\n"
            "    job = {'parsers': [{'strategy': 'strict'}], 'language': 'json', 'schema': None, 'seconds': 5.0,\n"
            "           'memory_mb': 512}\n"
            "    isolation = Isolation(job, os.environ, CHILD)\n"
            f"    for start in range(0, {count}, BATCH):\n"
            "        await isolation.answers([(0, texts[(start + k) % 2000]) for k in range(BATCH)])\n"
            "    await isolation.aclose()\n"
            "asyncio.run(main())\n"
            "print(*(resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                              cwd=Path(__file__).parents[1])  # fmt: skip
        judge_mb, worker_mb = done.stdout.split()
        print(f"memory     {count:8} inputs: judge {judge_mb} MB, process that parses {worker_mb} MB at most")


def durable(counts: tuple[int, ...]) -> None:
    """Whole experiments, durable, from process start to exit."""
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            before, begun = processor(), time.perf_counter()
            command = [sys.executable, "-m", "kgents", "experiment", "parse", "--strategy", "strict", "--n", str(count),
                       "--seed", "1", "-q", "--database", f"sqlite:///{folder}/record.db"]  # fmt: skip
            subprocess.run(command, capture_output=True, check=True)
            spent, wall = processor() - before, time.perf_counter() - begun
            size = (Path(folder) / "record.db").stat().st_size
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        print(f"durable    {count:8} trials: {1e3 * spent / count:.2f} ms of processor each, {count / wall:.0f} a second on the "
              f"wall, {size / count / 1000:.2f} kB each, peak {peak} MB")  # fmt: skip


def main() -> None:
    """All of it."""
    inputs = drawn(INPUTS)
    throughput(inputs)
    bombs(inputs)
    drawing(inputs)
    memory()
    durable((2000, 10_000, 100_000) if "--long" in sys.argv else (2000, 10_000))


if __name__ == "__main__":
    main()
