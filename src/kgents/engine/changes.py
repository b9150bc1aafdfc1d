"""Which of many tests pass more or less often at a second commit than at a first one.

Arm j is test j at the first commit, arm tests + j the same test at the second. Every test has the same number of runs at
either; run i of both is a pair, since it has the same seed. The verdict on a test is that of the exact sign test on the
pairs that differ, and the error is that of all tests together (`Control`).
"""

from collections.abc import Hashable, Sequence

from kgents.domain.decision_detail import DecisionDetail
from kgents.domain.fact import Decided, Verdict
from kgents.stats import Control, rejected, sign_test


class Changes:
    """Decides when every run of every test is over.

    runs   of each test at each commit
    alpha  the error of all verdicts together
    """

    def __init__(self, arms: int, runs: int, alpha: float, control: Control) -> None:
        self._tests = arms // 2
        self._runs = runs
        self._alpha = alpha
        self._control = control
        self._launched = [0] * arms
        self._consumed = [0] * arms
        self._counts = [(0, 0)] * arms
        self._waiting: dict[tuple[int, int], tuple[int, bool | None]] = {}  # (test, run): of the commit that came first
        self._wins = [(0, 0)] * self._tests

    def propose(self, pending: Sequence[int]) -> tuple[int, int] | None:
        """The arm that has been launched least often, up to its runs."""
        arm = min(range(len(self._launched)), key=lambda arm: (self._launched[arm], arm))
        return None if self._launched[arm] >= self._runs else (arm, self._launched[arm])

    def launch(self, arm: int, index: int) -> None:
        """A test was launched."""
        self._launched[arm] = max(self._launched[arm], index + 1)

    def consume(self, arm: int, index: int, success: bool | None, score: tuple[int, ...]) -> None:
        """Takes an outcome; a pair of which one says nothing counts for neither."""
        self._consumed[arm] += 1
        if success is not None:
            trials, successes = self._counts[arm]
            self._counts[arm] = trials + 1, successes + success
        test = arm % self._tests
        other = self._waiting.pop((test, index), None)
        if other is None:
            self._waiting[test, index] = arm, success
            return
        first, second = (other[1], success) if arm >= self._tests else (success, other[1])
        if first is not None and second is not None and first is not second:
            old, new = self._wins[test]
            self._wins[test] = old + first, new + second

    def forgive(self) -> None:
        """Nothing to do: runs that say nothing are not replaced."""

    def decision(self) -> Decided | None:
        """The tests that changed: refuted where one passes less often at the second commit, else supported where one passes
        more often, else inconclusive."""
        if min(self._consumed, default=0) < self._runs:
            return None
        levels = rejected([sign_test(*wins) for wins in self._wins], self._alpha, self._control)
        words = [
            "same" if level is None else "worse" if old > new else "better"
            for level, (old, new) in zip(levels, self._wins, strict=True)
        ]
        verdict = Verdict.INCONCLUSIVE
        if "better" in words:
            verdict = Verdict.SUPPORTED
        if "worse" in words:
            verdict = Verdict.REFUTED
        detail: DecisionDetail = {"changes": [[*wins, word] for wins, word in zip(self._wins, words, strict=True)]}
        return Decided(verdict, "runs", tuple(self._counts), detail)

    def exhausted(self) -> bool:
        """No: the runs end it."""
        return False

    def state(self) -> Hashable:
        """All that was consumed."""
        return tuple(self._launched), tuple(self._counts), tuple(self._wins), tuple(sorted(self._waiting.items()))
