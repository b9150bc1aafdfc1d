"""Two stores, SQLite and Postgres, driven by the same steps: they agree with each other and with the fold of the marks."""

import asyncio
import itertools
import os
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import asyncpg
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from kgents.domain.fact import (
    Annotated,
    Decided,
    Fact,
    Finished,
    Planned,
    Resumed,
    Sealed,
    Started,
    Stopped,
    StopReason,
    Verdict,
    Voided,
    Warned,
)
from kgents.domain.ids import experiment_id
from kgents.domain.mark import LEDGER, Entry, digest
from kgents.domain.outcome import Cause, Usage
from kgents.domain.plan import Plan
from kgents.domain.ports import Query
from kgents.stats import Design, Rule
from kgents.store import open_store
from kgents.store.crystals import Crystals
from kgents.store.sql import SqlStore
from kgents.store.witness import verify

T = TypeVar("T")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NUMBERS = itertools.count()
WORDS = st.lists(st.sampled_from(["ab", "AB", "a_b", "x.py", "é", "-", "ß", "7", "f(x)", '"']), max_size=3).map(
    " ".join
)
TEXTS = st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=200)


class Stores(RuleBasedStateMachine):
    """What one store says, the other says; and both say what was told to them."""

    experiments = Bundle("experiments")

    def __init__(self, server: str, folder: Path) -> None:
        super().__init__()
        number = next(NUMBERS)
        self.runner = asyncio.Runner()
        name = f"machine_{os.getpid()}_{number}"
        head, _, query = server.partition("?")
        self.urls = [f"sqlite:///{folder}/{number}.db", f"{head.rsplit('/', 1)[0]}/{name}?{query}"]
        self.run(create(server, name))
        self.stores = [self.run(open_store(url)) for url in self.urls]
        self.clock = NOW
        self.told: dict[str, list[Entry]] = {}
        self.texts: dict[str, set[bytes]] = {}  # all that an experiment ever referred to
        self.needed: dict[str, set[bytes]] = {}  # those since it was erased last
        self.stored: set[bytes] = set()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def tell(self, name: str, facts: list[Fact], contents: tuple[bytes, ...] = ()) -> None:
        """Appends to both; the marks are the same bytes."""
        self.clock += timedelta(seconds=1)
        entries = [Entry(self.clock, fact) for fact in facts]
        made = [self.run(store.append(name, entries, contents)) for store in self.stores]
        assert made[0] == made[1]
        self.told.setdefault(name, []).extend(entries)
        for kept in (self.texts.setdefault(name, set()), self.needed.setdefault(name, set()), self.stored):
            kept.update(contents)

    @rule(target=experiments, arms=st.integers(1, 3), tags=st.lists(st.sampled_from("abc"), unique=True))
    def begin(self, arms: int, tags: list[str]) -> str:
        name = experiment_id(NOW + timedelta(days=len(self.told)), 0)
        design = Design(Rule.FIXED, None, 0.95, 30, futility=0.0)
        plan = Plan(name, "null", digest(b"{}"), design, "d", 1, arms=tuple("xyz"[:arms]), tags=tuple(tags))
        self.tell(name, [Planned(plan)], (b"{}",))
        return name

    @rule(name=experiments, index=st.integers(0, 5), ok=st.sampled_from([True, False, None]), said=TEXTS)
    def finish(self, name: str, index: int, ok: bool | None, said: str) -> None:
        output = said.encode()
        cause = {True: None, False: Cause.WRONG_OUTPUT, None: Cause.NETWORK}[ok]
        arm = index % len(self.arms(name))
        usage = Usage(index, 2, Decimal("0.0001") * index, 1)
        address = digest(output) if output else None
        finished = Finished(arm, index, ok, cause, said[:20] or None, 1000 + index, "0.5", address, usage=usage)
        self.tell(name, [Started(arm, index), finished], (output,) if output else ())

    @rule(name=experiments, what=st.sampled_from(["void", "warn", "stop", "resume", "note", "decide", "seal"]))
    def go_on(self, name: str, what: str) -> None:
        facts: dict[str, Fact] = {
            "void": Voided(0, 0, Usage(1, 1, Decimal("0.01"), 1)),
            "warn": Warned("identical", "all alike"),
            "stop": Stopped(StopReason.BUDGET_SECONDS),
            "resume": Resumed(),
            "note": Annotated("seen"),
            "decide": Decided(Verdict.ESTIMATE, "fixed", tuple((0, 0) for _ in self.arms(name))),
            "seal": Sealed(),
        }
        self.tell(name, [facts[what]])

    @rule(name=experiments)
    def erase(self, name: str) -> None:
        self.clock += timedelta(seconds=1)
        removed = [self.run(store.erase(name, self.clock)) for store in self.stores]
        assert removed[0] == removed[1]
        self.needed[name] = set()
        lost = (self.texts[name] & self.stored).difference(*self.needed.values())
        assert removed[0] == len(lost)
        self.stored -= lost
        for text in self.texts[name]:
            for store in self.stores:
                assert self.run(store.blob(digest(text))) == (text if text in self.stored else None)

    @rule(title=WORDS, body=WORDS, tags=st.lists(st.sampled_from("abc"), unique=True), of=st.none() | experiments)
    def capture(self, title: str, body: str, tags: list[str], of: str | None) -> None:
        self.clock += timedelta(seconds=1)
        for store in self.stores:
            with patch(
                "kgents.store.crystals.secrets.token_hex", return_value="5a" * 16
            ):  # else no two ledgers are equal
                self.run(Crystals(store).capture(title, body, tags, of, self.clock))

    @rule(words=WORDS, tag=st.none() | st.sampled_from("abc"))
    def search(self, words: str, tag: str | None) -> None:
        found = [self.run(Crystals(store).search(words, tag, 100)) for store in self.stores]
        said = [{(crystal.title, crystal.body, crystal.tags, crystal.experiment) for crystal in each} for each in found]
        assert said[0] == said[1]
        if not words.strip():
            assert [crystal.created_at for crystal in found[0]] == [crystal.created_at for crystal in found[1]]

    @rule()
    def forget(self) -> None:
        """The oldest."""
        found = [self.run(Crystals(store).search("", None, 100)) for store in self.stores]
        for store, crystals in zip(self.stores, found, strict=True):
            if crystals:
                self.run(Crystals(store).forget(crystals[-1].key, self.clock))

    @rule()
    def reopen(self) -> None:
        for store in self.stores:
            self.run(store.aclose())
        self.stores = [self.run(open_store(url)) for url in self.urls]

    @rule(name=experiments)
    def somebody_else_writes(self, name: str) -> None:
        """Another process has the experiment for a while, then we take it up again."""
        self.clock += timedelta(seconds=1)
        entry = Entry(self.clock, Annotated("by another"))
        for url, store in zip(self.urls, self.stores, strict=True):
            self.run(elsewhere(url, name, entry))
            self.run(taken_up(store, name))
        self.told[name].append(entry)

    def arms(self, name: str) -> tuple[str, ...]:
        planned = self.told[name][0].fact
        assert isinstance(planned, Planned)
        return planned.plan.arms

    @precondition(lambda self: self.told)
    @invariant()
    def both_say_what_was_told(self) -> None:
        for name, told in self.told.items():
            for store in self.stores:
                assert self.run(entries_of(store, name)) == told

    def teardown(self) -> None:
        try:
            said = [self.run(everything(store)) for store in self.stores]
            assert said[0] == said[1]
            for store in self.stores:
                assert self.run(problems(store)) == []
        finally:
            for store in self.stores:
                self.run(store.aclose())
            self.runner.close()


