"""Shows of each claim of docs/statistics.md that its tests can fail: plants the faults of tests/faults.toml, one at a time.

The sources are copied to a folder of their own and changed there. Prints a line for each fault: whether the test that is named
beside the claim fails where the fault is planted, and with `--whole` whether it passes where it is not. Exit status 1 where one
does not.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from mutate_sources import ROOT, Copy

FAULTS = ROOT / "tests" / "faults.toml"
AUDIT = "scripts/audit"
DESIGNS = "40"  # that the audit draws
FAILED = 1  # exit status of pytest where a test has failed; another one says that none was run

Fault = Mapping[str, str]


def faults() -> list[Fault]:
    """All of them, in the order of the file."""
    listed: list[Fault] = tomllib.loads(FAULTS.read_text(encoding="utf-8"))["fault"]
    return listed


def planted(fault: Fault) -> bytes:
    """The file with its fault. ValueError where what is changed is not there once."""
    content = (ROOT / fault["file"]).read_text(encoding="utf-8")
    if content.count(fault["old"]) != 1 or fault["old"] == fault["new"]:
        raise ValueError(f"{fault['file']} has {fault['old']!r} not once")
    return content.replace(fault["old"], fault["new"]).encode()


def status(folder: Path, test: str, seconds: float) -> int:
    """The exit status of a test on the sources in a folder; -1 where it does not end in time."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", test]
    if test == AUDIT:
        command = [sys.executable, str(ROOT / "scripts" / "audit_designs.py"), DESIGNS, "1"]
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, timeout=seconds, check=False
        ).returncode
    except subprocess.TimeoutExpired:
        return -1


def told(copy: Copy, folder: Path, fault: Fault, whole: bool, seconds: float) -> str:
    """A word on a fault: 'seen', or what is wrong."""
    if whole and status(folder, fault["test"], seconds) != 0:
        return "FAILS WITHOUT IT"
    with copy.changed(Path(fault["file"]), planted(fault)):
        found = status(folder, fault["test"], seconds)
    return {FAILED: "seen", 0: "NOT SEEN", -1: "NO END"}.get(found, f"NOT RUN ({found})")


def chosen(words: Sequence[str]) -> list[Fault]:
    """The faults of tests or claims whose names hold one of these words; without words all."""
    return [
        fault
        for fault in faults()
        if not words or any(word in fault["test"] or word in fault["claim"] for word in words)
    ]


def main() -> None:
    """Plants the faults."""
    parser = argparse.ArgumentParser(prog="scripts/faults", description=__doc__)
    parser.add_argument("words", nargs="*", help="of claims or tests; without them all faults")
    parser.add_argument("--whole", action="store_true", help="each test is run without its fault, too")
    parser.add_argument("--seconds", type=float, default=600.0, help="that a test may take")
    options = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="kgents-faults-") as name:
        copy, folder = Copy(Path(name)), Path(name)
        for fault in chosen(options.words):
            began = time.monotonic()
            word = told(copy, folder, fault, options.whole, options.seconds)
            wrong += word != "seen"
            sys.stdout.write(f"{word:<9} {time.monotonic() - began:5.0f} s  {fault['claim']}: {fault['test']}\n")
            sys.stdout.flush()
    sys.exit(int(wrong > 0))


if __name__ == "__main__":
    main()
