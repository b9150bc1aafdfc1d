"""Numbers that are near each other: relative from 1 up, absolute below; and what is no number is near nothing else."""

import math

import pytest

from kgents.verify.difference import equal
from kgents.verify.stdio.comparing import same_value


@pytest.mark.parametrize(
    ("wanted", "got", "same"),
    [
        (1000.0, 1000.5, True),
        (1000.0, 1001.5, False),
        (0.0, 0.0005, True),
        (0.0, 0.002, False),
        (0.01, 0.0105, True),
        (-1000.0, -1000.5, True),
        (1.0, True, True),
        (1.0, "1.0", False),
    ],
)
def test_a_float_is_near_relative_to_one_or_more(wanted: float, got: object, same: bool) -> None:
    """Within 0.001 of 1 or of the wanted number, whichever is more."""
    assert same_value(wanted, got, 0.001) is same
    assert same_value([wanted], [got], 0.001) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(math.nan, math.nan, True), (math.nan, 1.0, False), (1.0, math.nan, False), (math.inf, math.inf, True)],
)
def test_what_is_no_number_equals_itself_alone(one: float, other: float, same: bool) -> None:
    """On either side."""
    assert equal(one, other, 1e-9) is same
