"""Scarce processes, and no room for temporary files, for real: nobody crashes, no candidate is blamed.

The scenes are in scarcity.py and run in namespaces of their own, so that only they run out of anything.
"""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import clean_environment

SCARCITY = Path(__file__).parent / "scarcity.py"
OWN = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
BY_FEW = {"machine_exhausted", "sandbox_unavailable", "store_unavailable"}


@cache
def own_tables() -> bool:
    """Whether a pid namespace has a limit of its own here (Linux 6.14), and we may set it."""
    release = tuple(int(part) for part in os.uname().release.split("-")[0].split(".")[:2])
    if sys.platform != "linux" or release < (6, 14) or os.geteuid() != 0:
        return False
    return subprocess.run([*OWN, "true"], capture_output=True, check=False).returncode == 0


scarce = pytest.mark.skipif(not own_tables(), reason="needs root, namespaces and a limit of processes for each")


def scene(name: str, folder: Path) -> Any:
    """What happened."""
    command = [*OWN, sys.executable, str(SCARCITY), name, str(folder)]
    environment = clean_environment(folder)
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def blamed(found: dict[str, Any]) -> list[Any]:
    """Trials of a run that failed for a reason of the candidate's; all of these candidates are right."""
    return [trial for trial in found["trials"] if trial not in ([True, None], [False, "sandbox"])]


@scarce
def test_a_command_that_finds_a_nearly_full_table_says_so(tmp_path: Path) -> None:
    for found in scene("at_start", tmp_path):
        assert not found["crashed"]
        assert not blamed(found)
        if found["exit"] == 1:  # it did not begin; a run that ended early has 12, and its error says why, too
            assert found["error"]["kind"] in BY_FEW, found["error"]
            assert "ulimit -u" in found["error"]["hint"] + found["error"]["message"]
        else:
            assert found["exit"] in (0, 12)


@scarce
def test_a_table_that_fills_up_costs_trials_and_blames_nobody(tmp_path: Path) -> None:
    first, resumed = scene("midway", tmp_path)
    assert (first["exit"], first["status"]) == (12, "failed")
    assert [False, "sandbox"] in first["trials"]
    assert first["evidence"]["trials_success"] > 0
    assert (resumed["exit"], resumed["status"]) == (0, "completed")
    assert resumed["evidence"]["trials_success"] == 200
    assert resumed["evidence"]["success_rate"] == 1
    assert not blamed(first) + blamed(resumed)
    assert not first["crashed"]


@scarce
def test_without_processes_there_is_no_verdict_or_the_right_one(tmp_path: Path) -> None:
    before, full, after = scene("judged", tmp_path)
    right = [True] * 3 + [False] * 3 + [True] * 3  # the last ones start a thread
    assert [success for success, _, _ in before] == right
    assert [success for success, _, _ in after] == right
    assert all(success in (None, expected) for (success, _, _), expected in zip(full, right, strict=True)), full
    nothing = [cause for success, cause, _ in full if success is None]
    assert nothing
    assert set(nothing) == {"sandbox"}


@scarce
def test_a_linter_without_room_to_work_is_not_the_candidates_fault(tmp_path: Path) -> None:
    before, full, after = scene("checked", tmp_path)
    right = [True] * 3 + [False] * 3
    assert [success for success, _, _ in before] == right
    assert [success for success, _, _ in after] == right
    assert [(success, cause) for success, cause, _ in full[:3]] == [(None, "sandbox")] * 3
    assert "No space left" in full[0][2]
    assert [success for success, _, _ in full[3:]] == [False] * 3


@scarce
def test_without_room_for_temporary_files_another_place_is_used(tmp_path: Path) -> None:
    full, free = scene("temporary", tmp_path)
    assert (full["exit"], free["exit"]) == (0, 0)
    assert not blamed(full) + blamed(free)
