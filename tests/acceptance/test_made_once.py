"""A coder is made once for a run: what describes itself for the plan answers the trials."""

import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]
ADD = "def add(a: int, b: int) -> int:\n    return a + b"
TASK = {"task_id": "add", "prompt": "def add(a, b):\n", "canonical_solution": "    return a + b\n",
        "entry_point": "add", "test": "def check(f):\n    assert f(1, 2) == 3\n"}  # fmt: skip
ARMS = ("--arm", "right=simulated:1 harness=counted", "--arm", "wrong=simulated:0 harness=counted", "--max-trials", "9")
MODULE = """
import os
from kgents.harness.simulated import SimulatedCoder, parse_simulation

def told(word):
    with open(os.environ["TOLD"], "a") as file:
        file.write(word + "\\n")

class Counted(SimulatedCoder):
    async def aclose(self):
        told("closed")

def make(settings):
    told("made")
    return Counted(parse_simulation(settings.model), settings.references)
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    """PYTHONPATH with an installed package whose coder tells a file when it is made and closed."""
    (tmp_path / "counting.py").write_text(MODULE)
    (tmp_path / "suite.jsonl").write_text(json.dumps(TASK) + "\n")
    info = tmp_path / "counting-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: counting\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[kgents.harnesses]\ncounted = counting:make\n")
    return f"{Path(__file__).parents[2] / 'src'}:{tmp_path}"


@pytest.mark.parametrize(
    ("asked", "coders"),
    [
        (("generate", "--spec", ADD, "--harness", "counted", "--model", "simulated:1", "--n", "3"), 1),
        (("generate", "--suite", "suite.jsonl", "--harness", "counted", "--model", "simulated:1", "--n", "3"), 1),
        (("compare", "--spec", ADD, *ARMS), 2),
        (("compare", "--suite", "suite.jsonl", *ARMS), 2),
    ],
    ids=["generate", "suite", "compare", "compare-suite"],
)  # fmt: skip
def test_of_a_run(kg: Kg, path: str, tmp_path: Path, asked: Sequence[str], coders: int) -> None:
    """It knows the right program although that was found after it was made, and is closed once, at the end."""
    told = tmp_path / "told"
    done = kg("experiment", *asked, "-q", "--json", PYTHONPATH=path, TOLD=str(told))
    assert done.returncode in (0, 1), done.stderr
    document = json.loads(done.stdout)
    arms = document["evidence"].get("arms") or [document["evidence"]]
    assert arms[0]["trials_success"] == arms[0]["trials_total"] > 0
    assert told.read_text().split() == ["made"] * coders + ["closed"] * coders


def test_of_a_run_that_is_refused(kg: Kg, path: str, tmp_path: Path) -> None:
    """What was made is closed where the rest of the request cannot be met."""
    told = tmp_path / "told"
    asked = ("generate", "--spec", ADD, "--harness", "counted", "--model", "simulated:1", "--sandbox", "nowhere")
    done = kg("experiment", *asked, PYTHONPATH=path, TOLD=str(told))
    assert (done.returncode, "nowhere" in done.stderr) == (2, True)
    assert told.read_text().split() == ["made", "closed"]
