"""One trial, wherever it is run: what it came to, what it consumed, how long it took."""

import time
import traceback
from collections.abc import Callable
from dataclasses import replace

from kgents.domain.meter import Meter
from kgents.domain.outcome import Cause, Outcome
from kgents.domain.ports import Halted, Slot, TrialRunner


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
    if meter.usage.calls:
        outcome = replace(outcome, usage=meter.usage)
    return outcome, clock() - begun if outcome.seconds is None else outcome.seconds
