"""What a machine may lack: descriptors, a working directory."""

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import clean_environment

Kg = Callable[..., subprocess.CompletedProcess[str]]


def test_few_descriptors_mean_fewer_trials_at_once(tmp_path: Path) -> None:
    """With `ulimit -n 64` and 32 trials at once: fewer run at once, it is said and recorded, and none is lost."""

    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

    words = ["experiment", "run", "--n", "40", "--concurrency", "32", "--json", "true"]
    done = subprocess.run(
        [sys.executable, "-m", "kgents", *words], capture_output=True, text=True, cwd=tmp_path,
        env=clean_environment(tmp_path), preexec_fn=few, check=False, timeout=120,
    )  # fmt: skip
    document = json.loads(done.stdout)
    assert document["evidence"]["trials_success"] == 40
    (warning,) = [warning for warning in document["warnings"] if warning["code"] == "few_descriptors"]
    assert "instead of 32" in warning["text"]
    assert "ulimit -n" in done.stderr


@pytest.mark.parametrize(
    ("words", "code"), [(("run", "--n", "1", "true"), 2), (("compare", "true", "false"), 2), (("history",), 0)]
)
def test_a_removed_working_directory_is_one_line(tmp_path: Path, words: tuple[str, ...], code: int) -> None:
    """Commands that need one say so; the others go on."""
    place = tmp_path / "removed"
    place.mkdir()

    def remove() -> None:
        os.chdir(place)
        shutil.rmtree(place)

    done = subprocess.run(
        [sys.executable, "-m", "kgents", "experiment", *words], capture_output=True, text=True, cwd=tmp_path,
        env=clean_environment(tmp_path), preexec_fn=remove, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert ("the working directory has been removed" in done.stderr) == bool(code)
    assert "Traceback" not in done.stderr
