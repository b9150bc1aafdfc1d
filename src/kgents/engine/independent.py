"""Arms with a boundary each: one arm (the usual case), the tasks of a suite, the strategies of a parser.

Sequential designs replace a trial that the world spoilt; a fixed design runs exactly its number of trials and decides
on those that counted.
"""

from collections.abc import Hashable, Sequence
from dataclasses import astuple, dataclass, replace

from kgents.domain.decision_detail import DecisionDetail
from kgents.domain.fact import Decided, Verdict
from kgents.stats import Boundary, Design, Rule, boundary


@dataclass(slots=True)
class _Arm:
    """What one arm may ask for and has come to."""

    allowance: int
    launched: int = 0
    trials: int = 0
    successes: int = 0
    errors: int = 0
    forgiven: int = 0
    verdict: Verdict | None = None
    reason: str = ""


class Independent:
    """Every arm runs until its own boundary is reached."""

    def __init__(self, design: Design, arms: int, allowances: Sequence[int] | None = None) -> None:
        """`allowances`: of a fixed design whose arms do not all have the same number of trials."""
        self._design = design
        self._boundary: Boundary | None = None if design.rule is Rule.FIXED else boundary(design)
        numbers = allowances or [design.max_trials or 0] * arms
        self._arms = [_Arm(number) for number in numbers]
        self._undecided = arms
        self._turn = 0
        if self._boundary is not None:
            for arm in self._arms:
                self._judge(arm)  # where no verdict can be expected, not a single trial is needed

    def propose(self, pending: Sequence[int]) -> tuple[int, int] | None:
        """The next arm in turn that can take a trial without any risk that it is needless."""
        count = len(self._arms)
        for step in range(count):
            number = (self._turn + step) % count
            arm = self._arms[number]
            if arm.verdict is None and pending[number] < self._room(arm):
                return number, arm.launched
        return None

    def launch(self, arm: int, index: int) -> None:
        """Trial `index` of `arm` was launched."""
        self._arms[arm].launched = max(self._arms[arm].launched, index + 1)
        self._turn = (arm + 1) % len(self._arms)

    def consume(self, arm: int, index: int, success: bool | None, score: tuple[int, ...]) -> None:
        """Counts the outcome and looks whether the arm is decided."""
        state = self._arms[arm]
        if success is None:
            state.errors += 1
        else:
            state.trials += 1
            state.successes += success
        if state.verdict is None:
            self._judge(state)

    def forgive(self) -> None:
        """Lets a fixed design replace what was spoilt so far."""
        for arm in self._arms:
            arm.forgiven = arm.errors
            if self._boundary is None and arm.verdict is not None and self._room(arm) > 0:
                arm.verdict = None
                self._undecided += 1

    def decision(self) -> Decided | None:
        """The joint decision: refuted if any arm is, supported if all are."""
        if self._undecided or self.exhausted():
            return None
        verdicts = [arm.verdict for arm in self._arms]
        counts = tuple((arm.trials, arm.successes) for arm in self._arms)
        detail: DecisionDetail = (
            {"arms": [[arm.verdict, arm.reason] for arm in self._arms]} if len(self._arms) > 1 else {}
        )
        return Decided(joint(verdicts), self._reason(), counts, detail)

    def open(self, arm: int) -> bool:
        """Whether an arm is undecided."""
        return self._arms[arm].verdict is None

    def verdicts(self) -> list[tuple[Verdict | None, str]]:
        """(verdict, reason) of every arm."""
        return [(arm.verdict, arm.reason) for arm in self._arms]

    def exhausted(self) -> bool:
        """Whether every trial of a fixed design was spoilt."""
        return self._boundary is None and not self._undecided and not any(arm.trials for arm in self._arms)

    def state(self) -> Hashable:
        """All that was consumed."""
        return tuple(astuple(arm) for arm in self._arms), self._turn

    def _room(self, arm: _Arm) -> int:
        if self._boundary is None:
            return arm.allowance + arm.forgiven - arm.trials - arm.errors
        return self._boundary.distance(arm.trials, arm.successes)

    def _judge(self, arm: _Arm) -> None:
        if self._boundary is not None:
            side = self._boundary.decide(arm.trials, arm.successes)
            if side is not None:
                cap = arm.trials == self._boundary.max_trials
                futile = "cap" if cap else "futility"
                self._settle(arm, Verdict(side.value), futile if side.value == "inconclusive" else "boundary")
        elif self._room(arm) <= 0:
            self._settle(arm, self._fixed_verdict(arm), "fixed")

    def _fixed_verdict(self, arm: _Arm) -> Verdict:
        if self._design.target is None or not arm.trials:
            return Verdict.ESTIMATE
        side = boundary(replace(self._design, max_trials=arm.trials)).decide(arm.trials, arm.successes)
        return Verdict.INCONCLUSIVE if side is None else Verdict(side.value)

    def _settle(self, arm: _Arm, verdict: Verdict, reason: str) -> None:
        arm.verdict, arm.reason = verdict, reason
        self._undecided -= 1

    def _reason(self) -> str:
        reasons = {arm.reason for arm in self._arms}
        return reasons.pop() if len(reasons) == 1 else "each arm for itself"


def joint(verdicts: Sequence[Verdict | None]) -> Verdict:
    if Verdict.REFUTED in verdicts:
        return Verdict.REFUTED
    kinds = set(verdicts)
    return (kinds.pop() or Verdict.ESTIMATE) if len(kinds) == 1 else Verdict.INCONCLUSIVE
