"""Sandboxes of other packages (a container, a virtual machine), by the entry point group `kgents.sandboxes`.

An entry point is a function from the limits of a candidate ({cpu_s, as_mb, …}) to a `Backend`. Rule: nobody is believed
about how well they confine: the same attacks run inside as in our own, and establish the level.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from kgents.errors import SandboxUnavailable, UsageError, nearest
from kgents.sandbox.backend import Backend
from kgents.sandbox.environment import Environment, standard
from kgents.sandbox.program import CANDIDATE
from kgents.sandbox.sandbox import Sandbox, SandboxFault, attacked

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "kgents.sandboxes"
_OURS = "leave --sandbox out for the one that comes with kgents"


def names() -> tuple[str, ...]:
    """The sandboxes that installed packages provide."""
    return tuple(sorted(_points()))


def open_provided(
    name: str, allow_weak: bool = False, cpu_s: int = CANDIDATE.cpu_s, environment: Environment | None = None
) -> Sandbox:
    """The sandbox of this name, its level established by attacking it.

    UsageError for a name that nothing provides; SandboxUnavailable below L3 unless weak ones are allowed.
    """
    points = _points()
    if name not in points:
        near = nearest(name, points)
        hint = f"did you mean {near}?" if near else "leave it out for the one that comes with kgents"
        raise UsageError(f"--sandbox {name}: nothing installed provides it", hint)
    try:
        limits = replace(CANDIDATE, cpu_s=cpu_s)
        provided: Backend | Sandbox = points[name].load()(limits.to_data())
        backend = provided.backend if isinstance(provided, Sandbox) else provided
        sandbox = Sandbox(f"provided by {name}", backend, limits, environment or standard())
    except Exception as wrong:
        raise SandboxUnavailable(f"--sandbox {name} does not start: {type(wrong).__name__}: {wrong}", _OURS) from wrong
    try:
        attacked(sandbox)
    except (SandboxFault, OSError) as wrong:
        sandbox.close()
        raise SandboxUnavailable(
            f"--sandbox {name} cannot be attacked, so nothing is known of it: {wrong}", _OURS
        ) from wrong
    if sandbox.level < "L3" and not allow_weak:
        holes = ", ".join(sandbox.describe()["holes"])
        sandbox.close()
        hint = "--allow-weak-sandbox runs candidates all the same; do so only with code you trust"
        raise SandboxUnavailable(f"--sandbox {name} is only {sandbox.level}; it does not withstand: {holes}", hint)
    return sandbox


def _points() -> "dict[str, EntryPoint]":
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=GROUP)}
