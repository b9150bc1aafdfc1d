"""The executor of trials in this process, with a clock of the test's own."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kgents.domain.fact import Finished
from kgents.domain.mark import ORIGIN, Entry, Mark, seal
from kgents.domain.outcome import Outcome
from kgents.domain.plan import Budget, Plan
from kgents.domain.ports import Slot
from kgents.engine.run import Run
from kgents.runner.interruption import Interruption
from kgents.runner.local import LocalExecutor
from kgents.stats import Design, Rule, boundary
from kgents.store import open_store


def planned(budget: Budget, trials: int = 2) -> Plan:
    """Some trials of a command."""
    design = Design(Rule.FIXED, None, 0.95, trials)
    return Plan(
        experiment="exp-01m8e1vj417s7fny", kind="command", config="", design=design,
        boundary_digest=boundary(design).digest, seed=1, budget=budget,
    )  # fmt: skip


class Jumping:
    """A clock whose time of day can be set while its monotonic seconds stand still."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + self.ahead

    def monotonic(self) -> float:
        return 100.0


class SetsTheClock:
    """Two trials: the first sets the clock; the second ends well once the first is on record."""

    def __init__(self, clock: Jumping, by: timedelta) -> None:
        self.clock, self.by = clock, by
        self.recorded = asyncio.Event()

    async def run_trial(self, slot: Slot) -> Outcome:
        if slot.index == 0:
            self.clock.ahead = self.by
        else:
            await self.recorded.wait()
        return Outcome.passed("well")

    def observe(self, mark: Mark, run: Run) -> None:
        if mark.kind == Finished.kind:
            self.recorded.set()

    async def aclose(self) -> None:
        pass


@pytest.mark.parametrize("by", [timedelta(days=2), timedelta(days=-2)])
async def test_a_clock_that_is_set_makes_no_trial_void(tmp_path: Path, by: timedelta) -> None:
    """A trial in flight is given up when the seconds of the budget have passed, not when the time of day says so."""
    clock, plan = Jumping(), planned(Budget(seconds=5.0))
    trials = SetsTheClock(clock, by)
    store = await open_store(f"sqlite:///{tmp_path}/x.db")
    try:
        executor = LocalExecutor(store, trials, clock, lambda text: text, [trials])
        async with store.lock(plan.experiment):
            await executor.begin(plan, [], Run(2), Interruption())
        summary = await store.summary(plan.experiment)
    finally:
        await store.aclose()
    assert (summary.totals.finished, summary.tallies[0].successes) == (2, 2)


class Widens:
    """Trials that end once two of them run; the first has room made for the second."""

    def __init__(self) -> None:
        self.widen = lambda: None
        self.both = asyncio.Event()

    async def run_trial(self, slot: Slot) -> Outcome:
        if slot.index == 0:
            self.widen()
            await self.both.wait()
        self.both.set()
        return Outcome.passed("well")

    async def aclose(self) -> None:
        pass


async def test_room_for_more_trials_is_used_at_once(tmp_path: Path) -> None:
    """A worker that joins has a trial although none of those in flight has ended."""
    plan = planned(Budget())
    trials, run = Widens(), Run(1)
    store = await open_store(f"sqlite:///{tmp_path}/x.db")
    try:
        executor = LocalExecutor(store, trials, Jumping(), lambda text: text)

        def widen() -> None:
            run.concurrency = 2
            executor.look_again()

        trials.widen = widen
        async with store.lock(plan.experiment), asyncio.timeout(60):
            await executor.begin(plan, [], run, Interruption())
        summary = await store.summary(plan.experiment)
    finally:
        await store.aclose()
    assert (summary.totals.finished, summary.tallies[0].successes) == (2, 2)


class Prompt:
    """A record in memory; how many trials each transaction says are finished."""

    def __init__(self) -> None:
        self.finished: list[int] = []
        self._size, self._head = 0, ORIGIN

    async def append(self, log: str, entries: Sequence[Entry], contents: Sequence[bytes]) -> list[Mark]:
        marks = []
        for entry in entries:
            marks.append(seal(log, self._size, self._head, entry))
            self._size, self._head = self._size + 1, marks[-1].id
        self.finished.append(sum(isinstance(entry.fact, Finished) for entry in entries))
        return marks


class OneByOne:
    """Trials that end some turns of the loop apart, in the order in which they began."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def run_trial(self, slot: Slot) -> Outcome:
        async with self._turn:
            for _ in range(8):
                await asyncio.sleep(0)
        return Outcome.passed("well")

    async def aclose(self) -> None:
        pass


class Queue(OneByOne):
    """The same, and it says that more of them wait than need to."""

    enough = 8


@pytest.mark.parametrize(("trials", "together"), [(OneByOne, False), (Queue, True)])
async def test_trials_that_end_while_others_have_their_turn_are_written_together(
    trials: type[OneByOne], together: bool
) -> None:
    """Never the last ones of a run, behind which there is nothing to do."""
    store, plan = Prompt(), planned(Budget(), 24)
    await LocalExecutor(store, trials(), Jumping(), str).begin(plan, [], Run(8), Interruption())  # type: ignore[arg-type]
    assert sum(store.finished) == 24
    assert (max(store.finished) > 1) is together
