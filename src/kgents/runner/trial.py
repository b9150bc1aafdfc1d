"""One trial, wherever it is run: what it came to, what it consumed, how long it took."""

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace

from kgents.domain.meter import Meter
from kgents.domain.outcome import Cause, Outcome, Usage
from kgents.domain.ports import Choosing, Halted, Slot, TrialRunner


async def run_one(
    runner: TrialRunner, slot: Slot, meter: Meter, clock: Callable[[], float] = time.monotonic
) -> tuple[Outcome, float]:
    """The outcome and its seconds. `meter` is the open meter of this context. Raises Halted, and on cancellation."""
    begun = clock()
    try:
        outcome = await runner.run_trial(slot)
    except Halted:
        raise
    except Exception as bug:  # noqa: BLE001 - a bug of ours is an outcome of the trial, never the end of the run
        text = traceback.format_exc()
        outcome = Outcome.failed(Cause.INTERNAL, f"{type(bug).__name__}: {bug}", metadata={"traceback": text})
    if meter.usage != Usage():
        outcome = replace(outcome, usage=meter.usage)
    return outcome, clock() - begun if outcome.seconds is None else outcome.seconds


@dataclass(frozen=True, slots=True)
class Chosen:
    """A runner whose trial is about what another process chose."""

    runner: Choosing
    choice: int

    async def run_trial(self, slot: Slot) -> Outcome:
        """Runs the trial about the choice."""
        return await self.runner.run_chosen(slot, self.choice)

    async def aclose(self) -> None:
        """Nothing: the runner is its owner's."""
