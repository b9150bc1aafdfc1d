"""Folders of dead owners are removed from the temporary directory, and no others."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from kgents.sandbox.owned import owned, sweep

SRC = str(Path(__file__).parents[3] / "src")
LEAVES = "import tempfile; from kgents.sandbox.owned import owned; print(tempfile.mkdtemp(prefix=owned('kg-void-'), dir='.'))"


@pytest.mark.skipif(sys.platform != "linux", reason="owners are known by /proc")
def test_what_a_dead_process_left_is_removed(tmp_path: Path) -> None:
    """With all that is in it; ours, other names, files and links stay."""
    environment = {**os.environ, "PYTHONPATH": SRC}
    command = [sys.executable, "-c", LEAVES]
    left = (
        tmp_path
        / subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        ).stdout.strip()
    )
    (left / "inner").mkdir()
    ours = Path(tempfile.mkdtemp(prefix=owned("kgents-tests-"), dir=tmp_path))
    (tmp_path / "kgents-notes").mkdir()
    (tmp_path / left.name.replace("kg-void", "kgents-link")).symlink_to(ours)
    (tmp_path / left.name.replace("kg-void", "kgents-file")).touch()
    assert sweep(str(tmp_path)) == [left.name]
    assert not left.exists()
    assert len(list(tmp_path.iterdir())) == 4
    assert sweep(str(tmp_path)) == []


def test_a_number_that_is_used_again_is_no_owner(tmp_path: Path) -> None:
    """The process of this number began at another moment."""
    pid, began, namespace = owned("").strip("-").split(".")
    other = tmp_path / f"kgents-inside-{pid}.{int(began, 16) + 1:x}.{namespace}-abc"
    other.mkdir()
    elsewhere = tmp_path / f"kgents-inside-{pid}.{int(began, 16) + 1:x}.1-abc"
    elsewhere.mkdir()
    assert sweep(str(tmp_path)) == ([other.name] if int(began, 16) else [])
    assert elsewhere.exists()


def test_a_folder_that_cannot_be_read_is_left() -> None:
    """No error comes of looking."""
    assert sweep("/nowhere/at/all") == []
