"""The ledger, read once: what was opened, sealed and erased here, and which crystals there have to be."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from kgents.domain.ledger_fact import Closed, Erased, Forgotten, Opened, Remembered
from kgents.domain.mark import LEDGER, ORIGIN, Mark
from kgents.domain.series import SeriesShare
from kgents.errors import TamperedRecord


@dataclass(slots=True)
class Ledger:
    """What the ledger says.

    opened    the id of the first mark of each experiment
    imported  experiments that were read from a file
    closed    how many marks each sealed experiment had, and the id of the last of them
    erased    the erasures of an experiment: marks of its chain then (None: not said), and time
    unnamed   experiments of which name, tags, user and host were erased, or left out of the file that was imported
    shares    the last share that was taken of each series
    share_of  the share of each experiment that has one
    crystals  digests of crystals that are kept, by experiment; None for those of people
    """

    opened: dict[str, str] = field(default_factory=dict)
    imported: set[str] = field(default_factory=set)
    closed: dict[str, tuple[int, str]] = field(default_factory=dict)
    erased: dict[str, list[tuple[int | None, str]]] = field(default_factory=dict)
    unnamed: set[str] = field(default_factory=set)
    crystals: dict[str | None, list[str]] = field(default_factory=dict)
    shares: dict[str, SeriesShare] = field(default_factory=dict)
    share_of: dict[str, SeriesShare] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    size: int = 0
    head: str = ORIGIN

    def is_erased(self, experiment: str, mark: Mark) -> bool:
        """Whether the texts of this mark may be missing."""
        return any(
            mark.seq < marks if marks is not None else mark.at <= at for marks, at in self.erased.get(experiment, ())
        )

    def remembered(self) -> Counter[str]:
        """How many crystals there have to be of each digest."""
        return Counter(digest for digests in self.crystals.values() for digest in digests)

    def add(self, mark: Mark) -> None:
        """Takes the next mark."""
        self.problems += link(mark, self.size, self.head)
        self.size, self.head = self.size + 1, mark.id
        match mark.entry.fact:
            case Opened(experiment, first, imported, share):
                self.opened[experiment] = first
                self.imported |= {experiment} if imported else set()
                if share is not None:
                    self._spend(experiment, share, mark.seq)
            case Closed(experiment, marks, last):
                self.closed[experiment] = (marks, last)
            case Erased(experiment, names=True):
                self.unnamed.add(experiment)
                self.crystals.pop(experiment, None)
            case Erased(experiment, _, at_mark):
                self.erased.setdefault(experiment, []).append((at_mark, mark.at))
                self.crystals.pop(experiment, None)
            case Remembered(crystal, about):
                kept = [] if about is not None else self.crystals.get(None, [])
                self.crystals[about] = [*kept, crystal]
            case Forgotten(crystal):
                self._forget(crystal, mark.seq)
            case other:
                self.problems.append(f"mark {mark.seq} is a {other.kind}, which has no place in the ledger")

    def _spend(self, experiment: str, share: SeriesShare, seq: int) -> None:
        """Takes note of a share; of a series each is taken once, in order."""
        last = self.shares.get(share.series)
        if share.place != (1 if last is None else last.place + 1) or (last and last.confidence != share.confidence):
            self.problems.append(f"mark {seq} takes a share of the series {share.series} that is not the next one")
        self.shares[share.series] = self.share_of[experiment] = share

    def _forget(self, crystal: str, seq: int) -> None:
        for digests in self.crystals.values():
            if crystal in digests:
                digests.remove(crystal)
                return
        self.problems.append(f"mark {seq} forgets a crystal that was not remembered")


def link(mark: Mark, size: int, head: str) -> list[str]:
    """What is wrong between a mark and the `size` marks before it."""
    if mark.seq != size:
        return [f"mark {size} is missing"]
    return [] if mark.prev == head else [f"mark {mark.seq} does not follow the one before it"]


async def read_ledger(marks: AsyncIterator[Mark]) -> Ledger:
    """The ledger, as far as its marks can be read."""
    ledger = Ledger()
    try:
        async for mark in marks:
            try:
                ledger.add(mark)
            except (ValueError, KeyError, TypeError, AttributeError) as wrong:
                ledger.problems.append(f"mark {mark.seq} of {LEDGER} means nothing: {type(wrong).__name__}: {wrong}")
    except TamperedRecord as wrong:
        ledger.problems.append(wrong.message)
    return ledger
