"""Checks the record against itself: bytes, ids, chains, texts, projections, ledger.

Rule: a check reports, it never repairs. A chain sees edits in its middle; that its tail was not cut off, or all of it
rewritten, only a head that is known elsewhere can show: so every report prints it.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from kgents.domain.fact import Closed, Erased, Finished, Opened, Planned
from kgents.domain.mark import LEDGER, ORIGIN, Mark
from kgents.domain.ports import Query
from kgents.domain.summary import Summary
from kgents.errors import TamperedRecord
from kgents.store.codec import summary_to_data
from kgents.store.erasure import addresses_of
from kgents.store.rows import trial_row
from kgents.store.sql import SqlStore

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
    """Checks one experiment, or every log and the ledger; one result per log."""
    opened, closed, problems, size, head = await _ledger(store)
    yield Checked(LEDGER, size, head, tuple(problems))
    if experiment is not None:
        yield await _experiment(store, experiment, opened, closed)
        return
    seen: set[str] = set()
    async for summary in store.history(Query(limit=None)):
        seen.add(summary.plan.experiment)
        yield await _experiment(store, summary.plan.experiment, opened, closed)
    for missing in sorted(set(opened) - seen):
        yield Checked(missing, 0, ORIGIN, ("the ledger has opened it, but it is gone",))


async def _ledger(store: SqlStore) -> tuple[dict[str, str], dict[str, tuple[int, str]], list[str], int, str]:
    opened: dict[str, str] = {}
    closed: dict[str, tuple[int, str]] = {}
    problems: list[str] = []
    size, head = 0, ORIGIN
    try:
        async for mark in store.marks(LEDGER):
            problems += _link(mark, size, head)
            size, head = size + 1, mark.id
            match mark.entry.fact:
                case Opened(experiment, first):
                    opened[experiment] = first
                case Closed(experiment, marks, last):
                    closed[experiment] = (marks, last)
                case Erased():
                    pass
                case other:
                    problems.append(f"mark {mark.seq} is a {other.kind}, which has no place in the ledger")
    except TamperedRecord as wrong:
        problems.append(wrong.message)
    return opened, closed, problems, size, head


async def _experiment(
    store: SqlStore, experiment: str, opened: dict[str, str], closed: dict[str, tuple[int, str]]
) -> Checked:
    problems: list[str] = []
    summary: Summary | None = None
    latest: dict[tuple[int, int], tuple[int, int | None]] = {}
    addresses: set[str] = set()
    size, head, at_seal = 0, ORIGIN, None
    try:
        async for mark in store.marks(experiment):
            problems += _link(mark, size, head)
            size, head = size + 1, mark.id
            if size == 1:
                problems += _first(mark, experiment, opened)
                summary = Summary.begin(mark)
            elif summary is not None:
                summary.add(mark)
            if mark.kind == Finished.kind:
                row = trial_row(0, mark)
                latest[row["index"], row["arm"]] = (row["seq"], row["success"])
            if experiment in closed and size == closed[experiment][0]:
                at_seal = head
            addresses |= addresses_of(mark)
            if len(addresses) >= PAGE:
                await store.texts(sorted(addresses))
                addresses.clear()
        await store.texts(sorted(addresses))
    except (TamperedRecord, ValueError) as wrong:
        return Checked(experiment, size, head, (*problems, str(wrong)))
    if experiment in closed and at_seal != closed[experiment][1]:
        problems.append("it does not end as the ledger says it was sealed")
    if summary is None:
        return Checked(experiment, 0, head, ("it has no marks",))
    problems += await _projections(store, summary, latest)
    return Checked(experiment, size, head, tuple(problems))


def _link(mark: Mark, size: int, head: str) -> list[str]:
    if mark.seq != size:
        return [f"mark {size} is missing"]
    return [] if mark.prev == head else [f"mark {mark.seq} does not follow the one before it"]


def _first(mark: Mark, experiment: str, opened: dict[str, str]) -> list[str]:
    problems = []
    fact = mark.entry.fact
    if not isinstance(fact, Planned) or fact.plan.experiment != experiment:
        problems.append("it does not begin with its own plan")
    if opened.get(experiment) != mark.id:
        problems.append("the ledger did not open it with this plan")
    return problems


async def _projections(
    store: SqlStore, summary: Summary, latest: dict[tuple[int, int], tuple[int, int | None]]
) -> list[str]:
    problems = []
    stored = await store.summary(summary.plan.experiment)
    if summary_to_data(stored) != summary_to_data(summary):
        problems.append("what history shows of it is not what its marks say")
    rows = {(row.index, row.arm): (row.seq, row.success) async for row in store.trial_rows(summary.plan.experiment)}
    if rows != latest:
        problems.append("the trials that are shown of it are not those of its marks")
    return problems
