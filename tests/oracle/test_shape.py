"""The shape of the calibrated threshold at a large cap: cheap far from the target, hardly dearer on average, nested, exact."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from kgents.engine.compare import duel_of
from kgents.stats import Design, Prior, Rule, boundary, characteristics
from kgents.stats.boundary import Boundary
from kgents.stats.crossing import crossing
from kgents.stats.lattice import forward, mass
from kgents.stats.shape import SHAPED_FROM, looser
from kgents.stats.tails import PosteriorTail

CAP = 2000
LEVELS = (0.6, 0.8, 0.9, 0.93, 0.95, 0.9501, 0.96, 0.99, 0.995, 0.999, 0.99999)
RULES = {
    "calibrated": lambda target: Design(Rule.CALIBRATED, target, 0.95, CAP, futility=0.0),
    "one threshold": lambda target: Design(Rule.CALIBRATED, target, 0.95, CAP, futility=0.0, shaped=False),
    "anytime": lambda target: Design(Rule.ANYTIME, target, 0.95, CAP, futility=0.0),
}


def trials(name: str, target: float, rate: float) -> float:
    return characteristics(RULES[name](target), [rate])[0].expected_trials


def cost(found: Boundary, cap: int) -> float:
    """Expected trials, and the cap where there is no verdict, on average over all rates."""
    return sum(
        row.n * (mass(row.supported) + mass(row.refuted)) + (row.n + cap) * mass(row.inconclusive)
        for row in forward(found, Prior(), cap)
    )


@pytest.mark.parametrize(("target", "far"), [(0.5, 0.8), (0.5, 0.9), (0.5, 0.2), (0.9, 0.99)])
def test_a_far_rate_takes_hardly_more_trials_than_under_the_better_of_two_other_rules(
    target: float, far: float
) -> None:
    better = min(trials("one threshold", target, far), trials("anytime", target, far))
    assert trials("calibrated", target, far) <= 1.02 * better


@pytest.mark.parametrize("target", [0.5, 0.9])
def test_on_average_over_all_rates_it_is_hardly_dearer(target: float) -> None:
    shaped, flat = (boundary(RULES[name](target)) for name in ("calibrated", "one threshold"))
    assert cost(shaped, CAP) <= 1.008 * cost(flat, CAP)


@pytest.mark.parametrize(
    ("target", "rate"), [(0.5, 0.65), (0.5, 0.8), (0.5, 0.9), (0.9, 0.8), (0.9, 0.95), (0.9, 0.99)]
)
def test_the_page_has_these_numbers(target: float, rate: float) -> None:
    page = (Path(__file__).parents[2] / "docs" / "statistics.md").read_text(encoding="utf-8")
    assert f"| {target:g}, {rate:g} | " + " | ".join(f"{trials(name, target, rate):.1f}" for name in RULES) in page


@pytest.mark.parametrize("target", [0.5, 0.9, 0.985])
@pytest.mark.parametrize("cap", [SHAPED_FROM, 1600])
def test_errors_are_kept_and_more_confidence_never_stops_earlier(cap: int, target: float) -> None:
    found = [boundary(Design(target=target, confidence=level, max_trials=cap, futility=0.0)) for level in LEVELS]
    for level, one in zip(LEVELS, found, strict=True):
        assert max(crossing(list(one.upper), list(one.lower), cap, target)) <= (1 - level) * (1 + 1e-9)
        for side in (one.upper, one.lower):
            assert all(0 <= later - earlier <= 1 for earlier, later in itertools.pairwise(side))
    for less, more in itertools.pairwise(found):
        assert all(a <= b for a, b in zip(less.upper, more.upper, strict=True))
        assert all(a >= b for a, b in zip(less.lower, more.lower, strict=True))


def test_the_mirrored_question_has_the_mirrored_boundary() -> None:
    found, other = (boundary(Design(target=target, max_trials=1500, futility=0.0)) for target in (0.7, 0.3))
    mirrored = [n - s for n, s in enumerate(other.upper)]
    assert max(abs(a - b) for a, b in zip(found.lower, mirrored, strict=True)) <= 1


def test_no_verdict_against_the_odds() -> None:
    """After one success of one, P(θ > 0.998) is 0.004, and was 0.002 before the first trial: that refutes nothing."""
    found = boundary(Design(target=0.998, confidence=0.6, max_trials=3000, futility=0.0))
    assert found.lower[1] < 1
    assert found.lower[20] < 20


def test_a_walk_is_what_the_tails_say() -> None:
    """Where the limit does not fall too fast, the largest s whose tail is within it, for every n."""
    cap, limit = 300, 0.01
    factors = [1 + n / 100 for n in range(cap + 1)]
    walked = PosteriorTail(0.6, 1.0, 1.0, cap).boundary(limit, factors, 0.02)
    for n, s in enumerate(walked):
        if n:
            flat = PosteriorTail(0.6, 1.0, 1.0, cap).boundary(min(0.02, limit * factors[n]))
            assert s == flat[n]


def test_the_strictest_is_between_the_rates_that_are_far_and_near() -> None:
    factors = looser(0.5, CAP)
    strictest = factors.index(min(factors))
    assert factors[strictest] == pytest.approx(1.0, rel=0.01)
    assert 60 < strictest < 120
    assert all(a <= b for a, b in itertools.pairwise(factors[strictest:]))
    assert all(a >= b for a, b in itertools.pairwise(factors[:strictest]))


def test_plans_on_record_keep_their_boundary() -> None:
    """Its digest was registered before the first trial, by one threshold for every number of trials."""
    design = Design(target=0.8, max_trials=1500)
    data = {key: value for key, value in design.to_data().items() if key != "shaped"}
    old = Design.from_data(data)
    assert old.to_data() == data
    assert boundary(old).digest == "1d0eacc4da282cd59703d36ff5b3cf22a6b41ccd8cb40e07b3fe4df22acaf56f"
    assert boundary(design).digest == "80163743c5337f2a0f38a02956f29d964fa1cc3310a62e60ae0f60377a43f1e4"
    assert Design.from_data(design.to_data()) == design
    pairs = Design(max_trials=1500, futility=0.0)
    assert duel_of(Design.from_data({**pairs.to_data(), "shaped": False}), 2).design.has_shape is False
    assert duel_of(pairs, 2).design.has_shape


@pytest.mark.parametrize("design", [Design(max_trials=1000), Design(Rule.ANYTIME, max_trials=5000, futility=0.0)])
def test_designs_that_have_no_shape_are_written_as_before(design: Design) -> None:
    assert "shaped" not in design.to_data()
    assert Design.from_data(design.to_data()) == design
    assert boundary(design).digest == boundary(replace(design, shaped=False)).digest
