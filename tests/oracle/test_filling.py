"""States added to a threshold: what each costs, that the promise is used up and kept, that boundaries stay nested."""

import itertools
import math

import pytest

from kgents.stats import Design, Prior, boundary
from kgents.stats.calibration import calibrate
from kgents.stats.crossing import crossing
from kgents.stats.filling import Ground, _corners, stage
from kgents.stats.rules import _posterior_family

STAGES = (0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999)
NEAR = [confidence + shift for confidence in STAGES for shift in (-1e-9, 0.0, 1e-9)]
LEVELS = sorted(
    {*NEAR, *(0.505 + step / 100 for step in range(49)), *(1 - 10 ** -(1 + step / 7) for step in range(20))}
)


@pytest.mark.parametrize("target", [0.3, 0.5, 0.9, 0.95])
@pytest.mark.parametrize("cap", [*range(1, 13), 20, 50])
def test_of_any_two_confidences_the_larger_never_stops_earlier(cap: int, target: float) -> None:
    found = [boundary(Design(target=target, confidence=level, max_trials=cap, futility=0.0)) for level in LEVELS]
    for less, more in itertools.pairwise(found):
        assert all(a <= b for a, b in zip(less.upper, more.upper, strict=True))
        assert all(a >= b for a, b in zip(less.lower, more.lower, strict=True))
    for level, one in zip(LEVELS, found, strict=True):
        assert max(crossing(one.upper, one.lower, cap, target)) <= (1 - level) * (1 + 1e-12)
        assert all(
            0 <= later - earlier <= 1 for side in (one.upper, one.lower) for earlier, later in itertools.pairwise(side)
        )


@pytest.mark.parametrize("cap", [13, 60])
@pytest.mark.parametrize("target", [0.5, 0.85])
def test_a_corner_adds_to_the_error_what_it_is_said_to(cap: int, target: float) -> None:
    found = boundary(Design(target=target, max_trials=cap, futility=0.0))
    upper, lower = found.upper, found.lower
    before = crossing(upper, lower, cap, target)[0]
    corners = list(_corners(upper, lower, Ground(cap, target, Prior(), 0.05, 0.1)))
    assert corners
    for n, cost in corners:
        moved = [s - (m == n) for m, s in enumerate(upper)]
        assert math.isclose(crossing(moved, lower, cap, target)[0] - before, cost, rel_tol=1e-9, abs_tol=1e-15)


@pytest.mark.parametrize(("cap", "target"), [(20, 0.7), (50, 0.8), (50, 0.95)])
def test_filling_spends_what_a_threshold_leaves(cap: int, target: float) -> None:
    design = Design(target=target, max_trials=cap, futility=0.0, confidence=0.9 if target == 0.8 else 0.95)
    family = _posterior_family(design)
    up, down = calibrate(family, cap, target, target, design.confidence)
    alone = crossing(family.upper(up), family.lower(down), cap, target)[1]
    found = boundary(design)
    filled = crossing(found.upper, found.lower, cap, target)[1]
    alpha = 1 - design.confidence
    assert alone < 0.91 * alpha
    assert 0.97 * alpha < filled <= alpha


def test_equal_questions_stay_mirror_images() -> None:
    found = boundary(Design(max_trials=50, futility=0.0))
    assert [n - s for n, s in enumerate(found.upper)] == list(found.lower)


@pytest.mark.parametrize("digit", [1, 2, 5])
@pytest.mark.parametrize("power", range(1, 11))
def test_stages(digit: int, power: int) -> None:
    step = float(f"{digit}e-{power}")
    if step < 0.5:
        assert stage(1 - (1 - step)) == (step, float(f"{ {1: 2, 2: 5, 5: 10}[digit] }e-{power}"), True)
        assert stage(step * 1.01)[0] == step
        assert not stage(step * 1.01)[2]
        assert stage(step * 0.999)[1] == step


def test_a_plan_from_before_filling_keeps_its_boundary() -> None:
    """Its digest was registered before the first trial, by a threshold alone."""
    design = Design(max_trials=50)
    data = {key: value for key, value in design.to_data().items() if key != "filled"}
    old = Design.from_data(data)
    assert old.to_data() == data
    assert boundary(old).digest == "62d4f9bdfe503976b387451fbe7d75d04ba3b06a001b620bab74e11dfedb7ed3"
    assert Design.from_data(design.to_data()) == design
    assert boundary(design).digest != boundary(old).digest
