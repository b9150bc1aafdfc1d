"""What a candidate costs that is judged by tests beyond its own work, and what a call from the tests to it costs.

`python benchmarks/bench_sessions.py [ROUNDS]` (default 3) judges the same small function 10 and 60 times, and with 1 000 calls
more, by tests that pytest runs and by plain asserts. CPU is that of all processes, also of those that nobody waits for: they
run in a control group of their own (Linux, as root).
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

SPEC = "def add(a: int, b: int) -> int:\n    return a + b\n"
PLAIN = "for n in range({calls}):\n    assert add(n, 1) == n + 1\n"
PYTEST = """import pytest
from solution import add

@pytest.fixture
def one():
    return 1

def test_many(one):
    for n in range({calls}):
        assert add(n, one) == n + 1

def test_two():
    assert add(2, 2) == 4
"""
FEW, MANY, CALLS = 10, 60, 1000
GROUPS = (Path("/sys/fs/cgroup/cpuacct"), Path("/sys/fs/cgroup"))
ENTER = 'echo $$ > "$0/cgroup.procs"; exec "$@"'


def group() -> Path:
    """A control group of our own."""
    above = next((each for each in GROUPS if (each / "cgroup.procs").exists()), None)
    if above is None:
        sys.exit("no control groups here")
    made = above / f"kgents-{os.getpid()}"
    made.mkdir()
    return made


def used(group: Path) -> float:
    """CPU seconds of all that ever ran in a group."""
    old = group / "cpuacct.usage"
    if old.exists():
        return int(old.read_text()) / 1e9
    return int((group / "cpu.stat").read_text().split()[1]) / 1e6


def judged(group: Path, tests: str, candidates: int) -> float:
    """CPU seconds of judging so many, all of them right."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "spec.py").write_text(SPEC)
        (folder / "tests.py").write_text(tests)
        answers = (json.dumps({"code": f"{SPEC}# {number}\n"}) for number in range(candidates))
        (folder / "answers.jsonl").write_text("\n".join(answers))
        kg = [sys.executable, "-m", "kgents", "experiment", "generate", "--harness", "replay", "--seed", "1", "-q"]
        how = [
            "--candidates",
            "answers.jsonl",
            "--n",
            str(candidates),
            "--spec",
            "@spec.py",
            "--tests",
            "tests.py",
            "--json",
        ]
        home = {**os.environ, "HOME": name, "KGENTS_DATABASE_URL": f"sqlite:///{folder}/records.db"}
        begun = used(group)
        command = ["sh", "-c", ENTER, str(group), *kg, *how]
        done = subprocess.run(command, cwd=folder, env=home, capture_output=True, text=True, check=False)
        trials = json.loads(done.stdout)["trials"]
        assert [trial["success"] for trial in trials] == [True] * candidates, trials[0]
        return used(group) - begun


def main() -> None:
    """A line for each way to run tests."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    own = group()
    try:
        for name, tests in (("pytest", PYTEST), ("plain asserts", PLAIN)):
            candidate, call = [], []
            for _ in range(rounds):
                few = judged(own, tests.format(calls=2), FEW)
                candidate.append((judged(own, tests.format(calls=2), MANY) - few) / (MANY - FEW))
                call.append((judged(own, tests.format(calls=2 + CALLS), FEW) - few) / (FEW * CALLS))
            print(
                f"{name:14} {statistics.median(candidate) * 1e3:6.1f} ms of CPU a candidate, "
                f"{statistics.median(call) * 1e3:6.3f} ms a call"
            )
    finally:
        own.rmdir()


if __name__ == "__main__":
    main()
