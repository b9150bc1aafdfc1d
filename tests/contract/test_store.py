"""What every store does, on SQLite and on Postgres."""

import sys
import warnings
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, literal_column, select, text
from sqlalchemy.exc import DBAPIError

from kgents.domain.fact import Annotated, Decided, Finished, Planned, Sealed, Started, Verdict
from kgents.domain.ids import experiment_id
from kgents.domain.mark import LEDGER, ORIGIN, Entry, digest
from kgents.domain.outcome import Cause, Usage
from kgents.domain.plan import Plan
from kgents.domain.ports import Query
from kgents.domain.summary import Status
from kgents.errors import Busy, TamperedRecord, UnknownExperiment
from kgents.stats import Design, Rule
from kgents.store import open_store
from kgents.store.schema import crystals, experiments
from kgents.store.sql import SqlStore
from kgents.store.witness import verify

sys.path.insert(0, str(Path(__file__).parents[1]))
from explain import explain

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def plan(number: int = 0, **more: object) -> Plan:
    """A plan with an id of its own."""
    name = experiment_id(NOW + timedelta(minutes=number), number)
    design = Design(Rule.FIXED, None, 0.95, 3, futility=0.0)
    return Plan(name, "null", digest(b"{}"), design, "d", 1, **more)  # type: ignore[arg-type]


def finished(index: int, success: bool = True, output: bytes = b"") -> Finished:
    """A trial that ended."""
    cause = None if success else Cause.WRONG_OUTPUT
    address = digest(output) if output else None
    usage = Usage(3, 4, Decimal("0.001"), 1)
    return Finished(0, index, success, cause, None, 1500, "1", address, usage=usage)


