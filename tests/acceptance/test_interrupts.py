"""The first Ctrl-C: what it waits for is said, and a question of whose answer no byte has come is given up at once."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import clean_environment
from kgents.testing.loopback import Answer, Loopback

Kg = Callable[..., subprocess.CompletedProcess[str]]


def interrupted(words: list[str], folder: Path, ready: Callable[[], bool]) -> tuple[int, str, str]:
    """Runs kg and sends one SIGINT as soon as it is ready: exit status, stdout, stderr."""
    running = subprocess.Popen(
        [sys.executable, "-m", "kgents", *words],
        env=clean_environment(folder), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not ready() and running.poll() is None:
        os.sched_yield()
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    out, said = running.communicate(timeout=120)
    return running.returncode, out, said


def test_silent_questions_are_given_up_and_asked_again(kg: Kg, tmp_path: Path, model_server: Loopback) -> None:
    """The server would be silent for an hour; void trials have a bill that is not known, and resume asks them again."""
    model_server.play(Answer(), Answer(latency=3600))
    words = ["experiment", "generate", "--spec", "def add(a, b): return a + b", "--model", "openai:x", "--n", "4",
             "--concurrency", "3", "--json", "--base-url", f"{model_server.url}/v1"]  # fmt: skip
    code, out, said = interrupted(words, tmp_path, lambda: len(model_server.calls) >= 4)
    document = json.loads(out)
    assert (code, document["status"], document["evidence"]["trials_finished"]) == (130, "interrupted", 1), said
    assert said.splitlines()[-1] == "stopping"
    assert document["usage"]["calls"] == 4
    assert document["usage"]["cost_usd"] is None
    model_server.play(Answer())
    document = json.loads(kg("experiment", "resume", "@latest", "--json").stdout)
    assert (document["status"], document["evidence"]["trials_success"]) == ("completed", 4)


def test_what_is_in_flight_is_finished_and_said(tmp_path: Path) -> None:
    """Commands that are running end; the trials that were planned besides are not begun."""
    begun = tmp_path / "begun"
    line = f"echo >> {begun}; sleep 1"
    words = ["experiment", "run", "--n", "9", "--concurrency", "2", "-q", "--", "sh", "-c", line]
    code, out, said = interrupted(words, tmp_path, lambda: begun.exists() and begun.read_text().count("\n") >= 2)
    assert code == 130, said
    assert "again to stop now" in said or said.startswith("stopping")
    assert out.startswith("interrupted after ")
    assert " of 9 planned, " in out
