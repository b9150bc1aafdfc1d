"""A record that may only be read is read: a file on a medium or of another user, and a role that has only SELECT."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import clean_environment

PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1
READS = (
    "experiment history", "experiment show @latest", "experiment show @latest --json", "witness verify",
    "witness log @latest", "db status", "brain search word",
)  # fmt: skip
WRITES = ("experiment run --n 2 true", "brain capture word")


def as_an_ordinary_user() -> None:
    """Root obeys the modes of files, too, from the next program on; others do already."""
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)


def kg(words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command on the record in this folder, by somebody who obeys the modes of files."""
    environment = {**clean_environment(folder.parent), "KGENTS_DATABASE_URL": f"sqlite:///{folder}/record.db"}
    return subprocess.run(
        [sys.executable, "-m", "kgents", *words.split()], capture_output=True, text=True, cwd=folder.parent,
        env=environment, preexec_fn=as_an_ordinary_user, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a record with one experiment, in which nothing can be written any more."""
    folder = tmp_path_factory.mktemp("read_only") / "record"
    folder.mkdir()
    assert kg("experiment run --n 2 true", folder).returncode == 0
    (folder / "record.db").chmod(0o444)
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)


@pytest.mark.parametrize("words", READS)
def test_what_only_reads_works(recorded: Path, words: str) -> None:
    """Every command that writes nothing, and it leaves nothing behind."""
    before = sorted(recorded.iterdir())
    done = kg(words, recorded)
    assert done.returncode == 0, done.stderr
    assert sorted(recorded.iterdir()) == before


def test_what_was_recorded_is_shown(recorded: Path) -> None:
    """The rows are those of the file, and not those of an empty record."""
    assert "2 of 2" in kg("experiment history", recorded).stdout
    assert "2 logs: all ok" in kg("witness verify", recorded).stdout


@pytest.mark.parametrize("words", WRITES)
def test_what_would_write_says_why_it_cannot(recorded: Path, words: str) -> None:
    """One line that names the file or its folder, exit 1."""
    done = kg(words, recorded)
    assert done.returncode == 1, done.stdout
    assert str(recorded) in done.stderr
    assert "read-only" in done.stderr or "Permission denied" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_role_that_may_only_read(postgres: str, tmp_path: Path) -> None:
    """SELECT on the tables is enough for history, show and verify; a run says which right it lacks."""
    import asyncio

    import asyncpg
    from sqlalchemy import make_url

    role = f"reader_{os.getpid()}"

    def command(words: str, url: str) -> subprocess.CompletedProcess[str]:
        environment = {**clean_environment(tmp_path), "KGENTS_DATABASE_URL": url}
        return subprocess.run(
            [sys.executable, "-m", "kgents", *words.split()], capture_output=True, text=True, cwd=tmp_path,
            env=environment, check=False, timeout=120,
        )  # fmt: skip

    async def grant(*statements: str) -> None:
        connection = await asyncpg.connect(postgres)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    assert command("experiment run --n 2 true", postgres).returncode == 0
    asyncio.run(grant(f"CREATE ROLE {role} LOGIN", f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"))
    try:
        reader = make_url(postgres).set(username=role).render_as_string(hide_password=False)
        for words in READS:
            done = command(words, reader)
            assert done.returncode == 0, (words, done.stderr)
        refused = command("experiment run --n 2 true", reader)
        assert refused.returncode == 1
        assert "GRANT SELECT, INSERT ON" in refused.stderr
    finally:
        asyncio.run(grant(f"DROP OWNED BY {role}", f"DROP ROLE {role}"))
