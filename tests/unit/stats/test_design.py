"""What a design may be: the first parameter that is out of range is named."""

import math

import pytest

from kgents.stats import Design, Prior, Rule
from kgents.stats.design import DesignError


@pytest.mark.parametrize(("a", "b"), [(0.0, 1.0), (1.0, 0.0), (-1.0, 1.0), (math.inf, 1.0), (1.0, math.inf)])
def test_both_parameters_of_a_prior_are_above_0_and_finite(a: float, b: float) -> None:
    """Either alone is refused, whatever the other is."""
    with pytest.raises(DesignError, match="above 0 and finite") as refused:
        Design(Rule.ANYTIME, 0.8, 0.95, 50, prior=Prior(a, b)).validate()
    assert refused.value.parameter == "prior"


@pytest.mark.parametrize("futility", [-0.01, 0.5, 0.9])
def test_futility_is_off_or_below_one_half(futility: float) -> None:
    """0 is off; one half would give up an even chance."""
    Design(Rule.ANYTIME, 0.8, 0.95, 50, futility=0.0).validate()
    Design(Rule.ANYTIME, 0.8, 0.95, 50, futility=0.49).validate()
    with pytest.raises(DesignError, match=r"below 0\.5"):
        Design(Rule.ANYTIME, 0.8, 0.95, 50, futility=futility).validate()


@pytest.mark.parametrize(("target", "margin"), [(0.3, 0.3), (0.75, 0.25), (0.5, 0.5), (0.5, -0.1), (0.5, 0.0)])
def test_a_margin_keeps_both_rates_between_0_and_1(target: float, margin: float) -> None:
    """0 and 1 themselves are no rates that a likelihood ratio can compare."""
    Design(Rule.SPRT, target, 0.95, 50, futility=0.0, margin=0.2).validate()
    with pytest.raises(DesignError, match="margin"):
        Design(Rule.SPRT, target, 0.95, 50, futility=0.0, margin=margin).validate()
