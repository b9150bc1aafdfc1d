"""CPU seconds of whole commands, ours beside those of tools that are installed: the least and the median of some rounds.

    python benchmarks/bench_start.py [--rounds 5] [--against SRC]

Rounds take turns, so that a busy machine is busy for everybody. `--against` is the src folder of another version of kgents:
then the last column is the median of paired ratios, ours over theirs.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

SRC = Path(__file__).parents[1] / "src"
SPEC = "def add(a: int, b: int) -> int:\n    return a + b\n"
OURS = {
    "kg --help": ["--help"],
    "kg experiment history": ["experiment", "history"],
    "kg experiment show": ["experiment", "show"],
    "kg experiment run, one trial": ["experiment", "run", "--n", "1", "-q", "--", "true"],
    "kg experiment generate, one simulated trial": [
        *("experiment", "generate", "--spec", SPEC, "--model", "simulated", "--n", "1", "-q"),
    ],
}
OTHERS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "pytest, one test": [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_one.py"],
    "llm --help": ["llm", "--help"],
    "inspect --help": ["inspect", "--help"],
    "promptfoo --help": ["promptfoo", "--help"],
}


def cpu_of(command: list[str], home: Path, **variables: str) -> float:
    """User and system seconds of a command and of all that it waited for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), **variables}
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr.decode()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def kg(arguments: list[str], home: Path, src: Path) -> float:
    """CPU seconds of one of our commands, of the version in this folder."""
    data = str(home / f"data-{src.parent.name}")
    command = [sys.executable, "-m", "kgents", *arguments]
    return cpu_of(command, home, PYTHONPATH=str(src), KGENTS_DATA_DIR=data)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--against", type=Path, default=None)
    options = parser.parse_args()
    installed = {name: command for name, command in OTHERS.items() if shutil.which(command[0])}
    times: dict[str, list[float]] = {name: [] for name in (*OURS, *installed)}
    ratios: dict[str, list[float]] = {name: [] for name in OURS}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "test_one.py").write_text("def test_one():\n    assert True\n", encoding="utf-8")
        versions = [SRC, *([options.against.resolve()] if options.against else [])]
        for arguments in (*OURS.values(), *OURS.values()):  # warms caches: bytecode, corpora, the level of the sandbox
            for src in versions if arguments[:2] != ["experiment", "history"] else ():
                if arguments[:2] != ["experiment", "show"]:
                    kg(arguments, home, src)
        for _ in range(options.rounds):
            for name, arguments in OURS.items():
                taken = [kg(arguments, home, src) for src in versions]
                times[name].append(taken[0])
                ratios[name] += [taken[0] / other for other in taken[1:]]
            for name, command in installed.items():
                times[name].append(cpu_of(command, home))
    for name, seconds in times.items():
        ratio = f"   × {statistics.median(ratios[name]):.2f} of {options.against}" if ratios.get(name) else ""
        print(f"{name:<46} {min(seconds):6.3f} {statistics.median(seconds):6.3f} s CPU{ratio}")
    for name in OTHERS.keys() - installed.keys():
        print(f"{name:<46} not installed")


if __name__ == "__main__":
    main()