async def create(server: str, name: str) -> None:
    connection = await asyncpg.connect(server)
    await connection.execute(f'CREATE DATABASE "{name}"')
    await connection.close()


async def elsewhere(url: str, name: str, entry: Entry) -> None:
    store = await open_store(url)
    async with store.lock(name):
        await store.append(name, [entry])
    await store.aclose()


async def taken_up(store: SqlStore, name: str) -> None:
    async with store.lock(name):
        pass


async def entries_of(store: SqlStore, name: str) -> list[Entry]:
    return [mark.entry async for mark in store.marks(name)]


async def everything(store: SqlStore) -> object:
    """All that can be asked of a store."""
    summaries = [summary async for summary in store.history(Query(limit=None))]
    tagged = [summary.plan.experiment async for summary in store.history(Query(tag="a"))]
    trials = [[trial async for trial in store.trials(summary.plan.experiment)] for summary in summaries]
    ledger = [mark.body async for mark in store.marks(LEDGER)]
    sizes = await store.sizes()
    return summaries, tagged, trials, ledger, sizes, await store.logs(), await Crystals(store).tags()


async def problems(store: SqlStore) -> list[str]:
    return [problem async for checked in verify(store) for problem in checked.problems]


def test_both_stores_do_the_same(postgres_server: str, tmp_path: Path) -> None:
    phases = [Phase.generate, *([Phase.shrink] if os.environ.get("KGENTS_TEST_SHRINK") else [])]
    calm = settings(
        max_examples=20, stateful_step_count=20, phases=phases, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(lambda: Stores(postgres_server, tmp_path), settings=calm)  # type: ignore[no-untyped-call]
