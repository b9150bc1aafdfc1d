"""What our layer adds to a question: against the bare client on the same loopback server, and 200 trials at once.

`bench_harness.py [QUESTIONS]` (default 100). The server runs in another process and answers after 50 ms; the two ways take
turns, question by question, so that the noise of the machine meets both.
"""

import asyncio
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from kgents.domain.ports import Limits
from kgents.harness.api import ApiHarness
from kgents.harness.settings import Settings
from kgents.testing.loopback import Answer, Loopback

PROMPT = "Write a function add(a, b)."
MODEL = "gpt-6.1-terra"


def serve(pipe: Connection) -> None:
    """A loopback server that answers after as many seconds as it is told; an empty word ends it."""
    with Loopback() as server:
        pipe.send(server.url)
        while (latency := pipe.recv()) is not None:
            server.play(Answer(latency=latency))
            pipe.send(True)


def harness(url: str) -> ApiHarness:
    """Ours."""
    environment = {"OPENAI_API_KEY": "sk-planted-0123456789", "OPENAI_BASE_URL": f"{url}/v1"}
    return ApiHarness(Settings(model=f"openai-chat:{MODEL}", environment=environment))


async def overhead(url: str, questions: int) -> None:
    """Prints the median seconds and CPU of a question, ours and the vendor's own client."""
    import openai

    ours = harness(url)
    bare = openai.AsyncOpenAI(api_key="sk-planted-0123456789", base_url=f"{url}/v1", max_retries=0)

    async def ask_ours(seed: int) -> None:
        await ours.generate(PROMPT, seed, Limits(30))

    async def ask_bare(seed: int) -> None:
        await bare.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": PROMPT}], seed=seed)

    ways: dict[str, Callable[[int], Awaitable[None]]] = {"ours": ask_ours, "bare": ask_bare}
    wall: dict[str, list[float]] = {name: [] for name in ways}
    spent = dict.fromkeys(ways, 0.0)
    for ask in ways.values():
        for seed in range(5):
            await ask(seed)
    for seed in range(questions):
        for name in ("ours", "bare") if seed % 2 else ("bare", "ours"):
            begun, cpu = time.perf_counter(), time.process_time()
            await ways[name](seed)
            wall[name].append(time.perf_counter() - begun)
            spent[name] += time.process_time() - cpu
    await ours.aclose()
    await bare.close()
    middle = {name: statistics.median(values) * 1e3 for name, values in wall.items()}
    share = middle["ours"] / middle["bare"] - 1
    print(
        f"one question, server 50 ms: bare client {middle['bare']:.2f} ms, ours {middle['ours']:.2f} ms ({share:+.1%})"
    )
    each = {name: seconds / questions * 1e3 for name, seconds in spent.items()}
    print(f"CPU a question: bare client {each['bare']:.2f} ms, ours {each['ours']:.2f} ms")


async def bare_at_once(url: str, questions: int = 200) -> None:
    """Prints the same for the vendor's own client, which keeps no record."""
    import openai

    async with openai.AsyncOpenAI(api_key="sk-planted-0123456789", base_url=f"{url}/v1", max_retries=0) as bare:
        begun, cpu = time.perf_counter(), time.process_time()
        messages: Any = [{"role": "user", "content": PROMPT}]
        await asyncio.gather(*(bare.chat.completions.create(model=MODEL, messages=messages) for _ in range(questions)))
        wall, spent = time.perf_counter() - begun, time.process_time() - cpu
    print(f"{questions} questions at once, bare client: {wall:.2f} s, {spent:.2f} s CPU")


async def at_once(url: str, trials: int, concurrency: int = 200) -> None:
    """Prints the wall time of durable trials, so many in flight at once, against the ideal of answers alone."""
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

    ours = harness(url)
    await ours.honoured()

    class Ask:
        async def run_trial(self, slot: Slot) -> Outcome:
            reply = await ours.generate(PROMPT, slot.seed, Limits(60))
            return Outcome.passed(reply.text, usage=reply.usage)

        async def aclose(self) -> None:
            await ours.aclose()

    design = Design(Rule.FIXED, None, 0.95, trials, futility=0.0)
    plan = Plan(f"exp-{datetime.now(UTC):%f}", "null", digest(b"{}"), design, boundary(design).digest, 1)
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{folder}/record.db")
        kind = Ask()
        begun, cpu = time.perf_counter(), time.process_time()
        executor = LocalExecutor(store, kind, SystemClock(), lambda text: text)
        await executor.begin(plan, [b"{}"], Run(concurrency), Interruption())
        wall, spent = time.perf_counter() - begun, time.process_time() - cpu
        await kind.aclose()
        await store.aclose()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ideal = trials / concurrency
    print(f"{trials} durable trials, {concurrency} at once, server 1 s: {wall:.2f} s ({wall / ideal:.2f} of the ideal),"
          f" {spent:.2f} s CPU, peak memory {peak:.0f} MB")  # fmt: skip


def main() -> None:
    """Prints the figures."""
    questions = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    url = ours.recv()
    for latency, work in (
        (1.0, at_once(url, 200)),
        (1.0, bare_at_once(url)),
        (1.0, at_once(url, 1000)),
        (0.05, overhead(url, questions)),
    ):
        ours.send(latency)
        ours.recv()
        asyncio.run(work)
    ours.send(None)
    server.join()
    print(f"load of this machine: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
