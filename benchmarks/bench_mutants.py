"""How many wrong programs each oracle finds: mutants of HumanEval's solutions, and whether a verdict ever changes.

`bench_mutants.py [--per-task N] [--tasks N] [--repeats R]` (default: 8 mutants a task, all tasks, 20 repeats). A mutant is
killable if any of the oracles kills it. The repeats run with two processes besides that do nothing but compute.
"""

import argparse
import multiprocessing
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from kgents.harness.mutants import mutants
from kgents.kinds.suite.files.suite import read_suite
from kgents.kinds.suite.files.task import Task
from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify.oracle import Oracle
from kgents.verify.task import task_oracle
from kgents.verify.verifier import SandboxVerifier

SUBTLE = {
    "off_by_one", "wrong_constant", "missing_statement", "wrong_operator", "forgotten_edge", "missing_branch",
    "dropped_return", "wrong_comparison", "wrong_variable", "negated_condition", "swapped_arguments",
}  # fmt: skip


def wrong_programs(task: Task, count: int) -> list[str]:
    """The same ones every time."""
    found = [mutant.code for mutant in mutants(task.canonical or "") if mutant.mistake in SUBTLE]
    return Random(task.id).sample(found, min(count, len(found)))


def oracles(task: Task, sandbox: Sandbox) -> tuple[Oracle, Oracle, float]:
    """HumanEval's own tests, the reference, and the seconds it took to derive."""
    begun = time.perf_counter()
    arguments = (task.entry, task.tests, task.setup, task.canonical, sandbox)
    reference = task_oracle(*arguments, kind="reference")
    return task_oracle(*arguments, kind="tests"), reference, time.perf_counter() - begun


def burn(_: int) -> None:
    """Load."""
    while True:
        sum(range(10_000))


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--per-task", type=int, default=8)
    parser.add_argument("--tasks", type=int, default=164)
    parser.add_argument("--repeats", type=int, default=20)
    options = parser.parse_args()
    sandbox = open_sandbox(cpu_s=5)
    tasks = read_suite("humaneval").tasks[: options.tasks]
    pairs = [(task, *oracles(task, sandbox)) for task in tasks]
    accepted = Counter[str]()
    killed = Counter[str]()
    times: list[float] = []
    again: list[tuple[SandboxVerifier, str, bool]] = []
    total = 0
    for task, tests, reference, _ in pairs:
        verifiers = {"tests": SandboxVerifier(tests, sandbox), "reference": SandboxVerifier(reference, sandbox)}
        for name, verifier in verifiers.items():
            accepted[name] += verifier.judge(task.canonical or "").success is True
        for program in wrong_programs(task, options.per_task):
            begun = time.perf_counter()
            said = {name: verifier.judge(program).success is False for name, verifier in verifiers.items()}
            times.append((time.perf_counter() - begun) / 2)
            total += 1
            killed["any"] += any(said.values())
            killed.update(name for name, dead in said.items() if dead)
        again += [(verifier, task.canonical or "", True) for verifier in verifiers.values()]
        again += [(verifiers["reference"], program, False) for program in wrong_programs(task, 1)]
    derived = sum(reference.kind == "reference" for _, _, reference, _ in pairs)
    print(f"{len(tasks)} tasks, reference derived for {derived}, median {statistics.median(p[3] for p in pairs):.2f} s")
    print(f"canonical solutions accepted: by tests {accepted['tests']}, by reference {accepted['reference']}")
    print(f"{total} mutants, {killed['any']} killable; median {statistics.median(times) * 1e3:.1f} ms a verdict")
    for name in ("tests", "reference"):
        print(f"  killed by {name:<10}{killed[name]:>6}  {killed[name] / max(1, killed['any']):.1%} of the killable")
    print(
        f"{options.repeats} repeats under load: {flaky(again, options.repeats)} of {len(again)} verdicts ever changed"
    )
    sandbox.close()


def flaky(again: Iterable[tuple[SandboxVerifier, str, bool]], repeats: int) -> int:
    """How many verdicts were not the same every time."""
    again = list(again)
    load = [multiprocessing.Process(target=burn, args=(number,), daemon=True) for number in range(2)]
    for process in load:
        process.start()
    seen: list[set[bool | None]] = [set() for _ in again]
    with ThreadPoolExecutor(2) as pool:
        for _ in range(repeats):
            for place, judgement in enumerate(pool.map(lambda item: item[0].judge(item[1]), again)):
                seen[place].add(judgement.success)
    for process in load:
        process.kill()
    return sum(len(verdicts) > 1 for verdicts in seen)


if __name__ == "__main__":
    main()
