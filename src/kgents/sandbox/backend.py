"""What does the work of a sandbox: a package may provide its own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from kgents.sandbox.batch import Batch
from kgents.sandbox.inside.protocol import Ended


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
