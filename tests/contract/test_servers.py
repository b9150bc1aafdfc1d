"""Servers, balancers and poolers: idle connections, lost answers, refusals of a moment, a server that stands still."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from kgents.domain.fact import Planned
from kgents.domain.mark import Entry
from kgents.errors import Busy, StoreUnavailable
from kgents.store import open_store, server_lock, transactions
from kgents.store.database import get_engine
from kgents.store.driver_errors import errors_translated
from kgents.store.server import link_of

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
from proxy import way_to
from test_store import NOW, finished, plan

from conftest import clean_environment, own_server

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@asynccontextmanager
async def admin(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of somebody else."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def cut_all(url: str) -> int:
    """Ends every other connection to this database, as `idle_session_timeout` and balancers do; how many ended.

    Each is waited for: a server process holds its advisory locks until it has ended, which may take it a while.
    """
    async with admin(url) as connection:
        rows = await connection.fetch(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    return sum(ended for (ended,) in rows)


@pytest.fixture
def tried_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has every connection be tried before each transaction, as if it had been idle for long."""
    for module in (server_lock, transactions):
        monkeypatch.setattr(module, "IDLE_SECONDS", -1.0)


async def test_idle_connections_that_were_cut_cost_nothing(postgres: str, tried_at_once: None) -> None:
    store, planned = await open_store(postgres), plan()
    async with store.lock(planned.experiment):
        await store.append(planned.experiment, [Entry(NOW, Planned(planned))], [b"{}"])
        for index in range(3):
            assert await cut_all(postgres) >= 2  # the writer's and the one that holds
            await store.append(planned.experiment, [Entry(NOW, finished(index))])
        other = await open_store(postgres)
        with pytest.raises(Busy):
            async with other.lock(planned.experiment):
                pass
        await other.aclose()
    assert [trial.index async for trial in store.trials(planned.experiment)] == [0, 1, 2]
    await store.aclose()


async def test_whoever_took_the_hold_while_ours_was_cut_keeps_it(postgres: str, tried_at_once: None) -> None:
    store, planned = await open_store(postgres), plan()
    async with store.lock(planned.experiment):
        await store.append(planned.experiment, [Entry(NOW, Planned(planned))], [b"{}"])
        await cut_all(postgres)
        async with admin(postgres) as other:
            name = f"kgents hold {planned.experiment}"
            assert await other.fetchval("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", name)
            with pytest.raises(Busy, match="another process is running"):
                await store.append(planned.experiment, [Entry(NOW, finished(0))])
    await store.aclose()


async def test_what_was_written_while_our_hold_was_cut_makes_us_busy(postgres: str, tried_at_once: None) -> None:
    store, other, planned = await open_store(postgres), await open_store(postgres), plan()
    async with store.lock(planned.experiment):
        await store.append(planned.experiment, [Entry(NOW, Planned(planned))], [b"{}"])
        await other.append(planned.experiment, [Entry(NOW, finished(0))])
        await cut_all(postgres)
        with pytest.raises(Busy, match="has written to this experiment"):
            await store.append(planned.experiment, [Entry(NOW, finished(1))])
    assert [trial.index async for trial in store.trials(planned.experiment)] == [0]
    await store.aclose()
    await other.aclose()


@pytest.mark.parametrize("message", [b"COMMIT;", b"BEGIN"])
async def test_a_transaction_whose_answer_was_lost_is_written_once(
    message: bytes, postgres: str, tmp_path: Path
) -> None:
    """The server had committed, or had not: asked again, the record holds each mark once."""
    async with way_to(postgres, tmp_path) as way:
        store, planned = await open_store(way.url(tmp_path)), plan()
        await store.append(planned.experiment, [Entry(NOW, Planned(planned))], [b"{}"])
        way.cut_after = message
        await asyncio.gather(*(store.append(planned.experiment, [Entry(NOW, finished(index))]) for index in range(3)))
        assert way.cuts == 1
        made = await store.append(planned.experiment, [Entry(NOW, finished(3))])
        assert [trial.index async for trial in store.trials(planned.experiment)] == [0, 1, 2, 3]
        assert [mark.seq async for mark in store.marks(planned.experiment)] == [0, 1, 2, 3, 4]
        assert made[0].seq == 4
        await store.aclose()


