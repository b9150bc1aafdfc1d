"""Drives a run in this process: asks the engine, writes what happened, then acts.

Rule: nothing leaves this process before it is durable. Facts of one step (trials that ended, trials to start, the
decision) are one transaction; only after it returned are trials launched and observers told.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from kgents.domain.fact import Fact, Finished, Planned, Resumed, Started, Voided, Warned
from kgents.domain.json import member
from kgents.domain.mark import Entry, Mark
from kgents.domain.meter import Meter, open_meter
from kgents.domain.outcome import Cause, Outcome
from kgents.domain.plan import Budget, Plan
from kgents.domain.ports import Halted, Queueing, Slot, Store, TrialRunner
from kgents.engine.run import Done, Record, Run, Start, Wait
from kgents.runner.finish import Redact, finished
from kgents.runner.interruption import Interruption
from kgents.runner.pace import Pace
from kgents.runner.trial import run_one
from kgents.runner.waiting import waiting

TOGETHER = 0.15  # seconds in which trials that end are written together, where others have their turn meanwhile
BUDGET_GRACE = 0.8  # seconds that trials in flight have after a budget of seconds; to end them takes the rest of one


class Clock(Protocol):
    """Time, injected."""

    def now(self) -> datetime:
        """The time of day, aware."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary origin that never go back."""


class Observer(Protocol):
    """Is told every mark once it is durable."""

    def observe(self, mark: Mark, run: Run) -> None:
        """Takes one mark; `run` is the state after it. The data of a finished trial also holds its error."""


