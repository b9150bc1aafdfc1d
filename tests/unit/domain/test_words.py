"""Numbers in words."""

import pytest

from kgents.domain.words import level, percent


@pytest.mark.parametrize(
    ("share", "told"),
    [(0.05, "5 %"), (1 - 0.95, "5 %"), (0.018454, "1.8454 %"), (0.05 / 3, "1.6667 %"), (1 - 0.99999, "0.001 %"), (0, "0 %"),
     (1 - 0.9999999, "0.00001 %"), (1.8454e-8, "0.00000185 %"), (1, "100 %"), (0.9999999, "99.99999 %"), (0.999, "99.9 %")],
)  # fmt: skip
def test_an_error_that_is_not_0_is_never_said_to_be_and_a_level_never_all(share: float, told: str) -> None:
    assert percent(share) == told


@pytest.mark.parametrize(
    ("share", "told"), [(0.95, "95%"), (0.995, "99.5%"), (0.981546, "98.1546%"), (1 - 1e-9, "99.9999999%")]
)
def test_a_level_is_never_rounded_to_all(share: float, told: str) -> None:
    assert level(share) == told
