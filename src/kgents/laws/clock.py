"""The time that a search may take, so that a slow target ends with what was seen, whatever else the machine does."""

import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SECONDS = 10.0
LEAST = 0.5  # processor seconds that a case is left to, however little time is left


class Late(BaseException):
    """The time of a search is over. No Exception: Hypothesis would shrink one."""


class Clock:
    """The time of one search, from now on.

    A target that computes is charged the processor time it got, one that waits the time that went by: a busy machine ends
    no search early. Whether it waits is told by how often it gave the processor away of its own accord.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._began = time.monotonic()
        self._spent = time.process_time()
        self._waits = _waits()
        self._ticks = 0

    def tick(self) -> None:
        """Before every case; Late once the time is over, but never before the first case."""
        if self._ticks and time.monotonic() - self._began > self._seconds and self._is_over():
            raise Late
        self._ticks += 1

    @contextmanager
    def case(self) -> Iterator[None]:
        """Around one case: Late in the middle of it once the processor time is over, where this is the main thread."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        left = self._seconds - (time.process_time() - self._spent)
        before = signal.signal(signal.SIGPROF, _ring)
        try:
            signal.setitimer(signal.ITIMER_PROF, max(LEAST, left))
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)

    def _is_over(self) -> bool:
        return time.process_time() - self._spent > self._seconds or _waits() - self._waits >= self._ticks / 2


def _ring(*_: Any) -> None:
    raise Late


def _waits() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw
