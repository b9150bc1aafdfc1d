"""Arms that face the same inputs: pairs of outcomes decide, an arm that is beaten takes no further trials.

Trial i of one arm is paired with trial i of every other. Pairs that agree say nothing; of those that do not, each arm
wins half if the arms are equal, whatever their common rate (McNemar). So a comparison of two arms is the calibrated
rule at ½ over discordant pairs; with k arms each comparison is made at error α/(k−1), so that the best arm is thrown
out with probability at most α.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import astuple, dataclass
from itertools import combinations
from typing import Any

from kgents.domain.decision_detail import DecisionDetail
from kgents.domain.fact import Decided, Verdict
from kgents.domain.versions import CURRENT
from kgents.engine.round_robin import RoundRobin
from kgents.stats import Design, Duel, Zone


def rule_digest(design: Design, arms: int) -> str:
    """What the plan of a comparison of so many arms, in pairs, registers as its boundary."""
    return duel_of(design, arms).boundary.digest


@dataclass(slots=True)
class Pair:
    """Two arms on the same inputs."""

    pairs: int = 0
    a_wins: int = 0
    b_wins: int = 0
    verdict: str | None = None
    zone: Zone | None = None

    def counts(self) -> dict[int, int]:
        """How often each difference came."""
        return {1: self.a_wins, 0: self.pairs - self.a_wins - self.b_wins, -1: self.b_wins}

    def state(self) -> Hashable:
        """All that their pairs came to."""
        return astuple(self)


class Compare(RoundRobin[Pair]):
    """Round-robin over the arms that are still in, with elimination; pairs of successes."""

    def __init__(self, design: Design, names: Sequence[str], calibration: int = CURRENT.calibration) -> None:
        """`calibration`: the version of the plan; 1 looks for equivalence by the union of two sequences."""
        super().__init__(names, [Pair() for _ in combinations(names, 2)])
        self._duel = duel_of(design, len(names), calibration)
        if design.margin is not None and calibration > 1:
            for pair in self._pairs.values():
                pair.zone = Zone(design.margin, self._duel.alpha)

    def decision(self) -> Decided | None:
        """The decision, when one arm is left or no open pair can be told apart any more."""
        if not self._is_over():
            return None
        left, status = self._left(), self._status()
        equal = "equivalent" in status
        verdict = Verdict.SUPPORTED if len(left) == 1 or equal else Verdict.INCONCLUSIVE
        reason = "boundary" if len(left) == 1 else "equivalence" if equal else "cap"
        detail: DecisionDetail = {
            "status": status,
            "pairs": self.standing(),
            "sentence": self._sentence(left, equal) + "".join(self._one_sided(left)),
        }
        return Decided(verdict, reason, self._counts, detail)

    def standing(self) -> list[list[Any]]:
        """[a, b, pairs, wins of a, wins of b, verdict so far] of every two arms."""
        return [[a, b, pair.pairs, pair.a_wins, pair.b_wins, pair.verdict] for (a, b), pair in self._pairs.items()]

    def _worth(self, success: bool, score: tuple[int, ...]) -> int:
        return int(success)

    def _distance(self, pair: Pair, most: int) -> int:
        nearest = self._duel.distance(pair.pairs, pair.a_wins, pair.b_wins)
        if pair.zone is None or nearest <= 1:
            return nearest
        return pair.zone.distance(pair.counts(), min(nearest, most))

    def _take(self, pair: Pair, first: int, second: int) -> str | None:
        pair.pairs += 1
        pair.a_wins += first > second
        pair.b_wins += second > first
        return self._judged(pair)

    def _judged(self, pair: Pair) -> str | None:
        verdict = self._duel.decide(pair.pairs, pair.a_wins, pair.b_wins)
        if pair.zone is not None:
            pair.zone.look(pair.counts())
            if verdict in (None, "inconclusive") and pair.zone.equivalent:
                return "equivalent"
        return verdict

    def _one_sided(self, left: Sequence[int]) -> Iterator[str]:
        """What was shown of arms that stay: not worse than another by the margin or more."""
        for (a, b), pair in self._pairs.items():
            if pair.zone is None or pair.verdict != "inconclusive" or a not in left or b not in left:
                continue
            for shown, one, other in ((pair.zone.not_worse, a, b), (pair.zone.not_better, b, a)):
                if shown:
                    yield f"; {self._names[one]} is not worse than {self._names[other]} by {pair.zone.margin:g} or more"

    def _sentence(self, left: Sequence[int], equal: bool) -> str:
        names = " and ".join(self._names[number] for number in left)
        if len(left) == 1:
            others = ", ".join(name for number, name in enumerate(self._names) if number != left[0])
            return f"{names} is better than {others}"
        return f"{names} are equivalent within the margin" if equal else f"{names} cannot be told apart"


def duel_of(design: Design, arms: int, calibration: int = CURRENT.calibration) -> Duel:
    """The comparison of two of k arms: error α/(k−1)."""
    margin = design.margin if calibration == 1 else None
    alpha = (1 - design.confidence) / max(1, arms - 1)
    return Duel(alpha, design.max_trials or 0, margin, design.filled, design.shaped)