@pytest.mark.parametrize("code", ["40001", "40P01", "53300", "57P03", "55P03", "25006"])
async def test_what_a_server_refuses_for_a_moment_may_be_asked_again(code: str, postgres: str) -> None:
    engine = get_engine(postgres)
    with pytest.raises(StoreUnavailable) as caught, errors_translated(engine.url):
        async with engine.connect() as connection:
            await connection.execute(text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$"))
    assert caught.value.passing
    assert not caught.value.unreachable
    await engine.dispose()


async def test_a_full_server_is_asked_again_and_a_run_begins_when_there_is_room(postgres: str) -> None:
    async with admin(postgres) as connection:
        role = f"few_{os.getpid()}"
        await connection.execute(f"CREATE ROLE {role} LOGIN SUPERUSER")
        await (await open_store(postgres)).aclose()
        await connection.execute(f"ALTER ROLE {role} NOSUPERUSER CONNECTION LIMIT 1")
        await connection.execute(f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {role}")
        await connection.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
        url = make_url(postgres).set(username=role)
        first = await asyncpg.connect(url.render_as_string(hide_password=False))
        opening = asyncio.create_task(open_store(url.render_as_string(hide_password=False)))
        await asyncio.wait({opening}, timeout=0.3)
        assert not opening.done()
        await first.close()
        store = await opening
        assert [summary async for summary in store.history(query())] == []  # a read needs no second connection
        await store.aclose()
        await connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


def query() -> object:
    """All there is."""
    from kgents.domain.ports import Query

    return Query(limit=None)


async def test_giving_up_ends_every_wait_for_a_server_that_stands_still(postgres: str, tmp_path: Path) -> None:
    async with way_to(postgres, tmp_path) as way:
        store, planned = await open_store(way.url(tmp_path)), plan()
        async with store.lock(planned.experiment):
            await store.append(planned.experiment, [Entry(NOW, Planned(planned))], [b"{}"])
            way.thawed.clear()
            waits = asyncio.create_task(store.append(planned.experiment, [Entry(NOW, finished(0))]))
            await asyncio.wait({waits}, timeout=0.2)
            assert not waits.done()
            store.give_up()
            with pytest.raises(StoreUnavailable, match="before the second request to stop"):
                await waits
        await store.aclose()
    again = await open_store(postgres)
    await again.append(planned.experiment, [Entry(NOW, finished(0))])
    await again.aclose()


async def test_giving_up_ends_the_wait_for_a_lock_on_a_file(tmp_path: Path) -> None:
    import sqlite3

    store, planned = await open_store(f"sqlite:///{tmp_path / 'record.db'}"), plan()
    await store.append(planned.experiment, [Entry(NOW, Planned(planned))], [b"{}"])
    other = sqlite3.connect(tmp_path / "record.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waits = asyncio.create_task(store.append(planned.experiment, [Entry(NOW, finished(0))]))
    await asyncio.wait({waits}, timeout=0.2)
    assert not waits.done()
    store.give_up()
    with pytest.raises(StoreUnavailable, match="locked"):
        await waits
    await store.aclose()
    other.close()


async def test_a_server_that_never_answers_is_an_error_in_time(postgres: str, tmp_path: Path) -> None:
    async with way_to(postgres, tmp_path) as way:
        url = make_url(way.url(tmp_path)).update_query_dict({"command_timeout": "0.2", "retry_seconds": "0"})
        store, planned = await open_store(url.render_as_string(hide_password=False)), plan()
        await store.append(planned.experiment, [Entry(NOW, Planned(planned))], [b"{}"])
        way.thawed.clear()
        with pytest.raises(StoreUnavailable, match="no answer"):
            await store.append(planned.experiment, [Entry(NOW, finished(0))])
        store.give_up()
        await store.aclose()


async def test_the_isolation_is_ours_whatever_the_database_has_as_its_default(postgres: str) -> None:
    async with admin(postgres) as connection:
        name = make_url(postgres).database
        await connection.execute(f"ALTER DATABASE \"{name}\" SET default_transaction_isolation = 'serializable'")
    store = await open_store(postgres)
    async with store.engine.connect() as ours:
        assert (await ours.execute(text("SHOW transaction_isolation"))).scalar() == "read committed"
    await store.aclose()


@contextmanager
def pooler(server: str, owner: int, folder: Path) -> Iterator[str]:
    """A pgbouncer in transaction mode before a server of ours; its URL."""
    assert PGBOUNCER is not None
    folder.chmod(0o777)
    url = make_url(server)
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\npostgres = host={url.query['host']} user=postgres\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        f"pool_mode = transaction\ndefault_pool_size = 4\n"
    )
    more = {"user": owner} if os.geteuid() == 0 else {}
    process = subprocess.Popen([PGBOUNCER, str(settings)], stderr=subprocess.PIPE, text=True, **more)  # type: ignore[call-overload]
    try:
        assert process.stderr is not None
        assert any("process up" in line for line in process.stderr)
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        process.communicate()


if PGBOUNCER:

    async def test_behind_a_pooler_in_transaction_mode_experiments_are_held_and_recorded(
        postgres_folder: Path,
    ) -> None:
        with own_server() as server, pooler(server.get_uri(), server.pgdata.stat().st_uid, postgres_folder) as url:
            store, planned = await open_store(url), plan()
            link = link_of(store.engine)
            assert link is not None
            assert link.pooled
            others = [await open_store(url) for _ in range(3)]
            direct = await open_store(server.get_uri())
            async with store.lock(planned.experiment):
                await store.append(planned.experiment, [Entry(NOW, Planned(planned))], [b"{}"])
                for other in (others[0], direct):
                    with pytest.raises(Busy):
                        async with other.lock(planned.experiment):
                            pass
                plans = [plan(number) for number in (1, 2, 3)]
                for other, mine in zip(others, plans, strict=True):
                    await other.append(mine.experiment, [Entry(NOW, Planned(mine))], [b"{}"])
                for index in range(5):
                    await asyncio.gather(
                        *(
                            writer.append(mine.experiment, [Entry(NOW, finished(index))])
                            for writer, mine in zip([store, *others], [planned, *plans], strict=True)
                        )
                    )
            async with direct.lock(planned.experiment):
                pass
            for mine in (planned, *plans):
                assert [trial.index async for trial in direct.trials(mine.experiment)] == [0, 1, 2, 3, 4]
            for each in (store, direct, *others):
                await each.aclose()

    @pytest.fixture
    def postgres_folder() -> Iterator[Path]:
        """A folder that another user may enter (pytest's own are closed)."""
        import tempfile

        with tempfile.TemporaryDirectory(prefix="kgents-pool-") as name:
            yield Path(name)

    def test_a_command_behind_a_pooler(postgres_folder: Path, tmp_path: Path) -> None:
        with own_server() as server, pooler(server.get_uri(), server.pgdata.stat().st_uid, postgres_folder) as url:
            environment = {**clean_environment(tmp_path), "KGENTS_DATABASE_URL": url}
            for words in (
                ["experiment", "run", "--n", "3", "--", "true"],
                ["experiment", "history"],
                ["witness", "verify"],
            ):
                done = subprocess.run(
                    [sys.executable, "-m", "kgents", *words],
                    env=environment,
                    cwd=tmp_path,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("way_it_is_lost", ["cut_before", "cut_after"])
async def test_texts_whose_commit_was_lost_are_written_again(
    way_it_is_lost: str, postgres: str, tmp_path: Path
) -> None:
    """No mark tells whether texts alone were committed; a text that is announced as kept is there."""
    async with way_to(postgres, tmp_path) as way:
        store, planned = await open_store(way.url(tmp_path)), plan()
        await store.put([b"first"])
        setattr(way, way_it_is_lost, b"COMMIT;")
        (address,) = await store.put([b"second"])
        assert way.cuts == 1
        assert await store.blob(address) == b"second"
        setattr(way, way_it_is_lost, b"COMMIT;")
        await store.append(planned.experiment, [Entry(NOW, Planned(planned))], [b"{}"])
        assert way.cuts == 2
        assert [mark.seq async for mark in store.marks(planned.experiment)] == [0]
        await store.aclose()
