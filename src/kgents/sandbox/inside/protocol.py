"""What a zygote is told and what it tells: records of a fixed size, so that it has next to nothing to do for a job.

Rule: an order carries numbers; the descriptors that go with it are first the one that tells how the job ended, then the
job's own.
"""

import os
import struct
from dataclasses import dataclass

_ORDER = struct.Struct("=cIBId")
_DESCRIPTORS = struct.Struct("=ii")
_ENDED = struct.Struct("=iBdQ")
SIZE, ROOM = _ORDER.size, 64  # bytes of an order, and of the descriptors with it, at most
READY = b"+"  # of a zygote that is confined
START, KILL = b"s", b"k"

Order = tuple[bytes, int, int, int, float]


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


def order(message: bytes) -> Order:
    """(START or KILL, the job's number, the place of its function, seconds of CPU, seconds)."""
    code, number, which, cpu_s, wall = _ORDER.unpack(message)
    return code, number, which, cpu_s, wall


def descriptors(payload: bytes) -> tuple[int, int]:
    """(that tells how the job ended, the job's own), from the ancillary data of an order."""
    status, job = _DESCRIPTORS.unpack(payload)
    return status, job


def told(status: int, overdue: bool, cpu_s: float, rss_kb: int) -> bytes:
    """The record of an ended job, with its status as wait(2) gives it."""
    return _ENDED.pack(status, overdue, cpu_s, rss_kb)


def read(record: bytes) -> Ended | str:
    """How a job ended, or why it was never started."""
    if len(record) != _ENDED.size:
        return record.decode(errors="replace")
    status, overdue, cpu_s, rss_kb = _ENDED.unpack(record)
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
    return Ended(code, os.WTERMSIG(status) if os.WIFSIGNALED(status) else None, bool(overdue), cpu_s, rss_kb)
