"""The seam: what a run on workers asks of the engine between it and them.

Rule: an engine carries texts to workers and back, and says who is there. Attempts, deadlines, leases, charges and the
record are ours: an engine that loses a text, runs it twice or forgets a worker only costs time.
"""

from collections.abc import Mapping
from typing import Protocol


class WorkerDied(Exception):
    """The process of a worker ended while an attempt ran on it."""


class AttemptLost(Exception):
    """An attempt will never be answered, for a reason that says nothing about its trial."""


class Unanswered(Exception):
    """The scheduler or a worker did not answer."""


class Engine(Protocol):
    """Carries texts to the benches of workers (`bench.serve`) and back."""

    async def members(self) -> Mapping[str, int]:
        """Address → slots (trials at once) of every worker that is there. Raises Unanswered."""

    async def submit(self, key: str, worker: str, text: str) -> str:
        """The bench's answer to a text, which takes one of the worker's slots. Raises WorkerDied, AttemptLost.

        Cancelling it lets go of the attempt; it ends nothing on the worker.
        """

    async def tell(self, worker: str, text: str) -> str:
        """The bench's answer to a text that takes no slot. Raises Unanswered; it may wait for ever."""

    async def aclose(self) -> None:
        """Lets go of the scheduler."""
