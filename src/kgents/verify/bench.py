"""Tests put to a candidate in the candidate's own process."""

from typing import Any, TypedDict

from kgents.sandbox.inside.protocol import Ended
from kgents.sandbox.sandbox import Sandbox

_MODULES = ("kgents.verify.worker", "kgents.verify.collection")
_MAIN = "kgents.verify.worker:inside_main"
_TESTING = ("doctest", "unittest", "pytest")


class InsideJob(TypedDict):
    """A run of tests in the process of a candidate.

    names, modules  that are the candidate's; entry: what `check` of the tests is called with
    """

    source: str
    tests: str
    setup: str
    names: list[str]
    modules: list[str]
    entry: str | None


def inside(sandbox: Sandbox, job: InsideJob, wall: float) -> tuple[Any, Ended]:
    """Runs a candidate and tests in one process; (what it says, which may be forged, or None; how it ended)."""
    needed = tuple(name for name in _TESTING if name in job["setup"] or name in job["tests"])
    program = sandbox.program(_MAIN, modules=_MODULES, preload=needed, limits=sandbox.candidate.limits)
    return sandbox.ask(program, job, wall)