async def record(store: SqlStore, planned: Plan, trials: int = 3) -> None:
    """A whole experiment."""
    await store.append(planned.experiment, [Entry(NOW, Planned(planned)), Entry(NOW, Started(0, 0))], [b"{}"])
    for index in range(trials):
        said = f"output {index}".encode()
        entries = [Entry(NOW, finished(index, index % 2 == 0, said)), Entry(NOW, Started(0, index + 1))]
        await store.append(planned.experiment, entries, [said])
    decided = Decided(Verdict.ESTIMATE, "fixed", ((trials, (trials + 1) // 2),))
    await store.append(planned.experiment, [Entry(NOW, decided), Entry(NOW, Sealed())])


async def test_marks_come_back_byte_by_byte_in_one_chain(database: str) -> None:
    store = await open_store(database)
    planned = plan()
    await record(store, planned)
    marks = [mark async for mark in store.marks(planned.experiment)]
    assert [mark.seq for mark in marks] == list(range(10))
    assert marks[0].prev == ORIGIN
    assert all(later.prev == earlier.id for earlier, later in pairwise(marks))
    assert marks[0].entry.fact == Planned(planned)
    ledger = [mark.entry.fact async for mark in store.marks(LEDGER)]
    assert [fact.kind for fact in ledger] == ["ledger.opened", "ledger.sealed"]
    assert ledger[1].head == marks[-1].id  # type: ignore[union-attr]
    await store.aclose()


async def test_the_summary_is_the_fold_and_survives_reopening(database: str) -> None:
    store = await open_store(database)
    planned = plan(name="mine", tags=("a", "b"))
    await record(store, planned)
    before = await store.summary(planned.experiment)
    await store.aclose()
    store = await open_store(database)
    after = await store.summary(await store.resolve("mine"))
    assert after == before
    assert (after.status, after.verdict, after.size) == (Status.COMPLETED, Verdict.ESTIMATE, 10)
    assert (after.tallies[0].trials, after.tallies[0].successes) == (3, 2)
    assert after.usage == Usage(9, 12, Decimal("0.003"), 3)
    await store.append(planned.experiment, [Entry(NOW, Annotated("seen"))])
    assert (await store.summary(planned.experiment)).size == 11
    await store.aclose()


async def test_trials_stream_in_order_with_their_texts(database: str) -> None:
    store = await open_store(database)
    planned = plan()
    await record(store, planned, 450)
    trials = [trial async for trial in store.trials(planned.experiment)]
    assert [trial.index for trial in trials] == list(range(450))
    assert [trial.output for trial in trials] == [f"output {index}" for index in range(450)]
    assert trials[1].cause is Cause.WRONG_OUTPUT
    assert trials[0].timestamp == NOW
    later = [trial async for trial in store.trials(planned.experiment, start=440, length=5)]
    assert later == trials[440:445]
    assert [trial.index async for trial in store.trials(planned.experiment, start=448)] == [448, 449]
    assert [trial async for trial in store.trials(planned.experiment, start=450, length=5)] == []
    bare = [trial async for trial in store.trials(planned.experiment, texts=False)]
    assert {trial.output for trial in bare} == {None}
    assert await store.with_texts(bare[:300]) == trials[:300]
    await store.aclose()


async def test_the_last_outcome_of_a_trial_wins(database: str) -> None:
    store = await open_store(database)
    planned = plan()
    await store.append(planned.experiment, [Entry(NOW, Planned(planned)), Entry(NOW, finished(0, False))])
    await store.append(planned.experiment, [Entry(NOW, finished(0, True))])
    assert [trial.success async for trial in store.trials(planned.experiment)] == [True]
    await store.aclose()


async def test_history_filters_and_is_newest_first(database: str) -> None:
    store = await open_store(database)
    for number in range(5):
        planned = plan(number, tags=("even",) if number % 2 == 0 else (), model=f"m{number}", facts={"spec": "s"})
        at = NOW + timedelta(hours=number)
        await store.append(planned.experiment, [Entry(at, Planned(planned))])

    async def found(query: Query) -> list[str | None]:
        return [summary.plan.model async for summary in store.history(query)]

    assert await found(Query()) == ["m4", "m3", "m2", "m1", "m0"]
    assert await found(Query(limit=2)) == ["m4", "m3"]
    assert await found(Query(tag="even")) == ["m4", "m2", "m0"]
    assert await found(Query(since=NOW + timedelta(hours=3))) == ["m4", "m3"]
    assert await found(Query(model="m1", spec="s", kind="null", status="pending")) == ["m1"]
    assert await found(Query(verdict="supported")) == []
    await store.aclose()


async def test_names_prefixes_and_latest_resolve(database: str) -> None:
    store = await open_store(database)
    with pytest.raises(UnknownExperiment, match="no experiments yet"):
        await store.resolve("@latest")
    first, second = plan(1, name="one"), plan(700_000, name="two")
    for planned, at in ((first, NOW), (second, NOW + timedelta(days=400))):
        await store.append(planned.experiment, [Entry(at, Planned(planned))])
    assert await store.resolve("@latest") == second.experiment
    assert await store.resolve("one") == first.experiment
    assert await store.resolve(second.experiment[:-1]) == second.experiment
    with pytest.raises(UnknownExperiment, match="more than one"):
        await store.resolve("exp-")
    with pytest.raises(UnknownExperiment, match="no experiment answers"):
        await store.resolve("three%")
    await store.aclose()


async def test_marks_cannot_be_changed_through_the_database(database: str) -> None:
    store = await open_store(database)
    planned = plan()
    await record(store, planned)
    for statement in ("UPDATE marks SET stem = 'x'", "DELETE FROM marks"):
        with pytest.raises(DBAPIError, match="never changed"):
            async with store.engine.begin() as connection:
                await connection.execute(text(statement))
    assert len([mark async for mark in store.marks(planned.experiment)]) == 10
    await store.aclose()


async def test_the_view_shows_bytes_that_anyone_can_hash(database: str) -> None:
    from hashlib import sha256

    store = await open_store(database)
    planned = plan(name="über")
    await record(store, planned)
    marks = [mark async for mark in store.marks(planned.experiment)]
    async with store.engine.connect() as connection:
        query = text("SELECT seq, id, prev, body FROM witness WHERE log = :log ORDER BY seq")
        rows = (await connection.execute(query, {"log": planned.experiment})).all()
    assert [row.body.encode() for row in rows] == [mark.body for mark in marks]
    assert [row.id for row in rows] == [sha256(b"\0" + row.body.encode()).hexdigest() for row in rows]
    assert [row.prev for row in rows[1:]] == [row.id for row in rows[:-1]]
    await store.aclose()


async def test_a_changed_body_is_noticed_when_it_is_read(database: str) -> None:
    store = await open_store(database)
    planned = plan()
    await record(store, planned)
    async with store.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            await connection.execute(text("DROP TRIGGER marks_no_update"))
        else:
            await connection.execute(text("ALTER TABLE marks DISABLE TRIGGER ALL"))
        changed = "UPDATE marks SET stem = replace(stem, '\"ok\":false', '\"ok\":true')"
        await connection.exec_driver_sql(changed)
    with pytest.raises(TamperedRecord):
        [mark async for mark in store.marks(planned.experiment)]
    await store.aclose()


async def test_an_experiment_is_held_by_one_at_a_time(database: str) -> None:
    store, other = await open_store(database), await open_store(database)
    async with store.lock("exp-x"):
        with pytest.raises(Busy):
            async with other.lock("exp-x"):
                pass
        async with other.lock("exp-y"):
            pass
    async with other.lock("exp-x"):
        pass
    await store.aclose()
    await other.aclose()


async def test_blobs_are_kept_once_and_can_be_erased_without_breaking_the_chain(database: str) -> None:
    store = await open_store(database)
    one, two = plan(1), plan(2)
    await record(store, one)
    await record(store, two, 1)
    shared, own = digest(b"output 0"), digest(b"output 1")
    assert await store.blob(own) == b"output 1"
    removed = await store.erase(one.experiment, NOW)
    assert removed == 2
    assert await store.blob(own) is None
    assert await store.blob(shared) == b"output 0"
    assert len([mark async for mark in store.marks(one.experiment)]) == 10
    assert [trial.output async for trial in store.trials(one.experiment)] == ["output 0", None, None]
    await store.aclose()


async def test_many_experiments_at_once_share_commits_and_lose_nothing(database: str) -> None:
    import asyncio

    store = await open_store(database)
    plans = [plan(number) for number in range(20)]
    await asyncio.gather(*(record(store, planned, 5) for planned in plans))
    for planned in plans:
        assert (await store.summary(planned.experiment)).tallies[0].trials == 5
    ledger = [mark.data["experiment"] async for mark in store.marks(LEDGER)]
    assert len(ledger) == 40
    await store.aclose()


INDEXES = {
    "experiments_created": Query(limit=5),
    "experiments_kind": Query(kind="null", limit=5),
    "experiments_status": Query(status="running", limit=5),
    "experiments_verdict": Query(verdict="refuted", limit=5),
    "experiments_spec": Query(spec="s", model="m", limit=5),
}


@pytest.mark.parametrize("index", INDEXES)
async def test_history_reads_an_index_in_order(database: str, index: str) -> None:
    store = await open_store(database)
    async with store.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            await connection.exec_driver_sql("SET enable_seqscan = off")
        plan = await explain(connection, store.history_statement(INDEXES[index]))
    assert index in plan
    assert index == "experiments_spec" or not any(word in plan for word in ("TEMP B-TREE", "Sort"))
    await store.aclose()


async def test_a_tag_is_looked_for_among_the_tagged(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path}/x.db")
    async with store.engine.connect() as connection:
        plan = await explain(connection, store.history_statement(Query(tag="x", limit=5)))
    assert "experiments_tagged" in plan
    assert "TEMP B-TREE" not in plan
    await store.aclose()


async def test_postgres_has_jsonb_gin_and_time_zones(postgres: str) -> None:
    store = await open_store(postgres)
    async with store.engine.connect() as connection:
        columns = await connection.execute(
            text(
                "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
            )
        )
        kinds = {(row.table_name, row.column_name): row.data_type for row in columns}
        indexes = (await connection.execute(text("SELECT indexdef FROM pg_indexes"))).scalars().all()
    for column in (("experiments", "doc"), ("experiments", "tags"), ("brain_crystals", "tags"), ("witness", "doc")):
        assert kinds[column] == "jsonb"
    assert kinds["brain_crystals", "text"] == "tsvector"
    times = [kind for (_, name), kind in kinds.items() if name in ("created_at", "updated_at")]
    assert times == ["timestamp with time zone"] * 4
    gin = {definition.split(" USING gin ")[1] for definition in indexes if " USING gin " in definition}
    assert gin == {"(tags)", "(text)"}
    assert await gin_is_used(store)
    await store.aclose()


@pytest.mark.filterwarnings("error")
async def test_a_reader_that_stops_half_way_leaves_no_connection_behind(database: str) -> None:
    import gc

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()  # what earlier tests left is not of this one
    store = await open_store(database)
    planned = plan()
    await record(store, planned, 40)
    async for mark in store.marks(planned.experiment):
        if mark.seq == 1:
            break
    readers = store.marks(planned.experiment), store.history(Query()), store.trials(planned.experiment)
    for reader in readers:
        await anext(reader)
    await store.aclose()
    assert store.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    del readers, reader
    gc.collect()


@pytest.mark.parametrize("said", ["a\0b", "half \ud800 a pair", "\U0001f600 é", "back\\u0000slash"])
async def test_a_text_that_databases_do_not_hold_stops_nothing(database: str, said: str) -> None:
    store = await open_store(database)
    planned = plan()
    await store.append(planned.experiment, [Entry(NOW, Planned(planned)), Entry(NOW, Annotated(said))])
    marks = [mark async for mark in store.marks(planned.experiment)]
    expected = said.replace("\0", "\ufffd").replace("\ud800", "\ufffd")
    assert marks[1].entry.fact == Annotated(expected)
    await store.aclose()


@pytest.mark.filterwarnings("error")
async def test_an_error_in_the_middle_of_a_listing_is_the_only_one(database: str) -> None:
    """Not followed by others about the connection, which its reader and the store close at the same moment."""
    import asyncio

    said: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: said.append(context))

    async def listing(store: SqlStore) -> None:
        async for summary in store.history(Query(limit=None)):
            await store.summary(summary.plan.experiment)
            raise ValueError("mine")

    async def using(store: SqlStore) -> None:
        try:
            await listing(store)
        finally:
            await store.aclose()

    for number in range(3):
        store = await open_store(database)
        for one in range(6):
            await record(store, plan(10 * number + one), 1)
        with pytest.raises(ValueError, match="mine"):
            await using(store)
    assert said == []


async def test_whatever_goes_wrong_the_one_who_waits_is_told(database: str) -> None:
    import asyncio

    store = await open_store(database)
    planned = plan()
    await store.append(planned.experiment, [Entry(NOW, Planned(planned))])
    broken = finished(0)
    object.__setattr__(broken, "confidence", 0.5)  # no mark can hold a float
    good, bad = plan(1), store.append(planned.experiment, [Entry(NOW, broken)])
    results = await asyncio.wait_for(asyncio.gather(bad, record(store, good), return_exceptions=True), 20)
    assert isinstance(results[0], TypeError)
    assert results[1] is None
    await store.append(planned.experiment, [Entry(NOW, Annotated("it goes on"))])
    assert (await store.summary(planned.experiment)).size == 2
    await store.aclose()


async def gin_is_used(store: SqlStore) -> bool:
    """Whether history by tag and search by word can go through the GIN indexes."""
    tagged = store.history_statement(Query(tag="x")).limit(None).order_by(None)
    vector: Any = literal_column("brain_crystals.text")
    found = select(crystals.c.key).where(vector.op("@@")(func.plainto_tsquery("simple", "x")))
    async with store.engine.connect() as connection:
        await connection.exec_driver_sql("SET enable_seqscan = off")
        plans = [await explain(connection, statement) for statement in (tagged, found)]
    return "experiments_tags" in plans[0] and "brain_crystals_text" in plans[1]


async def test_what_counts_is_the_prefix_also_where_another_process_goes_on(database: str) -> None:
    """Trials behind one without an outcome wait for it, also in a new process, and in a projection without `prefix`."""
    planned = plan()
    store = await open_store(database)
    starts = [Entry(NOW, Started(0, index)) for index in range(4)]
    await store.append(planned.experiment, [Entry(NOW, Planned(planned)), *starts], [b"{}"])
    await store.append(planned.experiment, [Entry(NOW, finished(index)) for index in (0, 2, 3)])
    await store.aclose()
    store = await open_store(database)
    summary = await store.summary(planned.experiment)
    assert (summary.counted.finished, summary.totals.finished) == (1, 3)
    async with store.engine.begin() as connection:
        doc = (await connection.execute(select(experiments.c.doc))).scalar_one()
        older = {key: value for key, value in doc.items() if key != "prefix"}
        await connection.execute(experiments.update().values(doc=older))
    assert (await store.summary(planned.experiment)).counted == summary.counted
    assert [one.counted.finished async for one in store.history(Query())] == [1]
    assert [checked.problems async for checked in verify(store)] == [(), ()]
    await store.append(planned.experiment, [Entry(NOW, finished(1, False))])
    summary = await store.summary(planned.experiment)
    assert (summary.counted.finished, summary.counted.tallies[0].successes) == (4, 3)
    assert [checked.problems async for checked in verify(store)] == [(), ()]
    await store.aclose()
