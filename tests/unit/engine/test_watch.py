"""Warnings: what is said, what is not, and that it decides nothing."""

import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from player import Player, plan, play

from kgents.domain.fact import Finished, Planned, Started, Warned
from kgents.domain.outcome import Cause
from kgents.domain.plan import Layout
from kgents.engine.run import Run
from kgents.engine.top_two import NAME as TOP_TWO
from kgents.engine.watch import Watch
from kgents.stats import Design, Prior, Rule

HUNDRED = Design(Rule.FIXED, None, 0.95, 100, futility=0.0)


def codes(player: Player) -> list[str]:
    """Of the warnings on record, which come just before the decision."""
    return [entry.fact.code for entry in player.entries if isinstance(entry.fact, Warned)]


def test_a_rate_that_changes_is_said_once_and_decides_nothing() -> None:
    for design in (HUNDRED, Design(target=0.55, futility=0.0)):
        changed = play(design, lambda arm, index: index % 3 != 0 and index < 45)
        assert codes(changed) == ["drift"]
        assert changed.run.decided is not None
        assert codes(play(design, lambda arm, index: index % 2 == 0)) == []


def test_a_drift_in_who_wins_is_seen_in_a_comparison() -> None:
    design = Design(max_trials=60, futility=0.0)
    turned = play(design, lambda arm, index: (index < 6 or index % 9 == 8) == (arm == 0), arms=2, layout=Layout.COMPARE)
    assert codes(turned) == ["drift"]
    swings = play(design, lambda arm, index: (index % 8 < 4) == (arm == 0), arms=2, layout=Layout.COMPARE)
    assert codes(swings) == []


def test_who_wins_is_one_sequence_which_has_the_whole_error() -> None:
    """p = 0.008 is below 0.01; it is not below half of it, as it would have to be for two arms that are looked at."""
    design = Design(max_trials=60, futility=0.0)
    play_out = play(
        design, lambda arm, index: (index < 4 or index % 12 == 11) == (arm == 0), arms=2, layout=Layout.COMPARE
    )
    (said,) = [entry.fact.text for entry in play_out.entries if isinstance(entry.fact, Warned)]
    assert "p = 0.008, exact," in said


@pytest.mark.parametrize(
    ("arms", "design", "facts"),
    [
        (3, Design(max_trials=120, futility=0.0), {}),
        (2, Design(max_trials=120, futility=0.0, margin=0.02), {}),
        (2, Design(max_trials=120, futility=0.0), {"allocation": TOP_TWO}),
    ],
)
def test_a_drift_is_seen_where_more_than_one_rule_stops_an_arm(
    arms: int, design: Design, facts: dict[str, str]
) -> None:
    turned = play(design, lambda arm, index: index < 40, arms=arms, layout=Layout.COMPARE, facts=facts)
    assert codes(turned) == ["drift"]
    steady = play(design, lambda arm, index: index % 2 == 0, arms=arms, layout=Layout.COMPARE, facts=facts)
    assert codes(steady) == []


@pytest.mark.parametrize("confidence", [0.95, 0.3])
@pytest.mark.parametrize("arms", [1, 2, 3])
def test_blocks_have_no_rule_of_one_rate_to_be_tested_against(arms: int, confidence: float) -> None:
    """E-values stop a law; however its agreement swings and at any confidence, no drift is said and nothing breaks."""
    design = Design(Rule.FIXED, None, confidence, 40, futility=0.0)
    planned = plan(design, arms, layout=Layout.BLOCKS, facts={"epsilon": "0.1"})
    watch = Watch()
    watch.plan(planned)
    for arm in range(arms):
        for index in range(40):
            watch.see(Finished(arm, index, index < 20, None if index < 20 else Cause.LAW_BROKEN), index < 20)
    assert watch.warning(planned) is None


