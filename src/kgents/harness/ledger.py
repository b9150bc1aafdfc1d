"""What a run has consumed and may still consume: asked before each paid attempt, told after it.

Rule: it counts attempts as they end, also those of trials that are still in flight; the engine counts trials. Only what
has a price counts against dollars; a budget in dollars is refused where no price is known.
"""

from collections.abc import Callable
from decimal import Decimal

from kgents.domain.meter import charge
from kgents.domain.outcome import Usage
from kgents.domain.plan import Budget


class Ledger:
    """The books of one run. `seconds` is how long the run had lasted when `clock` was first read."""

    def __init__(
        self, budget: Budget = Budget(), usage: Usage = Usage(), seconds: float = 0.0,
        clock: Callable[[], float] = lambda: 0.0,
    ) -> None:  # fmt: skip
        self._budget, self._clock = budget, clock
        self._tokens = usage.input_tokens + usage.output_tokens
        self._usd = usage.cost_usd or Decimal(0)
        self._begun = clock() - seconds

    def may_spend(self, spent: Usage) -> bool:
        """Whether another attempt may be paid for; `spent`, of the question at hand, is in the books already."""
        del spent
        budget = self._budget
        return not (
            (budget.tokens is not None and self._tokens >= budget.tokens)
            or (budget.usd is not None and self._usd >= budget.usd)
            or (budget.seconds is not None and self._clock() - self._begun >= budget.seconds)
        )

    def spent(self, usage: Usage) -> None:
        """One attempt ended."""
        self._tokens += usage.input_tokens + usage.output_tokens
        self._usd += usage.cost_usd or Decimal(0)
        charge(usage)
