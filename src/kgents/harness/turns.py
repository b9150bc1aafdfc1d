"""Turns: few questions are prepared at a time, so that the first is on its way before the last is prepared.

Rule: preparing is work of this process, waiting is not; without turns two hundred questions are prepared in step, sent
together and answered together, and the process idles in between. A turn ends when its request is handed to the
transport, at the latest after `LONGEST` seconds, whatever the client does with it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar

FEW = 4
LONGEST = 0.1
_SENT: ContextVar[Callable[[], None] | None] = ContextVar("sent", default=None)


class Turns:
    """Grants turns in the order in which they were asked for."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(FEW)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Waits for a turn; it ends by `sent`, by time, or at the end of the block."""
        await self._room.acquire()
        over = False

        def end() -> None:
            nonlocal over
            if not over:
                over = True
                self._room.release()

        late = asyncio.get_running_loop().call_later(LONGEST, end)
        before = _SENT.set(end)
        try:
            yield
        finally:
            _SENT.reset(before)
            late.cancel()
            end()


def sent() -> None:
    """The request of this context is prepared."""
    end = _SENT.get()
    if end is not None:
        end()
