"""A record that cannot be had: one clear error each, and never a password."""

import asyncio
import gzip
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from kgents.domain.fact import Annotated, Planned
from kgents.domain.ids import experiment_id
from kgents.domain.mark import Entry, digest
from kgents.domain.plan import Plan
from kgents.domain.ports import Query
from kgents.domain.summary import Status
from kgents.errors import DamagedRecord, KgentsError, MachineExhausted, StoreUnavailable, UsageError
from kgents.stats import Design, Rule
from kgents.store import open_store
from kgents.store.address import get_url
from kgents.store.creation import stored_revision
from kgents.store.crystals import Crystals
from kgents.store.database import get_engine, writing
from kgents.store.migrations import upgrade
from kgents.store.schema import REVISION, schema_version
from kgents.store.witness import verify

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import own_server

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STORED = Path(__file__).with_name("stored")


async def refused(url: str) -> KgentsError:
    """The error that opening this URL gives."""
    with pytest.raises(KgentsError) as caught:
        await open_store(url)
    return caught.value


MEANINGLESS = {
    "nonsense": "not a database URL",
    "record.db": "not a database URL",
    "mysql://x/y": "mysql is not supported",
    "postgresql://me@localhost:port/db": "not a database URL",
    "postgresql://me@localhost/db?sslmode=perhaps": "sslmode=perhaps",
    "postgresql://me@localhost/db?connect_timeout=soon": "connect_timeout=soon",
    "postgresql://me@localhost/db?colour=red": "colour",
    "sqlite://": "names no file",
    "sqlite:///": "names no file",
    "sqlite://host/x.db": "names no file",
    "sqlite:///x.db?mode=ro": "mode",
    "sqlite:////": "is a folder",
}


@pytest.mark.parametrize("url", MEANINGLESS)
async def test_a_url_that_means_nothing(url: str) -> None:
    wrong = await refused(url)
    assert isinstance(wrong, UsageError)
    assert MEANINGLESS[url] in wrong.message
    assert "KGENTS_DATABASE_URL" in wrong.message


def test_a_driver_that_is_missing_is_named_with_its_extra() -> None:
    code = "import sys; sys.modules['asyncpg'] = None; import kgents.store.address as a; a.get_url('postgresql://x/y')"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert "UsageError: the driver of Postgres is missing" in done.stderr
    with pytest.raises(UsageError, match="driver") as caught, missing("asyncpg"):
        get_url("postgresql://x/y")
    assert caught.value.hint == "pip install 'kgents[postgres]'"


async def test_an_unreachable_server_and_no_password_in_the_error() -> None:
    wrong = await refused("postgresql://me:hunter2@127.0.0.1:1/db")
    assert isinstance(wrong, StoreUnavailable)
    assert "hunter2" not in wrong.message + str(wrong.hint)
    assert "127.0.0.1:1" in wrong.message


async def test_a_thread_that_is_not_to_be_had_is_the_machines_lack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'record.db'}")
    start = threading.Thread.start

    def refusing(thread: threading.Thread) -> None:
        if thread.name.startswith("record"):
            raise RuntimeError("can't start new thread")
        start(thread)

    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", refusing)
        with pytest.raises(MachineExhausted, match="can't start new thread") as caught:
            await store.put([b"text"])
    assert "ulimit -u" in str(caught.value.hint)
    (address,) = await store.put([b"text"])
    assert await store.blob(address) == b"text"
    await store.aclose()


async def test_what_the_server_refuses() -> None:
    """A wrong password, and a database that is not there, on a server that asks for passwords."""
    with own_server() as server:
        server.psql("CREATE ROLE me LOGIN PASSWORD 'right-and-long'")
        rules = server.pgdata / "pg_hba.conf"
        rules.write_text("local all me scram-sha-256\n" + rules.read_text())
        loaded = server.psql("SELECT pg_conf_load_time()")
        server.psql("SELECT pg_reload_conf()")
        while server.psql("SELECT pg_conf_load_time()") == loaded:  # the server reads it when it gets to it
            os.sched_yield()
        url = make_url(server.get_uri()).set(username="me", password="hunter2-hunter2")
        wrong = await refused(url.render_as_string(hide_password=False))
        assert isinstance(wrong, StoreUnavailable)
        assert "refuses the password" in wrong.message
        assert "hunter2" not in wrong.message + str(wrong.hint)
        url = url.set(password="right-and-long")
        wrong = await refused(url.render_as_string(hide_password=False))
        assert "may not do that" in wrong.message
        wrong = await refused(make_url(server.get_uri()).set(database="nowhere").render_as_string())
        assert "no such database" in wrong.message
        assert "createdb" in str(wrong.hint)


