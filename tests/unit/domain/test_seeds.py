"""Seeds of trials: 53 bits in plans of today, 63 in those of version 1, which keep theirs to the bit."""

import json
from dataclasses import replace

import pytest

from kgents.domain.fact import Finished
from kgents.domain.mark import ORIGIN, Entry, seal
from kgents.domain.plan import AGAINST_ITSELF, Layout, Plan
from kgents.domain.seeds import EXACT, derive, seed_data, seed_of
from kgents.domain.versions import CURRENT, Versions
from kgents.report.events import event_of
from kgents.runner.clock import SystemClock
from kgents.stats import Design, boundary

DESIGN = Design(target=0.5)
PLAN = Plan("exp-1", "command", "c" * 64, DESIGN, boundary(DESIGN).digest, seed=7, versions=CURRENT)
BESIDE = replace(PLAN, arms=("a", "b"), layout=Layout.COMPARE, facts={"claim": AGAINST_ITSELF})


def test_seeds_of_today_are_exact_in_a_double() -> None:
    """They are the upper 53 bits of those of version 1, and differ."""
    seeds = [PLAN.seed_of(0, index) for index in range(2000)]
    assert all(0 <= seed < EXACT and int(float(seed)) == seed for seed in seeds)
    assert max(seeds) > EXACT // 2
    assert len(set(seeds)) == len(seeds)
    assert seeds == [replace(PLAN, versions=Versions()).seed_of(0, index) >> 10 for index in range(2000)]


@pytest.mark.parametrize(
    ("plan", "arm", "seed"),
    [
        (PLAN, 0, 9_095_345_129_188_385_519),
        (PLAN, 1, 9_095_345_129_188_385_519),
        (BESIDE, 0, 9_095_345_129_188_385_519),
        (BESIDE, 1, 5_972_151_300_941_998_130),
    ],
)
def test_a_plan_of_version_1_keeps_its_seeds(plan: Plan, arm: int, seed: int) -> None:
    """As plans that name no version: numbers written down when those were all there was."""
    assert replace(plan, versions=Versions()).seed_of(arm, 3) == seed


@pytest.mark.parametrize("plan", [PLAN, BESIDE, replace(PLAN, versions=Versions())])
@pytest.mark.parametrize("arm", [0, 1])
def test_an_event_tells_the_seed_that_the_trial_had(plan: Plan, arm: int) -> None:
    """Also of the second arm of a comparison of a program with itself, whose seeds are its own."""
    plan = replace(plan, arms=("a", "b"))
    mark = seal(
        plan.experiment, 0, ORIGIN, Entry(SystemClock().now(), Finished(arm, 3, success=True, duration_us=1), 1)
    )
    event = event_of(mark, plan)
    assert event is not None
    assert int(event["seed"]) == plan.seed_of(arm, 3)
    assert int(json.loads(json.dumps(event), parse_int=float)["seed"]) == plan.seed_of(arm, 3)


@pytest.mark.parametrize(
    ("seed", "shown"), [(0, 0), (EXACT - 1, EXACT - 1), (EXACT, str(EXACT)), (-EXACT, str(-EXACT))]
)
def test_a_seed_that_a_double_has_not_is_shown_in_digits(seed: int, shown: int | str) -> None:
    """2⁵³ is the first number with a neighbour that is read as itself."""
    assert seed_data(seed) == shown


def test_the_same_path_gives_the_same_seed() -> None:
    """Any other gives another."""
    assert seed_of(1, "a", 2) == seed_of(1, "a", 2) == derive(1, "a", 2) >> 10
    assert len({seed_of(1), seed_of(2), seed_of(1, 0), seed_of(1, "a"), seed_of(1, "a", 2)}) == 5
