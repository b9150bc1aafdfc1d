"""What a zygote is told and what it tells: records of a fixed size, so that it has next to nothing to do for a job.

Rule: an order carries numbers; the descriptors that go with it are first the one that tells how the job ended, then the
job's own.
"""

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_ORDER = struct.Struct("=cIBId")
_DESCRIPTORS = struct.Struct("=ii")
_ENDED = struct.Struct("=iBdQ")
SIZE, ROOM = _ORDER.size, 64  # bytes of an order, and of the descriptors with it, at most
READY = b"+"  # of a zygote that is confined
START, KILL = b"s", b"k"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job's process ended."""

    exit: int | None = None
    signal: int | None = None
    overdue: bool = False
    cpu_s: float = 0.0
    rss_kb: int = 0


def start(number: int, which: int, cpu_s: int, wall: float) -> bytes:
    """Starts a job, with the function of this place in the configuration, that may take so many seconds of CPU and of time."""
    return _ORDER.pack(START, number, which, cpu_s, wall)


def kill(number: int) -> bytes:
    """Ends a job."""
    return _ORDER.pack(KILL, number, 0, 0, 0.0)


# An order as (START or KILL, the job's number, the place of its function, seconds of CPU, seconds); the two descriptors from
# its ancillary data; the record of an ended job from its status as wait(2) gives it, whether it was overdue, seconds of CPU
# and KiB. A zygote that calls functions of Python for these copies more pages with each fork.
order: Callable[[bytes], tuple[Any, ...]] = _ORDER.unpack
descriptors: Callable[[bytes], tuple[Any, ...]] = _DESCRIPTORS.unpack
told: Callable[[int, bool, float, int], bytes] = _ENDED.pack


def read(record: bytes) -> Ended | str:
    """How a job ended, or why it was never started."""
    if len(record) != _ENDED.size:
        return record.decode(errors="replace")
    status, overdue, cpu_s, rss_kb = _ENDED.unpack(record)
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
    return Ended(code, os.WTERMSIG(status) if os.WIFSIGNALED(status) else None, bool(overdue), cpu_s, rss_kb)
