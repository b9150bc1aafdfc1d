"""A limit in seconds that counts only while this process runs.

A process that is stopped (SIGSTOP, a frozen container, a suspended machine, a debugger) can watch nothing: what passes
meanwhile is the machine's time. It is seen as a gap: a timer of ours that fires much later than it was set for.
"""

import asyncio
import math
from types import TracebackType

BEAT_SECONDS = 0.25
_LAST_BEAT = 0.001  # seconds before the end, so that a gap is seen before the limit strikes


class AwakeTimeout:
    """`async with AwakeTimeout(seconds)`: raises TimeoutError after so many seconds in which this process ran.

    seconds  the limit; infinite for none
    stopped  seconds of gaps until now: they are not counted against the limit
    """

    def __init__(self, seconds: float) -> None:
        self.stopped = 0.0
        self._seconds = seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timeout: asyncio.Timeout | None = None
        self._ended: float | None = None
        self._beat: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> "AwakeTimeout":
        self._loop = asyncio.get_running_loop()
        self._begun = self._loop.time()
        self._timeout = asyncio.timeout(self._seconds if self._seconds < math.inf else None)
        await self._timeout.__aenter__()
        self._set(self._loop)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._timeout is not None
        assert self._loop is not None
        self._ended = self._loop.time()
        if self._beat is not None:
            self._beat.cancel()
        await self._timeout.__aexit__(kind, error, trace)

    @property
    def seconds(self) -> float:
        """Seconds from the beginning to the end, or until now, without gaps."""
        assert self._loop is not None
        end = self._loop.time() if self._ended is None else self._ended
        return max(0.0, end - self._begun - self.stopped)

    def _set(self, loop: asyncio.AbstractEventLoop) -> None:
        """Sets the next beat; none where the limit comes first."""
        now = loop.time()
        end = None if self._timeout is None else self._timeout.when()
        due = now + BEAT_SECONDS if end is None else min(now + BEAT_SECONDS, end - _LAST_BEAT)
        self._beat = loop.call_at(due, self._look, loop, due) if due > now else None

    def _look(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        gap = loop.time() - due
        if gap > BEAT_SECONDS:
            self.stopped += gap
            self._extend(gap)
        self._set(loop)

    def _extend(self, gap: float) -> None:
        assert self._timeout is not None
        end = self._timeout.when()
        if end is not None and not self._timeout.expired():
            self._timeout.reschedule(end + gap)
