"""What docs/cluster.md shows runs as it stands there, but for ports, numbers of workers and names of machines."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))
from local import DEADLINE, cluster, started, stopped

from conftest import clean_environment

PAGE = (Path(__file__).parents[2] / "docs" / "cluster.md").read_text()
TRIALS = "def answers_well(trial):\n    return trial.seed % 10 != 0\n"
FLAKY = "def test_ok():\n    assert True\n"


def shown(language: str, name: str) -> str:
    """The block of this language that has this text."""
    (block,) = [block for block in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) if name in block]
    return str(block)


def words(block: str, begin: str, address: str) -> list[str]:
    """The words of the line of a block that begins so, after `kg`; the address that it names is replaced."""
    (line,) = [line for line in block.splitlines() if line.startswith(begin)]
    return [re.sub(r"^tls://.*", address, word) for word in shlex.split(line, comments=True)[1:]]


def kg(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command in a home."""
    return subprocess.run(
        [sys.executable, "-m", "kgents", *arguments], cwd=home, env=clean_environment(home), capture_output=True,
        text=True, check=False, timeout=DEADLINE,
    )  # fmt: skip


def test_the_commands_and_the_program_of_the_page(tmp_path: Path) -> None:
    """A scheduler alone, a worker that joins, what it is, a run, and the same from Python."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_flaky.py").write_text(FLAKY)
    (tmp_path / "my_trials.py").write_text(TRIALS)
    here, elsewhere = shown("bash", "kg experiment run"), shown("bash", "kg cluster worker")
    _, _, *up = words(elsewhere, "kg cluster up", "")
    assert up[:2] == ["--workers", "0"]
    with cluster(tmp_path, *[word for word in up if word not in ("--host", "0.0.0.0")]) as scheduler:
        _, *join = words(elsewhere, "kg cluster worker", scheduler.address)
        worker = started(tmp_path, *join)
        try:
            seen = kg(tmp_path, *words(elsewhere, "kg cluster check", scheduler.address))
            assert seen.returncode == 0 and re.search(r"tls://\S+ +8 ", seen.stdout), seen.stdout + seen.stderr
            run = [word if word != "200" else "3" for word in words(here, "kg experiment run", scheduler.address)]
            done = kg(tmp_path, *run)
            assert "3 of 3" in done.stdout, done.stdout + done.stderr
            program = shown("python", "my_trials").replace("tls://127.0.0.1:8786", scheduler.address)
            (tmp_path / "asked.py").write_text(program)
            told = subprocess.run(
                [sys.executable, "asked.py"], cwd=tmp_path, env=clean_environment(tmp_path), capture_output=True,
                text=True, check=False, timeout=DEADLINE,
            )  # fmt: skip
            assert told.stdout.startswith(("supported", "inconclusive", "refuted")), told.stderr
        finally:
            stopped(worker)
