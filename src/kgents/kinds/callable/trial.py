"""Runs callables as trials: coroutines on the event loop, plain functions in threads, all with the caller's context."""

import asyncio
import inspect
import random
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from kgents.domain.meter import Meter, current_meter
from kgents.domain.outcome import Cause, Outcome, Usage, dollars, whole_tokens
from kgents.domain.ports import Slot
from kgents.errors import UsageError
from kgents.kinds.callable.answer import ScoreRange, outcome_of, outcome_of_error
from kgents.kinds.callable.function import TrialFunction, is_async, wants_trial
from kgents.kinds.callable.threads import Threads

INSIDE: ContextVar[str | None] = ContextVar(
    "kgents_experiment", default=None
)  # the experiment that this code is a trial of


class MisusedTrial(UsageError):
    """A trial function used what it was given in a way that cannot be meant: a mistake of whoever wrote it, no outcome."""


class NestedExperiment(MisusedTrial):
    """An experiment was begun by a trial of another."""


def refuse_nested() -> None:
    """NestedExperiment where this code is a trial: what one trial came to would then depend on how others were decided."""
    outer = INSIDE.get()
    if outer is not None:
        raise NestedExperiment(
            f"an experiment inside a trial of {outer}", "let the trial make one attempt, and decide outside"
        )


class Trial:
    """One trial, as its function sees it.

    index    from 0
    seed     an integer in [0, 2⁵³) that depends on the seed of the experiment and the index alone; arms share it
    arm      name of the arm; "" where there is one
    attempt  of a trial that was asked for: how often it was, from 1
    """

    def __init__(self, index: int, seed: int, arm: str = "", meter: Meter | None = None, attempt: int = 1) -> None:
        self.index = index
        self.seed = seed
        self.arm = arm
        self.attempt = attempt
        self.notes: list[str] = []
        self._meter = meter

    def __repr__(self) -> str:
        return f"Trial(index={self.index}, seed={self.seed}{f', arm={self.arm!r}' if self.arm else ''})"

    @cached_property
    def rng(self) -> random.Random:
        """A generator of random numbers, seeded with `seed`."""
        return random.Random(self.seed)

    def note(self, text: str) -> None:
        """Keeps a text with the trial, in the record and in reports."""
        self.notes.append(str(text))

    def cost(self, usd: float | str | Decimal | None = None, tokens: int = 0) -> None:
        """Adds what the trial consumed; without `usd` the price is unknown, not zero. UsageError for what is no cost."""
        try:
            amount, count = None if usd is None else dollars(usd), whole_tokens(tokens)
        except ValueError as wrong:
            raise MisusedTrial(
                f"cost(usd={usd!r}, tokens={tokens!r}): {wrong}", 'such as cost(usd="0.002", tokens=150)'
            ) from wrong
        if self._meter is not None:
            self._meter.usage += Usage(output_tokens=count, cost_usd=amount, calls=1)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a request of callables holds in memory.

    functions    by arm
    error_types  exceptions that mean that the world failed
    abort        is told of a mistake of the caller (a wrong return type); it has the run stopped
    """

    functions: Mapping[str, TrialFunction]
    error_types: tuple[type[Exception], ...] = ()
    abort: Callable[[BaseException], None] = field(default=lambda wrong: None)


class Callables:
    """Calls the function of an arm, once per trial."""

    def __init__(
        self,
        experiment: str,
        arms: list[str],
        opened: Opened,
        seconds: float | None,
        score: ScoreRange | None = None,
    ) -> None:
        self._experiment = experiment
        self._arms = [(name, opened.functions[name], wants_trial(opened.functions[name])) for name in arms]
        self._opened = opened
        self._seconds = seconds
        self._score = score
        self._threads = Threads()

    async def run_trial(self, slot: Slot) -> Outcome:
        """Calls the function, at most for the time-out. CancelledError after a mistake of the caller."""
        name, function, with_trial = self._arms[slot.arm]
        trial = Trial(slot.index, slot.seed, name, current_meter())
        INSIDE.set(self._experiment)
        try:
            async with asyncio.timeout(self._seconds) as limit:
                value = await self._call(function, (trial,) if with_trial else ())
        except (asyncio.CancelledError, GeneratorExit):
            raise
        except (MisusedTrial, KeyboardInterrupt) as wrong:
            raise self._aborted(wrong) from wrong
        except BaseException as raised:  # noqa: BLE001 - whatever the program under test raises is an outcome
            if isinstance(raised, TimeoutError) and limit.expired():
                return self._late(function, trial)
            return outcome_of_error(raised, self._opened.error_types, metadata_of(trial))
        try:
            return outcome_of(value, metadata_of(trial), self._score)
        except (TypeError, ValueError) as wrong:
            raise self._aborted(wrong) from wrong

    def blame(self, wrong: BaseException) -> None:
        """Tells the caller of a mistake, whose run then stops."""
        self._opened.abort(wrong)

    async def aclose(self) -> None:
        """Lets the threads end."""
        self._threads.close()

    async def _call(self, function: TrialFunction, arguments: tuple[Trial, ...]) -> Any:
        if is_async(function):
            return await function(*arguments)
        value = await self._threads.run(function, *arguments)
        return await value if inspect.isawaitable(value) else value

    def _late(self, function: TrialFunction, trial: Trial) -> Outcome:
        error = f"no end within {self._seconds:g} s"
        if not is_async(function):
            error += "; its thread goes on, for a thread cannot be ended"
        return Outcome.failed(Cause.TIMEOUT, error, metadata=metadata_of(trial))

    def _aborted(self, wrong: BaseException) -> BaseException:
        self._opened.abort(wrong)
        return asyncio.CancelledError()


def metadata_of(trial: Trial) -> dict[str, object]:
    """What is kept with a trial beside its output."""
    return {"notes": list(trial.notes)} if trial.notes else {}
