"""`kg db status` looks and never writes; `kg db upgrade` writes and says from what to what."""

import gzip
import os
from pathlib import Path

import pytest

from kgents.errors import UsageError
from kgents.store import open_store
from kgents.store.schema import REVISION
from kgents.store.status import bring_up_to_date, refuse_missing, refuse_same, status_of

STORED = Path(__file__).parents[2] / "contract" / "stored"


def folder_of(path: Path) -> dict[str, bytes]:
    """Every file there, byte by byte."""
    return {file.name: file.read_bytes() for file in path.iterdir()}


async def test_status_of_nothing_makes_nothing(tmp_path: Path) -> None:
    """Asking where the record would be makes neither file nor folder."""
    status = await status_of(f"sqlite:///{tmp_path}/deep/record.db")
    assert (status.revision, status.rows, status.sizes) == (None, {}, {})
    assert folder_of(tmp_path) == {}


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
async def test_status_of_an_old_database_leaves_every_byte(tmp_path: Path, revision: str) -> None:
    """A database of an older schema is counted as it is and named as such; upgrade then changes it."""
    file = tmp_path / "record.db"
    file.write_bytes(gzip.decompress((STORED / f"{revision}.db.gz").read_bytes()))
    before = folder_of(tmp_path)
    status = await status_of(f"sqlite:///{file}")
    assert folder_of(tmp_path) == before
    assert (status.revision, status.rows["experiments"], status.rows["trials"]) == (revision, 2, 7)
    assert status.sizes == {"record.db": len(before["record.db"])}
    assert ("kg db upgrade" in status.schema) == (revision != REVISION)
    assert await bring_up_to_date(f"sqlite:///{file}") == (revision, REVISION)
    assert await bring_up_to_date(f"sqlite:///{file}") == (REVISION, REVISION)
    assert (await status_of(f"sqlite:///{file}")).schema == f"{REVISION}, up to date"


async def test_status_on_both_databases_counts_and_measures(database: str) -> None:
    """Rows and bytes are told on SQLite and on Postgres, where the tables are measured."""
    assert (await status_of(database)).revision is None
    await (await open_store(database)).aclose()
    status = await status_of(database)
    assert status.rows == dict.fromkeys(("experiments", "trials", "marks", "blobs", "brain_crystals"), 0)
    assert sum(status.sizes.values()) > 8000


async def test_new_files_are_their_owners_alone(tmp_path: Path) -> None:
    """The folder is made with mode 0700, the files with 0600, whatever the umask."""
    before = os.umask(0)
    try:
        store = await open_store(f"sqlite:///{tmp_path}/data/record.db")
        async with store.lock("exp-x"):
            modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data").rglob("*")}
        await store.aclose()
    finally:
        os.umask(before)
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert {name: mode for name, mode in modes.items() if mode != (0o700 if name.endswith(".locks") else 0o600)} == {}
    assert len(modes) >= 3


def test_a_source_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A file to read from is never made."""
    with pytest.raises(UsageError, match="there is no database"):
        refuse_missing(f"sqlite:///{tmp_path}/none.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("source", "target", "same"),
    [
        ("sqlite:///{}/a.db", "sqlite:///{}/a.db", True),
        ("sqlite:///{}/a.db", "sqlite:///{}/../{name}/a.db", True),
        ("sqlite:///{}/a.db", "sqlite:///{}/b.db", False),
        ("postgresql://me:one@h/x", "postgresql://me:two@h/x", True),
        ("postgresql://me@h/x", "postgresql://me@h/y", False),
        ("sqlite:///{}/a.db", "postgresql://me@h/a.db", False),
    ],
)
def test_a_database_is_not_copied_onto_itself(tmp_path: Path, source: str, target: str, same: bool) -> None:
    """By whatever path, and with whatever password, it is named."""
    first, second = (url.format(tmp_path, name=tmp_path.name) for url in (source, target))
    if not same:
        refuse_same(first, second)
        return
    with pytest.raises(UsageError, match="FROM and TO are one database"):
        refuse_same(first, second)
