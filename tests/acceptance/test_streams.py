"""Standard output closed, full, of another encoding, or read by nobody: the exit code and one line tell the truth."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import clean_environment


def shell(line: str, folder: Path, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    """A line of bash in which `kg` is this program, on a terminal of this encoding."""
    text = f'kg() {{ "{sys.executable}" -m kgents "$@"; }}; {line}'
    environment = {**clean_environment(folder), "PYTHONIOENCODING": encoding}
    return subprocess.run(
        ["bash", "-c", text], env=environment, cwd=folder, capture_output=True, encoding=encoding, check=False
    )


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_every_encoding_of_a_terminal(encoding: str, tmp_path: Path) -> None:
    """A result is printed, and JSON stays JSON, where the terminal lacks a character."""
    text = shell("kg experiment run --n 1 -- false", tmp_path, encoding)
    assert text.returncode == 0
    assert "0 of 1" in text.stdout
    document = shell("kg experiment run --n 1 --json -- printf 'ü✓😀'", tmp_path, encoding)
    assert json.loads(document.stdout)["trials"][0]["text"] == "ü✓😀"


@pytest.mark.parametrize("before", ["", "PYTHONUNBUFFERED=1 "])
def test_a_full_device_is_said_in_one_line(before: str, tmp_path: Path) -> None:
    """The record stands, the exit code is not that of a success, buffered or not."""
    done = shell(f"{before}kg experiment run --n 1 -q -- true > /dev/full", tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "standard output cannot be written: No space left on device" in done.stderr
    assert json.loads(shell("kg experiment history --json", tmp_path).stdout)[0]["status"] == "completed"


def test_a_closed_output_is_said_in_one_line(tmp_path: Path) -> None:
    """A closed descriptor never becomes the database's."""
    done = shell("kg experiment run --n 1 -q -- true >&-", tmp_path)
    assert done.returncode == 1
    assert done.stderr == "error: standard output is closed; what was recorded stands\n"
    assert json.loads(shell("kg experiment history --json", tmp_path).stdout)[0]["status"] == "completed"


@pytest.mark.parametrize(
    "command", ["kg experiment history --json", "kg experiment --help", "kg experiment show @latest --trials"]
)
def test_a_reader_that_goes_away_is_no_error(command: str, tmp_path: Path) -> None:
    """`| head -1` ends with 141 or 0, silently."""
    assert shell("kg experiment run --n 40 -q -- seq 3000", tmp_path).returncode == 0
    done = shell(f"set -o pipefail; {command} | head -1; exit ${{PIPESTATUS[0]}}", tmp_path)
    assert done.returncode in (0, 141)
    assert done.stderr == ""


@pytest.mark.parametrize(("line", "code"), [("| head -1", 141), ("| head -2", 141), ("> /dev/full", 1)])
def test_a_run_whose_events_cannot_be_written_is_interrupted(line: str, code: int, tmp_path: Path) -> None:
    """It launches nothing more, says so, is on record as interrupted, and can be resumed."""
    run = "kg experiment run --n 500 --jsonl -q -- true"
    done = shell(f"set -o pipefail; {run} {line}; exit ${{PIPESTATUS[0]}}", tmp_path)
    assert done.returncode == code
    assert "the output cannot be written" in done.stderr
    assert "the run is interrupted" in done.stderr
    (recorded,) = json.loads(shell("kg experiment history --json", tmp_path).stdout)
    assert recorded["status"] == "interrupted"
    assert recorded["evidence"]["trials_finished"] < 500
    assert shell("kg experiment resume @latest -q --max-trials 500", tmp_path).returncode in (0, 2)


@pytest.mark.parametrize("end", ["2> /dev/full", "2>&-"])
def test_progress_that_cannot_be_shown_ends_no_run(end: str, tmp_path: Path) -> None:
    """Lines for people go nowhere; the result is printed and recorded."""
    done = shell(f"kg experiment run --n 3 -- true {end}", tmp_path)
    assert (done.returncode, "3 of 3" in done.stdout) == (0, True)
    assert json.loads(shell("kg experiment history --json", tmp_path).stdout)[0]["status"] == "completed"
