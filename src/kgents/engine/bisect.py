"""Where in a line of versions a rate of success fell: the ends first, until they differ, then a noisy binary search.

Arm 0 is the good end, the last arm the bad one. A version without evidence in SPOILT trials in a row cannot be tried.
"""

from collections.abc import Hashable, Sequence

from kgents.domain.decision_detail import DecisionDetail
from kgents.domain.fact import Decided, Verdict
from kgents.stats.bisection import LOOKS, Bisection, end_rates

SPOILT = 2
SHOWN = 5  # likeliest versions in the detail of a decision


class Bisect:
    """Decides which arm is the first bad one.

    rates  of good and bad versions; None: those of the ends are measured first
    """

    def __init__(self, arms: int, error: float, cap: int, rates: tuple[float, float] | None) -> None:
        self._last = arms - 1
        self._error = error
        self._cap = cap
        self._launched = [0] * arms
        self._counts = [(0, 0)] * arms
        self._spoilt = [0] * arms
        self._look = 0
        self._rates = rates
        self._search = self._searching()
        self._verdict: Verdict | None = None
        self._reason = ""
        self._decide()  # of two versions with known rates the second is the bad one, before any trial

    def propose(self, pending: Sequence[int]) -> tuple[int, int] | None:
        """The next trial: of an end, up to the next look at them, else of the version that the search asks for."""
        if self._verdict is not None or self._trials + sum(pending) >= self._cap:
            return None
        if self._search is None:
            return self._of_the_ends(pending)
        arm = self._search.next()
        if arm is None or sum(pending) >= self._search.room():
            return None
        return arm, self._launched[arm]

    def launch(self, arm: int, index: int) -> None:
        """Trial `index` of a version was launched."""
        self._launched[arm] = max(self._launched[arm], index + 1)

    def consume(self, arm: int, index: int, success: bool | None, score: tuple[int, ...]) -> None:
        """Takes an outcome, and looks whether it decides."""
        if self._verdict is not None:
            return
        if success is None:
            self._leave_out(arm)
        else:
            self._spoilt[arm] = 0
            trials, successes = self._counts[arm]
            self._counts[arm] = trials + 1, successes + success
            if self._search is not None:
                self._search.tell(arm, success)
        self._decide()

    def forgive(self) -> None:
        """Nothing to do: a version that could not be tried is left out."""

    def decision(self) -> Decided | None:
        """The decision, with the likeliest versions."""
        if self._verdict is None:
            return None
        return Decided(self._verdict, self._reason, tuple(self._counts), self._detail())

    def exhausted(self) -> bool:
        """A version that cannot be tried is left out, so the run never gives up for it."""
        return False

    def state(self) -> Hashable:
        """All that was consumed."""
        return tuple(self._launched), tuple(self._counts), tuple(self._spoilt), self._look

    @property
    def _trials(self) -> int:
        return sum(trials for trials, _ in self._counts)

    def _searching(self) -> Bisection | None:
        return None if self._rates is None else Bisection(self._last, *self._rates, self._error)

    def _of_the_ends(self, pending: Sequence[int]) -> tuple[int, int] | None:
        """The end with fewer trials, up to the next look."""
        ends = sorted((self._counts[arm][0] + pending[arm], arm) for arm in (0, self._last))
        trials, arm = ends[0]
        return (arm, self._launched[arm]) if trials < LOOKS[self._look] else None

    def _leave_out(self, arm: int) -> None:
        self._spoilt[arm] += 1
        if self._spoilt[arm] < SPOILT:
            return
        if arm in (0, self._last):
            self._verdict, self._reason = Verdict.INCONCLUSIVE, "end"
        elif self._search is not None:
            self._search.leave_out(arm)

    def _decide(self) -> None:
        if self._verdict is None and self._search is None:
            self._look_at_the_ends()
        if self._verdict is None and self._search is not None and self._search.answer() is not None:
            self._verdict, self._reason = Verdict.SUPPORTED, "located"
        if self._verdict is None and self._trials >= self._cap:
            self._verdict, self._reason = Verdict.INCONCLUSIVE, "cap"

    def _look_at_the_ends(self) -> None:
        (trials, good), (others, bad) = self._counts[0], self._counts[self._last]
        if min(trials, others) < LOOKS[self._look]:
            return
        self._rates = end_rates(LOOKS[self._look], good, bad, self._error)
        self._search = self._searching()
        if self._search is None and self._look + 1 == len(LOOKS):
            self._verdict, self._reason = Verdict.INCONCLUSIVE, "ends"
        elif self._search is None:
            self._look += 1

    def _detail(self) -> DecisionDetail:
        detail: DecisionDetail = {"error": f"{self._error:.6g}"}
        if self._search is None or self._rates is None:
            return detail
        posterior = self._search.posterior()
        likely = sorted(range(1, self._last + 1), key=lambda arm: (-posterior[arm], arm))[:SHOWN]
        answer = self._search.answer()
        return {
            **detail,
            "rates": [f"{rate:.6g}" for rate in self._rates],
            "first_bad": None if answer is None else list(answer),
            "likeliest": [[arm, f"{posterior[arm]:.6g}"] for arm in likely],
        }
