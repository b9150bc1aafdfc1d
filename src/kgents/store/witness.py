"""Checks the record against itself: bytes, ids, chains, texts, projections, crystals, schema, ledger.

Rule: a check reports, it never repairs, and damage of one experiment never ends the check of the next. A chain sees edits
in its middle; that its tail was not cut off, or all of it rewritten, only a head that is known elsewhere can show: so
every report prints it.
"""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text

from kgents.domain.fact import Finished, Planned, Sealed
from kgents.domain.mark import LEDGER, ORIGIN, Mark
from kgents.domain.names import Names
from kgents.domain.summary import Summary
from kgents.errors import TamperedRecord
from kgents.store.crystal_digest import crystal_digest
from kgents.store.driver_errors import errors_translated
from kgents.store.erasure import addresses_of
from kgents.store.ledger import Ledger, link, read_ledger
from kgents.store.rows import experiment_row, trial_row
from kgents.store.schema import crystals, experiments, logs
from kgents.store.shape import shape_problems
from kgents.store.sql import NONSENSE, SqlStore

PAGE = 400  # texts that are fetched and hashed together


@dataclass(frozen=True, slots=True)
class Checked:
    """One log: how many marks it has, its head (hex), what is wrong with it, and what is worth knowing."""

    log: str
    size: int
    head: str
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()


async def verify(store: SqlStore, experiment: str | None = None) -> AsyncIterator[Checked]:
    """Checks one experiment, or every log and the ledger; one result per log, the newest first after the ledger."""
    ledger = await read_ledger(store.marks(LEDGER))
    around = [] if experiment is not None else await _around(store, ledger)
    yield Checked(LEDGER, ledger.size, ledger.head, (*ledger.problems, *around))
    names = [name for name in reversed(await store.logs()) if name != LEDGER]
    for name in names if experiment is None else [experiment]:
        yield await _checked(store, name, ledger)
    if experiment is None:
        for missing in sorted(set(ledger.opened) - set(names)):
            yield Checked(missing, 0, ORIGIN, ("the ledger has opened it, but it is gone",))


async def _around(store: SqlStore, ledger: Ledger) -> list[str]:
    """What is wrong beside the chains: schema, crystals, experiments without a chain."""
    try:
        with errors_translated(store.engine.url):
            async with store.engine.connect() as connection:
                problems = await connection.run_sync(shape_problems)
        problems += await _crystals(store, ledger)
        logs = set(await store.logs())
        ids = [str(row.id) async for row in store.rows(select(experiments.c.id))]
        return problems + [f"{name} is shown, but there is no chain of it" for name in sorted(set(ids) - logs)]
    except (TamperedRecord, *NONSENSE) as wrong:
        return [_sentence(wrong)]


async def _crystals(store: SqlStore, ledger: Ledger) -> list[str]:
    """Crystals that are not those that the ledger remembers, and words in the text index that are not theirs."""
    problems, kept, words = [], Counter[str](), {}
    remembered = ledger.remembered()
    async for row in store.rows(select(crystals)):
        digest = crystal_digest(row.salt, row.title, row.body, row.tags, row.experiment)
        kept[digest] += 1
        words[row.key] = (row.title, row.body, " ".join(row.tags))
        if not remembered[digest]:
            problems.append(f"crystal {row.key} is not what the ledger remembers")
    gone = (remembered - kept).total()
    if gone:
        problems.append(f"{gone} {'crystal' if gone == 1 else 'crystals'} that the ledger remembers are not there")
    if store.engine.dialect.name == "sqlite":
        statement: Any = text("SELECT rowid AS key, title, body, tags FROM brain_text")
        indexed = {row.key: (row.title, row.body, row.tags or "") async for row in store.rows(statement)}
        problems += [
            f"crystal {key}: search looks in other words" for key in sorted(words) if indexed.get(key) != words[key]
        ]
    return problems


async def _checked(store: SqlStore, experiment: str, ledger: Ledger) -> Checked:
    chain = _Chain(experiment, ledger)
    try:
        async for mark in store.marks(experiment):
            chain.add(mark)
            if len(chain.wanted) >= PAGE:
                await chain.fetch(store)
        await chain.fetch(store)
        problems = [*chain.problems, *chain.at_end()]
        if chain.summary is not None:
            problems += await chain.name(store)
            problems += await _projections(store, experiment, chain.summary, chain.latest)
    except (TamperedRecord, *NONSENSE) as wrong:
        problems = [*chain.problems, _sentence(wrong)]
    return Checked(experiment, chain.size, chain.head, tuple(problems), tuple(chain.notes))


def _sentence(wrong: Exception) -> str:
    return wrong.message if isinstance(wrong, TamperedRecord) else f"it means nothing: {type(wrong).__name__}: {wrong}"


