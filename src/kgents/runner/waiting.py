"""Waiting for the database: said while it takes long, and ended by a second request to stop."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kgents.domain.notice import tell
from kgents.domain.ports import Store
from kgents.engine.run import Run
from kgents.errors import StoreUnavailable
from kgents.runner.interruption import Interruption

LOOK_SECONDS = 0.5  # how often it is looked whether the run is to stop
LAST_LOOKS = 2  # that the database has after the second request to stop
SILENT_LOOKS, SAY_EVERY = 10, 10  # when waiting is said for the first time, and how often then


@dataclass(slots=True)
class Waiting:
    """One wait for a transaction."""

    store: Store
    stop: Interruption
    looks: int = 0
    last_looks: int = 0
    handle: asyncio.TimerHandle | None = None

    def look(self) -> None:
        """Comes again until it is cancelled."""
        if self.handle is not None:
            self.looks += 1
            self.last_looks += self.stop.requests > 1
        if self.last_looks > LAST_LOOKS:
            self.store.give_up()
            return
        if self.looks >= SILENT_LOOKS and self.looks % SAY_EVERY == 0:
            tell("waiting", f"waiting for the database ({self.looks * LOOK_SECONDS:.0f} s)")
        self.handle = asyncio.get_running_loop().call_later(LOOK_SECONDS, self.look)


@contextmanager
def waiting(store: Store, stop: Interruption, run: Run) -> Iterator[None]:
    """Around a transaction of a run. Where it fails although the run had decided, the error says what was decided."""
    wait = Waiting(store, stop)
    wait.look()
    try:
        yield
    except StoreUnavailable as wrong:
        wrong.add(unrecorded(run))
        raise
    finally:
        if wait.handle is not None:
            wait.handle.cancel()


def unrecorded(run: Run) -> str:
    """What a run came to that its record may not say; nothing while it is undecided."""
    if run.decided is None:
        return ""
    counts = ", ".join(f"{successes} of {trials}" for trials, successes in run.decided.counts)
    return (
        f" (decided, but perhaps not recorded: {run.decided.verdict.value}, {counts}; kg experiment resume records it)"
    )
