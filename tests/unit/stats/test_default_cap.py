"""The cap where none is named: the least one that supports a clearly better program with power .8, 100 at least."""

from dataclasses import replace

import pytest

from kgents.stats import Design, characteristics
from kgents.stats.default_cap import LEAST, POWER, clearly_better, default_cap, least_cap


@pytest.mark.parametrize(("target", "cap"), [(0.5, 100), (0.9, 100), (0.95, 104), (0.98, 261), (0.99, 525)])
def test_it_is_the_least_cap_with_the_power(target: float, cap: int) -> None:
    """One trial less has not the power, unless it is the floor of 100 that decides."""
    design = Design(target=target)
    assert default_cap(design) == cap
    (row,) = characteristics(replace(design, max_trials=cap), (clearly_better(target),))
    (less,) = characteristics(replace(design, max_trials=cap - 1), (clearly_better(target),))
    assert row.supported >= POWER
    assert cap == LEAST or less.supported < POWER


def test_other_designs_are_computed() -> None:
    """What is known by heart is only for the design that has no other option."""
    strict = Design(target=0.95, confidence=0.99)
    assert least_cap(strict) > 104
    (row,) = characteristics(replace(strict, max_trials=least_cap(strict)), (clearly_better(0.95),))
    assert row.supported >= POWER
