"""The kind that forwards: `run_trial` gives a trial to a worker and has its outcome, however often that takes.

Rule: an attempt is charged to its trial only where its worker died while nothing else of this run was on it; three such
deaths are the program's doing. Everything else that can be lost (a worker that froze or left, a text that the engine
forgot) is a delay: another attempt is made, under another key. Outcomes are believed once: that of the attempt waited for.
"""

import asyncio
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from kgents import __version__
from kgents.domain.fact import usage_from_data
from kgents.domain.outcome import Cause, Outcome, Usage
from kgents.domain.ports import Blaming, Choosing, Halted, Mistaken, Slot, TrialRunner
from kgents.harness.ledger import Ledger
from kgents.kinds.options import as_written
from kgents.runner.cluster.address import Clocks
from kgents.runner.cluster.fleet import Fleet
from kgents.runner.cluster.messages import Abandoned, Answer, OutcomeData
from kgents.runner.cluster.seam import AttemptLost, Engine, Unanswered, WorkerDied
from kgents.runner.cluster.wire import outcome_of, read, write

DEATHS = 3  # of workers on which the trial was alone: then it counts as a failure
ATTEMPTS = 12  # of one trial, whatever became of them; then it says nothing
_ABANDON_SECONDS = 3.0  # for workers to say that nothing of an attempt runs any more


@dataclass(slots=True, eq=False)
class Attempt:
    """One attempt in flight. `given_up` is done, with the reason, when nobody waits for it any more."""

    key: str
    address: str
    seen: float
    given_up: "asyncio.Future[str]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    usage: Usage = Usage()

    def give_up(self, why: str) -> None:
        """Has another attempt made."""
        if not self.given_up.done():
            self.given_up.set_result(why)


@dataclass(slots=True)
class Case:
    """What has become of a trial's attempts so far; `choice` is what the trial is about, where that is chosen."""

    choice: int | None = None
    attempts: int = 0
    deaths: int = 0
    suspect: bool = False
    seen_dying: set[str] = field(default_factory=set)


