"""A list of experiments is asked for once, however many there are."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from kgents.domain.fact import Decided, Fact, Finished, Planned, Sealed, Started, Verdict
from kgents.domain.ids import experiment_id
from kgents.domain.mark import Entry, digest
from kgents.domain.plan import Plan
from kgents.domain.ports import Query
from kgents.errors import TamperedRecord
from kgents.report.listing import list_json, list_text
from kgents.stats import Design, Rule
from kgents.store import open_store
from kgents.store.sql import SqlStore

BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
MANY = 12
DECIDED = (Decided(Verdict.SUPPORTED, "fixed", ((2, 2),)), Sealed())


async def recorded(store: SqlStore, number: int, minute: int | None = None) -> str:
    """An experiment of two trials; every third one is not decided."""
    at = BEGUN + timedelta(minutes=number if minute is None else minute)
    config = json.dumps({"programs": [{"argv": [f"program-{number}"], "name": ""}]}).encode()
    name = experiment_id(at, number)
    plan = Plan(name, "command", digest(config), Design(Rule.FIXED, 0.5, 0.95, 2, futility=0.0), "d", number)
    facts: list[Fact] = [Planned(plan)]
    for index in range(2):
        facts += [Started(0, index), Finished(0, index, True)]
    facts += [] if number % 3 == 0 else DECIDED
    await store.append(name, [Entry(at, fact) for fact in facts], [config])
    return name


@pytest.mark.parametrize("as_json", [False, True])
async def test_a_list_is_one_statement(database: str, as_json: bool) -> None:
    """Text and JSON of all experiments are one SELECT, with the configuration and the ids of the marks of each."""
    store = await open_store(database)
    names = [await recorded(store, number) for number in range(MANY)]
    sent: list[str] = []
    event.listen(store.engine.sync_engine, "before_cursor_execute", lambda *told: sent.append(told[2]))
    stream, query = io.StringIO(), Query(limit=None)
    await (list_json(store, query, stream, trials=False) if as_json else list_text(store, query, stream))
    assert len([statement for statement in sent if statement.startswith("SELECT")]) == 1
    if as_json:
        documents = json.loads(stream.getvalue())
        assert [document["id"] for document in documents] == names[::-1]
        assert documents[0]["config"]["programs"][0]["argv"] == [f"program-{MANY - 1}"]
        for document in documents:
            assert document["mark_ids"] == [identity async for identity in store.mark_ids(document["id"])]
            assert document["mark_ids"][-1] == document["witness_head"]["hash"]
    else:
        lines = stream.getvalue().splitlines()[1:]
        assert [line.split()[0] for line in lines] == names[::-1]
        assert [line.split()[-1] for line in lines] == [f"program-{number}" for number in reversed(range(MANY))]
    await store.aclose()


async def test_an_erased_configuration_is_listed_as_erased(database: str) -> None:
    """A list names experiments whose texts are gone, too, and says so."""
    store = await open_store(database)
    name = await recorded(store, 1)
    await store.erase(name, BEGUN)
    text, document = io.StringIO(), io.StringIO()
    await list_text(store, Query(), text)
    await list_json(store, Query(), document, trials=False)
    assert "(erased)" in text.getvalue()
    assert json.loads(document.getvalue())[0]["config"]["erased"] is True
    await store.aclose()


async def test_a_damaged_projection_is_named_and_not_an_error_of_the_database(database: str) -> None:
    """A document without a plan ends the list with what is wrong and the command that looks closer."""
    store = await open_store(database)
    name = await recorded(store, 1)
    async with store.engine.begin() as connection:
        await connection.exec_driver_sql("""UPDATE experiments SET doc = '{"plan": {"config": "zz"}}'""")
    with pytest.raises(TamperedRecord, match=f"what the record shows of {name} is damaged"):
        await list_json(store, Query(), io.StringIO(), trials=False)
    await store.aclose()


async def test_what_stands_before_damage_is_listed(tmp_path: Path) -> None:
    """A document that is no JSON is damage, too."""
    store = await open_store(f"sqlite:///{tmp_path / 'record.db'}")
    names = [await recorded(store, number) for number in range(MANY)][::-1]
    async with store.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE experiments SET doc = '{' WHERE id = ?", (names[5],))
    stream = io.StringIO()
    with pytest.raises(TamperedRecord, match=f"what the record shows of {names[5]} is damaged"):
        await list_json(store, Query(), stream, trials=False)
    assert [document["id"] for document in json.loads(stream.getvalue() + "]")] == names[:5]
    await store.aclose()


async def test_a_line_says_what_counts_also_of_an_old_record(database: str) -> None:
    """Of an undecided experiment the complete prefix; where the projection was written before there was one, by the marks."""
    store = await open_store(database)
    at, config = BEGUN, json.dumps({"programs": [{"argv": ["program"], "name": ""}]}).encode()
    name = experiment_id(at, 1)
    plan = Plan(name, "command", digest(config), Design(Rule.FIXED, 0.5, 0.95, 9, futility=0.0), "d", 1)
    facts = [Planned(plan), *(Started(0, index) for index in range(4)), Finished(0, 0, False), Finished(0, 3, True)]
    await store.append(name, [Entry(at, fact) for fact in facts], [config])
    ended = await recorded(store, 1)
    texts = []
    older = {"sqlite": "json_remove(doc, '$.prefix')", "postgresql": "doc - 'prefix'"}[store.engine.dialect.name]
    for statement in (None, f"UPDATE experiments SET doc = {older}"):
        if statement is not None:
            async with store.engine.begin() as connection:
                await connection.exec_driver_sql(statement)
        stream = io.StringIO()
        await list_text(store, Query(), stream)
        texts.append(stream.getvalue())
    lines = {line.split()[0]: line for line in texts[0].splitlines()[1:]}
    assert texts[0] == texts[1]
    assert "running" in lines[name]
    assert "0 of 1 " in lines[name]  # the trial that waits for two others counts for nothing yet
    assert "2 of 2 " in lines[ended]
    await store.aclose()