async def test_a_role_that_may_only_append_is_enough_to_run() -> None:
    """SELECT, INSERT and UPDATE: crystals are replaced, too; what needs DELETE is refused by the name of its table."""
    with own_server() as server:
        await (await open_store(server.get_uri())).aclose()
        server.psql("CREATE ROLE appender LOGIN")
        server.psql("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO appender")
        server.psql("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO appender")
        store = await open_store(make_url(server.get_uri()).set(username="appender").render_as_string())
        crystals = Crystals(store)
        for body in ("first", "second"):
            key = await crystals.capture("title", body, ["tag"], "exp-1", NOW)
        assert [crystal.body for crystal in await crystals.search("", None, 9)] == ["second"]
        with pytest.raises(StoreUnavailable, match=r"may not do that.*brain_crystals") as caught:
            await crystals.forget(key)
        assert "DELETE ON brain_crystals" in str(caught.value.hint)
        assert [problem async for checked in verify(store) for problem in checked.problems] == []
        await store.aclose()


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"this is a text, and a long one at that " * 50)
    wrong = await refused(f"sqlite:///{path}")
    assert isinstance(wrong, UsageError)
    assert "no SQLite database" in wrong.message
    assert path.read_bytes().startswith(b"this is a text")


async def test_a_file_that_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    await (await open_store(f"sqlite:///{path}")).aclose()
    whole = path.read_bytes()
    for damaged in (whole[:20_000], whole[:4096] + b"\xff" * (len(whole) - 4096)):
        path.write_bytes(damaged)
        with pytest.raises(DamagedRecord) as caught:
            await read_all(f"sqlite:///{path}")
        assert caught.value.exit_code == 3
        assert "recover" in str(caught.value.hint)


async def read_all(url: str) -> None:
    """Opens, and looks at every table."""
    store = await open_store(url)
    try:
        await store.sizes()
    finally:
        await store.aclose()


