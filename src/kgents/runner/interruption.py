"""How a run is asked to stop: by signals, or by whoever drives it."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from kgents.domain.notice import tell


def _nobody(text: str) -> None:
    """Says it to nobody."""


def _people(text: str) -> None:
    """Says it to whoever listens."""
    tell("stopping", text)


@dataclass(slots=True)
class Interruption:
    """Requests to stop. One: launch nothing new. Two, or the grace period over: cancel what is in flight.

    announce  is told, in a sentence, what happens until the run has stopped
    """

    grace_seconds: float = 10.0
    requests: int = 0
    announce: Callable[[str], None] = _nobody
    _event: asyncio.Event = field(default_factory=asyncio.Event)

    def request(self) -> None:
        """One more request (a signal handler may call it)."""
        self.requests += 1
        self._event.set()

    async def wait(self) -> None:
        """Returns at the next request."""
        await self._event.wait()
        self._event.clear()


@asynccontextmanager
async def interruptible(interruption: Interruption | None = None) -> AsyncIterator[Interruption]:
    """The interruption that is given; where none is, one that SIGINT, SIGTERM, SIGHUP and SIGQUIT
    request while this is open. SIGHUP and SIGQUIT stay ignored where they are (nohup, a job in the background of a script).
    """
    if interruption is not None:
        yield interruption
        return
    stop = Interruption(announce=_people)
    loop = asyncio.get_running_loop()
    numbers = [signal.SIGINT, signal.SIGTERM]
    numbers += [number for number in (signal.SIGHUP, signal.SIGQUIT) if signal.getsignal(number) is not signal.SIG_IGN]
    for number in numbers:
        with suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, stop.request)
    try:
        yield stop
    finally:
        for number in numbers:
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.remove_signal_handler(number)