class Remote:
    """The trials of one experiment on the workers of a fleet.

    local  what would run them here: it chooses what trials are about, and is told of mistakes
    paid   whether attempts may cost money: then those that are lost with a worker have an unknown price
    """

    def __init__(
        self, engine: Engine, fleet: Fleet, experiment: str, clocks: Clocks, ledger: Ledger, local: TrialRunner,
        paid: bool = False,
    ) -> None:  # fmt: skip
        self._local, self._paid = local, paid
        self._engine, self._fleet, self._experiment, self._clocks, self._ledger = (
            engine,
            fleet,
            experiment,
            clocks,
            ledger,
        )
        self._session = secrets.token_hex(3)  # a coordinator before this one may still have attempts out
        self.flying: dict[str, Attempt] = {}
        self.halted: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def halt(self, why: str) -> None:
        """Ends the run, resumably."""
        if not self.halted.done():
            self.halted.set_result(why)

    async def run_trial(self, slot: Slot) -> Outcome:
        """The outcome of a trial, run on a worker. Raises Halted where there are none any more, and on cancellation."""
        if not self._ledger.may_spend(Usage()):
            return Outcome.failed(Cause.CANCELLED, "the budget is used up")
        if not isinstance(self._local, Choosing):
            return await self._tried(slot, Case())
        choice = self._local.choose(slot)
        try:
            outcome = await self._tried(slot, Case(choice))
        except BaseException:
            self._local.settle(slot, choice, None, void=True)
            raise
        self._local.settle(slot, choice, outcome.success)
        return outcome

    async def _tried(self, slot: Slot, case: Case) -> Outcome:
        while case.attempts < ATTEMPTS and case.deaths < DEATHS:
            told = await self._attempt(slot, case)
            if told is not None:
                return self._outcome(told, case)
        if case.deaths >= DEATHS:
            text = f"{DEATHS} workers died while they ran this trial and nothing else"
            return _noted(Outcome.failed(Cause.FORBIDDEN, text), case)
        return _noted(Outcome.failed(Cause.HARNESS_CRASH, f"{ATTEMPTS} attempts got no answer from the workers"), case)

    async def aclose(self) -> None:
        """Nothing: whoever opened the workers closes them."""

    def _outcome(self, told: OutcomeData, case: Case) -> Outcome:
        outcome = _noted(outcome_of(told), case)
        self._ledger.spent(outcome.usage)
        return outcome

    async def _attempt(self, slot: Slot, case: Case) -> OutcomeData | None:
        """What a worker says that the trial came to, or None where another attempt is to be made."""
        alone = case.suspect
        key = f"{self._experiment}/{slot.arm}/{slot.index}#{case.attempts + 1}~{self._session}"
        taking = self._fleet.take_alone(key, frozenset(case.seen_dying)) if alone else self._fleet.take(key)
        address = await self._unless_halted(taking)
        case.attempts += 1
        attempt = self.flying[key] = Attempt(key, address, time.monotonic())
        try:
            return await self._answered(slot, attempt, case.choice)
        except WorkerDied:
            self._charge(case, attempt, alone)
        except AttemptLost:
            pass
        except asyncio.CancelledError:
            await asyncio.shield(self._abandon(attempt))
            raise
        finally:
            self.flying.pop(key, None)
            await asyncio.shield(self._fleet.give_back(key, address, alone))
        if self._paid or attempt.usage.calls:
            self._ledger.spent(replace(attempt.usage, cost_usd=None))  # what it had consumed by then is a lower bound
        return None

    def _charge(self, case: Case, attempt: Attempt, alone: bool) -> None:
        company = self._fleet.fall(attempt.address)
        case.suspect = True
        case.seen_dying.add(attempt.address)
        if alone or company <= {attempt.key}:
            case.deaths += 1

    async def _unless_halted(self, work: Any) -> Any:
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait({task, self.halted}, return_when="FIRST_COMPLETED")
        except BaseException:
            task.cancel()
            await asyncio.wait({task})
            raise
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
            raise Halted(self.halted.result())
        return task.result()

    async def _answered(self, slot: Slot, attempt: Attempt, choice: int | None) -> OutcomeData:
        """What one attempt came to. Raises WorkerDied, AttemptLost, Halted."""
        text = write(
            {
                "do": "run",
                "version": __version__,
                "experiment": self._experiment,
                "key": attempt.key,
                "arm": slot.arm,
                "index": slot.index,
                "seed": slot.seed,
                "choice": choice,
            }
        )
        submitted = asyncio.ensure_future(self._engine.submit(attempt.key, attempt.address, text))
        try:
            await asyncio.wait({submitted, attempt.given_up, self.halted}, return_when="FIRST_COMPLETED")
            if self.halted.done():
                raise Halted(self.halted.result())
            if not submitted.done():
                raise AttemptLost(attempt.given_up.result())
            answer = as_written(Answer, read(submitted.result()))
        finally:
            submitted.cancel()
        if "refused" in answer:
            if answer["refused"][0] == Mistaken.kind and isinstance(self._local, Blaming):
                self._local.blame(TypeError(answer["refused"][1]))
            self.halt(f"{attempt.address}: {answer['refused'][1]}")
            raise Halted(self.halted.result())
        if answer.get("unknown"):  # its lease has ended there: nothing more is given to it until it is prepared anew
            await self._fleet.leave(attempt.address)
        if "usage" in answer:
            attempt.usage = usage_from_data(answer["usage"])
        if "outcome" not in answer:
            raise AttemptLost("the worker let go of it")
        return answer["outcome"]

    async def _abandon(self, attempt: Attempt) -> None:
        """Has a worker end an attempt: returns once nothing of it runs any more, or after a few seconds."""
        with suppress(Unanswered, TimeoutError):
            async with asyncio.timeout(_ABANDON_SECONDS):
                text = await self._engine.tell(attempt.address, self.message("abandon", keys=[attempt.key]))
                answer = as_written(Abandoned, read(text))
                for usage in answer.get("usage", {}).values():
                    self._ledger.spent(usage_from_data(usage))

    def message(self, do: str, **more: object) -> str:
        """A text to a bench about this experiment."""
        return write({"do": do, "version": __version__, "experiment": self._experiment, **more})

    def renewal(self) -> str:
        """The text that keeps an experiment alive on a worker."""
        return self.message("renew", open=self._ledger.may_spend(Usage()))

    def heard(self, address: str, answer: Answer, asked: float) -> list[str]:
        """Compares what a bench says it runs with what was given to it by the time it was asked, `asked`.

        Attempts that the bench does not know after the grace are given up. Returns keys that run there for nobody.
        """
        running = answer.get("running", {})
        for attempt in [each for each in self.flying.values() if each.address == address]:
            if attempt.key in running:
                attempt.seen, attempt.usage = asked, usage_from_data(running[attempt.key])
            elif asked - attempt.seen > self._clocks.grace:
                attempt.give_up("the worker does not know it")
        return [key for key in running if key not in self.flying and key.endswith(f"~{self._session}")]


def _noted(outcome: Outcome, case: Case) -> Outcome:
    """With the number of attempts where there was more than one: then its usage is a lower bound."""
    if case.attempts < 2:
        return outcome
    return replace(outcome, metadata={**outcome.metadata, "attempts": case.attempts})
