"""Who writes to an experiment holds a file beside the database, and nobody else gets it."""

import fcntl
from pathlib import Path

import pytest

from kgents.errors import Busy, StoreUnavailable
from kgents.store.database import get_engine
from kgents.store.experiment_lock import experiment_lock


def held(folder: Path) -> list[Path]:
    """The files of locks."""
    return sorted(folder.glob("*.locks/*"))


async def test_a_file_is_locked_while_the_block_runs_and_gone_afterwards(tmp_path: Path) -> None:
    """In this process a second holder is told at once; another experiment is another lock."""
    engine = get_engine(f"sqlite:///{tmp_path / 'record.db'}")
    async with experiment_lock(engine, "exp-a") as confirmed:
        assert confirmed is None
        (file,) = held(tmp_path)
        assert (file.parent.name, file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (
            "record.db.locks", 0o600, 0o700,
        )  # fmt: skip
        with pytest.raises(Busy, match="exp-a"):
            async with experiment_lock(engine, "exp-a"):
                raise AssertionError
        async with experiment_lock(engine, "exp-b"):
            assert len(held(tmp_path)) == 2
        with file.open("w") as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert held(tmp_path) == []
    async with experiment_lock(engine, "exp-a"):
        assert held(tmp_path) == [file]
    await engine.dispose()


async def test_what_another_process_holds_is_busy(tmp_path: Path) -> None:
    """Whoever has the file open keeps it, by whatever path the process came."""
    engine = get_engine(f"sqlite:///{tmp_path / 'record.db'}")
    async with experiment_lock(engine, "exp-a"):
        (file,) = held(tmp_path)
    file.touch()
    with file.open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Busy, match="exp-a"):
            async with experiment_lock(engine, "exp-a"):
                raise AssertionError
    async with experiment_lock(engine, "exp-a"):  # its death released it
        pass
    await engine.dispose()


async def test_a_database_in_memory_needs_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    engine = get_engine("sqlite:///:memory:")
    async with experiment_lock(engine, "exp-a"):
        with pytest.raises(Busy):
            async with experiment_lock(engine, "exp-a"):
                raise AssertionError
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240
    await engine.dispose()


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "record.db.locks").write_text("a file where the folder would be")
    engine = get_engine(f"sqlite:///{tmp_path / 'record.db'}")
    with pytest.raises(StoreUnavailable, match=r"record\.db\.locks cannot be written"):
        async with experiment_lock(engine, "exp-a"):
            raise AssertionError
    await engine.dispose()
