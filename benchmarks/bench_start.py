"""CPU seconds of whole commands, ours beside those of tools that are installed: the least and the median of some rounds.

    python benchmarks/bench_start.py [--rounds 5] [--against SRC]

The OpenAI protocol is spoken with a server of this process, on the loopback interface: its time is not in the figure.
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
sys.path.insert(0, str(SRC))
from kgents.testing.loopback import Answer, Loopback

SPEC = "def add(a: int, b: int) -> int:\n    return a + b\n"
OURS = {
    "kg --help": ["--help"],
    "kg experiment history": ["experiment", "history"],
    "kg experiment show": ["experiment", "show"],
    "kg experiment run, one trial": ["experiment", "run", "--n", "1", "-q", "--", "true"],
    "kg experiment generate, one simulated trial": [
        *("experiment", "generate", "--spec", SPEC, "--model", "simulated", "--n", "1", "-q"),
    ],
    "kg experiment generate, one trial, OpenAI protocol": [
        *(
            "experiment",
            "generate",
            "--spec",
            SPEC,
            "--model",
            "openai:some-model",
            "--base-url",
            "URL/v1",
            "--n",
            "1",
            "-q",
        ),
    ],
    "refused: run --target 90": ["experiment", "run", "--adaptive", "--target", "90", "--", "true"],
    "refused: generate, a spec with a syntax error": ["experiment", "generate", "--spec", "def f(:", "--n", "1"],
    "refused: compare, one arm": ["experiment", "compare", "true"],
}
OTHERS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "pytest, one test": [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_one.py"],
    "llm --help": ["llm", "--help"],
    "inspect --help": ["inspect", "--help"],
    "promptfoo --help": ["promptfoo", "--help"],
}


def cpu_of(command: list[str], home: Path, code: int = 0, **variables: str) -> float:
    """User and system seconds of a command, which ends with an exit code, and of all that it waited for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), **variables}
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, check=False)
    if done.returncode != code:
        raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr.decode()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def kg(name: str, home: Path, src: Path, url: str) -> float:
    """CPU seconds of one of our commands, of the version in this folder."""
    data = str(home / f"data-{src.parent.name}")
    command = [sys.executable, "-m", "kgents", *(word.replace("URL", url) for word in OURS[name])]
    return cpu_of(command, home, 2 if name.startswith("refused") else 0, PYTHONPATH=str(src), KGENTS_DATA_DIR=data)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--against", type=Path, default=None)
    options = parser.parse_args()
    installed = {name: command for name, command in OTHERS.items() if shutil.which(command[0])}
    times: dict[str, list[float]] = {name: [] for name in (*OURS, *installed)}
    ratios: dict[str, list[float]] = {name: [] for name in OURS}
    answer = Answer(text=f"```python\n{SPEC}```")
    with tempfile.TemporaryDirectory() as folder, Loopback([answer]) as server:
        home = Path(folder)
        (home / "test_one.py").write_text("def test_one():\n    assert True\n", encoding="utf-8")
        versions = [SRC, *([options.against.resolve()] if options.against else [])]
        first = "kg experiment run, one trial"  # history and show need an experiment
        for name in (first, *OURS, *OURS):  # warms caches: bytecode, corpora, the level of the sandbox
            for src in versions:
                kg(name, home, src, server.url)
        for _ in range(options.rounds):
            for name in OURS:
                taken = [kg(name, home, src, server.url) for src in versions]
                times[name].append(taken[0])
                ratios[name] += [taken[0] / other for other in taken[1:]]
            for name, command in installed.items():
                times[name].append(cpu_of(command, home))
    for name, seconds in times.items():
        ratio = f"   × {statistics.median(ratios[name]):.2f} of {options.against}" if ratios.get(name) else ""
        print(f"{name:<52} {min(seconds):6.3f} {statistics.median(seconds):6.3f} s CPU{ratio}")
    for name in OTHERS.keys() - installed.keys():
        print(f"{name:<52} not installed")


if __name__ == "__main__":
    main()
