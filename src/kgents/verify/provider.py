"""Sandboxes of other packages (a container, a virtual machine), by the entry point group `kgents.sandboxes`.

An entry point is a function from the limits of a candidate ({cpu_s, as_mb, …}) to a `Backend`. Rule: nobody is believed
about how well they confine: the same attacks run inside as in our own, and establish the level.
"""

import difflib
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol

from kgents.errors import SandboxUnavailable, UsageError
from kgents.verify.recipes import Recipe
from kgents.verify.sandbox import CANDIDATE, Batch, Ended, Sandbox, SandboxFault, attacked

GROUP = "kgents.sandboxes"


class Backend(Protocol):
    """What a package provides. Methods block, and may be called from several threads; each job is in fresh memory.

    Whatever a candidate does is in the result; a fault of the backend itself is a SandboxFault or an OSError.
    """

    def calls(
        self,
        source: str,
        entry: str,
        calls: Sequence[Any],
        wall: float,
        seconds: float = 0.0,
        enough: Callable[[int, Any], bool] | None = None,
        other_hashes: bool = False,
        pauses: Sequence[int] = (),
    ) -> Batch:
        """As `Sandbox.calls`."""

    def check(self, source: str, job: Mapping[str, Any], wall: float) -> tuple[dict[str, Any], Ended]:
        """As `Sandbox.check`."""

    def inside(self, job: Mapping[str, Any], wall: float) -> tuple[Any, Ended]:
        """As `Sandbox.inside`."""

    def renew(self) -> None:
        """Starts afresh after a fault."""

    def close(self) -> None:
        """Ends everything."""


class Provided(Sandbox):
    """A sandbox whose work another package does."""

    def __init__(self, name: str, backend: Backend) -> None:
        super().__init__(Recipe(f"provided by {name}", ()), CANDIDATE, None)
        self._backend = backend
        self.calls = backend.calls  # type: ignore[method-assign]
        self.check = backend.check  # type: ignore[method-assign]
        self.inside = backend.inside  # type: ignore[method-assign]
        self.renew = backend.renew  # type: ignore[method-assign]

    def _end(self) -> None:
        self._backend.close()


def names() -> tuple[str, ...]:
    """The sandboxes that installed packages provide."""
    return tuple(sorted(_points()))


def open_provided(name: str, allow_weak: bool = False, cpu_s: int = CANDIDATE["cpu_s"]) -> Sandbox:
    """The sandbox of this name, its level established by attacking it.

    UsageError for a name that nothing provides; SandboxUnavailable below L3 unless weak ones are allowed.
    """
    points = _points()
    if name not in points:
        near = difflib.get_close_matches(name, points, 1)
        hint = f"did you mean {near[0]}?" if near else "leave it out for the one that comes with kgents"
        raise UsageError(f"--sandbox {name}: nothing installed provides it", hint)
    try:
        backend = points[name].load()({**CANDIDATE, "cpu_s": cpu_s})
        sandbox = Provided(name, backend)
    except Exception as wrong:
        raise SandboxUnavailable(f"--sandbox {name} does not start: {type(wrong).__name__}: {wrong}") from wrong
    try:
        attacked(sandbox)
    except (SandboxFault, OSError) as wrong:
        sandbox.close()
        raise SandboxUnavailable(f"--sandbox {name} cannot be attacked, so nothing is known of it: {wrong}") from wrong
    if sandbox.level < "L3" and not allow_weak:
        holes = ", ".join(sandbox.describe()["holes"])
        sandbox.close()
        hint = "--allow-weak-sandbox runs candidates all the same; do so only with code you trust"
        raise SandboxUnavailable(f"--sandbox {name} is only {sandbox.level}; it does not withstand: {holes}", hint)
    return sandbox


def _points() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
