"""Whether a test fails because of the order: it fails exactly in those runs in which another test ran before it, or did not.

Rule: two tests are in either order with probability 1/2 in a shuffled run, so that a test of no influence agrees with
every one of n outcomes with probability 2^(1-n), both directions together. A name is given only where the chance that any
of all tests would have agreed by accident is at most CHANCE.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kgents.domain.ports import Trial
from kgents.kinds.flaky.options import OrderData

CHANCE = 0.01


@dataclass(frozen=True, slots=True)
class Dependence:
    """The test whose place explains every outcome: it spoils what comes after it, or what comes before it lacks it."""

    other: str
    spoils: bool
    runs: int

    def to_data(self) -> OrderData:
        """JSON data."""
        return {"test": self.other, "fails": "after it" if self.spoils else "before it", "runs": self.runs}


def dependences(trials: Sequence[Trial], names: Sequence[str], flaky: Sequence[int]) -> Mapping[int, Dependence]:
    """By number of the arm, for flaky tests whose outcome the place of one other test explains in every run."""
    runs: dict[int, dict[int, tuple[int, bool | None]]] = {}
    for row in trials:
        if "place" in row.metadata:
            runs.setdefault(row.metadata["run"], {})[row.arm] = (row.metadata["place"], row.success)
    explained = {arm: _explained(arm, [run for run in runs.values() if arm in run], names) for arm in flaky}
    return {arm: dependence for arm, dependence in explained.items() if dependence is not None}


def _explained(
    arm: int, runs: Sequence[Mapping[int, tuple[int, bool | None]]], names: Sequence[str]
) -> Dependence | None:
    """The only other test that agrees with every outcome, if that is no accident."""
    agreeing: list[Dependence] = []
    for other in range(len(names)):
        if other == arm:
            continue
        pairs = [(run[other][0] < run[arm][0], run[arm][1]) for run in runs if other in run and run[arm][1] is not None]
        if (len(names) - 1) * 2.0 ** (1 - len(pairs)) > CHANCE:
            continue
        agreeing += [
            Dependence(names[other], spoils, len(pairs))
            for spoils in (True, False)
            if all((earlier is spoils) is (not passed) for earlier, passed in pairs)
        ]
    return agreeing[0] if len(agreeing) == 1 else None