def test_a_drift_is_seen_beside_a_guard() -> None:
    facts = {"harmless": "0.9"}
    design = Design(target=0.55, futility=0.0)
    assert codes(play(design, lambda arm, index: index % 3 != 0 and index < 45, facts=facts)) == ["drift"]
    assert codes(play(design, lambda arm, index: index % 2 == 0, facts=facts)) == []


def test_a_prior_that_the_trials_exclude() -> None:
    believed = replace(HUNDRED, prior=Prior(40, 4))
    assert codes(play(believed, lambda arm, index: index % 2 == 0)) == ["prior_excluded"]
    assert codes(play(believed, lambda arm, index: index % 10 != 0)) == []
    assert codes(play(HUNDRED, lambda arm, index: True)) == []


def timed(design: Design, share: float, cause: Cause | None, facts: dict[str, str]) -> Player:
    """Every fifth trial takes this share of a time-out of 10 s."""
    player = Player(lambda arm, index: True, Run(), Random(0))
    player.witness(Planned(plan(design, facts=facts)))
    for index in range(design.max_trials or 0):
        player.witness(Started(0, index))
        slow = index % 5 == 0
        ended = cause if slow else None
        player.witness(Finished(0, index, ended is None, ended, duration_us=int(1e7 * share) if slow else 1))
    return player.play()


def test_latencies_near_the_time_out() -> None:
    facts = {"timeout": "10.0"}
    assert codes(timed(HUNDRED, 0.85, None, facts)) == ["near_timeout"]
    assert codes(timed(HUNDRED, 0.5, None, facts)) == []
    assert codes(timed(HUNDRED, 1.0, Cause.TIMEOUT, facts)) == []
    assert codes(timed(HUNDRED, 0.85, None, {})) == []


def test_it_is_said_how_many_were_near_the_time_out_and_how_many_it_cut_off() -> None:
    """Three of one arm are near it and two of the other are cut off; two that are near are too few to say anything."""
    said = {}
    for slow, cut in ((3, 2), (2, 0)):
        planned = plan(HUNDRED, 2, facts={"timeout": "10.0"})
        watch = Watch()
        watch.plan(planned)
        for index in range(20):
            for arm in (0, 1):
                late, ended = arm == 0 and index < slow, arm == 1 and index < cut
                cause = Cause.TIMEOUT if ended else None
                watch.see(Finished(arm, index, not ended, cause, duration_us=9_000_000 if late else 1), not ended)
        said[slow] = watch.warning(planned)
    assert said[2] is None
    assert said[3] is not None
    assert said[3].text == (
        "3 of 40 trials took more than 80% of the time-out of 10 s, 2 were cut off by it: is it too short? (--timeout)"
    )


def test_errors_of_one_class_are_said_when_the_run_gives_up() -> None:
    given_up = play(HUNDRED, lambda arm, index: Cause.NETWORK, max_errors=5)
    assert given_up.run.stopped is not None
    assert codes(given_up) == ["one_error_class"]
    mixed = play(HUNDRED, lambda arm, index: Cause.NETWORK if index % 2 else Cause.OVERLOADED, max_errors=5)
    assert codes(mixed) == []


def test_identical_outputs_of_any_arm() -> None:
    facts = {"watch_outputs": True}
    assert codes(play(Design(), lambda arm, index: False, facts=facts)) == ["identical_outputs"]
    assert codes(play(Design(), lambda arm, index: False, arms=2, facts=facts)) == ["identical_outputs"]


def test_four_identical_outputs_are_enough_and_three_are_not() -> None:
    """Three may be alike by chance."""
    for trials, said in ((3, []), (4, ["identical_outputs"])):
        design = Design(Rule.FIXED, None, 0.95, trials, futility=0.0)
        assert codes(play(design, lambda arm, index: False, facts={"watch_outputs": True})) == said


def test_identical_right_answers_are_normal() -> None:
    """A short function has one usual text."""
    assert codes(play(Design(), lambda arm, index: True, facts={"watch_outputs": True})) == []
