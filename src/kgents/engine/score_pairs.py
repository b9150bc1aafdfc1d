"""Arms whose trials have scores, on the same inputs: which has the highest mean, or are they equivalent? By betting.

Trial i of one arm is paired with trial i of every other; the differences of their scores decide, after every pair, up to the
cap. A trial without a score has the least one (what a trial that failed is worth is for its kind to say); a pair of which one
trial gave no evidence does not count, and is replaced.

With k arms each claim about two is made at error α/(k−1), and an arm that is beaten takes no further trials: so the best one
is thrown out with probability α at most. Of two arms at most two claims can be wrong, one each way where their means are equal;
so some claim is wrong with probability kα at most.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from kgents.domain.decision_detail import DecisionDetail, ScorePairStanding
from kgents.domain.fact import Decided, Verdict
from kgents.domain.json import digest_of
from kgents.domain.plan import DecidedBy
from kgents.domain.words import number, percent
from kgents.engine.not_worse import NAME as NOT_WORSE
from kgents.engine.round_robin import RoundRobin
from kgents.engine.scores import FARTHEST, Scale
from kgents.stats import Design, Difference


def rule_digest(design: Design, scale: Sequence[Any], claim: str | None) -> str:
    """What the plan registers as its boundary; `scale` and `claim` as the facts of the plan have them."""
    return digest_of([DecidedBy.SCORE_PAIRS, design.to_data(), list(scale), claim])


@dataclass(slots=True)
class ScorePair:
    """Two arms on the same inputs; the sums are of the scores that were paired."""

    difference: Difference
    first: int = 0
    second: int = 0
    verdict: str | None = None

    def state(self) -> Hashable:
        """All that their pairs came to."""
        return self.difference.state(), self.first, self.second, self.verdict


class ScorePairs(RoundRobin[ScorePair]):
    """Round-robin over the arms that are still in; the margin of the design is a share of the range.

    not_worse  asked is only whether the second of two arms is not worse than the first by the margin or more
    """

    def __init__(self, design: Design, names: Sequence[str], scale: Scale, not_worse: bool = False) -> None:
        if len(names) < 2 or (not_worse and (design.margin is None or len(names) > 2)):
            raise ValueError("scores are compared of two arms or more; non-inferiority is of two, by a margin")
        self._scale, self._not_worse = scale, not_worse
        self._margin, self._cap, self._whole = design.margin, design.max_trials or 0, 1 - design.confidence
        self._alpha = self._whole / (len(names) - 1)
        pairs = combinations(names, 2)
        super().__init__(names, [ScorePair(Difference(scale.resolution, self._alpha, design.margin)) for _ in pairs])
        self._sums = [0] * len(names)

    def consume(self, arm: int, index: int, success: bool | None, score: tuple[int, ...]) -> None:
        """Takes a score, and looks whether its pairs decide."""
        if success is not None:
            self._sums[arm] += self._worth(success, score)
        super().consume(arm, index, success, score)

    def decision(self) -> Decided | None:
        """The decision, with the mean differences and their limits in the units of the scores."""
        if not self._is_over():
            return None
        status, left = self._words(), self._left()
        known, lost = "open" not in status, "worse" in status
        verdict = Verdict.REFUTED if lost else Verdict.SUPPORTED if known else Verdict.INCONCLUSIVE
        equal = "equivalent" in status
        reason = "equivalence" if equal else "boundary" if known else "cap"
        detail: DecisionDetail = {"status": status}
        if len(self._arms) == 2:
            detail["score_difference"], detail["sentence"] = self.standing()[0], self._of_two()
        else:
            detail["score_differences"], detail["sentence"] = self.standing(), self._of_many(left, equal)
        return Decided(verdict, reason, self._counts, detail)

    def standing(self) -> list[ScorePairStanding]:
        """Of every two arms the pairs, means, mean difference (the first less the second) and limits by now, as strings in
        the units of the scores; of three arms or more also which, and the verdict so far."""
        return [self._standing(arms, pair) for arms, pair in self._pairs.items()]

    def state(self) -> Hashable:
        """All that was consumed."""
        return super().state(), tuple(self._sums)

    def _standing(self, arms: tuple[int, int], pair: ScorePair) -> ScorePairStanding:
        pairs, limits, width = pair.difference.n, pair.difference.interval(), self._scale.high - self._scale.low
        sums = pair.first, pair.second
        standing: ScorePairStanding = {
            "pairs": pairs,
            "means": [self._scale.text(total / pairs / self._scale.resolution) if pairs else None for total in sums],
            "mean": f"{pair.difference.mean * width:.6g}",
            "low": f"{limits.low * width:.6g}",
            "high": f"{limits.high * width:.6g}",
            "each_side": f"{self._alpha:.6g}",
        }
        if self._margin is not None:
            standing["margin"] = f"{self._margin * width:.6g}"
        if len(self._arms) > 2:
            standing["arms"], standing["verdict"] = list(arms), pair.verdict
        return standing

    def _worth(self, success: bool, score: tuple[int, ...]) -> int:
        return score[0] if score else 0

    def _take(self, pair: ScorePair, first: int, second: int) -> str | None:
        pair.difference.add(first, second)
        pair.first, pair.second = pair.first + first, pair.second + second
        shown = pair.difference
        if self._not_worse:
            told = NOT_WORSE if shown.not_better else "worse" if shown.beyond else None
        else:
            told = "a" if shown.above else "b" if shown.below else "equivalent" if shown.equivalent else None
        return told or ("inconclusive" if shown.n >= self._cap else None)

    def _distance(self, pair: ScorePair, most: int) -> int:
        left = min(self._cap - pair.difference.n, FARTHEST)
        return min(left, pair.difference.distance(min(left, most)))

    def _words(self) -> list[str]:
        """The status of every arm; where only non-inferiority was asked, of the second against its baseline."""
        (verdict, *_) = (pair.verdict for pair in self._pairs.values())
        return ["baseline", verdict] if verdict in (NOT_WORSE, "worse") else self._status()

    def _of_two(self) -> str:
        ((told,), (first, second), (pair,)) = self.standing(), self._names, self._pairs.values()
        pairs, margin, error = number(told["pairs"], "pair"), told.get("margin", ""), percent(self._alpha)
        measured = f"mean scores {told['means'][0]} and {told['means'][1]} of {pairs}"
        match pair.verdict:
            case "a" | "b":
                one, other = (first, second) if pair.verdict == "a" else (second, first)
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

    def _of_many(self, left: Sequence[int], equal: bool) -> str:
        names, others = " and ".join(self._listed(left)), ", ".join(self._listed(self._beaten()))
        arms = len(self._arms)
        error = (
            f"the best of {arms} is thrown out with probability at most {percent(self._whole)}, "
            f"any of these claims is wrong with at most {percent(min(1.0, arms * self._whole))}"
        )
        if len(left) == 1:
            return f"{names} is better than {others}; {error}"
        told = f"are equivalent within {self._margin_text()}" if equal else "cannot be told apart"
        worse = f"; {others} {'is' if len(self._beaten()) == 1 else 'are'} worse than another" if others else ""
        reached = "" if equal else "; the cap is reached"
        return f"{names} {told}{worse}{reached}" + (f"; {error}" if equal or others else "")

    def _beaten(self) -> list[int]:
        return [number for number, arm in enumerate(self._arms) if arm.out]

    def _listed(self, arms: Sequence[int]) -> Iterator[str]:
        """The names of arms, each with its mean score and the number of trials that it is of."""
        for arm in arms:
            trials = self._arms[arm].trials
            mean = self._scale.text(self._sums[arm] / max(1, trials) / self._scale.resolution)
            yield f"{self._names[arm]} ({mean} of {number(trials, 'trial')})"

    def _margin_text(self) -> str:
        return f"{(self._margin or 0.0) * (self._scale.high - self._scale.low):.6g}"
