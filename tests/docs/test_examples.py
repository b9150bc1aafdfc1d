"""The programs in examples/ run as they are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import OURS

ROOT = Path(__file__).parents[2]
PLUGIN = (
    "-m",
    "pytest",
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:kgents",
    "-p",
    "kgents.plugin",
    "-o",
    "addopts=",
    *OURS,
)


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.name)
def test_an_example_runs(path: Path, tmp_path: Path) -> None:
    """Programs print a verdict, tests pass; no other file of the project is written."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "KGENTS_DATABASE_URL": f"sqlite:///{tmp_path}/record.db",
    }
    line = [sys.executable, *(PLUGIN if path.name.startswith("test_") else ()), str(path)]
    done = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert any(word in done.stdout for word in ("supported", "refuted")), done.stdout
