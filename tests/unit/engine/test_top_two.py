"""The allocation that draws from two arms only."""

import sys
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from player import Player, play, survive

from kgents.domain.fact import Finished, Verdict
from kgents.domain.plan import Layout
from kgents.stats import Design

FACTS = {"allocation": "top-two"}
DESIGN = Design(max_trials=60, futility=0.0)


def run(rates: list[float], seed: int, concurrency: int = 1) -> Player:
    """Arms with these rates; outcome i of an arm is the same however it is reached."""

    def answer(arm: int, index: int) -> bool:
        return Random(f"{seed} {arm} {index}").random() < rates[arm]

    return play(DESIGN, answer, concurrency, seed, len(rates), layout=Layout.COMPARE, facts=FACTS)


def test_the_best_takes_most_of_the_trials_and_is_found() -> None:
    found = run([0.2, 0.95, 0.3, 0.4], 1).run.decided
    assert found is not None
    assert (found.verdict, found.reason) == (Verdict.SUPPORTED, "posterior")
    assert found.detail["status"] == ["eliminated", "best", "eliminated", "eliminated"]
    assert float(found.detail["probability_best"]) >= 0.95
    assert "no error rate is promised" in found.detail["sentence"]
    trials = [n for n, _ in found.counts]
    assert trials[1] == max(trials)
    assert sum(trials) < 60


def test_equal_arms_stay_open_at_the_cap() -> None:
    found = play(DESIGN, lambda arm, index: index % 2 == 0, arms=2, layout=Layout.COMPARE, facts=FACTS).run.decided
    assert found is not None
    assert (found.verdict, found.reason, found.counts) == (Verdict.INCONCLUSIVE, "cap", ((60, 30), (60, 30)))
    assert set(found.detail["status"]) == {"open"}


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seed=st.integers(0, 999), concurrency=st.integers(1, 6), cut=st.floats(0, 1))
def test_no_trial_is_needless_and_a_killed_run_goes_on(seed: int, concurrency: int, cut: float) -> None:
    player = run([0.5, 0.8, 0.6], seed, concurrency)
    decided = player.run.decided
    assert decided is not None
    finished = sum(isinstance(entry.fact, Finished) for entry in player.entries)
    assert finished == sum(n for n, _ in decided.counts)
    resumed = survive(player.entries[: 1 + int(cut * (len(player.entries) - 1))], player.answer, 1, seed)
    assert resumed.run.decided is not None
    assert resumed.run.decided.verdict in (Verdict.SUPPORTED, Verdict.INCONCLUSIVE)
