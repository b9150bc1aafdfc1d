"""Tests put to a candidate in the candidate's own process."""

from collections.abc import Mapping
from typing import Any

from kgents.sandbox.inside.protocol import Ended
from kgents.sandbox.sandbox import Sandbox

_MODULES = ("kgents.verify.worker", "kgents.verify.collection")
_MAIN = "kgents.verify.worker:inside_main"
_TESTING = ("doctest", "unittest", "pytest")


def inside(sandbox: Sandbox, job: Mapping[str, Any], wall: float) -> tuple[Any, Ended]:
    """Runs a candidate and tests in one process; (what it says, which may be forged, or None; how it ended)."""
    needed = tuple(name for name in _TESTING if name in job["setup"] or name in job["tests"])
    program = sandbox.program(_MAIN, modules=_MODULES, preload=needed, limits=sandbox.candidate.limits)
    return sandbox.ask(program, job, wall)
