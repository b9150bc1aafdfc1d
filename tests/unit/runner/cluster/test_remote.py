"""Attempts, charges and abandonment, with an engine whose workers die, freeze and forget at a word."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from kgents.domain.meter import open_meter
from kgents.domain.outcome import Cause, Outcome, Usage
from kgents.domain.plan import Budget
from kgents.domain.ports import Halted, Slot
from kgents.harness.ledger import Ledger
from kgents.runner.cluster.address import Clocks
from kgents.runner.cluster.fleet import Fleet
from kgents.runner.cluster.remote import ATTEMPTS, Remote
from kgents.runner.cluster.seam import AttemptLost, WorkerDied
from kgents.runner.cluster.wire import outcome_to_data, read, write

PASSED = {"outcome": outcome_to_data(Outcome.passed("yes", usage=Usage(3, 4, calls=1)))}
Say = Callable[[dict[str, Any]], Any]


@dataclass
class Engine:
    """Answers every text as `say` does: a message, an exception, or None for never."""

    say: Say
    asked: list[dict[str, Any]] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    first: asyncio.Event = field(default_factory=asyncio.Event)

    async def members(self) -> Mapping[str, int]:
        """Nobody asks here."""
        return {}

    async def submit(self, key: str, worker: str, text: str) -> str:
        """What `say` says."""
        message = {**read(text), "worker": worker}
        self.asked.append(message)
        self.first.set()
        await asyncio.sleep(0)
        answer = self.say(message)
        if answer is None:
            await asyncio.Event().wait()
        if isinstance(answer, Exception):
            raise answer
        return write(answer)

    async def tell(self, worker: str, text: str) -> str:
        """Nothing of an attempt runs any more."""
        self.told.append(read(text))
        return write({"usage": {}})

    async def aclose(self) -> None:
        """Nothing."""


class Here:
    """What would run trials on this machine."""

    async def run_trial(self, slot: Slot) -> Outcome:
        """Never."""
        raise AssertionError

    async def aclose(self) -> None:
        """Nothing."""


async def remote_of(
    say: Say, ledger: Ledger | None = None, paid: bool = False, **slots: int
) -> tuple[Remote, Engine, Fleet]:
    """A remote over workers that answer so."""
    engine, fleet = Engine(say), Fleet()
    for address, count in (slots or {"a": 1, "b": 1}).items():
        await fleet.join(address, count)
    return Remote(engine, fleet, "exp-1", Clocks(), ledger or Ledger(), Here(), paid), engine, fleet


async def test_an_outcome_comes_back_and_is_in_the_books() -> None:
    """Nothing is added to it, and its usage counts against the budget, which is asked before each launch."""
    ledger = Ledger(Budget(tokens=7))
    remote, engine, _ = await remote_of(lambda message: PASSED, ledger)
    meter = open_meter()
    outcome = await remote.run_trial(Slot(0, 5, 99))
    assert (outcome.output, dict(outcome.metadata)) == ("yes", {})
    assert meter.usage == Usage(3, 4, calls=1)
    assert [(message["index"], message["seed"]) for message in engine.asked] == [(5, 99)]
    assert (await remote.run_trial(Slot(0, 6, 1))).cause is Cause.CANCELLED
    assert len(engine.asked) == 1


async def test_three_deaths_alone_are_the_programs_doing() -> None:
    """Each on another worker than before, where there is one."""
    remote, engine, fleet = await remote_of(lambda message: WorkerDied(), a=1, b=1, c=1)
    outcome = await remote.run_trial(Slot(0, 0, 0))
    assert (outcome.success, outcome.cause, outcome.metadata["attempts"]) == (False, Cause.FORBIDDEN, 3)
    assert {message["worker"] for message in engine.asked} == {"a", "b", "c"}
    assert fleet.addresses == ()


async def test_who_was_beside_a_poison_trial_is_not_charged() -> None:
    """Trial 0 kills every worker it is on, and takes its neighbours with it once; they succeed, alone."""
    died: set[str] = set()

    def say(message: dict[str, Any]) -> Any:
        if message["index"] == 0:
            died.add(message["worker"])
        return WorkerDied() if message["worker"] in died else PASSED

    remote, _, fleet = await remote_of(say, a=3, b=3, c=3, d=3, e=3)
    outcomes = await asyncio.gather(*(remote.run_trial(Slot(0, index, 0)) for index in range(3)))
    assert [outcome.cause for outcome in outcomes] == [Cause.FORBIDDEN, None, None]
    assert len(died) >= 3
    assert len(fleet.addresses) <= 2


async def test_what_the_engine_loses_is_asked_again_under_another_key() -> None:
    """And never more often than there are attempts; then it says nothing about the program.

    A worker that has let go of the experiment is given nothing more until it is prepared again.
    """
    lost = iter([AttemptLost(), {"cancelled": True}, {"unknown": True}])
    remote, engine, fleet = await remote_of(lambda message: next(lost, PASSED), a=1, b=1)
    outcome = await remote.run_trial(Slot(0, 0, 0))
    assert (outcome.success, outcome.metadata["attempts"]) == (True, 4)
    keys = [message["key"].partition("~")[0] for message in engine.asked]
    assert keys == [f"exp-1/0/0#{attempt}" for attempt in (1, 2, 3, 4)]
    assert {*fleet.addresses, engine.asked[2]["worker"]} == {"a", "b"}
    assert engine.asked[3]["worker"] in fleet.addresses
    remote, engine, _ = await remote_of(lambda message: AttemptLost())
    outcome = await remote.run_trial(Slot(0, 0, 0))
    assert (outcome.success, outcome.cause, len(engine.asked)) == (None, Cause.HARNESS_CRASH, ATTEMPTS)


async def test_what_a_lost_attempt_cost_is_a_lower_bound() -> None:
    """Its price is unknown, not zero."""
    answers = iter([WorkerDied(), PASSED])
    remote, _, _ = await remote_of(lambda message: next(answers), paid=True)
    meter = open_meter()
    await remote.run_trial(Slot(0, 0, 0))
    assert (meter.usage.cost_usd, meter.usage.input_tokens) == (None, 3)


async def test_cancelling_a_trial_has_the_worker_end_it_first() -> None:
    """When the cancellation arrives, nothing of it runs any more and its slot is free."""
    remote, engine, fleet = await remote_of(lambda message: None, a=1)
    task = asyncio.ensure_future(remote.run_trial(Slot(0, 0, 0)))
    await engine.first.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [message["do"] for message in engine.told] == ["abandon"]
    assert engine.told[0]["keys"] == [engine.asked[0]["key"]]
    assert await fleet.take("next") == "a"


async def test_a_refusal_or_a_lost_scheduler_halts_the_run() -> None:
    """Trials in flight, and those that wait for a slot."""
    remote, _, _ = await remote_of(lambda message: {"refused": ["usage", "the worker has kgents 0", None]})
    with pytest.raises(Halted, match="kgents 0"):
        await remote.run_trial(Slot(0, 0, 0))
    remote, _, _ = await remote_of(lambda message: None, a=1)
    tasks = [asyncio.ensure_future(remote.run_trial(Slot(0, index, 0))) for index in range(2)]
    await asyncio.sleep(0)
    remote.halt("the scheduler was lost")
    for task in tasks:
        with pytest.raises(Halted, match="was lost"):
            await task


async def test_attempts_that_a_worker_does_not_know_are_given_up_after_the_grace() -> None:
    """One that it runs is not, however long that takes; what it runs for nobody is named, to be ended."""
    answers = iter([None, PASSED])
    remote, engine, _ = await remote_of(lambda message: next(answers), a=2)
    task = asyncio.ensure_future(remote.run_trial(Slot(0, 0, 0)))
    await engine.first.wait()
    (attempt,) = remote.flying.values()
    begun, usage = (
        attempt.seen,
        {"in": 1, "out": 0, "usd": "0", "calls": 1, "cached": 0},
    )
    stray = f"exp-1/0/9#1~{attempt.key.partition('~')[2]}"
    assert remote.heard("a", {"running": {attempt.key: usage, stray: usage}}, begun + 1000) == [stray]
    remote.heard("a", {"running": {}}, begun + 1029)
    await asyncio.sleep(0)
    assert len(engine.asked) == 1
    remote.heard("a", {"running": {}}, begun + 1031)
    assert (await task).success is True
    assert len(engine.asked) == 2
