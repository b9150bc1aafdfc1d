"""Name, tags, user and host: a text that can be left out, exported, copied and erased; the chain stands whatever is done."""

import json
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]
RUN = ("experiment", "run", "--n", "2", "--name", "quartz", "--tag", "feldspar")
WHO = {"LOGNAME": "mica-user"}


def shown(kg: Kg, reference: str = "@latest", **variables: str) -> Any:
    """An experiment as JSON."""
    return json.loads(kg("experiment", "show", reference, "--json", **variables).stdout)


def verified(kg: Kg, **variables: str) -> str:
    """What verify says of a record in which nothing is damaged."""
    done = kg("witness", "verify", **variables)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture
def record(kg: Kg, database: str) -> dict[str, str]:
    """A record of either kind with one experiment."""
    where = {"KGENTS_DATABASE_URL": database}
    done = kg(*RUN, "true", **WHO, **where)
    assert done.returncode == 0, done.stderr
    return where


def test_user_and_host_are_recorded_and_no_mark_holds_them(kg: Kg, record: dict[str, str]) -> None:
    """JSON says who ran it; the chain holds neither that nor name and tags."""
    found = shown(kg, "quartz", **record)
    assert (found["name"], found["tags"], found["author"]["user"]) == ("quartz", ["feldspar"], "mica-user")
    assert found["author"]["host"]
    chain = kg("witness", "log", "--json", "@latest", **record).stdout
    assert not [word for word in ("quartz", "feldspar", "mica-user") if word in chain]
    listed = json.loads(kg("experiment", "history", "--tag", "feldspar", "--json", **record).stdout)
    assert [row["name"] for row in listed] == ["quartz"]
    verified(kg, **record)


@pytest.mark.parametrize("way", ["option", "variable"])
def test_user_and_host_are_left_out_where_that_is_asked_for(kg: Kg, way: str) -> None:
    """--no-user and KGENTS_NO_USER record the name that was given, and nothing of the person."""
    done = kg(*RUN, "--no-user", "true", **WHO) if way == "option" else kg(*RUN, "true", KGENTS_NO_USER="1", **WHO)
    assert done.returncode == 0, done.stderr
    found = shown(kg)
    assert found["name"] == "quartz"
    assert "author" not in found


@pytest.mark.parametrize("words", [("open", "--target", ".5"), ("pytest", "--runs", "2", "tests")])
def test_every_command_that_begins_an_experiment_can_leave_them_out(
    kg: Kg, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """open and pytest as run does."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_one.py").write_text("def test_one():\n    assert True\n")
    for more, known in (((), True), (("--no-user",), False)):
        done = kg("experiment", words[0], "--name", "quartz", *more, *words[1:], **WHO)
        assert done.returncode == 0, done.stderr
        assert ("author" in shown(kg)) is known


def test_names_can_be_erased_and_nothing_else_is_missing(kg: Kg, record: dict[str, str]) -> None:
    """After erase --names the names are nowhere, the texts are there, and verify knows why."""
    experiment = shown(kg, **record)["id"]
    assert kg("experiment", "erase", "quartz", "--names", "--yes", **record).returncode == 0
    found = shown(kg, **record)
    assert (found["id"], found["name"], found["tags"]) == (experiment, None, [])
    assert found["author"] == {"user": None, "host": None, "erased": True}
    assert "erased" not in found["config"]
    assert kg("experiment", "show", "quartz", **record).returncode == 2
    assert "quartz" not in kg("brain", "search", "quartz", **record).stdout
    assert "name, tags, user and host were erased" in verified(kg, **record)


def test_names_that_are_gone_without_an_erasure_are_damage(kg: Kg, tmp_path: Path) -> None:
    """Whoever deletes the text, or writes another name over it, is found out."""
    where = {"KGENTS_DATABASE_URL": f"sqlite:///{tmp_path / 'r.db'}"}
    assert kg(*RUN, "true", **where).returncode == 0
    plan = json.loads(kg("witness", "show", "@latest", "0", **where).stdout)["data"]
    database = sqlite3.connect(tmp_path / "r.db", isolation_level=None)
    database.execute("UPDATE experiments SET name = 'granite'")
    assert kg("witness", "verify", **where).returncode == 3
    database.execute("UPDATE experiments SET name = 'quartz'")
    verified(kg, **where)
    database.execute("DELETE FROM blobs WHERE digest = ?", [bytes.fromhex(plan["names"])])
    database.close()
    done = kg("witness", "verify", **where)
    assert (done.returncode, "the ledger has no erasure of them" in done.stdout) == (3, True)


@pytest.mark.parametrize(("options", "name"), [((), None), (("--with-user",), "quartz")])
def test_exports_leave_names_out_unless_they_are_asked_for(
    kg: Kg, tmp_path: Path, options: tuple[str, ...], name: str | None
) -> None:
    """An export holds the names only --with-user; an import of either kind is whole."""
    assert kg(*RUN, "true", **WHO).returncode == 0
    assert kg("experiment", "export", "@latest", "out.jsonl", *options).returncode == 0
    other = {"KGENTS_DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}"}
    done = kg("experiment", "import", "out.jsonl", **other)
    assert done.returncode == 0, done.stderr
    found = shown(kg, **other)
    assert found["name"] == name
    assert found["author"]["user"] == (name and "mica-user")
    assert ("left out of an import" in verified(kg, **other)) is (name is None)
    envelope = kg("witness", "export", "@latest").stdout
    assert "quartz" not in envelope


@pytest.mark.parametrize("full", [False, True])
def test_a_copy_has_the_names(kg: Kg, tmp_path: Path, record: dict[str, str], full: bool) -> None:
    """`db copy` takes names along, into an empty record and into one that has experiments; what was erased stays so."""
    assert kg("experiment", "run", "--n", "1", "--name", "gone", "true", **record).returncode == 0
    assert kg("experiment", "erase", "gone", "--names", "--yes", **record).returncode == 0
    target = f"sqlite:///{tmp_path / 'target.db'}"
    if full:
        assert kg("experiment", "run", "--n", "1", "true", KGENTS_DATABASE_URL=target).returncode == 0
    done = kg("db", "copy", record["KGENTS_DATABASE_URL"], target)
    assert done.returncode == 0, done.stderr
    assert shown(kg, "quartz", KGENTS_DATABASE_URL=target)["tags"] == ["feldspar"]
    assert kg("experiment", "show", "gone", KGENTS_DATABASE_URL=target).returncode == 2
    verified(kg, KGENTS_DATABASE_URL=target)


def test_everything_older_than_a_moment_is_erased(kg: Kg) -> None:
    """--older-than takes what was begun before, and only that."""
    for _ in range(2):
        assert kg("experiment", "run", "--n", "1", "echo", "basalt").returncode == 0
    kept = kg("experiment", "erase", "--older-than", "1d", "--yes")
    assert (kept.returncode, kept.stdout) == (0, "0 of 0 experiments erased\n")
    done = kg("experiment", "erase", "--older-than", "0m", "--yes")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("2 of 2 experiments erased\n")
    assert shown(kg)["config"]["erased"] is True
    verified(kg)
    assert kg("experiment", "erase", "--yes").returncode == 2
