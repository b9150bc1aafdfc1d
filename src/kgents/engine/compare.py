"""Arms that face the same inputs: pairs of outcomes decide, an arm that is beaten takes no further trials.

Trial i of one arm is paired with trial i of every other. Pairs that agree say nothing; of those that do not, each arm
wins half if the arms are equal, whatever their common rate (McNemar). So a comparison of two arms is the calibrated
rule at ½ over discordant pairs; with k arms each comparison is made at error α/(k−1), so that the best arm is thrown
out with probability at most α.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import astuple, dataclass, field
from itertools import combinations
from typing import Any

from kgents.domain.decision_detail import DecisionDetail
from kgents.domain.fact import Decided, Verdict
from kgents.domain.versions import CURRENT
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


@dataclass(slots=True)
class _Arm:
    launched: int = 0
    trials: int = 0
    successes: int = 0
    out: bool = False
    outcomes: dict[int, bool | None] = field(default_factory=dict)


class Compare:
    """Round-robin over the arms that are still in, with elimination."""

    def __init__(self, design: Design, names: Sequence[str], calibration: int = CURRENT.calibration) -> None:
        """`calibration`: the version of the plan; 1 looks for equivalence by the union of two sequences."""
        self._names = tuple(names)
        self._duel = duel_of(design, len(names), calibration)
        self._arms = [_Arm() for _ in names]
        self._pairs = {pair: Pair() for pair in combinations(range(len(names)), 2)}
        if design.margin is not None and calibration > 1:
            for pair in self._pairs.values():
                pair.zone = Zone(design.margin, self._duel.alpha)

    def propose(self, pending: Sequence[int]) -> tuple[int, int] | None:
        """The arm that is furthest behind, unless a decision could come before its turn."""
        arms = [number for number, arm in enumerate(self._arms) if not arm.out]
        number = min(arms, key=lambda arm: self._arms[arm].launched)
        index = self._arms[number].launched
        complete = min(self._arms[arm].launched - pending[arm] for arm in arms)
        return (number, index) if index < complete + self._room(index - complete + 1) else None

    def launch(self, arm: int, index: int) -> None:
        """Trial `index` of `arm` was launched."""
        self._arms[arm].launched = max(self._arms[arm].launched, index + 1)

    def consume(self, arm: int, index: int, success: bool | None, score: tuple[int, ...]) -> None:
        """Pairs the outcome with what the other arms did on the same input."""
        state = self._arms[arm]
        state.outcomes[index] = success
        if success is not None:
            state.trials += 1
            state.successes += success
        for other, rival in enumerate(self._arms):
            if other != arm and index in rival.outcomes:
                self._match(min(arm, other), max(arm, other), index)
        if all(index in rival.outcomes or rival.out for rival in self._arms):
            for rival in self._arms:
                rival.outcomes.pop(index, None)

    def forgive(self) -> None:
        """Nothing to do: spoilt pairs are replaced by later ones."""

    def decision(self) -> Decided | None:
        """The decision, when one arm is left or no open pair can be told apart any more."""
        left = [number for number, arm in enumerate(self._arms) if not arm.out]
        if len(left) > 1 and any(self._pairs[pair].verdict is None for pair in self._open()):
            return None
        status = self._status(left)
        equal = "equivalent" in status
        verdict = Verdict.SUPPORTED if len(left) == 1 or equal else Verdict.INCONCLUSIVE
        reason = "boundary" if len(left) == 1 else "equivalence" if equal else "cap"
        detail: DecisionDetail = {
            "status": status,
            "pairs": self.standing(),
            "sentence": self._sentence(left, equal) + "".join(self._one_sided(left)),
        }
        return Decided(verdict, reason, tuple((arm.trials, arm.successes) for arm in self._arms), detail)

    def standing(self) -> list[list[Any]]:
        """[a, b, pairs, wins of a, wins of b, verdict so far] of every two arms."""
        return [[a, b, pair.pairs, pair.a_wins, pair.b_wins, pair.verdict] for (a, b), pair in self._pairs.items()]

    def exhausted(self) -> bool:
        """Spoilt pairs are replaced until the run gives up by its own count of errors."""
        return False

    def state(self) -> Hashable:
        """All that was consumed."""
        arms = tuple(
            (arm.launched, arm.trials, arm.successes, arm.out, tuple(arm.outcomes.items())) for arm in self._arms
        )
        return arms, tuple(map(astuple, self._pairs.values()))

    def _open(self) -> Iterator[tuple[int, int]]:
        return (pair for pair in self._pairs if not self._arms[pair[0]].out and not self._arms[pair[1]].out)

    def _room(self, most: int) -> int:
        """How many further pairs cannot be needless; more than `most` need not be told."""
        undecided = [self._pairs[pair] for pair in self._open() if self._pairs[pair].verdict is None]
        return min((self._distance(pair, most) for pair in undecided), default=0)

    def _distance(self, pair: Pair, most: int) -> int:
        nearest = self._duel.distance(pair.pairs, pair.a_wins, pair.b_wins)
        if pair.zone is None or nearest <= 1:
            return nearest
        return pair.zone.distance(pair.counts(), min(nearest, most))

    def _match(self, a: int, b: int, index: int) -> None:
        pair = self._pairs[a, b]
        first, second = self._arms[a].outcomes[index], self._arms[b].outcomes[index]
        if pair.verdict is not None or first is None or second is None or self._arms[a].out or self._arms[b].out:
            return
        pair.pairs += 1
        pair.a_wins += first and not second
        pair.b_wins += second and not first
        pair.verdict = self._judged(pair)
        if pair.verdict == "a":
            self._arms[b].out = True
        elif pair.verdict == "b":
            self._arms[a].out = True

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

    def _status(self, left: Sequence[int]) -> list[str]:
        if len(left) == 1:
            return ["best" if number == left[0] else "eliminated" for number in range(len(self._arms))]
        equal = all(self._pairs[pair].verdict == "equivalent" for pair in self._open())
        word = "equivalent" if equal else "open"
        return [word if number in left else "eliminated" for number in range(len(self._arms))]

    def _sentence(self, left: Sequence[int], equal: bool) -> str:
        names = " and ".join(self._names[number] for number in left)
        if len(left) == 1:
            others = ", ".join(name for number, name in enumerate(self._names) if number != left[0])
            return f"{names} is better than {others}"
        return f"{names} are equivalent within the margin" if equal else f"{names} cannot be told apart"


def duel_of(design: Design, arms: int, calibration: int = CURRENT.calibration) -> Duel:
    """The comparison of two of k arms: error α/(k−1)."""
    margin = design.margin if calibration == 1 else None
    return Duel((1 - design.confidence) / max(1, arms - 1), design.max_trials or 0, margin, design.filled)
