"""Laws measured: cases per second, calls per verdict beside the comparison of modes, and Z3 time per trace.

Run: python benchmarks/bench_laws.py [cases|verdicts|calibration|coherence]; without a word, all but the calibration.
"""

import asyncio
import statistics
import sys
import time
from collections import Counter
from fractions import Fraction

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kgents.laws import CategoricalProbeRunner, SimulatedReasoner, examine
from kgents.laws.answers import extract
from kgents.laws.coherence import Coherence, examine_trace
from kgents.laws.cores import is_minimal
from kgents.laws.planted import KINDS, trace
from kgents.laws.transformations import TRANSFORMATIONS

PROBLEM = "Ann has 17 apples. She buys 25 more. How many has she?"
SUITE = tuple(f"Ann has {17 + n} apples. She buys {25 + n} more. How many has she?" for n in range(40))
RUNS = 60


def cases() -> None:
    """How many distinct cases a second of CPU the search looks at, beside Hypothesis on a law that was written by hand."""
    for target in (int, list, str, Fraction):
        examine(target, ("associativity",), cases=20)
        start = time.process_time()
        (found,) = examine(target, ("associativity",), cases=1000).findings
        ours = found.cases / (time.process_time() - start)
        peer = by_hand(target, 1000)
        print(
            f"cases    {target.__name__:10} {ours:7.0f} distinct cases a second of CPU, by hand {peer:7.0f}: {ours / peer:.2f}"
        )


def by_hand(target: type, count: int) -> float:
    """Cases a second of CPU of the same law as a test of Hypothesis, with its own strategy for the type."""
    strategy = st.lists(st.integers()) if target is list else st.from_type(target)
    seen = set()

    @settings(max_examples=count, database=None, deadline=None, phases=[Phase.generate])
    @given(strategy, strategy, strategy)
    def law(a, b, c):
        seen.add(repr((a, b, c)))
        assert (a + b) + c == a + (b + c)

    start = time.process_time()
    law()
    return len(seen) / (time.process_time() - start)


async def sequential(model: SimulatedReasoner, run: int, problems: tuple[str, ...], epsilon: float) -> tuple[str, int]:
    """The verdict by e-values, and the calls it took."""
    runner = CategoricalProbeRunner(model)
    found = await runner.test(problems, ("label",), epsilon=epsilon, max_blocks=100, seed=run)
    return found.laws[0].verdict, found.usage.calls


async def modes(model: SimulatedReasoner, run: int, count: int = 10) -> tuple[str, int]:
    """The peer: the most frequent of 10 plain answers against that of 10 transformed ones."""
    sides = []
    for side, text in enumerate((PROBLEM, TRANSFORMATIONS["label"].apply(PROBLEM))):
        answers = [extract(await model.ask(text, 10_000 * run + 100 * side + i), "number").key for i in range(count)]
        sides.append(Counter(answers).most_common(1)[0][0])
    return ("violated" if sides[0] != sides[1] else "holds"), 2 * count


async def verdicts() -> None:
    """Share of "violated" and "holds" and calls, without and with an effect; one problem, then a suite of forty."""
    for s, d in ((0.95, 0.0), (0.6, 0.0), (0.4, 0.0), (0.95, 0.3), (0.8, 0.3), (0.6, 0.3), (0.8, 0.6)):
        one = SimulatedReasoner(s=s, d=d, k=8, plain=(PROBLEM,))
        many = SimulatedReasoner(s=s, d=d, k=8, plain=SUITE)
        line = f"verdict  s={s} d={d} δ={one.truth().excess_disagreement:.3f}"
        peers = {
            "one problem": [await sequential(one, run, (PROBLEM,), 0.1) for run in range(RUNS)],
            "suite": [await sequential(many, run, SUITE, 0.1) for run in range(RUNS)],
            "modes": [await modes(one, run) for run in range(RUNS)],
        }
        for name, found in peers.items():
            words = Counter(word for word, _ in found)
            bad, good = words["violated"] / RUNS, words["holds"] / RUNS
            line += f" | {name}: violated {bad:.2f} holds {good:.2f}, {statistics.mean(n for _, n in found):.0f} calls"
        print(line)


async def calibration() -> None:
    """Type-I error of three laws at once over 600 null suites, looked at after every block."""
    wrong = 0
    for run in range(600):
        s = (0.98, 0.9, 0.7, 0.45)[run % 4]
        runner = CategoricalProbeRunner(SimulatedReasoner(s=s, plain=SUITE))
        found = await runner.test(SUITE, ("label", "lines", "please"), epsilon=0.01, max_blocks=100, seed=run)
        wrong += bool(found.violated)
    print(f"null     600 suites, 3 laws: violated {wrong} ({wrong / 600:.4f}; allowed 0.05)")


def coherence() -> None:
    """Precision and recall on planted traces, minimality of the cores, and milliseconds a trace."""
    flagged = right = planted = minimal = cores = 0
    times = []
    for seed in range(300):
        kind = (*KINDS, None)[seed % (len(KINDS) + 1)]
        start = time.perf_counter()
        found = examine_trace(trace(seed, kind))
        times.append((time.perf_counter() - start) * 1000)
        incoherent = found.verdict is Coherence.INCOHERENT
        planted += kind is not None
        flagged += incoherent
        right += incoherent and kind is not None
        if len(found.core) > 1:
            cores += 1
            minimal += is_minimal(found.core)
    ordered = sorted(times)
    print(f"trace    300 planted and coherent: precision {right / flagged:.3f}, recall {right / planted:.3f}; "
          f"{minimal} of {cores} cores minimal; median {ordered[150]:.1f} ms, p99 {ordered[296]:.1f} ms")  # fmt: skip


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["cases", "verdicts", "coherence"]
    for word in wanted:
        if word in ("cases", "coherence"):
            {"cases": cases, "coherence": coherence}[word]()
        else:
            asyncio.run({"verdicts": verdicts, "calibration": calibration}[word]())
