"""How many trials a server of one's own is asked at once, where nobody said: one at first, more while that pays.

Rule: it is doubled while all of them together get at least `GAIN` times as many tokens (trials, where tokens are not told) a
second as at the best number so far; where they do not, or a question is not answered in time, it goes back and stays there.
Counted are trials that began under the number in question and ended while as many were in flight. No verdict depends on it:
outcomes are consumed in the order in which trials were launched.
"""

from kgents.domain.outcome import Cause, Fault, Outcome
from kgents.domain.ports import Slot

GAIN = 1.1
MOST = 64
_TOO_MANY = (Cause.MODEL_TIMEOUT, Cause.OVERLOADED, Cause.RATE_LIMIT)


class Pace:
    """The number of trials in flight, `at_once`; `most` is its end."""

    def __init__(self, most: int = MOST) -> None:
        self.at_once = 1
        self._most = most
        self._best = 0.0
        self._settled = most <= 1
        self._begun: dict[Slot, int] = {}
        self._is_warm = False
        self._seconds: list[float] = []
        self._tokens: list[int] = []

    def began(self, slot: Slot) -> None:
        """A trial was launched."""
        self._begun[slot] = self.at_once

    def ended(self, slot: Slot, flying: int, outcome: Outcome | None, seconds: float = 0.0) -> None:
        """A trial came to its end after so many seconds, one of `flying` in flight; without an outcome it was void."""
        begun = self._begun.pop(slot, 0)
        if outcome is None or self._settled:
            return
        if outcome.cause in _TOO_MANY:
            self._go_back()
        elif outcome.cause is not None and outcome.cause.fault is not Fault.PROGRAM:
            return
        elif not self._is_warm:  # the first answer waits for the model to be loaded
            self._is_warm = True
        elif begun == flying == self.at_once:
            self._seconds.append(seconds)
            self._tokens.append(outcome.usage.output_tokens)
            if len(self._seconds) >= self.at_once:
                self._judge()

    def _judge(self) -> None:
        """Doubles the number, or goes back to the one before."""
        work = sum(self._tokens) if all(self._tokens) else len(self._tokens)
        rate = self.at_once * work / max(sum(self._seconds), 1e-9)
        self._seconds, self._tokens = [], []
        if rate < GAIN * self._best:
            self._go_back()
            return
        self._best = rate
        self._settled = self.at_once >= self._most
        self.at_once = min(self._most, 2 * self.at_once)

    def _go_back(self) -> None:
        self.at_once = max(1, self.at_once // 2)
        self._settled = True
