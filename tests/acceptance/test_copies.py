"""`kg db copy`: into an empty database, and into one that has experiments; chains, texts, ledger and crystals hold."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def target(request: pytest.FixtureRequest, database: str) -> str:
    """The database that is copied to, of either kind."""
    return database


def ids(kg: Kg, database: str) -> set[str]:
    """The experiments of a database."""
    listed = kg("experiment", "history", "--limit", "0", "--json", KGENTS_DATABASE_URL=database)
    return {row["id"] for row in json.loads(listed.stdout)}


def fill(kg: Kg, database: str, *names: str) -> None:
    """Experiments and a crystal of a person."""
    for name in names:
        kg("experiment", "run", "--n", "2", "--name", name, "echo", name, KGENTS_DATABASE_URL=database)
    kg("brain", "capture", f"title of {names[0]}", KGENTS_DATABASE_URL=database)


def test_two_records_become_one(kg: Kg, tmp_path: Path, target: str) -> None:
    """What is there stays, what is missing comes, what was erased stays erased; a second time nothing happens."""
    source = f"sqlite:///{tmp_path / 'a.db'}"
    fill(kg, source, "one", "two", "gone")
    fill(kg, target, "three")
    kg("experiment", "erase", "gone", "--yes", KGENTS_DATABASE_URL=source)
    before = ids(kg, target)
    done = kg("db", "copy", source, target)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3 experiments and 3 crystals copied"), done.stdout
    assert ids(kg, target) == before | ids(kg, source)
    shown = json.loads(kg("experiment", "show", "two", "--json", KGENTS_DATABASE_URL=target).stdout)
    assert [trial["output"] for trial in shown["trials"]] == ["two\n", "two\n"]
    assert "title of one" in kg("brain", "search", "title", KGENTS_DATABASE_URL=target).stdout
    assert kg("witness", "verify", KGENTS_DATABASE_URL=target).returncode == 0
    again = kg("db", "copy", source, target)
    assert again.stdout.startswith("0 experiments and 0 crystals copied, 3 were there already")
    assert kg("experiment", "run", "--n", "1", "true", KGENTS_DATABASE_URL=target).returncode == 0
    assert kg("witness", "verify", KGENTS_DATABASE_URL=target).returncode == 0


def test_an_experiment_that_went_on_in_both_is_left_alone(kg: Kg, tmp_path: Path) -> None:
    source, other = f"sqlite:///{tmp_path / 'a.db'}", f"sqlite:///{tmp_path / 'b.db'}"
    stopped = kg(
        "experiment", "run", "--n", "3", "--name", "x", f"test -e {tmp_path}/go || exit 127", KGENTS_DATABASE_URL=source
    )
    assert stopped.returncode == 12
    assert kg("db", "copy", source, other).returncode == 0
    (tmp_path / "go").touch()
    assert kg("experiment", "resume", "x", KGENTS_DATABASE_URL=source).returncode == 0
    done = kg("db", "copy", source, other)
    assert done.returncode == 3
    assert "is in both with other marks" in done.stderr
    assert kg("witness", "verify", KGENTS_DATABASE_URL=other).returncode == 0


def test_what_cannot_be_copied_is_refused_and_nothing_is_made(kg: Kg, tmp_path: Path) -> None:
    here, missing = tmp_path / "a.db", tmp_path / "none.db"
    fill(kg, f"sqlite:///{here}", "one")
    same = kg("db", "copy", f"sqlite:///{here}", f"sqlite:///{tmp_path}/./a.db")
    assert (same.returncode, "one database" in same.stderr) == (2, True)
    gone = kg("db", "copy", f"sqlite:///{missing}", f"sqlite:///{tmp_path / 'b.db'}")
    assert (gone.returncode, "there is no database" in gone.stderr) == (2, True)
    assert not missing.exists()
    assert not (tmp_path / "b.db").exists()
