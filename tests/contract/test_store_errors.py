"""A record that cannot be had: one clear error each, and never a password."""

import sqlite3
from pathlib import Path

import pytest

from kgents.errors import KgentsError, StoreUnavailable, UsageError
from kgents.store import open_store
from kgents.store.schema import REVISION


async def refused(url: str) -> KgentsError:
    """The error that opening this URL gives."""
    with pytest.raises(KgentsError) as caught:
        await open_store(url)
    return caught.value


async def test_a_url_that_means_nothing() -> None:
    assert isinstance(await refused("nonsense"), UsageError)
    assert "mysql" in (await refused("mysql://x/y")).message


async def test_an_unreachable_server_and_no_password_in_the_error() -> None:
    wrong = await refused("postgresql://me:hunter2@127.0.0.1:1/db")
    assert isinstance(wrong, StoreUnavailable)
    assert "hunter2" not in wrong.message + str(wrong.hint)
    assert "127.0.0.1:1" in wrong.message


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"this is a text, and a long one at that " * 50)
    assert "not a database" in (await refused(f"sqlite:///{path}")).message


async def test_a_database_of_somebody_else(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    connection.close()
    assert "belongs to something else" in (await refused(f"sqlite:///{path}")).message


async def test_a_database_from_the_future(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    await (await open_store(url)).aclose()
    connection = sqlite3.connect(tmp_path / "x.db")
    connection.execute("UPDATE schema_version SET revision = '9999'")
    connection.commit()
    connection.close()
    wrong = await refused(url)
    assert isinstance(wrong, UsageError)
    assert "later kgents" in wrong.message


def test_the_revision_is_the_head_of_the_scripts() -> None:
    from kgents.store.migrations import script_directory

    assert script_directory().get_current_head() == REVISION


async def test_a_migrated_database_equals_a_fresh_one(tmp_path: Path) -> None:
    from kgents.store.creation import ensure
    from kgents.store.database import get_engine, writing
    from kgents.store.migrations import upgrade
    from kgents.store.schema import schema_version

    def schema(path: Path) -> list[str]:
        connection = sqlite3.connect(path)
        rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
        connection.close()
        return [row[0] for row in rows]

    for name, make in (("fresh", ensure), ("migrated", lambda connection: upgrade(connection, None))):
        engine = get_engine(f"sqlite:///{tmp_path / name}")
        async with writing(engine) as connection:
            if name == "migrated":
                await connection.run_sync(schema_version.create)
            await connection.run_sync(make)
        await engine.dispose()
    assert schema(tmp_path / "fresh") == schema(tmp_path / "migrated")
