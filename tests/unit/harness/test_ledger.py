"""The books of a run, and the meter of a trial."""

import asyncio
from decimal import Decimal

import pytest

from kgents.domain.meter import open_meter
from kgents.domain.outcome import Usage
from kgents.domain.plan import Budget
from kgents.harness.ledger import Ledger

PAID = Usage(30, 10, Decimal("0.5"), 1)
UNKNOWN = Usage(cost_usd=None, calls=1)


@pytest.mark.parametrize(
    ("budget", "enough"),
    [(Budget(), 9), (Budget(tokens=40), 1), (Budget(tokens=41), 2), (Budget(usd=Decimal(1)), 2)],
)
def test_nothing_is_paid_for_once_a_budget_is_reached(budget: Budget, enough: int) -> None:
    ledger, paid = Ledger(budget), 0
    while paid < 9 and ledger.may_spend(Usage()):
        ledger.spent(PAID)
        paid += 1
    assert paid == enough


def test_an_unknown_price_does_not_hide_a_known_one() -> None:
    ledger = Ledger(Budget(usd=Decimal(1)))
    for usage in (PAID, UNKNOWN, PAID):
        assert ledger.may_spend(Usage())
        ledger.spent(usage)
    assert not ledger.may_spend(Usage())


def test_time_that_was_spent_before_a_resume_counts() -> None:
    now = [100.0]
    ledger = Ledger(Budget(seconds=10), Usage(), 7.0, lambda: now[0])
    assert ledger.may_spend(Usage())
    now[0] += 3
    assert not ledger.may_spend(Usage())


def test_who_holds_the_books_before_a_run_begins_is_held_to_its_budget() -> None:
    """Coders are made first: what was spent before does not count, and the time of the run begins with it."""
    ledger, now = Ledger(), [100.0]
    may_spend = ledger.may_spend
    ledger.spent(PAID)
    ledger.begin(Budget(tokens=41, seconds=10), lambda: now[0])
    ledger.spent(PAID)
    assert may_spend(Usage())
    now[0] += 10
    assert not may_spend(Usage())
    ledger.begin(Budget(tokens=40), lambda: now[0])
    assert may_spend(Usage())
    ledger.spent(PAID)
    assert not may_spend(Usage())


async def test_every_trial_has_its_own_tab() -> None:
    ledger = Ledger()

    async def trial(attempts: int) -> Usage:
        meter = open_meter()
        for _ in range(attempts):
            await asyncio.sleep(0)
            ledger.spent(PAID)
        return meter.usage

    first, second = await asyncio.gather(*(asyncio.create_task(trial(n)) for n in (1, 3)))
    assert (first.calls, second.calls) == (1, 3)
    ledger.spent(PAID)  # nobody's