class _Chain:
    """The marks of an experiment, one after another."""

    def __init__(self, experiment: str, ledger: Ledger) -> None:
        self._experiment = experiment
        self._ledger = ledger
        self._closed = ledger.closed.get(experiment)
        self._at_seal: str | None = None
        self._sealed = self._unnamed = False
        self._missing = self._erased = 0
        self.size, self.head = 0, ORIGIN
        self.summary: Summary | None = None
        self.latest: dict[tuple[int, int], tuple[int, int | None]] = {}
        self.wanted: dict[str, bool] = {}  # addresses: whether the text may be missing
        self.problems: list[str] = []

    @property
    def notes(self) -> list[str]:
        """What is worth knowing."""
        texts = f"{self._erased} {'text was' if self._erased == 1 else 'texts were'} erased, as the ledger says"
        names = "name, tags, user and host were erased or left out of an import, as the ledger says"
        return [*([texts] if self._erased else []), *([names] if self._unnamed else [])]

    def add(self, mark: Mark) -> None:
        """Takes the next mark."""
        self.problems += link(mark, self.size, self.head)
        self.size, self.head = self.size + 1, mark.id
        if self.size == 1:
            self.problems += _first(mark, self._experiment, self._ledger)
            self.summary = Summary.begin(mark)
        elif self.summary is not None:
            self.summary.add(mark)
        if mark.kind == Finished.kind:
            row = trial_row(0, mark)
            self.latest[row["index"], row["arm"]] = (row["seq"], row["success"])
        self._sealed = self._sealed or mark.kind == Sealed.kind
        if self._closed is not None and self.size == self._closed[0]:
            self._at_seal = self.head
        may_miss = self._ledger.is_erased(self._experiment, mark)
        for address in addresses_of(mark):
            self.wanted[address] = self.wanted.get(address, True) and may_miss

    async def fetch(self, store: SqlStore) -> None:
        """Reads the texts that marks referred to since the last time."""
        wanted, self.wanted = self.wanted, {}
        there = await store.texts(sorted(wanted))
        for address, may_miss in wanted.items():
            if address not in there:
                self._erased += may_miss
                self._missing += not may_miss

    async def name(self, store: SqlStore) -> list[str]:
        """Reads name, tags, user and host where they are a text; what is wrong with them."""
        if self.summary is None or self.summary.plan.names is None:
            return []
        content = await store.blob(self.summary.plan.names)
        self._unnamed = content is None and self._experiment in self._ledger.unnamed
        if content is not None:
            self.summary.plan = self.summary.plan.with_names(Names.from_text(content))
        missing = content is None and not self._unnamed
        return ["name, tags, user and host are missing, and the ledger has no erasure of them"] if missing else []

    def at_end(self) -> list[str]:
        """What is wrong with the chain as a whole."""
        if self.summary is None:
            opened = self._experiment in self._ledger.opened
            return ["the ledger has opened it, but it is gone" if opened else "it has no marks"]
        problems = []
        if self._missing:
            texts = f"{self._missing} {'text is' if self._missing == 1 else 'texts are'}"
            problems.append(f"{texts} missing, and the ledger has no erasure of them")
        if self._closed is None and self._sealed:
            problems.append("it is sealed, but the ledger does not say so")
        if self._closed is not None and self._at_seal != self._closed[1]:
            problems.append("it does not end as the ledger says it was sealed")
        return problems


def _first(mark: Mark, experiment: str, ledger: Ledger) -> list[str]:
    problems = []
    fact = mark.entry.fact
    if not isinstance(fact, Planned) or fact.plan.experiment != experiment:
        problems.append("it does not begin with its own plan")
    elif experiment in ledger.share_of and ledger.share_of[experiment] != fact.plan.share:
        problems.append("it has not the share of its series that the ledger gave it")
    if ledger.opened.get(experiment) != mark.id:
        problems.append("the ledger did not open it with this plan")
    return problems


async def _projections(
    store: SqlStore, experiment: str, summary: Summary, latest: dict[tuple[int, int], tuple[int, int | None]]
) -> list[str]:
    """Every column of history, and the trials, against the marks."""
    problems = []
    of_its_log = select(experiments, logs.c.name.label("log_name")).outerjoin(logs, logs.c.key == experiments.c.log)
    stored = [row async for row in store.rows(of_its_log.where(experiments.c.id == experiment))]
    if not stored:
        problems.append("history does not show it")
    for row in stored:
        wrong = _unlike(dict(row._mapping), {**experiment_row(row.log, summary), "log_name": experiment})
        if wrong:
            problems.append(f"what history shows of it is not what its marks say: {', '.join(wrong)}")
    rows = {(row.index, row.arm): (row.seq, row.success) async for row in store.trial_rows(experiment)}
    if rows != latest:
        problems.append("the trials that are shown of it are not those of its marks")
    return problems


def _unlike(stored: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """The columns that differ. A document written before there was `prefix` lacks it."""
    if isinstance(stored["doc"], dict) and "prefix" not in stored["doc"]:
        expected = {**expected, "doc": {name: value for name, value in expected["doc"].items() if name != "prefix"}}
    return [name for name, value in expected.items() if stored[name] != value]
