"""Whether a verdict ever changes: every task of HumanEval, its own solution and one wrong program, again and again under load.

`bench_repeats.py [--tasks N] [--repeats R] [--hogs H]` (default: all 164 tasks, 20 repeats, one hog per core). A wrong
program is a mutant that the task's tests were seen to fail before; a hog is a process that does nothing but compute.
"""

import argparse
import multiprocessing
import os
import resource
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from bench_mutants import burn, wrong_programs
from kgents.kinds.suite.files.suite import read_suite
from kgents.sandbox.sandbox import open_sandbox
from kgents.verify.task import task_oracle
from kgents.verify.verifier import SandboxVerifier

CANDIDATES = 4  # mutants to look among for one that is killed


def main() -> None:
    """Prints how many verdicts were not the same every time, and what the repeats took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tasks", type=int, default=164)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--hogs", type=int, default=os.cpu_count() or 2)
    options = parser.parse_args()
    sandbox = open_sandbox(cpu_s=5)
    items: list[tuple[str, SandboxVerifier, str, bool]] = []
    for task in read_suite("humaneval").tasks[: options.tasks]:
        oracle = task_oracle(task.entry, task.tests, task.setup, task.canonical, sandbox, kind="tests")
        verifier = SandboxVerifier(oracle, sandbox)
        items.append((task.id, verifier, task.canonical or "", True))
        killed = (code for code in wrong_programs(task, CANDIDATES) if verifier.judge(code).success is False)
        items += [(task.id, verifier, code, False) for code in list(killed)[:1]]
    wrong = sum(not right for _, _, _, right in items)
    print(f"{len(items) - wrong} right programs, {wrong} wrong ones, {options.hogs} hogs", flush=True)
    hogs = [multiprocessing.Process(target=burn, args=(number,), daemon=True) for number in range(options.hogs)]
    for hog in hogs:
        hog.start()
    begun, seen = time.perf_counter(), [Counter[bool | None]() for _ in items]
    with ThreadPoolExecutor(2) as pool:
        for _ in range(options.repeats):
            for place, judgement in enumerate(pool.map(lambda item: item[1].judge(item[2]), items)):
                seen[place][judgement.success] += 1
    for hog in hogs:
        hog.kill()
    off = [item for item, found in zip(items, seen, strict=True) if set(found) != {item[3]}]
    seconds = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"{options.repeats} repeats, {options.repeats * len(items)} verdicts in {seconds:.0f} s, {used} MiB at most")
    print(
        f"{len(off)} of {len(items)} were ever anything else than expected: {', '.join(item[0] for item in off) or '-'}"
    )
    sandbox.close()


if __name__ == "__main__":
    main()
