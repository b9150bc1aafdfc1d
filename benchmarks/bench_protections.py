"""What each protection adds to a verdict's cost: HumanEval's canonical solutions, from `exec` in one process to every layer.

    python benchmarks/bench_protections.py [--rounds 3] [--copies 5]

Each run is a process of its own; CPU is that of all its descendants, less that of a run without candidates. Rounds take turns.
"""

import argparse
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import bench_verify
from kgents.kinds.suite.files.task import Task
from kgents.sandbox.levels import LADDER, Recipe

_SPACES = ("userns", "mnt", "net", "ipc", "uts", "pid")
RECIPES = {
    "processes apart, limits": Recipe("limits", ("stay",)),
    "and namespaces": Recipe("spaces", _SPACES),
    "and Landlock": Recipe("spaces, landlock", (*_SPACES, "landlock")),
    "and seccomp: every layer": LADDER[0],
}


@cache
def tasks() -> Sequence[Task]:
    """All of HumanEval."""
    return bench_verify.suite().tasks


def in_one_process(copies: int) -> int:
    """Solutions and tests by `exec`, in this very process."""
    return sum(_passes(number) for _ in range(copies) for number in range(len(tasks())))


def forked(copies: int) -> int:
    """The same in a process of its own for each, which nothing confines."""
    right = 0
    for number in [*range(len(tasks()))] * copies:
        pid = os.fork()
        if pid == 0:
            os._exit(0 if _passes(number) else 1)
        right += os.waitpid(pid, 0)[1] == 0
    return right


def _passes(number: int) -> bool:
    task, names = tasks()[number], dict[str, Any]()
    exec(f"{task.canonical}\n{task.tests}", names)
    names["check"](names[task.entry or ""])
    return True


RUNS: dict[str, Callable[[int], int]] = {"exec in one process": in_one_process, "exec in a process each": forked}
for _name, _recipe in RECIPES.items():
    RUNS[f"tests: {_name}"] = lambda copies, recipe=_recipe: bench_verify.kgents_tests(copies, [recipe])
for _name, _recipe in RECIPES.items():
    RUNS[f"reference: {_name}"] = lambda copies, recipe=_recipe: bench_verify.kgents_rows(copies, [recipe])


def cpu_of(name: str, copies: int) -> float:
    """CPU seconds of a run, whose verdicts have to be right."""
    process = subprocess.Popen(
        [sys.executable, __file__, "--one", name, "--copies", str(copies)], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    if int(said or b"-1") != copies * len(tasks()):
        raise SystemExit(f"{name}: {said.decode()} right")
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--copies", type=int, default=5)
    parser.add_argument("--one")
    options = parser.parse_args()
    if options.one:
        print(RUNS[options.one](options.copies))
        return
    spent: dict[str, list[float]] = {name: [] for name in RUNS}
    with tempfile.TemporaryDirectory() as folder:
        inputs = Path(folder) / "inputs"
        inputs.write_bytes(pickle.dumps(bench_verify.base_inputs()))
        os.environ[bench_verify.INPUTS] = str(inputs)
        for turn in range(options.rounds):
            for name in list(RUNS)[:: 1 if turn % 2 else -1]:
                spent[name].append(cpu_of(name, options.copies) - cpu_of(name, 0))
    verdicts = options.copies * len(tasks())
    for name, seconds in spent.items():
        print(f"{name:<44}{statistics.median(seconds) / verdicts * 1e3:>7.2f} ms CPU a verdict")


if __name__ == "__main__":
    main()
