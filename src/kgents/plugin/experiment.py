"""The experiment of one test: the engine, fed by hand; its marks are written to the record only if that is asked for."""

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kgents import __version__
from kgents.domain.fact import Decided, Fact, Planned, Started
from kgents.domain.ids import experiment_id
from kgents.domain.mark import ORIGIN, Entry, Mark, digest, seal
from kgents.domain.outcome import Outcome
from kgents.domain.plan import Layout, Plan
from kgents.domain.ports import Slot
from kgents.domain.seeds import seed_of
from kgents.domain.summary import Summary
from kgents.domain.versions import CURRENT
from kgents.engine.compare import rule_digest
from kgents.engine.run import Record, Run, Start
from kgents.harness.secret import Secrets
from kgents.plugin.claim import Claim
from kgents.runner.author import names_for
from kgents.runner.clock import SystemClock
from kgents.runner.finish import Redact, finished
from kgents.stats import boundary


def _layout(claim: Claim, arms: int) -> dict[str, Any]:
    if claim.axis is None:
        return {"boundary_digest": boundary(claim.design).digest}
    return {"layout": Layout.COMPARE, "boundary_digest": rule_digest(claim.design, arms)}


@dataclass(slots=True)
class TestExperiment:
    """State of the experiment of one test, or of several that are compared.

    paths  of each arm, one character a trial: 1 passed, 0 failed, · not counted
    """

    plan: Plan
    config: bytes
    run: Run = field(default_factory=Run)
    entries: list[Entry] = field(default_factory=list)
    blobs: list[bytes] = field(default_factory=list)
    paths: list[str] = field(default_factory=lambda: [""])
    redact: Redact = str
    _clock: SystemClock = field(default_factory=SystemClock)
    _begun: float = field(default_factory=SystemClock().monotonic)

    @staticmethod
    def begin(
        nodeid: str, claim: Claim, root: int, record: bool = False, arms: Sequence[str] = ("",)
    ) -> "TestExperiment":
        """A new one; seeds of trials depend on the root seed, the id of the test and the index: arms share them.

        record  whether it will be written: texts are redacted then
        """
        clock = SystemClock()
        axis = {} if claim.axis is None else {"axis": claim.axis}
        config = json.dumps({"type": "test", "test": nodeid, **axis}, sort_keys=True, separators=(",", ":")).encode()
        request = claim.settings.request()
        request["seed"] = seed_of(root, nodeid)
        cap = claim.design.max_trials or 0
        plan = Plan(
            experiment=experiment_id(clock.now(), secrets.randbits(30)),
            kind="test",
            config=digest(config),
            design=claim.design,
            arms=tuple(arms),
            **_layout(claim, len(arms)),
            max_errors=max(10, cap // 5),
            oracle="pytest",
            facts={"kgents": __version__, **({} if claim.under is None else {"under": repr(claim.under)})},
            versions=CURRENT,
            **request,
        )
        plan = plan.with_names(names_for(plan.name, plan.tags))
        redact = Secrets(os.environ).redact if record else str
        experiment = TestExperiment(plan, config, paths=[""] * len(arms), redact=redact)
        experiment._witness(Planned(plan))
        return experiment

    def next(self) -> Slot | None:
        """The next trial; None once there is a verdict, or too much was spoilt."""
        while True:
            match self.run.next():
                case Start(slot):
                    self._witness(Started(slot.arm, slot.index))
                    return slot
                case Record(fact):
                    self._witness(fact)
                case _:
                    return None

    def tell(self, slot: Slot, outcome: Outcome, seconds: float) -> None:
        """Takes what a trial came to."""
        fact, blobs, _ = finished(slot, outcome, seconds, self.redact)
        self.blobs.extend(blobs)
        self._witness(fact)
        self.paths[slot.arm] += {True: "1", False: "0", None: "·"}[outcome.success]

    def halt(self) -> None:
        """No further trial: a debugger was open, or the session ends."""
        self.run.interrupt()

    @property
    def decision(self) -> Decided | None:
        """The decision, once there is one."""
        return self.run.decided

    def summary(self) -> Summary:
        """The fold of all marks."""
        first, *rest = self._marks()
        summary = Summary.begin(first)
        summary.plan = self.plan
        for mark in rest:
            summary.add(mark)
        return summary

    def _marks(self) -> list[Mark]:
        marks: list[Mark] = []
        for number, entry in enumerate(self.entries):
            marks.append(seal(self.plan.experiment, number, marks[-1].id if marks else ORIGIN, entry))
        return marks

    def _witness(self, fact: Fact) -> None:
        elapsed_us = round((self._clock.monotonic() - self._begun) * 1e6)
        entry = Entry(self._clock.now(), fact, elapsed_us)
        self.run.receive(entry)
        self.entries.append(entry)

    def write(self) -> None:
        """Writes the experiment to the record, in one transaction."""
        from kgents.api.door import Stop, call
        from kgents.api.recorded import opened

        async def work(stop: Stop) -> Any:
            async with opened(None) as (store, _, _):
                await store.append(self.plan.experiment, self.entries, [self.config, *self.blobs])

        call(work)
