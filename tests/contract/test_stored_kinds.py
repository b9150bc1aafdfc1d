"""A record of kgents 0.1.0 with every kind of experiment, complete and stopped: it loads, is shown, rechecked and resumed."""

import gzip
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

STORED = Path(__file__).with_name("stored") / "0.1.0.kinds.db.gz"
OPEN = ["command-open", "generate-open", "suite-open", "compare-open", "reasoning-open"]

Kg = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def record(tmp_path: Path) -> str:
    """The URL of a copy of the stored record."""
    path = tmp_path / "old.db"
    path.write_bytes(gzip.decompress(STORED.read_bytes()))
    return f"sqlite:///{path}"


def test_every_kind_is_listed_and_shown(kg: Kg, record: str) -> None:
    """Every experiment is in the history with a headline of its own, and its text and its document can be read."""
    listed = json.loads(kg("experiment", "history", "--limit", "0", "--json", KGENTS_DATABASE_URL=record).stdout)
    kinds = {item["kind"] for item in listed}
    assert kinds == {"command", "generate", "suite", "laws", "stochastic-law", "reasoning", "coherence", "parse"}
    newest = {item["kind"]: item["id"] for item in listed}
    for kind, name in newest.items():
        shown = kg("experiment", "show", name, "--json", KGENTS_DATABASE_URL=record)
        assert json.loads(shown.stdout)["config"]["type"] == kind
        assert kg("experiment", "show", name, KGENTS_DATABASE_URL=record).returncode == 0


def test_the_record_is_whole_and_its_verdicts_stand(kg: Kg, record: str) -> None:
    """Bytes, chains and projections agree, and every verdict and candidate is judged as it was."""
    done = kg("witness", "verify", "--recheck", "--json", KGENTS_DATABASE_URL=record)
    assert [log for log in json.loads(done.stdout)["logs"] if log["problems"]] == []
    assert done.returncode == 0


@pytest.mark.parametrize("name", OPEN)
def test_what_stopped_is_resumed_to_its_end(name: str, kg: Kg, record: str) -> None:
    """An experiment that its budget stopped goes on by its own plan until it is complete."""
    done = kg("experiment", "resume", name, "--json", "--budget-seconds", "100", KGENTS_DATABASE_URL=record)
    document = json.loads(done.stdout)
    assert document["status"] == "completed", done.stderr
    assert kg("witness", "verify", document["id"], KGENTS_DATABASE_URL=record).returncode == 0
