"""The time that a search may take, so that a slow target ends with what was seen, whatever else the machine does."""

import resource
import time

SECONDS = 10.0


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

    def _is_over(self) -> bool:
        return time.process_time() - self._spent > self._seconds or _waits() - self._waits >= self._ticks / 2


def _waits() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw
