"""The executor of trials in this process, with a clock of the test's own."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kgents.domain.fact import Finished
from kgents.domain.mark import Mark
from kgents.domain.outcome import Outcome
from kgents.domain.plan import Budget, Plan
from kgents.domain.ports import Slot
from kgents.engine.run import Run
from kgents.runner.interruption import Interruption
from kgents.runner.local import LocalExecutor
from kgents.stats import Design, Rule, boundary
from kgents.store import open_store


def planned(budget: Budget) -> Plan:
    """Two trials of a command."""
    design = Design(Rule.FIXED, None, 0.95, 2)
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
