"""What a launcher costs: trials of `true` through a launcher and as children of this process, in pairs.

python benchmarks/bench_launcher.py [PAIRS]     prints the median wall time a trial of both, and the median ratio
"""

import asyncio
import os
import statistics
import sys
import time

from kgents.sandbox import launched, process
from kgents.sandbox.process import run

BATCH = 50


async def _batch() -> float:
    begun = time.perf_counter()
    for _ in range(BATCH):
        await run(("true",), env=dict(os.environ), seconds=60, output_bytes=1000)
    return (time.perf_counter() - begun) / BATCH * 1000


async def main(pairs: int) -> None:
    """Batches in turn, so that the load of the machine is that of both."""
    start = launched.Launched.start

    async def unavailable(*_: object, **__: object) -> launched.Launched:
        raise launched.Unavailable

    times: dict[str, list[float]] = {"launched": [], "spawned": []}
    for _ in range(pairs + 1):
        for name, way in (("launched", start), ("spawned", unavailable)):
            process.Launched.start = staticmethod(way)  # type: ignore[method-assign]
            times[name].append(await _batch())
    medians = {name: statistics.median(values[1:]) for name, values in times.items()}
    ratio = statistics.median(a / b for a, b in zip(times["launched"][1:], times["spawned"][1:], strict=True))
    per_trial = f"{medians['launched']:.2f} ms launched, {medians['spawned']:.2f} ms spawned"
    print(f"{BATCH * pairs} trials each: {per_trial}, ratio {ratio:.2f}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
