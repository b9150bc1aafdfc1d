"""Start-up: CPU of `kg --help` and of one durable simulated trial, beside a bare interpreter and pytest in the same run."""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

SRC = str(Path(__file__).parents[1] / "src")
REPEATS = 7


def cpu(command: list[str], home: str) -> float:
    """Median CPU seconds (children included) of a command."""
    environment = {"PATH": os.environ["PATH"], "HOME": home, "KGENTS_DATA_DIR": home, "PYTHONPATH": SRC}
    found = []
    for _ in range(REPEATS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, env=environment, capture_output=True, cwd=home, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(found)


def main() -> None:
    """Prints the table."""
    kg = [sys.executable, "-m", "kgents"]
    spec = "def add(a, b): return a + b"
    commands = {
        "bare python": [sys.executable, "-c", "pass"],
        "pytest --version": [sys.executable, "-m", "pytest", "--version"],
        "kg --help": [*kg, "--help"],
        "kg experiment generate --help": [*kg, "experiment", "generate", "--help"],
        "kg experiment run --n 1 -- true": [*kg, "experiment", "run", "-q", "--n", "1", "--", "true"],
        "kg experiment generate --n 1 (simulated, sandboxed, durable)": [
            *kg,
            "experiment",
            "generate",
            "-q",
            "--spec",
            spec,
            "--n",
            "1",
        ],
    }
    with tempfile.TemporaryDirectory() as home:
        base = cpu(commands["bare python"], home)
        print(f"{'command':<62} {'CPU s':>7} {'bare pythons':>13}")
        for name, command in commands.items():
            seconds = cpu(command, home)
            print(f"{name:<62} {seconds:>7.3f} {seconds / base:>13.1f}")


if __name__ == "__main__":
    main()
