"""kill -9 at random moments: nothing lost, nothing completed repeated, the verdict of an uninterrupted run."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import clean_environment

COMMAND = (
    "experiment", "run", "--adaptive", "--target", "0.8", "--max-trials", "120", "--futility", "0", "--seed", "11",
    "--name", "victim", "-q", "--json", "echo $KGENTS_TRIAL >> calls; test $((KGENTS_TRIAL * 7 % 5)) -ne 0",
)  # fmt: skip


def kg(folder: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Starts `kg` in its own session."""
    environment = {**clean_environment(folder), **variables}
    return subprocess.Popen(
        [sys.executable, "-m", "kgents", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder, env=environment, start_new_session=True,
    )  # fmt: skip


def summary(document: dict[str, object]) -> object:
    """What has to be the same however often the run was killed."""
    evidence = document["evidence"]
    assert isinstance(evidence, dict)
    trials = document["trials"]
    assert isinstance(trials, list)
    outcomes = [(trial["index"], trial["success"], trial["seed"]) for trial in trials]
    return evidence["verdict"], evidence["trials_total"], evidence["trials_success"], outcomes


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_killed_again_and_again(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    variables = {"KGENTS_DATABASE_URL": request.getfixturevalue("postgres")} if kind == "postgres" else {}
    whole = tmp_path / "whole"
    whole.mkdir()
    process = kg(whole, *COMMAND)
    expected = summary(json.loads(process.communicate(timeout=120)[0]))

    folder = tmp_path / "killed"
    folder.mkdir()
    chance = Random(5)
    command: tuple[str, ...] = COMMAND
    kills = 0
    while True:
        process = kg(folder, *command, **variables)
        calls = folder / "calls"
        before = len(calls.read_text().split()) if calls.exists() else 0
        wanted = before + chance.randrange(1, 14)
        while process.poll() is None and (not calls.exists() or len(calls.read_text().split()) < wanted):
            pass
        if process.poll() is not None:
            break
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        kills += 1
        command = ("experiment", "resume", "victim", "-q", "--json")
    document = json.loads(process.communicate()[0])
    assert kills >= 3
    assert summary(document) == expected
    repeated = [int(word) for word in calls.read_text().split()]
    assert len(repeated) - len(set(repeated)) <= kills  # at most the one trial that was in flight
    done = kg(folder, "experiment", "show", "victim", "--json", **variables)
    marks = json.loads(done.communicate()[0])["mark_ids"]
    assert len(marks) == len(set(marks)) == document["witness_head"]["size"]
