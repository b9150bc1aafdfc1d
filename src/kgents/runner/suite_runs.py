"""Drives an experiment whose trials come in runs: every run gives a trial to each arm that is not decided.

Rule: as for `local`, what is to be run is durable before it is run, and the outcomes of a run are one transaction.
"""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence

from kgents.domain.fact import Fact, Planned, Started, Voided
from kgents.domain.ids import experiment_id
from kgents.domain.mark import Entry, digest
from kgents.domain.outcome import Outcome
from kgents.domain.ports import Slot, Store
from kgents.domain.summary import Summary
from kgents.engine.run import Record, Run, Start
from kgents.harness.secret import Secrets
from kgents.kinds.kind import Request, RunContext
from kgents.kinds.registry import decider_by
from kgents.runner.begin import plan_of, refuse
from kgents.runner.clock import SystemClock
from kgents.runner.finish import finished
from kgents.runner.interruption import Interruption, interruptible

Outcomes = Callable[[Sequence[str], int], Awaitable[Mapping[str, Outcome]]]
Progress = Callable[[int, int], None]


class SuiteRuns:
    """The state of one experiment that is driven by runs."""

    def __init__(self, store: Store, context: RunContext, most_runs: int) -> None:
        self._store = store
        self._redact = Secrets(context.environment).redact
        self._clock = SystemClock()
        self._begun = self._clock.monotonic()
        self._most_runs = most_runs
        self._run = Run(deciding=decider_by)
        self._entries: list[Entry] = []
        self._blobs: list[bytes] = []

    async def begin(
        self, request: Request, outcomes: Outcomes, progress: Progress, interruption: Interruption | None = None
    ) -> Summary:
        """Runs a new experiment to its end, or to the first stop."""
        refuse(request, self._redact)
        config = json.dumps(request.config, sort_keys=True, separators=(",", ":")).encode()
        plan = plan_of(request, experiment_id(self._clock.now(), secrets.randbits(30)), digest(config))
        self._run.concurrency = len(plan.arms) + 1
        self._blobs.append(config)
        self._witness(Planned(plan))
        async with self._store.lock(plan.experiment), interruptible(interruption) as stop:
            number = 0
            while slots := await self._batch(plan.experiment):
                progress(number, len(slots))
                await self._one(slots, plan.arms, outcomes, stop)
                number += 1
                if number >= self._most_runs:
                    self._run.interrupt()
        return await self._store.summary(plan.experiment)

    async def _batch(self, log: str) -> list[Slot]:
        """One trial for every arm that needs one, once that they begin is written; none when it is over."""
        slots: dict[int, Slot] = {}
        while True:
            match self._run.next():
                case Start(slot) if slot.arm not in slots:
                    self._witness(Started(slot.arm, slot.index))
                    slots[slot.arm] = slot
                case Record(fact):
                    self._witness(fact)
                case _:
                    break
        if self._entries:
            entries, blobs = self._entries, self._blobs
            self._entries, self._blobs = [], []
            await self._store.append(log, entries, blobs)
        return list(slots.values())

    async def _one(self, slots: Sequence[Slot], arms: Sequence[str], outcomes: Outcomes, stop: Interruption) -> None:
        """One run; when somebody asks to stop it is ended, and its trials are void."""
        seed = max(slot.seed for slot in slots)
        run = asyncio.ensure_future(outcomes([arms[slot.arm] for slot in slots], seed))
        waiter = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({run, waiter}, return_when="FIRST_COMPLETED")
        finally:
            waiter.cancel()
        if not run.done():
            run.cancel()
            await asyncio.wait({run})
            self._run.interrupt()
            for slot in slots:
                self._witness(Voided(slot.arm, slot.index))
            return
        told = run.result()
        for slot in slots:
            outcome = told[arms[slot.arm]]
            fact, blobs, _ = finished(slot, outcome, outcome.seconds or 0.0, self._redact)
            self._blobs.extend(blobs)
            self._witness(fact)

    def _witness(self, fact: Fact) -> None:
        elapsed_us = round((self._clock.monotonic() - self._begun) * 1e6)
        entry = Entry(self._clock.now(), fact, elapsed_us)
        self._run.receive(entry)
        self._entries.append(entry)
