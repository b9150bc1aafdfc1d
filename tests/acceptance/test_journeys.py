"""How many functions stand between where something comes in and where it is used: what docs/architecture.md draws."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import clean_environment

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"
SPEC = "def add(a, b): return a + b"
ASKED = [
    "experiment",
    "generate",
    "--spec",
    SPEC,
    "--n",
    "1",
    "--model",
    "openai:m",
    "--base-url",
    "http://127.0.0.1:9/v1",
]
ONE = ["experiment", "generate", "--spec", SPEC, "--n", "1", "--model", "simulated"]
JOURNEYS = {  # the most functions, the first and the last, the command
    "--confidence to the boundary": (
        8, ("cli/command:command", "stats/rules:boundary"), ["experiment", "run", "--n", "1", "true"]
    ),
    "a candidate, in the thread that judges, to its process": (
        8, ("verify/verifier:judge", "verify/reference/processes:watch"), ONE
    ),
    "a finished trial to its JSON": (
        8, ("report/write:write_json", "report/document:trial"), ["experiment", "show", "one", "--json"]
    ),
    "a row of the record to a trial": (
        8, ("report/write:write_json", "store/codec:trial_of"), ["experiment", "show", "one", "--json"]
    ),
    "--model to the request": (12, ("runner/local:_trial", "harness/connection:ask"), ASKED),
}  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one experiment."""
    folder = tmp_path_factory.mktemp("journeys")
    environment = clean_environment(folder)
    words = [sys.executable, "-m", "kgents", "experiment", "run", "--n", "1", "--name", "one", "true"]
    subprocess.run(words, env=environment, cwd=folder, check=True, capture_output=True, timeout=120)
    return folder


@pytest.mark.parametrize("journey", JOURNEYS)
def test_a_journey_is_short_and_drawn(home: Path, journey: str) -> None:
    """Not more functions than promised, and each of them stands in the page, in order."""
    most, (first, last), words = JOURNEYS[journey]
    environment = clean_environment(home) | {"OPENAI_API_KEY": "none", "NO_PROXY": "*"}
    script = [sys.executable, os.fspath(Path(__file__).with_name("journeys.py")), first, last, "--", *words]
    done = subprocess.run(script, env=environment, cwd=home, capture_output=True, text=True, check=False, timeout=120)
    walked = json.loads(done.stdout.splitlines()[-1])
    assert walked, done.stderr
    assert len(walked) <= most, walked
    drawn = PAGE.read_text(encoding="utf-8")
    assert " → ".join(name for name in walked if "<" not in name) in " ".join(drawn.split()).replace("`", ""), walked
