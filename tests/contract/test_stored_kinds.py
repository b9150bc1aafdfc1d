"""Records of older kgents, every kind of experiment, complete and stopped: they load, are shown, rechecked and resumed."""

import gzip
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kgents.domain.seeds import derive, seed_data

STORED = Path(__file__).with_name("stored")
EARLY = {"command", "generate", "suite", "laws", "reasoning", "parse"}
KINDS = {
    "0.1.0.kinds": EARLY | {"stochastic-law", "coherence"},
    "0001-kinds": EARLY,
    "0002-kinds": EARLY,
    "0003-kinds": (EARLY - {"laws"}) | {"coherence"},
}
OPEN = [
    *(
        (file, f"{name}-open")
        for file in ("0.1.0.kinds", "0003-kinds")
        for name in ("command", "generate", "suite", "compare", "reasoning")
    ),
    *(
        (file, f"{name}-open")
        for file in ("0001-kinds", "0002-kinds")
        for name in ("anywhere", "generate", "suite", "compare")
    ),
]

Kg = Callable[..., subprocess.CompletedProcess[str]]


def stored(tmp_path: Path, file: str) -> str:
    """The URL of a copy of a stored record."""
    path = tmp_path / "old.db"
    path.write_bytes(gzip.decompress((STORED / f"{file}.db.gz").read_bytes()))
    return f"sqlite:///{path}"


@pytest.mark.parametrize("file", KINDS)
def test_every_kind_is_listed_and_shown(file: str, kg: Kg, tmp_path: Path) -> None:
    """Every experiment is in the history with a headline of its own, and its text and its document can be read."""
    record = stored(tmp_path, file)
    listed = json.loads(kg("experiment", "history", "--limit", "0", "--json", KGENTS_DATABASE_URL=record).stdout)
    kinds = {item["kind"] for item in listed}
    assert kinds == KINDS[file]
    newest = {item["kind"]: item["id"] for item in listed}
    for kind, name in newest.items():
        shown = kg("experiment", "show", name, "--json", KGENTS_DATABASE_URL=record)
        assert json.loads(shown.stdout)["config"]["type"] == kind
        assert kg("experiment", "show", name, KGENTS_DATABASE_URL=record).returncode == 0


@pytest.mark.parametrize("file", KINDS)
def test_the_record_is_whole_and_its_verdicts_stand(file: str, kg: Kg, tmp_path: Path) -> None:
    """Bytes, chains and projections agree, and every verdict and candidate is judged as it was."""
    done = kg("witness", "verify", "--recheck", "--json", KGENTS_DATABASE_URL=stored(tmp_path, file))
    assert [log for log in json.loads(done.stdout)["logs"] if log["problems"]] == []
    assert done.returncode == 0


@pytest.mark.parametrize(("file", "name"), OPEN)
def test_what_stopped_is_resumed_to_its_end(file: str, name: str, kg: Kg, tmp_path: Path) -> None:
    """An experiment that its budget stopped goes on by its own plan until it is complete."""
    record = stored(tmp_path, file)
    done = kg("experiment", "resume", name, "--json", "--budget-seconds", "100", KGENTS_DATABASE_URL=record)
    document = json.loads(done.stdout)
    assert document.get("status") == "completed", done.stdout + done.stderr
    assert kg("witness", "verify", document["id"], KGENTS_DATABASE_URL=record).returncode == 0
    assert document["config"]["versions"]["seeds"] == 1
    seeds = [seed_data(derive(int(document["config"]["seed"]), trial["index"])) for trial in document["trials"]]
    assert [trial["seed"] for trial in document["trials"]] == seeds  # of 63 bits, in digits
    assert any(isinstance(seed, str) for seed in seeds)


@pytest.mark.parametrize("file", ["0001-kinds", "0002-kinds"])
def test_a_command_whose_folder_is_gone_is_not_resumed_and_stays_as_it_is(file: str, kg: Kg, tmp_path: Path) -> None:
    """The folder is named, with what to do; on a machine that has it the run goes on."""
    record = stored(tmp_path, file)
    done = kg("experiment", "resume", "run-open", "--json", KGENTS_DATABASE_URL=record)
    if json.loads(done.stdout).get("status"):
        assert json.loads(done.stdout)["status"] == "completed"
        return
    assert done.returncode == 2
    assert "the folder the command ran in is gone: /srv/kgents/d" in json.loads(done.stdout)["error"]["message"]
    shown = kg("experiment", "show", "run-open", "--json", KGENTS_DATABASE_URL=record)
    assert json.loads(shown.stdout)["status"] == "stopped"
