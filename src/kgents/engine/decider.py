"""What the loop asks of a way to decide: which trial next, what does an outcome mean, is it decided.

Rule: a decider sees outcomes in the order in which trials were launched, never in the order in which they came back.
"""

from collections.abc import Hashable, Sequence
from typing import Protocol

from kgents.domain.fact import Decided


class Decider(Protocol):
    """Decides from consumed outcomes; pure and deterministic."""

    def propose(self, pending: Sequence[int]) -> tuple[int, int] | None:
        """The (arm, index) to launch next, or None where another trial could turn out to be needless.

        pending  per arm, how many launched trials have not been consumed
        """

    def launch(self, arm: int, index: int) -> None:
        """Trial `index` of `arm` was launched for the first time."""

    def consume(self, arm: int, index: int, success: bool | None, score: tuple[int, ...]) -> None:
        """Takes the outcome of a trial; success None does not count (the world spoilt it)."""

    def forgive(self) -> None:
        """The run is resumed: trials that the world spoilt may be replaced."""

    def decision(self) -> Decided | None:
        """The decision, once there is one."""

    def exhausted(self) -> bool:
        """Whether no further trial is allowed although not one of them counted."""

    def state(self) -> Hashable:
        """All that was consumed: equal for equal sequences."""