class LocalExecutor:
    """Runs the trials of one experiment as tasks of this event loop; texts are redacted before anybody sees them."""

    def __init__(
        self,
        store: Store,
        kind: TrialRunner,
        clock: Clock,
        redact: Redact,
        observers: Sequence[Observer] = (),
        pace: Pace | None = None,
    ) -> None:
        """`pace`: how many trials are in flight, from one that ends to the next; None: as many as the run says."""
        self._pace = pace
        self._store = store
        self._kind = kind
        self._enough = kind.enough if isinstance(kind, Queueing) else None
        self._clock = clock
        self._redact = redact
        self._observers = observers
        self._unwritten: OSError | None = None
        self._taken_up = clock.monotonic()
        self._entries: list[Entry] = []
        self._blobs: list[bytes] = []
        self._errors: dict[tuple[int, int], str] = {}
        self._tasks: dict[asyncio.Task[tuple[Outcome, float]], Slot] = {}
        self._meters: dict[Slot, Meter] = {}
        self._stop = Interruption()
        self._more = asyncio.Event()

    def look_again(self) -> None:
        """Has what may be launched launched now, as where more trials may be in flight than before."""
        self._more.set()

    async def begin(
        self, plan: Plan, blobs: Sequence[bytes], run: Run, stop: Interruption, notice: Warned | None = None
    ) -> None:
        """Writes the plan and what is to be known from the start, then runs it to its end (or to the first stop)."""
        self._blobs.extend(blobs)
        self._witness(run, Planned(plan))
        self._notice(run, notice)
        await self._drive(plan.experiment, run, stop)

    async def resume(
        self, experiment: str, budget: Budget, run: Run, stop: Interruption, notice: Warned | None = None
    ) -> None:
        """Goes on with a run whose record was replayed into `run`."""
        self._witness(run, Resumed(budget))
        self._notice(run, notice)
        await self._drive(experiment, run, stop)

    def _notice(self, run: Run, notice: Warned | None) -> None:
        if notice is not None:
            self._witness(run, notice)

    async def _drive(self, log: str, run: Run, stop: Interruption) -> None:
        self._stop = stop
        waiter = asyncio.ensure_future(stop.wait())
        more = asyncio.ensure_future(self._more.wait())
        grace_end: float | None = None
        budget_end = self._end_of_budget(run)
        try:
            while not await self._step(log, run):
                left = self._left(budget_end if grace_end is None else grace_end)
                done, _ = await asyncio.wait({waiter, more, *self._tasks}, timeout=left, return_when="FIRST_COMPLETED")
                done |= await self._further({waiter, more}, left)
                if more in done:
                    self._more.clear()
                    more = asyncio.ensure_future(self._more.wait())
                if waiter in done:
                    run.interrupt()
                    waiter = asyncio.ensure_future(stop.wait())
                    if grace_end is None:
                        rest = None if budget_end is None else budget_end + BUDGET_GRACE
                        grace = min(stop.grace_seconds, self._left(rest) or stop.grace_seconds)
                        grace_end = await self._wind_up(stop, "stopping", grace, "; again to stop now")
                elif grace_end is None and self._left(budget_end) == 0:
                    run.exhaust()
                    grace_end = await self._wind_up(stop, "the time is up", BUDGET_GRACE)
                if stop.requests > 1 or self._left(grace_end) == 0:
                    await self._void(run)
                self._collect_all(run)
                if run.doomed:
                    await self._void(run)
        finally:
            waiter.cancel()
            more.cancel()
            await self._cancel()
        if self._unwritten is not None:
            raise self._unwritten

    async def _further(self, others: set["asyncio.Task[Any]"], left: float | None) -> set["asyncio.Task[Any]"]:
        """Lets further trials end, as long as enough of them are queued that nothing stands still; those of the others
        that end meanwhile, which end this at once.
        """
        flying = [task for task in self._tasks if not task.done()]
        spare = 0 if self._enough is None else len(flying) - self._enough // 2
        if spare <= 0:
            return set()
        ended, reached = 0, asyncio.get_running_loop().create_future()

        def count(_: object) -> None:
            nonlocal ended
            ended += 1
            if ended >= spare and not reached.done():
                reached.set_result(None)

        for task in flying:
            task.add_done_callback(count)
        most = TOGETHER if left is None else min(TOGETHER, left)
        await asyncio.wait({*others, reached}, timeout=most, return_when="FIRST_COMPLETED")
        for task in flying:
            task.remove_done_callback(count)
        reached.cancel()
        return {task for task in others if task.done()}

    def _end_of_budget(self, run: Run) -> float | None:
        """When nothing new is launched, by the clock that is never set; None without a budget of seconds."""
        return None if run.seconds_left is None else self._clock.monotonic() + run.seconds_left

    def _left(self, end: float | None) -> float | None:
        """Seconds until then; None for never."""
        return None if end is None else max(0.0, end - self._clock.monotonic())

    async def _wind_up(self, stop: Interruption, why: str, grace: float, more: str = "") -> float:
        """Says what happens now, and gives up trials that wait for an answer of which no byte has come; when the rest is."""
        silent = [task for task, slot in self._tasks.items() if not task.done() and self._is_silent(slot)]
        flying = sum(not task.done() for task in self._tasks) - len(silent)
        stop.announce(f"{why}: finishing {flying} in flight, at most {grace:g} s{more}" if flying else why)
        end = self._clock.monotonic() + grace
        for task in silent:
            task.cancel()
        if silent:
            await asyncio.wait(silent, timeout=grace)
        return end

    def _is_silent(self, slot: Slot) -> bool:
        return slot in self._meters and self._meters[slot].silent

    async def _step(self, log: str, run: Run) -> bool:
        """Takes all commands there are, makes them durable, acts. True when the run is over."""
        starts: list[Slot] = []
        while True:
            command = run.next()
            match command:
                case Start(slot):
                    self._witness(run, Started(slot.arm, slot.index))
                    starts.append(slot)
                case Record(fact):
                    self._witness(run, fact)
                case Wait() | Done():
                    break
        await self._write(log, run)
        for slot in starts:
            if self._pace is not None:
                self._pace.began(slot)
            self._tasks[asyncio.ensure_future(self._trial(slot))] = slot
        return isinstance(command, Done)

    async def _write(self, log: str, run: Run) -> None:
        if not self._entries:
            return
        entries, blobs = self._entries, self._blobs
        self._entries, self._blobs = [], []
        with waiting(self._store, self._stop, run):
            marks = await self._store.append(log, entries, blobs)
        for mark in marks:
            self._tell(mark, run)

    def _tell(self, mark: Mark, run: Run) -> None:
        error = None
        if mark.kind == Finished.kind:
            error = self._errors.pop((member(mark.data, "arm", int), member(mark.data, "i", int)), None)
        if error is not None:
            mark = replace(mark, data={**mark.data, "error": error}, sealed=None)
        for observer in list(self._observers):
            try:
                observer.observe(mark, run)
            except OSError as wrong:
                self._lose(observer, wrong)

    def _lose(self, observer: Observer, wrong: OSError) -> None:
        """Nobody reads what is told, or there is no room for it: the run is interrupted, and ends with this error."""
        self._observers = [other for other in self._observers if other is not observer]
        self._unwritten = wrong
        self._stop.announce(f"the output cannot be written ({wrong.strerror or wrong}): the run is interrupted")
        self._stop.request()

    def _witness(self, run: Run, fact: Fact) -> None:
        now = self._clock.monotonic()
        if isinstance(fact, Planned | Resumed):
            self._taken_up = now
        elapsed_us = None if isinstance(fact, Planned) else round((now - self._taken_up) * 1e6)
        entry = Entry(self._clock.now(), fact, elapsed_us)
        run.receive(entry)
        self._entries.append(entry)

    async def _trial(self, slot: Slot) -> tuple[Outcome, float]:
        meter = self._meters[slot] = open_meter()
        return await run_one(self._kind, slot, meter, self._clock.monotonic)

    def _collect_all(self, run: Run) -> None:
        """Takes up all trials that came to their end."""
        flying = len(self._tasks)
        for task in [task for task in self._tasks if task.done()]:
            slot = self._tasks[task]
            self._collect(run, task)
            if self._pace is not None:
                ended = None if task.cancelled() or task.exception() else task.result()
                self._pace.ended(slot, flying, *(ended or (None,)))
                run.concurrency = self._pace.at_once

    def _collect(self, run: Run, task: "asyncio.Task[tuple[Outcome, float]]") -> None:
        slot = self._tasks.pop(task)
        meter = self._meters.pop(slot, Meter())
        if task.cancelled():
            self._witness(run, Voided(slot.arm, slot.index, meter.usage))
            return
        if isinstance(halted := task.exception(), Halted):
            run.halt(halted.message)
            self._witness(run, Voided(slot.arm, slot.index, meter.usage))
            return
        outcome, seconds = task.result()
        if outcome.cause is Cause.CANCELLED:
            run.exhaust()
            self._witness(run, Voided(slot.arm, slot.index, outcome.usage))
            return
        fact, blobs, error = finished(slot, outcome, seconds, self._redact)
        self._blobs.extend(blobs)
        if error:
            self._errors[slot.arm, slot.index] = error
        self._witness(run, fact)

    async def _void(self, run: Run) -> None:
        await self._cancel()
        for task in list(self._tasks):
            self._collect(run, task)

    async def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
