"""How many trials are in flight, and how many can be with the files that this process may have open (`ulimit -n`)."""

import os
import sys
from pathlib import Path

from kgents.domain.fact import Warned
from kgents.domain.ports import Queueing, TrialRunner
from kgents.kinds.kind import ExperimentKind, RunContext
from kgents.runner.pace import MOST, Pace

PER_TRIAL = 6  # three pipes and sockets, and as many while a trial begins
RESERVE = 24  # the record, the event loop, what libraries open


def affordable(wanted: int) -> tuple[int, Warned | None]:
    """The concurrency that the limit allows, at most `wanted`, and a warning where it is less.

    The soft limit is raised first, as far as the hard limit lets it and as far as it is needed.
    """
    if sys.platform == "win32":
        return wanted, None
    import resource

    open_now = _open_now()
    needed = open_now + RESERVE + PER_TRIAL * wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return wanted, None
    most = max(1, (soft - open_now - RESERVE) // PER_TRIAL)
    text = (
        f"{most} trials at once instead of {wanted}: this process may have no more than {soft} files open (ulimit -n)"
    )
    return most, Warned("few_descriptors", text)


def at_once(
    wanted: int | None, kind: ExperimentKind, context: RunContext, trials: TrialRunner
) -> tuple[int, Warned | None, Pace | None]:
    """The trials in flight at first, what is to be said of that, and how their number changes.

    wanted  what was asked for; None: what the kind or its runner does best, but a server of one's own is asked by the `Pace`
    """
    if wanted is None and context.limiters.is_own:
        return 1, None, Pace(affordable(MOST)[0])
    best = trials.enough if isinstance(trials, Queueing) else kind.default_concurrency
    return *affordable(wanted or best), None


def _open_now() -> int:
    """How many files are open; a guess where the system does not tell."""
    folder = Path("/proc/self/fd" if sys.platform == "linux" else "/dev/fd")
    try:
        return len(os.listdir(folder))  # noqa: PTH208 - names are enough
    except OSError:
        return 16