async def test_a_database_of_somebody_else(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    connection.close()
    assert "belongs to something else" in (await refused(f"sqlite:///{path}")).message


async def test_tables_of_somebody_else_on_the_server(postgres: str) -> None:
    await run_sql(postgres, "CREATE TABLE trials (patient text); INSERT INTO trials VALUES ('x')")
    wrong = await refused(postgres)
    assert isinstance(wrong, UsageError)
    assert "trials" in wrong.message
    await run_sql(postgres, "CREATE TABLE schema_version (at timestamptz)")
    assert isinstance(await refused(postgres), UsageError)
    await run_sql(postgres, "CREATE SCHEMA ours")
    other = make_url(postgres).update_query_dict({"search_path": "ours"}).render_as_string(hide_password=False)
    await (await open_store(other)).aclose()
    await (await open_store(other)).aclose()


async def test_a_database_from_the_future(database: str) -> None:
    await (await open_store(database)).aclose()
    await run_sql(database, "UPDATE schema_version SET revision = '9999'")
    wrong = await refused(database)
    assert isinstance(wrong, UsageError)
    assert "later kgents" in wrong.message
    assert "upgrade kgents" in str(wrong.hint)


def test_the_revision_is_the_head_of_the_scripts() -> None:
    from kgents.store.migrations import script_directory

    assert script_directory().get_current_head() == REVISION


async def test_alembic_is_loaded_for_a_difference_only(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys; from kgents.store import open_store\n"
        "async def use(): await (await open_store(sys.argv[1])).aclose()\n"
        "asyncio.run(use()); asyncio.run(use()); print('alembic' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    command = [sys.executable, "-c", code, f"sqlite:///{tmp_path}/x.db"]
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=subprocess.PIPE)
    said, _ = await process.communicate()
    assert said == b"False\n"


SCHEMA = {
    "sqlite": "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name",
    "postgresql": """
        SELECT 'column', table_name, column_name, data_type, is_nullable, column_default, generation_expression
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT 'index', tablename, indexname, indexdef, '', '', '' FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), '', '', ''
        FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', ''
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
        ORDER BY 1, 2, 3""",
}


async def schema_of(url: str) -> list[tuple[str, ...]]:
    """Every table, column, index, trigger and constraint."""
    engine = get_engine(url)
    async with engine.connect() as connection:
        rows = (await connection.exec_driver_sql(SCHEMA[engine.dialect.name])).all()
    await engine.dispose()
    return [tuple(" ".join(str(cell).split()).replace("( ", "(").replace(" )", ")") for cell in row) for row in rows]


async def test_a_migrated_database_equals_a_fresh_one(database: str, tmp_path: Path) -> None:
    """All migrations, one after the other, on an empty database: the same as what the first use makes."""
    engine = get_engine(database)
    async with writing(engine) as connection:
        await connection.run_sync(schema_version.create)
        await connection.run_sync(lambda bound: upgrade(bound, None))
    await engine.dispose()
    migrated = await schema_of(database)
    assert await revision_of(database) == REVISION
    await clear(database)
    await (await open_store(database)).aclose()
    fresh = await schema_of(database)
    assert len(fresh) > 15
    assert migrated == fresh


def store_file(url: str, content: bytes) -> None:
    """Makes the file of a database."""
    Path(str(make_url(url).database)).write_bytes(content)


def remove_file(url: str) -> None:
    """And removes it."""
    Path(str(make_url(url).database)).unlink()


async def clear(url: str) -> None:
    """An empty database again."""
    if url.startswith("sqlite"):
        remove_file(url)
    else:
        await run_sql(url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")


async def revision_of(url: str) -> str | None:
    """What `schema_version` says."""
    engine = get_engine(url)
    try:
        return await stored_revision(engine)
    finally:
        await engine.dispose()


@pytest.mark.parametrize("revision", sorted(path.name.split(".")[0] for path in STORED.glob("000?.db.gz")))
async def test_a_database_of_every_released_schema_opens(database: str, revision: str) -> None:
    if database.startswith("sqlite"):
        store_file(database, gzip.decompress((STORED / f"{revision}.db.gz").read_bytes()))
    else:
        await run_sql(database, gzip.decompress((STORED / f"{revision}.sql.gz").read_bytes()).decode())
    store = await open_store(database)
    assert await stored_revision(store.engine) == REVISION
    named = await store.summary(await store.resolve("stored"))
    assert (named.status, named.tallies[0].trials, named.tallies[0].successes) == (Status.COMPLETED, 4, 3)
    old = [summary.plan.experiment async for summary in store.history(Query(tag="old"))]
    assert [trial.output is not None async for trial in store.trials(*old)] == [True] * 3
    assert [problem async for checked in verify(store) for problem in checked.problems] == []
    assert len(await Crystals(store).search("test", None, 9)) == 1
    await store.append(named.plan.experiment, [Entry(NOW, Annotated("still alive"))])
    await store.aclose()


async def run_sql(url: str, script: str) -> None:
    """Somebody with the database in hand."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(str(make_url(url).database))
        connection.executescript(script)
        connection.close()
        return
    import asyncpg

    plain = await asyncpg.connect(url)
    await plain.execute(script)
    await plain.close()


@contextmanager
def missing(name: str) -> Iterator[None]:
    """As if this package were not installed."""
    found = sys.modules.pop(name, None)
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
        if found is not None:
            sys.modules[name] = found


async def test_the_right_that_is_lacking_is_named() -> None:
    """Each error names the table and the very GRANT, until nothing is lacking."""
    with own_server() as server:
        await (await open_store(server.get_uri())).aclose()
        server.psql("CREATE ROLE me LOGIN")
        url = make_url(server.get_uri()).set(username="me").render_as_string()
        given: list[str] = []
        for _ in range(20):
            if (wrong := await begun(url)) is None:
                break
            assert "permission denied for" in wrong.message
            grant = str(wrong.hint).partition(" TO this user")[0]
            assert grant not in given
            given.append(grant)
            server.psql(f"{grant} TO me")
        assert await begun(url) is None
        assert "GRANT USAGE ON SEQUENCE logs_key_seq" in given


async def begun(url: str) -> StoreUnavailable | None:
    """What keeps a user from recording something."""
    try:
        store = await open_store(url)
        try:
            planned = Plan(
                experiment_id(NOW, 1), "null", digest(b"{}"), Design(Rule.FIXED, None, 0.95, 3, futility=0.0), "d", 1
            )
            await store.append(planned.experiment, [Entry(NOW, Planned(planned))], [b"{}"])
        finally:
            await store.aclose()
    except StoreUnavailable as wrong:
        return wrong
    return None


async def test_a_search_path_that_names_nothing_and_an_empty_schema_version() -> None:
    with own_server() as server:
        wrong = await refused(f"{server.get_uri()}&search_path=nosuch")
        assert isinstance(wrong, UsageError)
        assert "search_path" in wrong.message
        await (await open_store(server.get_uri())).aclose()
        server.psql("DELETE FROM schema_version")
        wrong = await refused(server.get_uri())
        assert isinstance(wrong, DamagedRecord)
        assert "schema_version" in wrong.message


async def test_the_first_use_of_a_file_waits_for_whoever_makes_it(tmp_path: Path) -> None:
    """The switch to WAL answers "locked" at once, whatever the busy time is; it is asked for again."""
    path = tmp_path / "record.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    other.execute("CREATE TABLE made (x)")
    opening = asyncio.create_task(open_store(f"sqlite:///{path}"))
    await asyncio.wait({opening}, timeout=0.3)
    assert not opening.done()
    other.execute("ROLLBACK")
    store = await opening
    assert await store.logs() == []
    await store.aclose()
    other.close()


async def test_a_lock_is_said_with_the_time_that_was_waited(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'record.db'}")
    other = sqlite3.connect(tmp_path / "record.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store.give_up()
    with pytest.raises(StoreUnavailable, match=r"another process keeps it locked \(\d+\.\d s were waited\)"):
        await store.put([b"text"])
    await store.aclose()
    other.close()
