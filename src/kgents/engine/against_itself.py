"""One configuration as two arms, compared again and again: how often is it called different from itself?

Every time that is a false alarm. A comparison that is decided is followed by the next one, on new inputs; their number is
fixed beforehand, so that of the false alarms is binomial if the comparisons are alike.
"""

from collections.abc import Hashable, Sequence
from typing import Any

from kgents.domain.decision_detail import DecisionDetail
from kgents.domain.fact import Decided, Verdict
from kgents.domain.plan import AGAINST_ITSELF
from kgents.domain.words import number, percent
from kgents.engine.compare import Compare, duel_of
from kgents.stats import Design, Interval, clopper_pearson

NAME = AGAINST_ITSELF
FOUND = {"a": 0, "b": 1}


class AgainstItself:
    """`repeats` comparisons of two arms that are one program."""

    def __init__(self, design: Design, names: Sequence[str], repeats: int) -> None:
        """ValueError for another number of arms, a margin or no comparison."""
        if len(names) != 2 or design.margin is not None or repeats < 1:
            raise ValueError("an arm is compared with itself by two arms, without a margin, once at least")
        self._design, self._names, self._repeats = design, tuple(names), repeats
        self._over: list[tuple[int, int, int, str]] = []  # pairs, wins of each, verdict
        self._counts = [(0, 0), (0, 0)]
        self._offset = 0
        self._current = Compare(design, names)

    def propose(self, pending: Sequence[int]) -> tuple[int, int] | None:
        """As the present comparison asks."""
        if len(self._over) == self._repeats:
            return None
        proposed = self._current.propose(pending)
        return None if proposed is None else (proposed[0], proposed[1] + self._offset)

    def launch(self, arm: int, index: int) -> None:
        """Trial `index` of `arm` was launched."""
        self._current.launch(arm, index - self._offset)

    def consume(self, arm: int, index: int, success: bool | None, score: tuple[int, ...]) -> None:
        """Takes an outcome; begins the next comparison where it decides this one."""
        if success is not None:
            trials, successes = self._counts[arm]
            self._counts[arm] = trials + 1, successes + success
        self._current.consume(arm, index - self._offset, success, score)
        if self._current.decision() is None:
            return
        ((_, _, pairs, a_wins, b_wins, verdict),) = self._current.standing()
        self._over.append((pairs, a_wins, b_wins, verdict))
        self._offset = index + 1
        self._current = Compare(self._design, self._names)

    def forgive(self) -> None:
        """Nothing to do: spoilt pairs are replaced by later ones."""

    def decision(self) -> Decided | None:
        """After the last comparison: refuted where false alarms are more frequent than the design promises, else an estimate."""
        if len(self._over) < self._repeats:
            return None
        interval, promised = false_alarms(self._design, self._repeats, self._alarms)
        more = interval.low > promised
        detail: DecisionDetail = {
            "status": ["same", "same"],
            "pairs": self.standing(),
            "against_itself": {"comparisons": self._repeats, "different": self._alarms, "first_better": self._won(0)},
            "sentence": self._sentence(interval, promised, more),
        }
        verdict = Verdict.REFUTED if more else Verdict.ESTIMATE
        return Decided(verdict, "fixed", tuple(self._counts), detail)

    def standing(self) -> list[list[Any]]:
        """[0, 1, pairs, wins of the first, wins of the second, so far] of all comparisons together."""
        over = [(pairs, a_wins, b_wins) for pairs, a_wins, b_wins, _ in self._over]
        sums = [sum(column) for column in zip(self._current.standing()[0][2:5], *over, strict=True)]
        return [[0, 1, *sums, f"called different in {self._alarms} of {number(len(self._over), 'comparison')}"]]

    def exhausted(self) -> bool:
        """Spoilt pairs are replaced until the run gives up by its own count of errors."""
        return False

    def state(self) -> Hashable:
        """All that was consumed."""
        return tuple(self._over), tuple(self._counts), self._offset, self._current.state()

    @property
    def _alarms(self) -> int:
        return self._won(0) + self._won(1)

    def _won(self, arm: int) -> int:
        return sum(FOUND.get(verdict) == arm for *_, verdict in self._over)

    def _sentence(self, interval: Interval, promised: float, more: bool) -> str:
        name, alarms, side = self._names[0], self._alarms, percent(1 - self._design.confidence)
        limits = f"{interval.low:.3f} … {interval.high:.3f}, each side {side}"
        promise = f"the design promises at most {percent(promised)}"
        if not alarms:
            times = f"{number(self._repeats, 'comparison')} (false alarms: {limits})"
            return f"no difference found between {name} and itself in {times}; {promise}"
        times = f"{alarms} of {number(self._repeats, 'comparison')}, {number(alarms, 'false alarm')} ({limits})"
        came = f"{name} was called different from itself in {times}"
        if not more:
            return f"{came}; {promise}"
        return f"refuted: {came}: more than the {percent(promised)} that the design promises; error at most {side}"


def false_alarms(design: Design, comparisons: int, different: int) -> tuple[Interval, float]:
    """(limits of the rate of false alarms, each side 1 − confidence; what the design promises at most)."""
    alpha = 1 - design.confidence
    return clopper_pearson(comparisons, different, 1 - 2 * alpha), 2 * duel_of(design, 2).alpha
