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
    with (folder / "answer.json").open("w") as answer:
        return subprocess.Popen(
            [sys.executable, "-m", "kgents", *arguments],
            stdout=answer, stderr=subprocess.DEVNULL, cwd=folder, env=environment, start_new_session=True, text=True,
        )  # fmt: skip


def answer_of(folder: Path, process: subprocess.Popen[str]) -> dict[str, object]:
    """What it printed, once it has ended."""
    process.wait(timeout=120)
    loaded = json.loads((folder / "answer.json").read_text())
    assert isinstance(loaded, dict)
    return loaded


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
    expected = summary(answer_of(whole, process))

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
            os.sched_yield()
        if process.poll() is not None:
            break
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        kills += 1
        command = ("experiment", "resume", "victim", "-q", "--json")
    document = answer_of(folder, process)
    assert kills >= 3
    assert summary(document) == expected
    repeated = [int(word) for word in calls.read_text().split()]
    assert len(repeated) - len(set(repeated)) <= kills  # at most the one trial that was in flight
    done = kg(folder, "experiment", "show", "victim", "--json", **variables)
    shown = answer_of(folder, done)
    marks = shown["mark_ids"]
    assert isinstance(marks, list)
    assert len(marks) == len(set(marks)) > 240
    assert shown["witness_head"] == document["witness_head"]
