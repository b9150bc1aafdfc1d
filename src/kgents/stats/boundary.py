"""A boundary: for every number of trials n, the numbers of successes s at which a run stops, and with which verdict."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256


class Side(StrEnum):
    """What a stopping state says."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True, eq=False)
class Boundary:
    """Integer boundaries on the lattice; index n of each sequence is the state after n trials. One object is shared by all
    who ask for its design, in any number of threads: nothing in it ever changes.

    upper   stop SUPPORTED when s ≥ upper[n]; n + 1 where no s reaches it
    lower   stop REFUTED when s ≤ lower[n]; −1 where none
    futile  (from, to) inclusive: stop INCONCLUSIVE when from ≤ s ≤ to; None where none
    max_trials  the cap, at which everything that is left is INCONCLUSIVE; None: the sequences have no end
    last_only   the sequences hold one item, of the cap; nothing stops before (a fixed number of trials, up to 10⁷)
    Both are non-decreasing in n, and rise by at most one per trial once they are reachable.
    """

    max_trials: int | None
    upper: Sequence[int]
    lower: Sequence[int]
    futile: Sequence[tuple[int, int] | None]
    last_only: bool = False
    _digest: list[str] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        """Lists become tuples."""
        for name in ("upper", "lower", "futile"):
            if isinstance(getattr(self, name), list):
                object.__setattr__(self, name, tuple(getattr(self, name)))

    def decide(self, n: int, s: int) -> Side | None:
        """The verdict in state (n, s), or None to go on. Two integer comparisons."""
        if self.last_only:
            if n != self.max_trials:
                return None
            return Side.SUPPORTED if s >= self.upper[0] else Side.REFUTED if s <= self.lower[0] else Side.INCONCLUSIVE
        if s >= self.upper[n]:
            return Side.SUPPORTED
        if s <= self.lower[n]:
            return Side.REFUTED
        if n == self.max_trials:
            return Side.INCONCLUSIVE
        futile = self.futile[n]
        return Side.INCONCLUSIVE if futile is not None and futile[0] <= s <= futile[1] else None

    def distance(self, n: int, s: int) -> int:
        """The least number of further trials after which a run in state (n, s) can stop; 0 where it stops here.

        From (n, s) the states after k more trials are s … s + k: one of them stops if the upper boundary is at most
        s + k, the lower at least s, or the futile range meets [s, s + k].
        """
        if self.last_only:
            return max(0, (self.max_trials or 0) - n)
        if self.decide(n, s) is not None:
            return 0
        step = 1
        while not self._meets(n + step, s, s + step):
            step += 1
        return step

    def _meets(self, n: int, low: int, high: int) -> bool:
        if n == self.max_trials or high >= self.upper[n] or low <= self.lower[n]:
            return True
        futile = self.futile[n]
        return futile is not None and futile[0] <= high and low <= futile[1]

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the integers: what the plan of an experiment registers. Unbounded ones: of the first 1 000."""
        if not self._digest:
            last = 1000 if self.max_trials is None else self.max_trials
            parts = (list(part[: last + 1]) for part in (self.upper, self.lower, self.futile))
            self._digest.append(sha256(repr((self.max_trials, *parts)).encode()).hexdigest())
        return self._digest[0]

    def row(self, n: int) -> tuple[int | None, int | None, int | None, int | None]:
        """(refute_at_most, support_at_least, inconclusive_from, inconclusive_to) after n trials; None where none."""
        if self.last_only and n != self.max_trials:
            return None, None, None, None
        row = 0 if self.last_only else n
        above, below = self.upper[row], self.lower[row]
        middle: tuple[int, int] | None = self.futile[row]
        if n == self.max_trials:
            middle = (below + 1, min(above, n + 1) - 1)
        low, high = middle if middle is not None and middle[0] <= middle[1] else (None, None)
        return below if below >= 0 else None, above if above <= n else None, low, high
