"""The meter of a trial: what it has consumed so far, whoever consumed it and however it ends.

Rule: `open_meter` begins a meter in the context of one trial; `charge` adds to the meter of the context it is called in, and to
none where there is none. So a trial that is cancelled, or breaks, still shows what it cost.
"""

from contextvars import ContextVar
from dataclasses import dataclass

from kgents.domain.outcome import Usage


@dataclass(slots=True)
class Meter:
    """What one trial has consumed, and whether it waits for an answer of which no byte has come."""

    usage: Usage = Usage()
    silent: bool = False


_METER: ContextVar[Meter | None] = ContextVar("meter", default=None)


def open_meter() -> Meter:
    """A new meter for what runs in this context from now on."""
    meter = Meter()
    _METER.set(meter)
    return meter


def charge(usage: Usage) -> None:
    """Puts something on the meter of this context."""
    meter = _METER.get()
    if meter is not None:
        meter.usage += usage


def waits(silent: bool) -> None:
    """Says that the trial of this context begins to wait for an answer, or that the first byte of one has come."""
    meter = _METER.get()
    if meter is not None:
        meter.silent = silent


def current_meter() -> Meter | None:
    """The meter of this context, for those who charge it from elsewhere."""
    return _METER.get()
