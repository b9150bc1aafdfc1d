"""A boundary: for every number of trials n, the numbers of successes s at which a run stops, and with which verdict."""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """What a stopping state says."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Boundary:
    """Integer boundaries on the lattice; index n of each tuple is the state after n trials; None where none.

    support_at_least   stop SUPPORTED when s ≥ this
    refute_at_most     stop REFUTED when s ≤ this
    futile             (from, to) inclusive: stop INCONCLUSIVE when from ≤ s ≤ to; at the cap everything between is
    """

    max_trials: int | None
    support_at_least: tuple[int | None, ...]
    refute_at_most: tuple[int | None, ...]
    futile: tuple[tuple[int, int] | None, ...]

    def decide(self, n: int, s: int) -> Side | None:
        """The verdict in state (n, s), or None to go on. Two integer comparisons."""
        raise NotImplementedError

    def distance(self, n: int, s: int) -> int:
        """The least number of further trials after which a run in state (n, s) can stop (0: it stops here)."""
        raise NotImplementedError

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the canonical integers of the boundary."""
        raise NotImplementedError
