"""The record behind the page: opened when it is first asked for, read only; pages of experiments that stand still are kept."""

from collections import OrderedDict
from dataclasses import dataclass, field, replace

from kgents.domain.summary import Summary
from kgents.kinds.config import config_of
from kgents.report.document_types import Document
from kgents.report.html.collect import Collected, Window
from kgents.report.write import complete_and_collected, first_ids, listed
from kgents.store.reading import open_reading
from kgents.store.sql import SqlStore

KEPT = 4  # experiments whose trials are remembered
PAGE = 200  # trials a page


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the page of one experiment needs."""

    summary: Summary
    data: Document
    collection: Collected
    mark_ids: list[str]
    window: Window


@dataclass(slots=True)
class Reader:
    """Opens the record at its first use; a record that is missing or of another version is looked for again each time."""

    url: str
    _store: SqlStore | None = None
    _kept: OrderedDict[tuple[str, str], Shown] = field(default_factory=OrderedDict)

    async def store(self) -> SqlStore:
        """The record. UsageError where there is none that this kgents reads."""
        if self._store is None:
            self._store = await open_reading(self.url)
        return self._store

    async def shown(self, experiment: str, start: int = 0, length: int = PAGE) -> Shown:
        """An experiment, its numbers, and one page of its trials. UnknownExperiment."""
        store = await self.store()
        summary = await store.summary(experiment)
        shown = await self._read(store, summary)
        window = Window(max(0, start), length)
        if window == shown.window:
            return shown
        collection = replace(shown.collection, rows=await listed(store, summary, window))
        return replace(shown, window=window, collection=collection)

    async def _read(self, store: SqlStore, summary: Summary) -> Shown:
        """Its first page, read once for every state of its chain."""
        key = (summary.plan.experiment, summary.head)
        if key not in self._kept:
            window = Window(0, PAGE)
            config = await config_of(store, summary.plan)
            data, collection = await complete_and_collected(store, summary, config, window)
            self._kept[key] = Shown(summary, data, collection, await first_ids(store, summary), window)
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return self._kept[key]

    async def latest_mark(self, experiment: str, after: int) -> int:
        """The number of the last mark, where there are any after this one; else `after`."""
        store = await self.store()
        last = after
        async for mark in store.marks(experiment, after):
            last = mark.seq
        return last

    async def aclose(self) -> None:
        """Closes the record."""
        if self._store is not None:
            await self._store.aclose()
            self._store = None
