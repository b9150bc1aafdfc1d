"""`--sandbox NAME`: another package's sandbox is attacked like our own before it runs anything."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]
ADD = "def add(a: int, b: int) -> int:\n    return a + b"
MODULE = """
from kgents.sandbox.levels import LADDER
from kgents.sandbox.sandbox import open_sandbox

def cellar(limits):
    return open_sandbox(cpu_s=limits["cpu_s"])

def meadow(limits):
    return open_sandbox(allow_weak=True, ladder=LADDER[-1:])

def ruin(limits):
    raise RuntimeError("the container engine is not running")
"""
POINTS = "[kgents.sandboxes]\ncellar = cellars:cellar\nmeadow = cellars:meadow\nruin = cellars:ruin\n"


@pytest.fixture
def path(tmp_path: Path) -> str:
    """PYTHONPATH with an installed package that provides three sandboxes."""
    (tmp_path / "cellars.py").write_text(MODULE)
    info = tmp_path / "cellars-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: cellars\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    return f"{Path(__file__).parents[2] / 'src'}:{tmp_path}"


def test_a_provider_that_withstands_the_attack_is_used(kg: Kg, path: str) -> None:
    asked = ("experiment", "generate", "--spec", ADD, "--n", "3", "--model", "simulated:1", "-q", "--json")
    done = kg(*asked, "--sandbox", "cellar", PYTHONPATH=path)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["evidence"]["trials_success"] == 3
    assert document["config"]["facts"]["recipe"] == "provided by cellar"
    assert document["config"]["facts"]["sandbox"].startswith(("L3", "L4"))
    assert "cellar" in kg("doctor", PYTHONPATH=path).stdout


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("meadow", 1, "it does not withstand: "),
        ("ruin", 1, "the container engine is not running"),
        ("celar", 2, "did you mean cellar?"),
    ],
)
def test_one_that_does_not_is_refused(kg: Kg, path: str, name: str, code: int, said: str) -> None:
    done = kg("experiment", "generate", "--spec", ADD, "--n", "3", "--sandbox", name, PYTHONPATH=path)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
