"""The script that asks an interpreter what it has runs where kgents is not installed."""

import json
import subprocess
import sys

from kgents.sandbox import interpreter


def test_it_imports_nothing_of_kgents() -> None:
    """Isolated, without the packages of this environment."""
    question = {"imports": [], "packages": [], "hidden": [], "denied": [], "module_path": None}
    done = subprocess.run(
        [sys.executable, "-I", "-S", interpreter.__file__, json.dumps(question)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["missing"] == []
