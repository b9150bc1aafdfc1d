"""Laws measured: cases per second, blocks per verdict beside the comparison of modes, Z3 time per trace.

Run: python benchmarks/bench_laws.py
"""

import asyncio
import time
from collections import Counter
from fractions import Fraction

from kgents.engine.blocks import Blocks
from kgents.laws import CategoricalProbeRunner, SimulatedReasoner, examine
from kgents.laws.answers import extract
from kgents.laws.coherence import examine_trace
from kgents.laws.probe import Problem
from kgents.laws.transformations import TRANSFORMATIONS
from kgents.stats import Design, Prior, Rule

PROBLEM = "Ann has 17 apples. She buys 25 more. How many has she?"
RUNS = 100


def cases() -> None:
    """How many cases a second the search looks at, power included."""
    for target in (int, list, Fraction):
        start = time.perf_counter()
        found = examine(target, cases=500)
        seconds = time.perf_counter() - start
        print(
            f"cases   {target.__name__:10} {sum(f.cases for f in found.findings) / seconds:8.0f} distinct cases a second"
        )


async def sequential(model: SimulatedReasoner, run: int) -> tuple[bool, int]:
    """Whether e-values call the law violated, and after how many calls."""
    runner = CategoricalProbeRunner(model.ask)
    decider = Blocks(Design(Rule.FIXED, None, 0.95, 60, Prior(), 0.0), 1, 0.1)
    for index in range(60):
        block = await runner.identity(Problem(PROBLEM), TRANSFORMATIONS["label"], 1000 * run + index)
        decider.consume(0, index, True, block.score)
        decision = decider.decision()
        if decision is not None:
            break
    assert decision is not None
    return decision.detail["laws"][0]["verdict"] in ("violated", "measurable"), 4 * (index + 1)


async def modes(model: SimulatedReasoner, run: int, count: int = 10) -> tuple[bool, int]:
    """The peer: the most frequent of 10 plain answers against that of 10 transformed ones."""
    sides = []
    for side, text in enumerate((PROBLEM, TRANSFORMATIONS["label"].apply(PROBLEM))):
        answers = [extract(await model.ask(text, 10_000 * run + 100 * side + i), "number").key for i in range(count)]
        sides.append(Counter(answers).most_common(1)[0][0])
    return sides[0] != sides[1], 2 * count


async def verdicts() -> None:
    """Share of "violated" and mean calls, without and with an effect."""
    for s, d in ((0.9, 0.0), (0.6, 0.0), (0.4, 0.0), (0.9, 0.3), (0.6, 0.6)):
        model = SimulatedReasoner(s=s, d=d, k=8, plain=(PROBLEM,))
        line = f"verdict s={s} d={d} "
        for name, judge in (("e-values", sequential), ("modes", modes)):
            found = [await judge(model, run) for run in range(RUNS)]
            rate, calls = sum(v for v, _ in found) / RUNS, sum(n for _, n in found) / RUNS
            line += f" | {name}: violated {rate:.2f}, {calls:.0f} calls"
        print(line)


def traces() -> None:
    """Milliseconds per trace with claims about variables, coherent and not."""
    for name, last in (("coherent", "x = 6, y = 4"), ("incoherent", "x = 6, y = 5")):
        text = f"3 * 4 = 12\nx + y = 10\nx - y = 2\nz > x\n{last}"
        examine_trace(text)
        start = time.perf_counter()
        for _ in range(20):
            examine_trace(text)
        print(f"trace   {name:10} {(time.perf_counter() - start) * 50:.1f} ms")


if __name__ == "__main__":
    cases()
    asyncio.run(verdicts())
    traces()
