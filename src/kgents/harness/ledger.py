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
    """The books of one run. `seconds` is how long the run had lasted when `clock` was first read.

    Coders are made before a run has a plan: they hold books without a budget, which `begin` gives them.
    """

    def __init__(
        self, budget: Budget = Budget(), usage: Usage = Usage(), seconds: float = 0.0,
        clock: Callable[[], float] = lambda: 0.0,
    ) -> None:  # fmt: skip
        self._set(budget, clock, seconds)
        self._tokens = usage.input_tokens + usage.output_tokens
        self._usd = usage.cost_usd or Decimal(0)

    def begin(self, budget: Budget, clock: Callable[[], float]) -> None:
        """A run begins now, for whoever holds these books already: nothing is spent, and this is what it may spend."""
        self._set(budget, clock, 0.0)
        self._tokens, self._usd = 0, Decimal(0)

    def _set(self, budget: Budget, clock: Callable[[], float], seconds: float) -> None:
        self._budget, self._clock, self._begun = budget, clock, clock() - seconds

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
