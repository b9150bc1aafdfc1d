"""Trials that have a score: is its mean above the target? Decided by betting, after every trial, up to the cap.

The score of a trial is one integer from 0 to the resolution. A trial without one has the least score; one that the
world spoilt does not count, and is replaced.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from kgents.domain.decision_detail import DecisionDetail, ScoreStanding
from kgents.domain.fact import Decided, Verdict
from kgents.domain.json import digest_of
from kgents.domain.plan import DecidedBy
from kgents.domain.versions import CURRENT
from kgents.domain.words import percent
from kgents.stats import AgainstTarget, Design, Rule
from kgents.stats.means import AgainstTargetAimed, AgainstTargetWithin, against_scores, binary_rule

FARTHEST = 256  # trials in flight at once, at most
BINARY_SINCE = 4  # version of the calibration: scores that are all 0 or 1 are decided as successes and failures are
AIMED_SINCE = 5  # those some of which are, by bets that aim at the cap; a run ends where no verdict can come within it
HALF = 0.5  # where no target was asked for, the gamblers of an estimate bet against the middle


@dataclass(frozen=True, slots=True)
class Scale:
    """Which scores the integers 0 … resolution stand for."""

    low: float
    high: float
    resolution: int

    def text(self, share: float) -> str:
        """A share of the range as a score, to six digits."""
        return f"{self.low + share * (self.high - self.low):.6g}"


def rule_digest(design: Design, scale: Sequence[Any]) -> str:
    """What a new plan registers as its boundary; `scale` as the facts of the plan have it."""
    return digest_of([DecidedBy.SCORES, design.to_data(), list(scale), CURRENT.calibration])


class Scores:
    """One arm; a fixed design runs all its trials."""

    def __init__(self, design: Design, scale: Scale, calibration: int = CURRENT.calibration) -> None:
        """`calibration`: the version of the plan, by which the bets are chosen."""
        self._design = design
        self._scale = scale
        self._fixed = design.rule is Rule.FIXED
        target, alpha = design.target or HALF, 1 - design.confidence
        fractions = against_scores(calibration)
        binary = not self._fixed and calibration >= BINARY_SINCE
        rule = binary_rule(target, design.confidence, design.max_trials) if binary else None
        if rule is None:
            self._against = AgainstTarget(scale.resolution, target, alpha, fractions)
        else:
            decider = AgainstTargetAimed if calibration >= AIMED_SINCE else AgainstTargetWithin
            self._against = decider(scale.resolution, rule, fractions)
        self._launched = self._successes = 0
        self._verdict: Verdict | None = None
        self._reason = ""

    def propose(self, pending: Sequence[int]) -> tuple[int, int] | None:
        """The next trial, unless those in flight could decide."""
        if self._verdict is not None or pending[0] >= self._room(pending[0] + 1):
            return None
        return 0, self._launched

    def launch(self, arm: int, index: int) -> None:
        """Trial `index` was launched."""
        self._launched = max(self._launched, index + 1)

    def consume(self, arm: int, index: int, success: bool | None, score: tuple[int, ...]) -> None:
        """Takes a score, and looks whether it decides."""
        if success is None or self._verdict is not None:
            return
        self._successes += success
        self._against.add(score[0] if score else 0)
        crossed = None if self._fixed else self._against.verdict
        if crossed is not None:
            self._verdict, self._reason = Verdict(crossed), "boundary"
        elif self._against.n == self._design.max_trials:
            self._verdict, self._reason = self._at_the_cap()
        elif isinstance(self._against, AgainstTargetAimed) and self._against.is_out_of_reach:
            self._verdict, self._reason = Verdict.INCONCLUSIVE, "futility"

    def forgive(self) -> None:
        """Nothing to do: spoilt trials are replaced by later ones."""

    def decision(self) -> Decided | None:
        """The decision, with mean and limits in the units of the scores."""
        if self._verdict is None:
            return None
        detail: DecisionDetail = {"scores": self.standing(), "sentence": self._sentence(self._verdict)}
        return Decided(self._verdict, self._reason, ((self._against.n, self._successes),), detail)

    def standing(self) -> ScoreStanding:
        """Trials, mean and limits by now: decimal strings in the units of the scores."""
        interval = self._against.interval()
        return {
            "trials": self._against.n,
            "mean": self._scale.text(self._against.mean),
            "low": self._scale.text(interval.low),
            "high": self._scale.text(interval.high),
            "each_side": f"{self._against.alpha:.6g}",
        }

    def exhausted(self) -> bool:
        """Spoilt trials are replaced until the run gives up by its own count of errors."""
        return False

    def state(self) -> Hashable:
        """All that was consumed."""
        return self._launched, self._successes, tuple(sorted(self._against.counts.items()))

    def _room(self, most: int) -> int:
        left = FARTHEST if self._design.max_trials is None else self._design.max_trials - self._against.n
        return left if self._fixed else self._against.distance(min(left, most, FARTHEST))

    def _at_the_cap(self) -> tuple[Verdict, str]:
        if self._fixed and self._design.target is None:
            return Verdict.ESTIMATE, "fixed"
        crossed = self._against.verdict if self._fixed else None
        return (Verdict(crossed), "fixed") if crossed else (Verdict.INCONCLUSIVE, "fixed" if self._fixed else "cap")

    def _sentence(self, verdict: Verdict) -> str:
        trials, mean = self._against.n, self._scale.text(self._against.mean)
        measured = f"mean {mean} of {trials} trial{'s' if trials != 1 else ''}"
        if verdict is Verdict.ESTIMATE:
            return f"estimate: the {measured.replace('mean', 'mean score was', 1)}"
        target = self._scale.text(self._design.target or HALF)
        error = f"error at most {percent(self._against.alpha)}"
        match verdict:
            case Verdict.SUPPORTED:
                return f"supported: the mean score is above {target}, {measured}, {error}"
            case Verdict.REFUTED:
                return f"refuted: the mean score is not above {target}, {measured}, {error}"
            case _:
                why = "no verdict can come before the cap" if self._reason == "futility" else "the cap is reached"
                return f"inconclusive: whether the mean score is above {target} stays open, {measured}; {why}"
