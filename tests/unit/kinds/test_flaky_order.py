"""Order dependence is named where it is one, and never by accident."""

import random
from types import SimpleNamespace
from typing import Any

from kgents.kinds.flaky.order import dependences

NAMES = [f"test_{number}" for number in range(40)]


def trials(runs: int, fails: Any, seed: int = 1) -> list[Any]:
    """Runs of all tests in shuffled orders; `fails(arm, places, rng)` says which fail."""
    rng = random.Random(seed)
    rows = []
    for run in range(runs):
        order = list(range(len(NAMES)))
        rng.shuffle(order)
        places = {arm: place for place, arm in enumerate(order)}
        rows += [
            SimpleNamespace(arm=arm, success=not fails(arm, places, rng), metadata={"run": run, "place": places[arm]})
            for arm in order
        ]
    return rows


def test_a_polluter_and_a_provider_are_named() -> None:
    """Test 5 fails after test 9; test 6 fails before test 3, which sets up what it needs."""

    def fails(arm: int, places: dict[int, int], rng: random.Random) -> bool:
        return (arm == 5 and places[9] < places[5]) or (arm == 6 and places[6] < places[3])

    named = dependences(trials(30, fails), NAMES, [5, 6])
    assert named[5].to_data() == {"test": "test_9", "fails": "after it", "runs": 30}
    assert named[6].to_data() == {"test": "test_3", "fails": "before it", "runs": 30}


def test_chance_is_not_named() -> None:
    """A fair coin in each of 200 suites: no order explains it; nor where there are too few runs to tell."""

    def fails(arm: int, places: dict[int, int], rng: random.Random) -> bool:
        return arm == 5 and rng.random() < 0.5

    assert not any(dependences(trials(20, fails, seed), NAMES, [5]) for seed in range(200))
    assert not dependences(trials(6, lambda arm, places, rng: arm == 5 and places[9] < places[5]), NAMES, [5])
