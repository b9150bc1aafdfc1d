"""Arms with one error together: each runs by its equal share of it, and what that leaves is given out at the end.

"Supported" and "refuted" are two families of hypotheses, each with the whole error: no arm is called supported wrongly with
probability 1 − α at least (ALL), and none refuted; or of those that are called so a share of at most α is wrong (FDR).
"""

from collections.abc import Sequence
from dataclasses import replace

from kgents.domain.decision_detail import DecisionDetail
from kgents.domain.fact import Decided, Verdict
from kgents.engine.independent import Independent, joint
from kgents.stats import Control, Design, p_values, rejected, share


class Family(Independent):
    """As Independent; a verdict of an arm is one of the family."""

    def __init__(self, design: Design, arms: int, control: Control, allowances: Sequence[int] | None = None) -> None:
        """`design` has the error of the family; `allowances`: as of Independent."""
        self._own = share(design, arms)
        super().__init__(self._own, arms, allowances)
        self._alpha, self._control = 1 - design.confidence, control

    def decision(self) -> Decided | None:
        """The joint decision on the verdicts that stand; `levels`: the error on each side of the interval of each arm."""
        alone = super().decision()
        if alone is None or self._own.target is None:
            return alone
        tails = [p_values(self._own, n, s) for n, s in alone.counts]
        supported = rejected([tail.above for tail in tails], self._alpha, self._control)
        refuted = rejected([tail.below for tail in tails], self._alpha, self._control)
        arms: list[tuple[Verdict, str]] = []
        levels: list[str] = []
        for (_, reason), up, down in zip(self.verdicts(), supported, refuted, strict=True):
            verdict = Verdict.SUPPORTED if up else Verdict.REFUTED if down else Verdict.INCONCLUSIVE
            arms.append((verdict, reason))
            levels.append(repr(up or down or 1 - self._own.confidence))
        detail: DecisionDetail = {"arms": [list(arm) for arm in arms], "levels": levels}
        return replace(alone, verdict=joint([verdict for verdict, _ in arms]), detail=detail)
