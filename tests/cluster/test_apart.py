"""The engine stands apart: one file knows it, and nobody pays for it who does not use it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import SRC, clean_environment

ENGINE = "dask_engine.py"
RUN = "import sys; sys.argv = ['kg', *{words!r}]\ntry:\n    from kgents.__main__ import main; main()\nexcept SystemExit: pass\n"


@pytest.mark.parametrize(
    "words",
    [["--help"], ["experiment", "run", "--help"], ["cluster", "--help"], ["experiment", "run", "-q", "--n", "1", "--", "true"]],
    ids=" ".join,
)  # fmt: skip
def test_nothing_local_imports_the_engine(words: list[str], tmp_path: Path) -> None:
    """`kg --help` and runs on this machine import neither Dask nor the modules that forward."""
    unwanted = "('dask', 'distributed', 'tornado', 'cryptography', 'kgents.runner.cluster.remote')"
    code = f"{RUN.format(words=words)}print('imported', [name for name in {unwanted} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=clean_environment(tmp_path), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "imported []", done.stderr


def test_one_file_knows_the_engine() -> None:
    """Nothing else imports it, and the seam's words do not name it."""
    files = [
        path
        for path in Path(SRC).rglob("*.py")
        if re.search(r"^\s*(import|from) (dask|distributed)\b", path.read_text(), re.MULTILINE)
    ]
    assert [path.name for path in files] == [ENGINE]
    assert "dask" not in (Path(SRC) / "kgents/runner/cluster/seam.py").read_text().lower()


def test_a_missing_extra_is_named(tmp_path: Path) -> None:
    """Without Dask, --workers says what to install."""
    (tmp_path / "distributed.py").write_text("raise ImportError")
    environment = clean_environment(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "kgents", "experiment", "run", "--workers", "tcp://127.0.0.1:1", "--n", "1", "--", "true"],
        cwd=tmp_path, env={**environment, "PYTHONPATH": f"{tmp_path}:{environment['PYTHONPATH']}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "pip install 'kgents[cluster]'" in done.stderr
