"""Two arms whose trials have scores, on the same inputs: which has the higher mean, or are they equivalent? By betting.

Trial i of one arm is paired with trial i of the other; the differences of their scores decide, after every pair, up to the
cap. A trial that failed has the least score; a pair of which one trial gave no evidence does not count, and is replaced.
"""

from collections.abc import Hashable, Sequence
from typing import Any

from kgents.domain.decision_detail import DecisionDetail, ScorePairStanding
from kgents.domain.fact import Decided, Verdict
from kgents.domain.json import digest_of
from kgents.domain.words import number, percent
from kgents.engine.not_worse import NAME as NOT_WORSE
from kgents.engine.scores import FARTHEST, Scale
from kgents.stats import Design, Difference

NAME = "score pairs"


def rule_digest(design: Design, scale: Sequence[Any], claim: str | None) -> str:
    """What the plan registers as its boundary; `scale` and `claim` as the facts of the plan have them."""
    return digest_of([NAME, design.to_data(), list(scale), claim])


class ScorePairs:
    """Two arms; the margin of the design is a share of the range.

    not_worse  asked is only whether the second arm is not worse than the first by the margin or more
    """

    def __init__(self, design: Design, names: Sequence[str], scale: Scale, not_worse: bool = False) -> None:
        if len(names) != 2 or (not_worse and design.margin is None):
            raise ValueError("scores are compared of two arms; non-inferiority needs a margin")
        self._names, self._scale, self._not_worse = tuple(names), scale, not_worse
        self._margin, self._cap, self._alpha = design.margin, design.max_trials or 0, 1 - design.confidence
        self._difference = Difference(scale.resolution, self._alpha, design.margin)
        self._launched, self._sums = [0, 0], [0, 0]
        self._counts = [(0, 0), (0, 0)]
        self._waiting: tuple[dict[int, int | None], dict[int, int | None]] = ({}, {})
        self._verdict: str | None = None

    def propose(self, pending: Sequence[int]) -> tuple[int, int] | None:
        """The arm that is behind, unless a decision could come before its turn."""
        arm = min((0, 1), key=lambda arm: self._launched[arm])
        index = self._launched[arm]
        complete = min(launched - waiting for launched, waiting in zip(self._launched, pending, strict=True))
        return (arm, index) if index < complete + self._room(index - complete + 1) else None

    def launch(self, arm: int, index: int) -> None:
        """Trial `index` of `arm` was launched."""
        self._launched[arm] = max(self._launched[arm], index + 1)

    def consume(self, arm: int, index: int, success: bool | None, score: tuple[int, ...]) -> None:
        """Takes a score, and looks whether its pair decides."""
        if success is not None:
            trials, successes = self._counts[arm]
            self._counts[arm] = trials + 1, successes + success
        mine = None if success is None else score[0] if success and score else 0
        other = self._waiting[1 - arm]
        if index not in other:
            self._waiting[arm][index] = mine
            return
        theirs = other.pop(index)
        if mine is None or theirs is None or self._verdict is not None:
            return
        first, second = (mine, theirs) if arm == 0 else (theirs, mine)
        self._difference.add(first, second)
        self._sums = [self._sums[0] + first, self._sums[1] + second]
        self._verdict = self._judged()

    def forgive(self) -> None:
        """Nothing to do: spoilt pairs are replaced by later ones."""

    def decision(self) -> Decided | None:
        """The decision, with the mean difference and its limits in the units of the scores."""
        if self._verdict is None:
            return None
        known = self._verdict != "inconclusive"
        lost = self._verdict == "worse"
        verdict = Verdict.REFUTED if lost else Verdict.SUPPORTED if known else Verdict.INCONCLUSIVE
        reason = "equivalence" if self._verdict == "equivalent" else "boundary" if known else "cap"
        detail: DecisionDetail = {
            "status": self._status(),
            "score_difference": self.standing(),
            "sentence": self._sentence(),
        }
        return Decided(verdict, reason, tuple(self._counts), detail)

    def standing(self) -> ScorePairStanding:
        """Pairs, means, mean difference (the first less the second) and limits by now: strings in the units of the scores."""
        pairs, limits, width = self._difference.n, self._difference.interval(), self._scale.high - self._scale.low
        means = [self._scale.text(total / pairs / self._scale.resolution) if pairs else None for total in self._sums]
        standing: ScorePairStanding = {
            "pairs": pairs,
            "means": means,
            "mean": f"{self._difference.mean * width:.6g}",
            "low": f"{limits.low * width:.6g}",
            "high": f"{limits.high * width:.6g}",
            "each_side": f"{self._alpha:.6g}",
        }
        if self._margin is not None:
            standing["margin"] = f"{self._margin * width:.6g}"
        return standing

    def exhausted(self) -> bool:
        """Spoilt pairs are replaced until the run gives up by its own count of errors."""
        return False

    def state(self) -> Hashable:
        """All that was consumed."""
        waiting = tuple(tuple(sorted(side.items())) for side in self._waiting)
        return tuple(self._launched), tuple(self._counts), tuple(self._sums), self._difference.n, self._verdict, waiting

    def _room(self, most: int) -> int:
        if self._verdict is not None:
            return 0
        left = min(self._cap - self._difference.n, FARTHEST)
        return min(left, self._difference.distance(min(left, most)))

    def _judged(self) -> str | None:
        shown = self._difference
        if self._not_worse:
            told = NOT_WORSE if shown.not_better else "worse" if shown.beyond else None
        else:
            told = "first" if shown.above else "second" if shown.below else "equivalent" if shown.equivalent else None
        return told or ("inconclusive" if shown.n >= self._cap else None)

    def _status(self) -> list[str]:
        match self._verdict:
            case "first":
                return ["best", "eliminated"]
            case "second":
                return ["eliminated", "best"]
            case "equivalent":
                return ["equivalent", "equivalent"]
            case "inconclusive":
                return ["open", "open"]
        return ["baseline", str(self._verdict)]

    def _sentence(self) -> str:
        told, (first, second), error = self.standing(), self._names, percent(self._alpha)
        pairs, margin = number(told["pairs"], "pair"), told.get("margin", "")
        measured = f"mean scores {told['means'][0]} and {told['means'][1]} of {pairs}"
        match self._verdict:
            case "first" | "second":
                one, other = (first, second) if self._verdict == "first" else (second, first)
                return f"{one} is better than {other}, {measured}; error at most {percent(2 * self._alpha)} over both directions"
            case "equivalent":
                return f"{first} and {second} are equivalent within {margin}, {measured}; error at most {error}"
            case "worse":
                return (
                    f"refuted: {second} is worse than {first} by more than {margin}, {measured}; error at most {error}"
                )
            case "inconclusive" if self._not_worse:
                return (
                    f"inconclusive: whether {second} is worse than {first} by {margin} or more stays open, {measured}; "
                    "the cap is reached"
                )
            case "inconclusive":
                return f"{first} and {second} cannot be told apart, {measured}; the cap is reached"
        return f"supported: {second} is not worse than {first} by {margin} or more, {measured}; error at most {error}"
